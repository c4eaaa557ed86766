"""A test authority made once for the run, and a reader that trusts it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from deploy.dev import authority
from services.identity.cards import CardReader
from tests.unit.identity.card_builders import reader_of


@pytest.fixture(scope="session")
def shared_cards(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Cards and authority that no test changes."""
    directory = tmp_path_factory.mktemp("cards")
    authority.prepare(directory)
    return directory


@pytest.fixture
def own_cards(tmp_path: Path) -> Path:
    """Cards and authority of one test, to be revoked and spoilt."""
    authority.prepare(tmp_path)
    return tmp_path


@pytest.fixture(scope="session")
def reader(shared_cards: Path) -> CardReader:
    """Trusts the shared authority."""
    return reader_of(shared_cards)


@pytest.fixture
def now() -> datetime:
    """A moment within the life of what the fixtures made."""
    return datetime.now(UTC)
