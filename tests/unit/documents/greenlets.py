"""Renders in a process with greenlets, as the service is one; fails where a page is refused or a process too many."""

import eventlet

eventlet.monkey_patch()

from uuid import uuid4  # noqa: E402

import psutil  # noqa: E402

from contracts.vocabulary import ContentId, PatientId  # noqa: E402
from services.documents.rendering.messages import RenderingRequest  # noqa: E402
from services.documents.rendering.workers import RenderingWorkers  # noqa: E402
from services.documents.settings import RenderingSettings  # noqa: E402
from tests.unit.documents.specimens import vsm  # noqa: E402

_PAGES = 40
_PLAIN = vsm()
_REQUEST = RenderingRequest(size=len(_PLAIN), language="fr", is_page=True)


def _render(workers: RenderingWorkers) -> None:
    workers.render(_REQUEST, [_PLAIN], PatientId(uuid4()), ContentId(uuid4()))


def ask_while_it_ends() -> None:
    """Worker and template end as soon as they are idle, which is when the next page is asked for."""
    workers = RenderingWorkers(RenderingSettings(rendering_idle_seconds=0.0))
    for _ in range(_PAGES):
        _render(workers)
        eventlet.sleep()


def ask_together() -> None:
    """The first two pages need a template each at the same moment."""
    workers = RenderingWorkers(RenderingSettings())
    before = len(psutil.Process().children())
    for asking in [eventlet.spawn(_render, workers) for _ in range(2)]:
        asking.wait()
    assert len(psutil.Process().children()) == before + 1


if __name__ == "__main__":
    ask_together()
    ask_while_it_ends()
