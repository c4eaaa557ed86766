"""The servers with identity and notify, and a stand-in for consent, once for all tests of this directory."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from chassis.tokens import Keyring
from tests.integration.notify.counsel import Counsel
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


@pytest.fixture(scope="session", autouse=True)
def counsel(house: House) -> Iterator[Counsel]:
    """Whom notify asks who may read."""
    counsel = Counsel(house.addresses.amqp_url, Keyring.from_file("consent", house.addresses.keys.trusted))
    try:
        yield counsel
    finally:
        counsel.close()


@pytest.fixture(autouse=True)
def _providers_there(house: House) -> Iterator[None]:
    yield
    house.set_outage(sms=False, mail=False)
