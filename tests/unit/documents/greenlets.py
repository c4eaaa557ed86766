"""Renders in a process with greenlets, as the service is one, and ends with the number of pages that were refused."""

import sys

import eventlet

eventlet.monkey_patch()

from uuid import uuid4  # noqa: E402

from contracts.errors.execution import ServiceUnavailable  # noqa: E402
from contracts.vocabulary import ContentId, PatientId  # noqa: E402
from services.documents.rendering.messages import RenderingRequest  # noqa: E402
from services.documents.rendering.workers import RenderingWorkers  # noqa: E402
from services.documents.settings import RenderingSettings  # noqa: E402
from tests.unit.documents.specimens import vsm  # noqa: E402

_PAGES = 40


def main() -> None:
    """Worker and template end as soon as they are idle, which is when the next page is asked for."""
    workers, plain = RenderingWorkers(RenderingSettings(rendering_idle_seconds=0.0)), vsm()
    request = RenderingRequest(size=len(plain), language="fr", is_page=True)
    refused = 0
    for _ in range(_PAGES):
        try:
            workers.render(request, [plain], PatientId(uuid4()), ContentId(uuid4()))
        except ServiceUnavailable:
            refused += 1
        eventlet.sleep()
    sys.exit(refused)


if __name__ == "__main__":
    main()
