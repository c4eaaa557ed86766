"""The platform in containers, for the tests of this folder; skipped where no engine can be started."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from deploy.docker.engine import NoEngine
from tests.containers.containers import Containers, containers


def _announce_nothing(phase: str, seconds: float) -> None:
    """The set-up is among the durations that pytest prints."""


@pytest.fixture(scope="package")
def in_containers() -> Iterator[Containers]:
    with ExitStack() as until_the_end:
        try:
            platform = until_the_end.enter_context(containers(_announce_nothing))
        except NoEngine as reason:
            pytest.skip(str(reason))
        yield platform
