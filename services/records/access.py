"""Asking consent for a Permit, and journalling the outcome of each access to a record."""

from collections.abc import Iterator
from contextlib import contextmanager

from contracts.audit import JournalEntry
from contracts.consent import Consent, Decide, Decision, Obligation, Purpose
from contracts.errors import Refusal, Unavailable
from contracts.records import Document, RecordFirstRead
from contracts.vocabulary import AccessMode, Act, Capacity, DocumentId, Outcome, PatientId, Visibility
from services.records.context import RecordsContext
from services.records.domain import Permit, permit_from
from services.records.domain.marks import Marks

_DEPOSIT_REASON = "alimentation"
"""Journalled where consent was not asked: a deposit was allowed when its ticket was given."""


class Access:
    """One access of the actor to one record.

    Args:
        document_id: the document the access is about, if it is about one.
        secret: in a minor's secret connection; its journal entries are kept from legal representatives.
    """

    def __init__(
        self,
        ctx: RecordsContext,
        patient_id: PatientId,
        act: Act,
        *,
        mode: AccessMode = AccessMode.NORMAL,
        document_id: DocumentId | None = None,
        secret: bool = False,
    ) -> None:
        self._ctx = ctx
        self._patient_id = patient_id
        self._act = act
        self._mode = mode
        self._document_id = document_id
        self._secret = secret
        self._withheld = False
        self._decision: Decision | None = None

    def request_permit(self, purpose: Purpose, *, superseded: bool = False, archived: bool = False) -> Permit:
        """A Permit, if consent allows the access.

        Raises:
            Refusal: consent's, journalled. ServiceUnavailable: consent does not answer, which refuses too.
        """
        ctx = self._ctx
        self._decision = self.decide(purpose, superseded=superseded, archived=archived)
        with self.journalled_refusal():
            return permit_from(self._decision, ctx.actor, self._patient_id, ctx.now)

    def decide(self, purpose: Purpose, *, superseded: bool = False, archived: bool = False) -> Decision:
        """Consent's decision, allowing or not; nothing is journalled."""
        ctx = self._ctx
        state = ctx.repositories.records.state(self._patient_id, ctx.actor.rpps, secret=self._secret)
        question = Decide(
            patient_id=self._patient_id,
            purpose=purpose,
            mode=self._mode,
            record_status=state.status,
            seen_before=state.seen_before,
            has_deposited=state.has_deposited,
            minor=state.is_minor(ctx.now.date()),
            secret=self._secret,
            superseded=superseded,
            archived=archived,
        )
        return ctx.remote(Consent.decide, question)

    def about(self, document: Document) -> None:
        """From here on, entries are about this document and kept from whom the document is kept from."""
        self._document_id = document.document_id
        self._apply(Marks(visibility=document.visibility, invisible_until=document.invisible_until))

    @property
    def is_secret(self) -> bool:
        """Whether this access is kept from legal representatives."""
        return self._secret

    @property
    def event_flags(self) -> dict[str, bool]:
        """The fields `secret` and `withheld` of an event about this access."""
        return {"secret": self._secret, "withheld": self._withheld}

    @contextmanager
    def journalled_refusal(self) -> Iterator[None]:
        """Journal a refusal raised inside, unless it says that a service does not answer."""
        try:
            yield
        except Unavailable:
            raise
        except Refusal as refusal:
            self._apply_marks_of_document()
            self._journal(Outcome.REFUSED, refusal.code)
            raise

    def done(self) -> None:
        """Journal that the access took place; publish RecordFirstRead if consent wants a first read notified."""
        ctx = self._ctx
        self._journal(Outcome.ALLOWED, _DEPOSIT_REASON if self._decision is None else self._decision.reason)
        reader = ctx.actor.rpps
        if self.has_obligation(Obligation.NOTIFY_FIRST_ACCESS) and reader:
            ctx.begin()
            if ctx.repositories.records.note_first_read(self._patient_id, reader, ctx.now, secret=self._secret):
                ctx.events.publish(RecordFirstRead(patient_id=self._patient_id, rpps=reader, secret=self._secret))

    def has_obligation(self, obligation: Obligation) -> bool:
        """Whether consent's decision came with this obligation."""
        return self._decision is not None and obligation in self._decision.obligations

    def _apply(self, marks: Marks) -> None:
        self._secret = self._secret or Visibility.INVISIBLE_REPRESENTANTS_LEGAUX in marks.visibility
        self._withheld = marks.invisible_until is not None and self._ctx.now < marks.invisible_until

    def _apply_marks_of_document(self) -> None:
        """The entry of a professional's refusal must not reveal a hidden document; what patients name, they know."""
        if self._document_id is None or self._ctx.actor.rpps is None:
            return
        marks = self._ctx.repositories.documents.marks_of(self._patient_id, self._document_id)
        if marks is not None:
            self._apply(marks)

    def _journal(self, outcome: Outcome, reason: str) -> None:
        entry = JournalEntry.by(
            self._ctx.actor,
            self._patient_id,
            self._act,
            outcome=outcome,
            reason=reason,
            mode=self._mode,
            document_id=self._document_id,
            capacity=Capacity.SELF if self._decision is None else self._decision.capacity,
            secret=self._secret,
            withheld=self._withheld,
        )
        self._ctx.events.journal(entry)
