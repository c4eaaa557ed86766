"""The one transaction of a unit: what it sends, what it keeps and undoes, on connections that may have died idle."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.exc import DBAPIError

from chassis.db import Transaction, autocommit, fetch, is_away, make_engine, separate_transaction

PUT = "INSERT INTO notes (word) VALUES (%(word)s)"
PUT_AND_TELL = f"{PUT} RETURNING word"


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
    """Every statement as it goes to the server."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    event.listen(engine, "after_cursor_execute", note)
    return statements


def kept(engine: Engine) -> list[str]:
    with autocommit(engine) as connection:
        return [word for (word,) in fetch(connection, "SELECT word FROM notes ORDER BY word", {})]


def test_a_unit_that_did_nothing_sends_nothing(engine: Engine, sent: list[str]) -> None:
    Transaction(engine).commit()
    Transaction(engine).rollback()
    looked = Transaction(engine)
    looked.begin()
    looked.commit()
    assert sent == []


def test_the_first_statement_takes_begin_along_and_the_last_one_commit(engine: Engine, sent: list[str]) -> None:
    unit = Transaction(engine)
    unit.connection.exec_driver_sql(PUT, {"word": "one"})
    unit.connection.exec_driver_sql(PUT, {"word": "two"})
    unit.commit(PUT, {"word": "three"})
    assert sent == [f"BEGIN; {PUT}", PUT, f"{PUT}; COMMIT"]
    assert kept(engine) == ["one", "three", "two"]


def test_a_last_statement_that_is_the_only_one_stands_alone(engine: Engine, sent: list[str]) -> None:
    unit = Transaction(engine)
    assert unit.connection is not None
    unit.commit(PUT, {"word": "alone"})
    assert sent == [PUT]
    assert kept(engine) == ["alone"]


@pytest.mark.parametrize("many", [False, True])
def test_what_is_rolled_back_was_never_there(engine: Engine, many: bool) -> None:
    unit = Transaction(engine)
    unit.connection.exec_driver_sql(PUT, [{"word": "a"}, {"word": "b"}] if many else {"word": "a"})
    assert fetch(unit.connection, PUT_AND_TELL, {"word": "c"}) == [("c",)]
    unit.rollback()
    assert kept(engine) == []


def test_rows_that_are_fetched_first_are_in_the_transaction_too(engine: Engine) -> None:
    unit = Transaction(engine)
    assert fetch(unit.connection, PUT_AND_TELL, {"word": "undone"}) == [("undone",)]
    unit.rollback()
    assert kept(engine) == []


def test_a_unit_that_began_by_reading_may_write_together(engine: Engine, sent: list[str]) -> None:
    unit = Transaction(engine, reading=True)
    assert fetch(unit.connection, "SELECT 1", {}) == [(1,)]
    unit.begin()
    unit.connection.exec_driver_sql(PUT, {"word": "undone"})
    unit.rollback()
    assert kept(engine) == []
    assert sent[:2] == [f"BEGIN; {PUT}", "ROLLBACK"]


def test_a_first_statement_that_is_refused_leaves_the_connection_clean(engine: Engine) -> None:
    unit = Transaction(engine)
    with pytest.raises(DBAPIError):
        unit.connection.exec_driver_sql(PUT, {"word": None})
    unit.rollback()
    with separate_transaction(engine) as connection:
        connection.exec_driver_sql(PUT, {"word": "after"})
    assert kept(engine) == ["after"]


def test_a_wish_to_begin_does_not_outlive_its_unit(engine: Engine, sent: list[str]) -> None:
    for end in (Transaction.commit, Transaction.rollback):
        unit = Transaction(engine)
        assert unit.connection is not None
        end(unit)
        with autocommit(engine) as connection:
            connection.exec_driver_sql(PUT, {"word": end.__name__})
    assert sent == [PUT, PUT]
    assert kept(engine) == ["commit", "rollback"]


@pytest.mark.parametrize("end", [Transaction.rollback, Transaction.abandon])
def test_a_unit_whose_connection_died_under_it_ends_without_another_error(
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
    assert kept(engine) == []


def test_connections_that_die_as_they_are_opened_are_known_to_be_away(engine: Engine) -> None:
    outside = make_engine(engine.url.render_as_string(hide_password=False).replace("+psycopg2", ""), size=1)

    def kill(driver: Any, _record: object) -> None:
        with outside.begin() as connection:
            pid = {"pid": driver.info.backend_pid}
            connection.exec_driver_sql("SELECT pg_terminate_backend(%(pid)s, 5000)", pid)

    engine.dispose()
    event.listen(engine, "connect", kill)
    with pytest.raises(DBAPIError) as gone:
        kept(engine)
    assert is_away(gone.value)
    outside.dispose()


def test_a_connection_that_died_idle_is_replaced_unnoticed(engine: Engine) -> None:
    with engine.connect() as doomed, engine.connect() as other:
        backends = [fetch(one, "SELECT pg_backend_pid()", {})[0][0] for one in (doomed, other)]
    outside = make_engine(engine.url.render_as_string(hide_password=False).replace("+psycopg2", ""), size=1)
    with outside.begin() as connection:
        for backend in backends:
            connection.exec_driver_sql("SELECT pg_terminate_backend(%(pid)s, 5000)", {"pid": backend})
    outside.dispose()
    assert kept(engine) == []
    unit = Transaction(engine)
    unit.connection.exec_driver_sql(PUT, {"word": "after"})
    unit.commit()
    assert kept(engine) == ["after"]
