"""The servers with audit, once for all tests of this directory."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.notify.house import House

BASE_PORT = 29200


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Audit, up."""
    root: Path = tmp_path_factory.mktemp("house")
    house = House(root, BASE_PORT)
    house.start_servers()
    try:
        house.start("audit")
        yield house
    finally:
        house.processes.stop_all()
        house.stack.stop()
