"""The servers with the documents service, once for all tests of this directory."""

from collections.abc import Iterator

import pytest

from tests.integration.documents.house import House

BASE_PORT = 29_300


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Documents, up."""
    house = House(tmp_path_factory.mktemp("house"), BASE_PORT)
    try:
        house.start_servers()
        house.start()
        yield house
    finally:
        house.stop()
        house.stack.stop()


@pytest.fixture
def unchanged(house: House) -> Iterator[None]:
    """The test leaves no object and no row behind."""

    def stored() -> tuple[set[str], int]:
        [rows] = house.rows("SELECT count(*) AS many FROM contents")
        return house.objects(), rows["many"]

    before = stored()
    yield
    assert stored() == before
