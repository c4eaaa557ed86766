"""The database: the engine, and one transaction per entrypoint, which is the only place that commits."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

AWAY = (DBAPIError, PoolTimeout)
"""What SQLAlchemy raises; `is_away` tells a lost database from a wrong statement."""

_OPTIONS = "-c statement_timeout=5000 -c lock_timeout=2000 -c idle_in_transaction_session_timeout=15000"


def make_engine(url: str, *, size: int) -> Engine:
    """An engine on psycopg2 whose pool holds up to `size` connections; nothing hangs longer than seconds."""
    return create_engine(
        url.replace("postgresql://", "postgresql+psycopg2://", 1),
        pool_size=size,
        max_overflow=0,
        pool_timeout=2,
        pool_reset_on_return=None,
        connect_args={"connect_timeout": 3, "tcp_user_timeout": 5000, "options": _OPTIONS},
    )


def is_away(error: BaseException) -> bool:
    """Whether the database could not be reached or gave up, so that trying again later makes sense."""
    if isinstance(error, PoolTimeout):
        return True
    if not isinstance(error, DBAPIError):
        return False
    # Class 08 connection, 53 resources, 57 operator intervention; no code at all: the socket broke.
    state = getattr(error.orig, "pgcode", None)
    return error.connection_invalidated or state is None or state[:2] in {"08", "53", "57"}


class Transaction:
    """The one transaction of one unit of work; opened by the first use, ended by the chassis."""

    def __init__(self, engine: Engine, *, reading: bool = False) -> None:
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT") if reading else engine
        self._connection: Connection | None = None

    @property
    def connection(self) -> Connection:
        """The connection, taken from the pool at the first use."""
        if self._connection is None:
            self._connection = self._engine.connect()
        return self._connection

    def commit(self) -> None:
        """Make everything durable and give the connection back."""
        if self._connection is not None:
            self._connection.commit()
            self._release()

    def rollback(self) -> None:
        """Undo everything; a connection that cannot even do that is thrown away."""
        if self._connection is None:
            return
        try:
            self._connection.rollback()
        except Exception:
            self._connection.invalidate()
        self._release()

    def abandon(self) -> None:
        """Throw the connection away: it was interrupted in the middle of a statement."""
        if self._connection is not None:
            self._connection.invalidate()
            self._release()

    def _release(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


@contextmanager
def autonomous(engine: Engine) -> Iterator[Connection]:
    """A transaction beside the unit's own, kept whatever becomes of that one: counting a failed try, for one."""
    with engine.begin() as connection:
        yield connection
