"""The transaction of a unit of work: statements sent, commit and rollback, connections lost while idle."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.exc import DBAPIError

from chassis.db import Transaction, autocommit, fetch, is_away, make_engine, separate_transaction

PUT = "INSERT INTO notes (word) VALUES (%(word)s)"
PUT_RETURNING = f"{PUT} RETURNING word"


@pytest.fixture
def engine(database: Callable[[str], str]) -> Iterator[Engine]:
    engine = make_engine(database("consent"), size=2, autocommit=True)
    with autocommit(engine) as connection:
        connection.exec_driver_sql("DROP TABLE IF EXISTS notes")
        connection.exec_driver_sql("CREATE TABLE notes (word text NOT NULL)")
    yield engine
    engine.dispose()


@pytest.fixture
def sent(engine: Engine) -> list[str]:
    """Every statement sent to the server."""
    statements: list[str] = []

    def record(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    event.listen(engine, "after_cursor_execute", record)
    return statements


def stored_words(engine: Engine) -> list[str]:
    with autocommit(engine) as connection:
        return [word for (word,) in fetch(connection, "SELECT word FROM notes ORDER BY word", {})]


def test_a_unit_without_statements_sends_nothing(engine: Engine, sent: list[str]) -> None:
    Transaction(engine).commit()
    Transaction(engine).rollback()
    empty = Transaction(engine)
    empty.begin()
    empty.commit()
    assert sent == []


def test_begin_is_sent_with_the_first_statement_and_commit_with_the_last(engine: Engine, sent: list[str]) -> None:
    unit = Transaction(engine)
    unit.connection.exec_driver_sql(PUT, {"word": "one"})
    unit.connection.exec_driver_sql(PUT, {"word": "two"})
    unit.commit(PUT, {"word": "three"})
    assert sent == [f"BEGIN; {PUT}", PUT, f"{PUT}; COMMIT"]
    assert stored_words(engine) == ["one", "three", "two"]


def test_a_single_statement_is_sent_without_begin_and_commit(engine: Engine, sent: list[str]) -> None:
    unit = Transaction(engine)
    assert unit.connection is not None
    unit.commit(PUT, {"word": "alone"})
    assert sent == [PUT]
    assert stored_words(engine) == ["alone"]


@pytest.mark.parametrize("many", [False, True])
def test_a_rollback_undoes_all_statements(engine: Engine, many: bool) -> None:
    unit = Transaction(engine)
    unit.connection.exec_driver_sql(PUT, [{"word": "a"}, {"word": "b"}] if many else {"word": "a"})
    assert fetch(unit.connection, PUT_RETURNING, {"word": "c"}) == [("c",)]
    unit.rollback()
    assert stored_words(engine) == []


def test_a_fetch_as_first_statement_is_in_the_transaction(engine: Engine) -> None:
    unit = Transaction(engine)
    assert fetch(unit.connection, PUT_RETURNING, {"word": "undone"}) == [("undone",)]
    unit.rollback()
    assert stored_words(engine) == []


def test_a_unit_that_began_by_reading_can_begin_a_transaction(engine: Engine, sent: list[str]) -> None:
    unit = Transaction(engine, reading=True)
    assert fetch(unit.connection, "SELECT 1", {}) == [(1,)]
    unit.begin()
    unit.connection.exec_driver_sql(PUT, {"word": "undone"})
    unit.rollback()
    assert stored_words(engine) == []
    assert sent[:2] == [f"BEGIN; {PUT}", "ROLLBACK"]


def test_a_refused_first_statement_leaves_the_connection_usable(engine: Engine) -> None:
    unit = Transaction(engine)
    with pytest.raises(DBAPIError):
        unit.connection.exec_driver_sql(PUT, {"word": None})
    unit.rollback()
    with separate_transaction(engine) as connection:
        connection.exec_driver_sql(PUT, {"word": "after"})
    assert stored_words(engine) == ["after"]


def test_a_pending_begin_ends_with_its_unit(engine: Engine, sent: list[str]) -> None:
    for end in (Transaction.commit, Transaction.rollback):
        unit = Transaction(engine)
        assert unit.connection is not None
        end(unit)
        with autocommit(engine) as connection:
            connection.exec_driver_sql(PUT, {"word": end.__name__})
    assert sent == [PUT, PUT]
    assert stored_words(engine) == ["commit", "rollback"]


@pytest.mark.parametrize("end", [Transaction.rollback, Transaction.abandon])
def test_ending_a_unit_whose_connection_was_lost_raises_no_further_error(
    engine: Engine, end: Callable[[Transaction], None]
) -> None:
    unit = Transaction(engine)
    [(backend,)] = fetch(unit.connection, "SELECT pg_backend_pid()", {})
    with autocommit(engine) as other:
        fetch(other, "SELECT pg_terminate_backend(%(pid)s, 5000)", {"pid": backend})
    with pytest.raises(DBAPIError) as gone:
        unit.connection.exec_driver_sql(PUT, {"word": "lost"})
    assert is_away(gone.value)
    end(unit)
    assert stored_words(engine) == []


def test_a_connection_lost_while_opening_is_recognised(engine: Engine) -> None:
    outside = make_engine(engine.url.render_as_string(hide_password=False).replace("+psycopg2", ""), size=1)

    def kill(driver: Any, _record: object) -> None:
        with outside.begin() as connection:
            pid = {"pid": driver.info.backend_pid}
            connection.exec_driver_sql("SELECT pg_terminate_backend(%(pid)s, 5000)", pid)

    engine.dispose()
    event.listen(engine, "connect", kill)
    with pytest.raises(DBAPIError) as gone:
        stored_words(engine)
    assert is_away(gone.value)
    outside.dispose()


def test_a_connection_lost_while_idle_is_replaced(engine: Engine) -> None:
    with engine.connect() as doomed, engine.connect() as other:
        backends = [fetch(connection, "SELECT pg_backend_pid()", {})[0][0] for connection in (doomed, other)]
    outside = make_engine(engine.url.render_as_string(hide_password=False).replace("+psycopg2", ""), size=1)
    with outside.begin() as connection:
        for backend in backends:
            connection.exec_driver_sql("SELECT pg_terminate_backend(%(pid)s, 5000)", {"pid": backend})
    outside.dispose()
    assert stored_words(engine) == []
    unit = Transaction(engine)
    unit.connection.exec_driver_sql(PUT, {"word": "after"})
    unit.commit()
    assert stored_words(engine) == ["after"]
