"""A migrated database of identity's own with the demo directory in it, and a replica of identity on top."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine

from chassis.db import make_engine
from deploy.dev import authority, people
from services.identity.directory import import_directory, read_directory
from tests.integration.identity.false_provider import FalseProvider
from tests.integration.identity.harness import IdentityHarness


@pytest.fixture(scope="session")
def cards(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A test authority with its cards."""
    directory = tmp_path_factory.mktemp("cards")
    authority.prepare(directory)
    return directory


@pytest.fixture
def engine(database: Callable[[str], str]) -> Iterator[Engine]:
    """Identity's database, migrated and empty."""
    engine = make_engine(database("identity"), size=12)
    yield engine
    engine.dispose()


@pytest.fixture
def harness(engine: Engine, cards: Path) -> IdentityHarness:
    """Identity with the demo directory."""
    harness = IdentityHarness(engine, cards)
    with harness.repositories() as repositories:
        import_directory(read_directory(people.as_directory()), repositories)
    return harness


@pytest.fixture
def provider() -> Iterator[FalseProvider]:
    """A provider in the place of Pro Santé Connect."""
    with closing(FalseProvider()) as provider:
        yield provider
