"""Who sees every event in the transaction that keeps it, can hold it back, and knows when all have arrived."""

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from uuid import UUID

import psycopg2

from contracts.audit import JournalEntry
from deploy.dev.stack import Stack

SENDERS = ("identity", "records", "consent", "audit")
"""Those whose units journal."""

_SET_UP = """
CREATE SCHEMA witness;
CREATE TABLE witness.told (id uuid PRIMARY KEY, topic text, payload jsonb);
CREATE FUNCTION witness.note() RETURNS trigger SECURITY DEFINER LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO witness.told VALUES (NEW.id, NEW.topic, NEW.payload::jsonb);
    RETURN NULL;
END $$;
CREATE TRIGGER witness AFTER INSERT ON outbox FOR EACH ROW EXECUTE FUNCTION witness.note();
CREATE FUNCTION witness.hold() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.not_before := 'infinity';
    RETURN NEW;
END $$;
"""
_HOLD = "CREATE TRIGGER hold BEFORE INSERT ON outbox FOR EACH ROW EXECUTE FUNCTION witness.hold()"
_NO_LONGER_HOLD = "DROP TRIGGER hold ON outbox"
_RELEASE = "UPDATE outbox SET not_before = NULL"
_TAKE_DOWN = "DROP SCHEMA IF EXISTS witness CASCADE"
_ENTRIES = """
SELECT payload ->> 'act', payload ->> 'outcome', payload ->> 'document_id'
FROM witness.told WHERE topic = %s AND payload ->> 'patient_id' = %s
"""
_TOLD = "SELECT id FROM witness.told WHERE topic = %s"
_RECEIVED = "SELECT event_id FROM inbox WHERE queue = %s"

Entry = tuple[str, str, str | None]
"""Act, outcome, document."""


class Witness:
    """Databases of those who journal, by service."""

    def __init__(self, databases: dict[str, Any]) -> None:
        self._databases = databases
        self._given_up: set[UUID] = set()

    def told(self, record: str) -> Counter[Entry]:
        """The journal entries about a record that units have kept."""
        rows = [row for name in SENDERS for row in self._ask(name, _ENTRIES, JournalEntry.topic, record)]
        return Counter((act, outcome, document_id) for act, outcome, document_id in rows)

    def all_has_arrived(self) -> bool:
        """Whether no outbox holds anything any more and the journal has taken every entry."""
        is_empty = not any(self._ask(name, "SELECT 1 FROM outbox LIMIT 1") for name in SENDERS)
        return is_empty and self._under_way() <= self._given_up

    def give_up(self) -> None:
        """Wait no longer for what has not arrived by now."""
        self._given_up = self._under_way()

    def _under_way(self) -> set[UUID]:
        told = {row[0] for name in SENDERS for row in self._ask(name, _TOLD, JournalEntry.topic)}
        received = {row[0] for row in self._ask("audit", _RECEIVED, f"audit.{JournalEntry.topic}")}
        return told - received

    @contextmanager
    def held_back(self, service: str) -> Iterator[None]:
        """What a service tells while the block lasts stays with it, and leaves together afterwards."""
        with self._databases[service].cursor() as cursor:
            cursor.execute(_HOLD)
            try:
                yield
            finally:
                cursor.execute(_NO_LONGER_HOLD)
                cursor.execute(_RELEASE)

    def _ask(self, service: str, statement: str, *arguments: str) -> list[tuple[Any, ...]]:
        with self._databases[service].cursor() as cursor:
            cursor.execute(statement, arguments)
            rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


@contextmanager
def witnessed(platform: Stack) -> Iterator[Witness]:
    """A trigger on each outbox while the block lasts."""
    server = platform.addresses.database_admin_url.rpartition("/")[0]
    with ExitStack() as at_exit:
        databases = {}
        for name in SENDERS:
            database = psycopg2.connect(f"{server}/{platform.addresses.database_name(name)}")
            at_exit.callback(database.close)
            database.autocommit = True
            with database.cursor() as cursor:
                cursor.execute(_TAKE_DOWN)
                cursor.execute(_SET_UP)
            at_exit.callback(_take_down, database)
            databases[name] = database
        yield Witness(databases)


def _take_down(database: Any) -> None:
    with database.cursor() as cursor:
        cursor.execute(_TAKE_DOWN)
