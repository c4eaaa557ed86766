"""Observes the outboxes by triggers: which events were committed, whether all have arrived; can hold them back."""

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from uuid import UUID

import psycopg2

from contracts.audit import JournalEntry
from deploy.dev.stack import Stack

SENDERS = ("identity", "records", "consent", "audit")
"""The services that write journal entries."""

_INSTALL = """
CREATE SCHEMA outbox_observer;
CREATE TABLE outbox_observer.sent (id uuid PRIMARY KEY, topic text, payload jsonb);
CREATE FUNCTION outbox_observer.copy() RETURNS trigger SECURITY DEFINER LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO outbox_observer.sent VALUES (NEW.id, NEW.topic, NEW.payload::jsonb);
    RETURN NULL;
END $$;
CREATE TRIGGER observer AFTER INSERT ON outbox FOR EACH ROW EXECUTE FUNCTION outbox_observer.copy();
CREATE FUNCTION outbox_observer.hold() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.not_before := 'infinity';
    RETURN NEW;
END $$;
"""
_HOLD = "CREATE TRIGGER hold BEFORE INSERT ON outbox FOR EACH ROW EXECUTE FUNCTION outbox_observer.hold()"
_STOP_HOLDING = "DROP TRIGGER hold ON outbox"
_RELEASE = "UPDATE outbox SET not_before = NULL"
_UNINSTALL = "DROP SCHEMA IF EXISTS outbox_observer CASCADE"
_ENTRIES = """
SELECT payload ->> 'act', payload ->> 'outcome', payload ->> 'document_id'
FROM outbox_observer.sent WHERE topic = %s AND payload ->> 'patient_id' = %s
"""
_SENT = "SELECT id FROM outbox_observer.sent WHERE topic = %s"
_RECEIVED = "SELECT event_id FROM inbox WHERE queue = %s"

EntryKey = tuple[str, str, str | None]
"""Act, outcome, document."""


class OutboxObserver:
    """Reads what the triggers copied; `databases` maps a service to its connection."""

    def __init__(self, databases: dict[str, Any]) -> None:
        self._databases = databases
        self._given_up: set[UUID] = set()

    def committed(self, record: str) -> Counter[EntryKey]:
        """The journal entries about a record that units of work have committed to their outboxes."""
        rows = [row for name in SENDERS for row in self._query(name, _ENTRIES, JournalEntry.topic, record)]
        return Counter((act, outcome, document_id) for act, outcome, document_id in rows)

    def all_has_arrived(self) -> bool:
        """Whether every outbox is empty and the journal has received every entry."""
        is_empty = not any(self._query(name, "SELECT 1 FROM outbox LIMIT 1") for name in SENDERS)
        return is_empty and self._in_transit() <= self._given_up

    def give_up(self) -> None:
        """Stop waiting for the entries that have not arrived by now."""
        self._given_up = self._in_transit()

    def _in_transit(self) -> set[UUID]:
        sent = {row[0] for name in SENDERS for row in self._query(name, _SENT, JournalEntry.topic)}
        received = {row[0] for row in self._query("audit", _RECEIVED, f"audit.{JournalEntry.topic}")}
        return sent - received

    @contextmanager
    def held_back(self, service: str) -> Iterator[None]:
        """Keep a service's events in its outbox during the block, and release them together afterwards."""
        with self._databases[service].cursor() as cursor:
            cursor.execute(_HOLD)
            try:
                yield
            finally:
                cursor.execute(_STOP_HOLDING)
                cursor.execute(_RELEASE)

    def _query(self, service: str, statement: str, *arguments: str) -> list[tuple[Any, ...]]:
        with self._databases[service].cursor() as cursor:
            cursor.execute(statement, arguments)
            rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


@contextmanager
def outbox_observer(platform: Stack) -> Iterator[OutboxObserver]:
    """An observer whose triggers are installed during the block."""
    server = platform.addresses.database_admin_url.rpartition("/")[0]
    with ExitStack() as at_exit:
        databases = {}
        for name in SENDERS:
            database = psycopg2.connect(f"{server}/{platform.addresses.database_name(name)}")
            at_exit.callback(database.close)
            database.autocommit = True
            with database.cursor() as cursor:
                cursor.execute(_UNINSTALL)
                cursor.execute(_INSTALL)
            at_exit.callback(_uninstall, database)
            databases[name] = database
        yield OutboxObserver(databases)


def _uninstall(database: Any) -> None:
    with database.cursor() as cursor:
        cursor.execute(_UNINSTALL)
