"""The servers with identity and notify, once for all tests of this directory."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.notify.house import House

BASE_PORT = 29100


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Identity and notify, up."""
    root: Path = tmp_path_factory.mktemp("house")
    house = House(root, BASE_PORT)
    house.start_servers()
    try:
        house.start("identity")
        house.start("notify")
        yield house
    finally:
        house.processes.stop_all()
        house.stack.stop()


@pytest.fixture(autouse=True)
def _providers_there(house: House) -> Iterator[None]:
    yield
    house.set_outage(sms=False, mail=False)
