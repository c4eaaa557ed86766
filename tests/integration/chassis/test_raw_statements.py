"""chassis.db.fetch, which bypasses SQLAlchemy, raises the same errors, so that a lost connection is recognised."""

from collections.abc import Callable, Iterator
from uuid import UUID

import psycopg2
import pytest
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from chassis.db import fetch, is_away, make_engine

BACKEND = "SELECT pg_backend_pid()"


@pytest.fixture
def engine(database: Callable[[str], str]) -> Iterator[Engine]:
    engine = make_engine(database("consent"), size=2, autocommit=True)
    yield engine
    engine.dispose()


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    with engine.connect() as connection:
        yield connection


def test_rows_are_tuples_and_sequences_are_bound(connection: Connection) -> None:
    wanted = {"ids": (str(UUID(int=1)), str(UUID(int=2)))}
    assert fetch(connection, "SELECT 1, 'a' WHERE %(ids)s IS NOT NULL", {"ids": "x"}) == [(1, "a")]
    assert fetch(connection, "SELECT 1 WHERE '00000000-0000-0000-0000-000000000002'::uuid IN %(ids)s", wanted) == [
        (1,)
    ]


def test_a_refused_statement_is_not_a_lost_connection(connection: Connection) -> None:
    with pytest.raises(DBAPIError) as refused:
        fetch(connection, "SELECT nothing FROM nowhere", {})
    assert not is_away(refused.value)
    assert fetch(connection, "SELECT 1", {}) == [(1,)]


def test_a_lost_connection_is_recognised_and_replaced(engine: Engine) -> None:
    with engine.connect() as doomed, engine.connect() as other:
        [(backend,)] = fetch(doomed, BACKEND, {})
        fetch(other, "SELECT pg_terminate_backend(%(pid)s)", {"pid": backend})
        with pytest.raises(DBAPIError) as gone:
            fetch(doomed, "SELECT 1", {})
        assert is_away(gone.value)
        assert isinstance(gone.value.orig, psycopg2.Error)
    with engine.connect() as fresh:
        assert fetch(fresh, "SELECT 1", {}) == [(1,)]
