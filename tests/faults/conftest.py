"""Restarts the parts of the platform that a fault test stopped, also when the test failed."""

from collections.abc import Iterator

import pytest

from deploy.dev.processes import Processes
from deploy.dev.stack import Stack


def _running(platform: Stack) -> dict[str, int]:
    """Name -> rank of each running part."""
    records = Processes(platform.layout).records()
    return {record.name: record.rank for record in records if record.identity.is_alive()}


@pytest.fixture(autouse=True)
def restart_stopped_parts(request: pytest.FixtureRequest) -> Iterator[None]:
    """Each part of the platform that ran before the test runs after it."""
    if "platform" not in request.fixturenames:
        yield
        return
    platform: Stack = request.getfixturevalue("platform")
    before = _running(platform)
    yield
    missing = before.keys() - _running(platform).keys()
    for name in sorted(missing, key=lambda name: before[name]):
        platform.launch(name)
