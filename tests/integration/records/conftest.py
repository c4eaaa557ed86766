"""A migrated, empty records database, and its repositories."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Connection, Engine

from chassis.db import make_engine
from services.records.repositories.all import Repositories


@pytest.fixture
def engine(database: Callable[[str], str]) -> Iterator[Engine]:
    """Up to six connections to the database."""
    engine = make_engine(database("records"), size=6)
    yield engine
    engine.dispose()


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    """One transaction."""
    with engine.connect() as connection:
        yield connection


@pytest.fixture
def repositories(connection: Connection) -> Repositories:
    """The repositories in that transaction."""
    return Repositories(connection)
