"""A process of the consent service without its broker: real units of work on a real database."""

from contextlib import AbstractContextManager

from sqlalchemy import Connection

from chassis.db import make_engine, separate_transaction
from chassis.editions import EditionCache
from chassis.remote import Remote
from contracts.audit import JournalEntry
from services.consent.context import ConsentContext, ConsentTools
from services.consent.repositories.matrices import MATRICES
from services.consent.service import SERVICE
from services.consent.settings import ConsentSettings
from tests.support.handler_harness import BrokerlessRuntime, HandlerHarness


class ConsentHarness(HandlerHarness[ConsentContext]):
    """Runs handlers on the database at `url`; `remote`: as they call other services."""

    def __init__(self, url: str, remote: Remote | None = None) -> None:
        self.tools = ConsentTools(ConsentSettings(), EditionCache(MATRICES, fresh_seconds=60))
        super().__init__(SERVICE, BrokerlessRuntime(make_engine(url, size=4), remote), self.tools)

    def separate_transaction(self) -> AbstractContextManager[Connection]:
        return separate_transaction(self.engine)

    def journal(self) -> list[JournalEntry]:
        """The entries in the outbox."""
        return [event for event in self.events if isinstance(event, JournalEntry)]

    def close(self) -> None:
        self.engine.dispose()
