"""A process of the consent service without its broker: real units of work on a real database."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from time import time
from typing import TypeVar

import msgspec
from sqlalchemy import Connection, text

from chassis import units
from chassis.context import UnitOfWork
from chassis.db import make_engine, separate_transaction
from chassis.editions import EditionCache
from chassis.handlers import MethodHandler
from chassis.outbox import OutboxRelay
from chassis.publisher import Publisher
from chassis.runtime import Runtime
from contracts.audit import JournalEntry
from contracts.envelope import Actor
from services.consent.context import ConsentContext, ConsentTools
from services.consent.repositories.matrices import MATRICES
from services.consent.service import SERVICE
from services.consent.settings import ConsentSettings

Q = TypeVar("Q")
R = TypeVar("R")


class ConsentHarness:
    """Runs handlers as chassis.rpc does, on the database at `url`."""

    def __init__(self, url: str) -> None:
        self.runtime = Runtime()
        self.runtime.engine = make_engine(url, size=2, autocommit=True)
        self.runtime.relay = OutboxRelay(self.runtime.engine, Publisher("amqp://localhost"))
        self.tools = ConsentTools(ConsentSettings(), EditionCache(MATRICES, fresh_seconds=60))

    def run(self, handler: Callable[[ConsentContext, Q], R], request: Q, actor: Actor) -> R:
        """The response of a method's handler, as one unit of work."""
        [declared] = [declared for declared in SERVICE.declarations() if declared.handle is handler]
        assert isinstance(declared, MethodHandler)
        work = UnitOfWork(
            kind="call",
            name=declared.method.route,
            deadline=time() + 10,
            rule=declared.access,
            reading=declared.reading,
        )
        return units.run(self._context, work, actor, request, handler)

    def separate_transaction(self) -> AbstractContextManager[Connection]:
        return separate_transaction(self.runtime.engine)

    def journal(self) -> list[JournalEntry]:
        """The entries in the outbox."""
        with self.separate_transaction() as connection:
            payloads = connection.execute(text("SELECT payload FROM outbox ORDER BY seq")).scalars()
            return [msgspec.json.decode(payload, type=JournalEntry) for payload in payloads]

    def close(self) -> None:
        self.runtime.engine.dispose()

    def _context(self, actor: Actor, work: UnitOfWork) -> ConsentContext:
        return ConsentContext(self.runtime, self.tools, actor, work)
