"""What the audit service takes and answers: the journal of who did what to whose record."""

from datetime import datetime

import msgspec

from contracts.api import Api, Method
from contracts.envelope import Actor, Event
from contracts.vocabulary import AccessMode, Act, DocumentId, Outcome, PatientId, Role


class JournalEntry(Event, frozen=True, kw_only=True, omit_defaults=True):
    """One act, allowed or refused; holds who and why, never what a document says."""

    topic = "audit.journal_entry"
    bundle = 200
    patient_id: PatientId
    act: Act
    outcome: Outcome
    reason: str
    """Code of the rule that allowed, or of the refusal."""
    actor_role: Role
    actor: str
    """RPPS, patient id or service name."""
    actor_name: str = ""
    profession: str | None = None
    structure: str | None = None
    mode: AccessMode = AccessMode.NORMAL
    document_id: DocumentId | None = None

    @classmethod
    def by(
        cls,
        actor: Actor,
        patient_id: PatientId,
        act: Act,
        *,
        outcome: Outcome = Outcome.ALLOWED,
        reason: str,
        mode: AccessMode = AccessMode.NORMAL,
        document_id: DocumentId | None = None,
    ) -> "JournalEntry":
        """The line of what this actor did."""
        return cls(
            patient_id=patient_id,
            act=act,
            outcome=outcome,
            reason=reason,
            actor_role=actor.role,
            actor=actor.subject,
            actor_name=actor.name,
            profession=actor.profession,
            structure=actor.structure,
            mode=mode,
            document_id=document_id,
        )


class ReadJournal(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A patient reads who did what; newest first, `count` 1 to 100, `before` the number the last page ended with."""

    patient_id: PatientId
    count: int = 50
    before: int | None = None


class JournalLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line in the patient's words; `number` runs without a gap over the patient's journal."""

    number: int
    at: datetime
    act: Act
    outcome: Outcome
    reason: str
    who: str
    fr: str
    en: str
    actor_role: Role
    actor: str
    mode: AccessMode = AccessMode.NORMAL
    document_id: DocumentId | None = None


class Journal(msgspec.Struct, frozen=True, kw_only=True):
    """One page of the journal."""

    lines: tuple[JournalLine, ...]


class Audit(Api, service="audit"):
    """The flat that keeps the journal."""

    read_journal = Method(ReadJournal, Journal, roles=frozenset({Role.PATIENT}))
