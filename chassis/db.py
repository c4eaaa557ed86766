"""The database: the engine, and one transaction per entrypoint, which is the only place that commits."""

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
"""In a connection's `info`: its next statement takes a BEGIN along."""
_FRESH = "carnet.fresh"
"""In a connection's `info`: nobody has borrowed it yet."""


def _own_poll() -> Any:
    """The interpreter's own, also where eventlet has taken it away: looking without waiting needs no hub."""
    if hasattr(select, "poll"):
        return select.poll
    # Loaded already, or it would be there.
    from eventlet.patcher import original

    return original("select").poll


_poll = _own_poll()


def make_engine(url: str, *, size: int, autocommit: bool = False) -> Engine:
    """An engine on psycopg2 whose pool holds up to `size` connections; nothing hangs longer than seconds.

    Args:
        autocommit: as `Transaction` wants it.
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
    event.listen(engine, "connect", _note_fresh)
    event.listen(engine, "checkout", _check_still_there)
    event.listen(engine, "before_cursor_execute", _with_begin, retval=True)
    return engine


def _note_fresh(_driver: Any, record: Any) -> None:
    record.info[_FRESH] = True


def _check_still_there(driver: Any, record: Any, _borrowed: Any) -> None:
    """A server that restarted has said so on the idle connection, or hung up: the pool opens another instead.

    It costs a system call, where asking the server costs a round trip. A connection that was opened just now is not
    looked at: one that died since will say so itself, and the pool would only give up.
    """
    if record.info.pop(_FRESH, False):
        return
    looking = _poll()
    looking.register(driver.fileno(), select.POLLIN)
    if looking.poll(0):
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
    """Whether the database could not be reached or gave up, so that trying again later makes sense."""
    if isinstance(error, PoolTimeout):
        return True
    if not isinstance(error, DBAPIError):
        return False
    # Class 08 connection, 40 rolled back in favour of another, 53 resources, 57 operator intervention, and a lock
    # not had in time; no code at all: the socket broke.
    state = getattr(error.orig, "pgcode", None)
    return error.connection_invalidated or state is None or state[:2] in {"08", "40", "53", "57"} or state == "55P03"


def fetch(connection: Connection, statement: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The rows of one statement, written out, as plain tuples: for the few that every request waits for.

    It spares what SQLAlchemy spends on a result, a third of what a small statement costs this process; what goes
    wrong is raised as SQLAlchemy would raise it.
    """
    driver: Any = connection.connection
    if connection.info.pop(_BEGIN, False):
        statement = f"BEGIN; {statement}"
    try:
        with driver.cursor() as cursor:
            cursor.execute(statement, parameters)
            found: list[tuple[Any, ...]] = cursor.fetchall()
            return found
    except psycopg2.Error as error:
        dialect: Any = connection.dialect
        is_gone = bool(dialect.is_disconnect(error, None, None))
        if is_gone:
            connection.invalidate()
        raise DBAPIError.instance(
            statement, None, error, psycopg2.Error, hide_parameters=True, connection_invalidated=is_gone
        ) from error


def written_out(statement: ClauseElement) -> str:
    """A statement of SQLAlchemy's as text for `fetch`, which is handed all its parameters by their names."""
    return str(statement.compile(dialect=_DIALECT))


class Transaction:
    """The one transaction of one unit of work; opened by the first use, ended by the chassis.

    Its engine commits by itself; BEGIN and COMMIT are sent by hand. So a unit that only reads sends neither, and in
    one that writes the first statement takes the BEGIN along and the last one the COMMIT: each round trip spared is
    processor time on both sides.
    """

    def __init__(self, engine: Engine, *, reading: bool = False) -> None:
        self._engine = engine
        self._reading = reading
        self._is_open = False
        self._connection: Connection | None = None

    @property
    def connection(self) -> Connection:
        """The connection, taken from the pool at the first use."""
        if self._connection is None:
            self._connection = self._engine.connect()
            if not self._reading:
                self.begin()
        return self._connection

    def begin(self) -> None:
        """From here on everything happens together, also in a unit that began by reading."""
        self._reading = False
        if self._connection is None:
            self._connection = self._engine.connect()
        if not self._is_open:
            self._connection.info[_BEGIN] = self._is_open = True

    def commit(self, last: str = "", parameters: Mapping[str, Any] | None = None) -> None:
        """Make everything durable, with a last statement if there is one, and give the connection back."""
        has_begun = self._has_begun()
        if last:
            self._reading = True
            self.connection.exec_driver_sql(f"{last}; COMMIT" if has_begun else last, dict(parameters or {}))
        elif has_begun:
            self.connection.exec_driver_sql("COMMIT")
        self._release()

    def rollback(self) -> None:
        """Undo everything; what is done afterwards stands alone."""
        if self._connection is not None and not self._connection.invalidated and self._has_begun():
            try:
                self._connection.exec_driver_sql("ROLLBACK")
            except Exception:
                self._connection.invalidate()
        self._release()
        self._reading = True

    def abandon(self) -> None:
        """Throw the connection away: it was interrupted in the middle of a statement."""
        if self._connection is not None:
            self._connection.invalidate()
            self._release()

    def _has_begun(self) -> bool:
        """Whether anything was done since BEGIN was wished for; if not, it is not sent any more."""
        return self._is_open and self._connection is not None and not self._connection.info.pop(_BEGIN, False)

    def _release(self) -> None:
        self._is_open = False
        if self._connection is not None:
            self._connection.close()
            self._connection = None


@contextmanager
def separate_transaction(engine: Engine) -> Iterator[Connection]:
    """A transaction beside the unit's own, kept whatever becomes of that one: counting a failed try, for one."""
    transaction = Transaction(engine)
    try:
        yield transaction.connection
        transaction.commit()
    except BaseException:
        transaction.abandon()
        raise


@contextmanager
def autocommit(engine: Engine) -> Iterator[Connection]:
    """For a single statement beside the unit's transaction: durable when it returns, in one round trip."""
    with engine.connect() as connection:
        try:
            yield connection
        except BaseException:
            # It may have been interrupted in the middle of the statement.
            connection.invalidate()
            raise
