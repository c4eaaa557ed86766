"""How every verb asks for leave: the decision of consent, journalled when it is no, a Permit when it is yes."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from chassis.units import Call
from contracts.audit import JournalEntry
from contracts.consent import Consent, Decide, Decision, Obligation, Purpose
from contracts.errors import Refusal, Unavailable
from contracts.records import RecordFirstRead
from contracts.vocabulary import AccessMode, Act, DocumentId, Outcome, PatientId
from services.records.domain import Permit, Standing, permit
from services.records.store import RecordStore

FEEDING = "alimentation"
"""The reason of a deposit: feeding a record asks for no authorisation."""


class Access:
    """One actor at one record: asks once, and journals what becomes of it."""

    def __init__(
        self,
        store: RecordStore,
        call: Call[Any],
        patient_id: PatientId,
        act: Act,
        *,
        mode: AccessMode = AccessMode.NORMAL,
        document_id: DocumentId | None = None,
    ) -> None:
        self._store = store
        self._call = call
        self._patient_id = patient_id
        self._act = act
        self._mode = mode
        self._document_id = document_id
        self.standing = Standing()
        self.decision: Decision | None = None

    def ask(self, purpose: Purpose) -> Permit:
        """Ask consent for leave.

        Raises:
            Refusal: consent's, journalled; or ServiceUnavailable, for no answer is a refusal too.
        """
        actor = self._call.actor
        self.standing = self._store.standing(self._patient_id, actor.rpps)
        question = Decide(
            patient_id=self._patient_id,
            purpose=purpose,
            mode=self._mode,
            record_status=self.standing.status,
            seen_before=self.standing.seen_before,
            has_deposited=self.standing.has_deposited,
        )
        self.decision = self._call.remote(Consent.decide, question)
        with self.journalled_refusal():
            return permit(self.decision, actor, self._patient_id)

    @contextmanager
    def journalled_refusal(self) -> Iterator[None]:
        """Whatever is refused inside leaves a line in the journal; a part that is away refuses nobody."""
        try:
            yield
        except Unavailable:
            raise
        except Refusal as refusal:
            self._journal(Outcome.REFUSED, refusal.code, self._document_id)
            raise

    def granted(self, document_id: DocumentId | None = None) -> None:
        """Journal that it was done, and tell the patient of a first reading."""
        reason = FEEDING if self.decision is None else self.decision.reason
        self._journal(Outcome.ALLOWED, reason, document_id or self._document_id)
        reader = self._call.actor.rpps
        is_first = self.owes(Obligation.NOTIFY_FIRST_ACCESS)
        if is_first and reader:
            self._call.begin()
            if self._store.note_first_read(self._patient_id, reader, self._call.now):
                self._call.news.publish(RecordFirstRead(patient_id=self._patient_id, rpps=reader))

    def owes(self, obligation: Obligation) -> bool:
        """Whether the decision asks for this."""
        return self.decision is not None and obligation in self.decision.obligations

    def _journal(self, outcome: Outcome, reason: str, document_id: DocumentId | None) -> None:
        entry = JournalEntry.by(
            self._call.actor,
            self._patient_id,
            self._act,
            outcome=outcome,
            reason=reason,
            mode=self._mode,
            document_id=document_id,
        )
        self._call.news.journal(entry)
