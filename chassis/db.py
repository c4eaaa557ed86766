"""The database: engine and transactions; the only module that commits."""

import select
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg2
from sqlalchemy import ClauseElement, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.exc import TimeoutError as PoolTimeout

_OPTIONS = "-c statement_timeout=5000 -c lock_timeout=2000 -c idle_in_transaction_session_timeout=15000"
_DIALECT = make_url("postgresql+psycopg2://").get_dialect()()
_BEGIN = "carnet.begin"
"""Key of a connection's `info`: a BEGIN is sent with its next statement."""
_FRESH = "carnet.fresh"
"""Key of a connection's `info`: it has not been checked out yet."""


def _own_poll() -> Any:
    """The interpreter's `select.poll`, which eventlet's patch removes; a poll without waiting needs no hub."""
    if hasattr(select, "poll"):
        return select.poll
    # Only where eventlet has patched `select`, so it is loaded already.
    from eventlet.patcher import original

    return original("select").poll


_poll = _own_poll()


def make_engine(url: str, *, size: int, autocommit: bool = False) -> Engine:
    """An engine on psycopg2 with a pool of `size` connections and short timeouts.

    Args:
        autocommit: required by `Transaction`.
    """
    options: dict[str, Any] = {"isolation_level": "AUTOCOMMIT"} if autocommit else {}
    engine = create_engine(
        url.replace("postgresql://", "postgresql+psycopg2://", 1),
        pool_size=size,
        max_overflow=0,
        pool_timeout=2,
        pool_reset_on_return=None,
        **options,
        connect_args={"connect_timeout": 3, "tcp_user_timeout": 5000, "options": _OPTIONS},
    )
    event.listen(engine, "connect", _mark_fresh)
    event.listen(engine, "checkout", _check_alive)
    event.listen(engine, "before_cursor_execute", _with_begin, retval=True)
    return engine


def _mark_fresh(_driver: Any, record: Any) -> None:
    record.info[_FRESH] = True


def _check_alive(driver: Any, record: Any, _borrowed: Any) -> None:
    """Have the pool replace a connection that a restarted server has closed: an idle socket with input is dead.

    This costs a system call instead of a round trip. A connection that was opened just now is not checked: the pool
    would give up instead of opening another.
    """
    if record.info.pop(_FRESH, False):
        return
    poll = _poll()
    poll.register(driver.fileno(), select.POLLIN)
    if poll.poll(0):
        raise DisconnectionError


def _with_begin(
    connection: Connection, cursor: Any, statement: str, parameters: Any, _context: Any, executemany: bool
) -> tuple[str, Any]:
    if connection.info.pop(_BEGIN, False):
        if executemany:
            cursor.execute("BEGIN")
        else:
            statement = f"BEGIN; {statement}"
    return statement, parameters


def is_away(error: BaseException) -> bool:
    """Whether the database was unavailable, so that a later retry makes sense."""
    if isinstance(error, PoolTimeout):
        return True
    if not isinstance(error, DBAPIError):
        return False
    # Classes 08 connection, 40 transaction rollback, 53 insufficient resources, 57 operator intervention; 55P03 lock
    # timeout; no code at all: the socket broke.
    state = getattr(error.orig, "pgcode", None)
    return error.connection_invalidated or state is None or state[:2] in {"08", "40", "53", "57"} or state == "55P03"


def fetch(connection: Connection, statement: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The rows of a textual statement as plain tuples, for the few statements that every request waits for.

    Without SQLAlchemy's result, which is a third of the cost of a small statement. Errors are raised as SQLAlchemy
    raises them.
    """
    driver: Any = connection.connection
    if connection.info.pop(_BEGIN, False):
        statement = f"BEGIN; {statement}"
    try:
        with driver.cursor() as cursor:
            cursor.execute(statement, parameters)
            rows: list[tuple[Any, ...]] = cursor.fetchall()
            return rows
    except psycopg2.Error as error:
        dialect: Any = connection.dialect
        is_disconnected = bool(dialect.is_disconnect(error, None, None))
        if is_disconnected:
            connection.invalidate()
        raise DBAPIError.instance(
            statement, None, error, psycopg2.Error, hide_parameters=True, connection_invalidated=is_disconnected
        ) from error


def written_out(statement: ClauseElement) -> str:
    """A SQLAlchemy statement as text for `fetch`, with named parameters."""
    return str(statement.compile(dialect=_DIALECT))


class Transaction:
    """The transaction of a unit of work; opened by the first use, ended by the chassis.

    Its engine is in autocommit mode; BEGIN and COMMIT are sent explicitly. So a unit that only reads sends neither. A
    unit that writes sends BEGIN with its first statement and COMMIT with its last: each round trip saved is processor
    time on both sides.
    """

    def __init__(self, engine: Engine, *, reading: bool = False) -> None:
        self._engine = engine
        self._reading = reading
        self._is_open = False
        self._connection: Connection | None = None

    @property
    def connection(self) -> Connection:
        """The connection, checked out at the first use."""
        if self._connection is None:
            self._connection = self._engine.connect()
            if not self._reading:
                self.begin()
        return self._connection

    def begin(self) -> None:
        """Start a transaction, also in a unit that began by reading."""
        self._reading = False
        if self._connection is None:
            self._connection = self._engine.connect()
        if not self._is_open:
            self._connection.info[_BEGIN] = self._is_open = True

    def commit(self, last: str = "", parameters: Mapping[str, Any] | None = None) -> None:
        """Commit, with a last statement if there is one, and return the connection to the pool."""
        has_begun = self._has_begun()
        if last:
            self._reading = True
            self.connection.exec_driver_sql(f"{last}; COMMIT" if has_begun else last, dict(parameters or {}))
        elif has_begun:
            self.connection.exec_driver_sql("COMMIT")
        self._release()

    def rollback(self) -> None:
        """Roll back; later statements are committed by themselves."""
        if self._connection is not None and not self._connection.invalidated and self._has_begun():
            try:
                self._connection.exec_driver_sql("ROLLBACK")
            except Exception:
                self._connection.invalidate()
        self._release()
        self._reading = True

    def abandon(self) -> None:
        """Close a connection that was interrupted in the middle of a statement."""
        if self._connection is not None:
            self._connection.invalidate()
            self._release()

    def _has_begun(self) -> bool:
        """Whether BEGIN was sent; a BEGIN that still waits for a statement is dropped."""
        return self._is_open and self._connection is not None and not self._connection.info.pop(_BEGIN, False)

    def _release(self) -> None:
        self._is_open = False
        if self._connection is not None:
            self._connection.close()
            self._connection = None


@contextmanager
def separate_transaction(engine: Engine) -> Iterator[Connection]:
    """A transaction that is committed whatever becomes of the unit's own, for example to count a failed attempt."""
    transaction = Transaction(engine)
    try:
        yield transaction.connection
        transaction.commit()
    except BaseException:
        transaction.abandon()
        raise


@contextmanager
def autocommit(engine: Engine) -> Iterator[Connection]:
    """A connection for a single statement outside the unit's transaction, durable after one round trip."""
    with engine.connect() as connection:
        try:
            yield connection
        except BaseException:
            # It may have been interrupted in the middle of the statement.
            connection.invalidate()
            raise
