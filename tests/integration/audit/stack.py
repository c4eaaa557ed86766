"""Audit as a process on servers of its own, and its journal as tests read it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text

from client.waiting import wait_for
from contracts.audit import Audit, GetHead, GetLatestHead, Journal, JournalEntry, JournalLine, ReadJournal
from contracts.envelope import Actor
from contracts.errors.request import HeadNotFound
from contracts.vocabulary import PatientId, Role
from services.audit.domain.notes import Note, note_from
from services.audit.tables import strands, tree
from tests.support.service_stack import ServiceStack
from tests.unit.audit.builders import OPERATOR

SERVICE = "audit"


def holder(patient_id: PatientId) -> Actor:
    """The patient whose record it is."""
    return Actor(role=Role.PATIENT, subject=str(patient_id))


class AuditStack(ServiceStack):
    """Servers, and audit, which signs a head within a second after lines were added."""

    def start(self, service: str = SERVICE, **settings: str) -> None:
        """As the base class, with frequent heads."""
        super().start(service, **({"head_seconds": "1"} | settings))

    def restart(self, **settings: str) -> None:
        """Restart audit with other settings."""
        self.stop(SERVICE)
        self.start(SERVICE, **settings)

    def size(self) -> int:
        """Number of lines of the journal."""
        with self.database(SERVICE) as connection:
            return int(connection.execute(select(tree.c.size)).scalar_one())

    def lines_about(self, patient_id: PatientId) -> int:
        """Number of lines about a patient."""
        with self.database(SERVICE) as connection:
            query = select(func.coalesce(func.sum(strands.c.number), 0)).where(strands.c.patient_id == patient_id)
            return int(connection.execute(query).scalar_one())

    def append(self, *entries: JournalEntry) -> None:
        """Deliver entries and wait until they are appended."""
        ids = self.deliver(SERVICE, entries)
        # Not by the number of lines: an earlier read may still append its own.
        wait_for(lambda: self.received(ids) == len(entries))

    def received(self, ids: Sequence[UUID]) -> int:
        """How many of these events were appended: their receipts are written in the same transaction."""
        query = text("SELECT count(*) FROM inbox WHERE event_id = ANY(:ids)")
        with self.database(SERVICE) as connection:
            return int(connection.execute(query, {"ids": list(ids)}).scalar_one())

    def read(self, patient_id: PatientId, reader: Actor | None = None, **options: Any) -> Sequence[JournalLine]:
        """A page of a journal; by default as its holder reads it."""
        return self.page(patient_id, reader, **options).lines

    def page(self, patient_id: PatientId, reader: Actor | None = None, **options: Any) -> Journal:
        """As `read`, with its total where that is requested."""
        request = ReadJournal(patient_id=patient_id, **options)
        return self.call(Audit.read_journal, request, reader or holder(patient_id))

    def latest_head(self) -> Note:
        """The newest signed head."""
        return note_from(self.call(Audit.latest_head, GetLatestHead(), OPERATOR).note)

    def head_over_all(self) -> Note:
        """A head over all lines appended so far."""
        size = self.size()

        def signed() -> Note | None:
            try:
                note = self.latest_head()
            except HeadNotFound:
                return None
            return note if note.head.size >= size else None

        return wait_for(signed)

    def head_of(self, size: int) -> str:
        """The note of the head of that size."""
        return self.call(Audit.head_of, GetHead(size=size), OPERATOR).note
