"""How every verb asks for leave: the decision of consent, journalled when it is no, a Permit when it is yes."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from chassis.units import RequestContext
from contracts.audit import JournalEntry
from contracts.consent import Consent, Decide, Decision, Obligation, Purpose
from contracts.errors import Refusal, Unavailable
from contracts.records import Document, RecordFirstRead
from contracts.vocabulary import AccessMode, Act, Capacity, DocumentId, Outcome, PatientId, Visibility
from services.records.domain import Permit, RecordContext, permit_from
from services.records.domain.marks import Marks
from services.records.repositories import Repositories

LARGEST_PAGE = 100
"""Of anything that is listed."""
FEEDING = "alimentation"
"""The reason of a deposit: feeding a record asks for no authorisation."""


class Access:
    """One actor at one record: asks, and journals what becomes of it.

    `secret`: in a minor's secret connection; its lines are kept from legal representatives.
    """

    def __init__(
        self,
        repositories: Repositories,
        call: RequestContext[Any],
        patient_id: PatientId,
        act: Act,
        *,
        mode: AccessMode = AccessMode.NORMAL,
        document_id: DocumentId | None = None,
        secret: bool = False,
    ) -> None:
        self._repositories = repositories
        self._call = call
        self._patient_id = patient_id
        self._act = act
        self._mode = mode
        self._document_id = document_id
        self._secret = secret
        self._withheld = False
        self.record_context = RecordContext()
        self.decision: Decision | None = None

    def ask(self, purpose: Purpose, *, superseded: bool = False, archived: bool = False) -> Permit:
        """Ask consent for leave.

        Raises:
            Refusal: consent's, journalled; or ServiceUnavailable, for no answer is a refusal too.
        """
        call = self._call
        self.decision = self.rule(purpose, superseded=superseded, archived=archived)
        with self.journalled_refusal():
            return permit_from(self.decision, call.actor, self._patient_id, call.now)

    def rule(self, purpose: Purpose, *, superseded: bool = False, archived: bool = False) -> Decision:
        """What consent says, whatever it is."""
        actor = self._call.actor
        self.record_context = self._repositories.records.record_context(
            self._patient_id, actor.rpps, secret=self._secret
        )
        question = Decide(
            patient_id=self._patient_id,
            purpose=purpose,
            mode=self._mode,
            record_status=self.record_context.status,
            seen_before=self.record_context.seen_before,
            has_deposited=self.record_context.has_deposited,
            minor=self.record_context.is_minor(self._call.now.date()),
            secret=self._secret,
            superseded=superseded,
            archived=archived,
        )
        return self._call.remote(Consent.decide, question)

    def about(self, document: Document) -> None:
        """From here on the lines are about this document, and kept from whom the document is kept from."""
        self._document_id = document.document_id
        self._keep_from(Marks(visibility=document.visibility, invisible_until=document.invisible_until))

    @property
    def kept_from(self) -> dict[str, bool]:
        """The flags of an event about what is done here."""
        return {"secret": self._secret, "withheld": self._withheld}

    @contextmanager
    def journalled_refusal(self) -> Iterator[None]:
        """Whatever is refused inside leaves a line in the journal; a part that is away refuses nobody."""
        try:
            yield
        except Unavailable:
            raise
        except Refusal as refusal:
            self._look_whom_it_is_kept_from()
            self._journal(Outcome.REFUSED, refusal.code)
            raise

    def granted(self) -> None:
        """Journal that it was done, and tell the patient of a first reading."""
        self._journal(Outcome.ALLOWED, FEEDING if self.decision is None else self.decision.reason)
        reader = self._call.actor.rpps
        if self.owes(Obligation.NOTIFY_FIRST_ACCESS) and reader:
            self._call.begin()
            first = self._repositories.records.note_first_read(
                self._patient_id, reader, self._call.now, secret=self._secret
            )
            if first:
                self._call.events.publish(
                    RecordFirstRead(patient_id=self._patient_id, rpps=reader, secret=self._secret)
                )

    def owes(self, obligation: Obligation) -> bool:
        """Whether the decision asks for this."""
        return self.decision is not None and obligation in self.decision.obligations

    def _keep_from(self, marks: Marks) -> None:
        self._secret = self._secret or Visibility.INVISIBLE_REPRESENTANTS_LEGAUX in marks.visibility
        self._withheld = marks.invisible_until is not None and self._call.now < marks.invisible_until

    def _look_whom_it_is_kept_from(self) -> None:
        """A professional who is refused a hidden document must not give it away; what people name, they know."""
        if self._document_id is None or self._call.actor.rpps is None:
            return
        marks = self._repositories.documents.marks_of(self._patient_id, self._document_id)
        if marks is not None:
            self._keep_from(marks)

    def _journal(self, outcome: Outcome, reason: str) -> None:
        entry = JournalEntry.by(
            self._call.actor,
            self._patient_id,
            self._act,
            outcome=outcome,
            reason=reason,
            mode=self._mode,
            document_id=self._document_id,
            capacity=Capacity.SELF if self.decision is None else self.decision.capacity,
            secret=self._secret,
            withheld=self._withheld,
        )
        self._call.events.journal(entry)
