"""Audit as a process on the stack's own servers, and the journal as a test reads and treats it."""

import sys
from collections.abc import Sequence
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text

from chassis.tokens import Signer, sign_actor
from contracts.audit import Audit, HeadOf, JournalEntry, JournalLine, LatestHead, ReadJournal
from contracts.envelope import Actor
from contracts.errors import HeadNotFound
from contracts.vocabulary import PatientId, Role
from deploy.dev.environment import environment_of_service
from deploy.dev.parts import SERVICE_MODULES
from deploy.dev.processes import Command
from deploy.dev.readiness import is_http_ready
from services.audit.domain.notes import Note, note_from
from services.audit.tables import strands, tree
from tests.integration.notify.stack import NotifyStack as Servers
from tests.integration.notify.stack import wait_for
from tests.unit.audit.builders import OPERATOR

SERVICE = "audit"


def holder(patient_id: PatientId) -> Actor:
    """The patient whose record it is."""
    return Actor(role=Role.PATIENT, subject=str(patient_id))


class AuditStack(Servers):
    """Servers, and audit on them, which signs a head whenever lines were added."""

    def start(self, service: str = SERVICE, **settings: str) -> None:
        """Migrate and start audit, with settings of its own, and wait until it is ready."""
        environment = environment_of_service(service, self.addresses)
        environment |= {"CARNET_RETRY_SECONDS": "1,1", "CARNET_HEAD_SECONDS": "1"}
        environment |= {f"CARNET_{name.upper()}": value for name, value in settings.items()}
        migrate = (sys.executable, "-m", "chassis.migrate", f"services.{service}")
        self.processes.run(Command(f"migrate-{service}", migrate, environment))
        serve = (sys.executable, "-m", "chassis.run", SERVICE_MODULES[service])
        self.processes.start(Command(service, serve, environment, rank=9))
        self.processes.wait_until(service, partial(is_http_ready, self.addresses.ports[service]), 30)

    def restart(self, **settings: str) -> None:
        """Start audit anew with other settings."""
        self.stop(SERVICE)
        self.start(SERVICE, **settings)

    def token(self, actor: Actor) -> str:
        """Operators' tokens are the host's word."""
        if actor.role is Role.OPERATOR:
            return sign_actor(Signer.from_file(self.addresses.keys.signing("operator")), actor, seconds=300)
        return super().token(actor)

    def size(self) -> int:
        """How many lines the journal has."""
        with self.database(SERVICE) as connection:
            return int(connection.execute(select(tree.c.size)).scalar_one())

    def written(self, patient_id: PatientId) -> int:
        """How many lines are about a patient."""
        with self.database(SERVICE) as connection:
            query = select(func.coalesce(func.sum(strands.c.number), 0)).where(strands.c.patient_id == patient_id)
            return int(connection.execute(query).scalar_one())

    def append(self, *entries: JournalEntry) -> None:
        """Deliver entries about one patient and wait until they stand in the journal."""
        ids = self.deliver(SERVICE, entries)
        # Not by the number of lines: a reading before this has one of its own under way.
        wait_for(lambda: self.received(ids) == len(entries))

    def received(self, ids: Sequence[UUID]) -> int:
        """How many of these events stand in the journal: the receipt comes in the same transaction."""
        query = text("SELECT count(*) FROM inbox WHERE event_id = ANY(:ids)")
        with self.database(SERVICE) as connection:
            return int(connection.execute(query, {"ids": list(ids)}).scalar_one())

    def read(self, patient_id: PatientId, reader: Actor | None = None, **wanted: Any) -> Sequence[JournalLine]:
        """A page of a journal; by default as its holder reads it."""
        question = ReadJournal(patient_id=patient_id, **wanted)
        return self.call(Audit.read_journal, question, reader or holder(patient_id)).lines

    def latest_head(self) -> Note:
        """The newest signed head."""
        return note_from(self.call(Audit.latest_head, LatestHead(), OPERATOR).note)

    def head_over_all(self) -> Note:
        """A head over everything written so far."""
        size = self.size()

        def signed() -> Note | None:
            try:
                note = self.latest_head()
            except HeadNotFound:
                return None
            return note if note.head.size >= size else None

        note = wait_for(signed)
        assert note is not None
        return note

    def head_of(self, size: int) -> str:
        """The note of one size."""
        return self.call(Audit.head_of, HeadOf(size=size), OPERATOR).note
