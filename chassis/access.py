"""The access of a unit of work: it asks consent, yields a Permit, and writes the unit's entries in the journal."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import msgspec

from chassis.access_rules import AccessRule, NoEntry, NoQuestion
from contracts.audit import EntryMarks, JournalEntry
from contracts.consent.decisions import Decision, Obligation, Purpose
from contracts.consent.permits import Permit, permit_from
from contracts.envelope import Actor
from contracts.errors.base import Refusal, Unavailable
from contracts.vocabulary import PLATFORM, AccessMode, Act, Capacity, DocumentId, Outcome, PatientId, Role


class AccessError(Exception):
    """A handler did not do what its rule declares: an error of the program, which undoes the unit."""


class AccessPolicy(Protocol):
    """What a service adds: the context of its handlers."""

    now: datetime

    def decide(self, access: "Access", purpose: Purpose, **details: Any) -> Decision:
        """Consent's decision; `details`: further fields of the question."""

    def marks_of(self, patient_id: PatientId, document_id: DocumentId) -> EntryMarks:
        """The marks of a document that a refused request named; none where there is no such document."""


class Access:
    """One access by the actor of the unit.

    What the entry says is read from the request (`AccessRule.fields`) and completed by the handler, which sets the
    attributes; the chassis writes it when the handler returns or refuses.

    `secret`: in a minor's secret connection. `marks`: those of the document. `about`: RPPS or FINESS number, or id,
    of the party concerned. `reason`: code of the rule that allowed; of a refusal it is the refusal's. `act`: None
    until the handler has said which of several. `obligations`: those of the Permit.
    """

    def __init__(self, rule: AccessRule, actor: Actor, policy: AccessPolicy) -> None:
        self.actor = actor
        self.patient_id = _patient_of(actor)
        self.document_id: DocumentId | None = None
        self.mode = AccessMode.NORMAL
        self.secret = False
        self.marks = EntryMarks()
        self.act = rule.acts[0] if len(rule.acts) == 1 else None
        self.about = ""
        self.reason = ""
        self.capacity = Capacity.SELF
        self.obligations: tuple[Obligation, ...] = ()
        self._rule = rule
        self._policy = policy
        self._is_allowed = not rule.purposes
        self._is_skipped = False
        self._has_begun = False
        self._entries: list[JournalEntry] = []

    def read(self, request: Any) -> None:
        """Copy the fields of the request that the rule names, where it has them."""
        for field in self._rule.fields:
            value = getattr(request, field, None)
            if value is not None:
                setattr(self, field, value)

    def permit(self, purpose: Purpose | None = None, **details: Any) -> Permit:
        """Ask consent.

        Args:
            purpose: needed where the rule has several; one of them.
            details: fields of the question that only the service knows.

        Raises:
            Refusal: consent's. ServiceUnavailable: consent does not answer, which refuses too.
        """
        purpose = purpose or self._only_purpose()
        if purpose not in self._rule.purposes:
            raise AccessError(f"not declared: {purpose}")
        decision = self.decide(purpose, **details)
        self.reason, self.capacity = decision.reason, decision.capacity
        permit = permit_from(decision, self.actor, self.patient_id, self._policy.now)
        self.obligations = permit.obligations
        self._is_allowed = True
        return permit

    def decide(self, purpose: Purpose, **details: Any) -> Decision:
        """Consent's decision, allowing or not, which does not yet allow the request."""
        return self._policy.decide(self, purpose, **details)

    def allow(self, because: NoQuestion, *, reason: str, capacity: Capacity = Capacity.SELF) -> None:
        """Allow without a question a request whose rule says that there may be none."""
        if because is not self._rule.no_question:
            raise AccessError(f"not declared: {because.name}")
        self.reason, self.capacity = reason, capacity
        self._is_allowed = True

    def skip(self, because: NoEntry) -> None:
        """Leave no entry, for a reason that the rule declares."""
        if because not in self._rule.skips:
            raise AccessError(f"not declared: {because.name}")
        self._is_skipped = True

    def begin(self, act: Act) -> None:
        """Say which act this is; where one was begun before, its entry is complete and this is a further one.

        Each act needs a permit of its own, where the rule has a purpose.
        """
        if self._has_begun:
            self._check_allowed()
            self._entries.append(self._entry(Outcome.ALLOWED, self.reason))
            self._is_allowed = not self._rule.purposes
        self.act = act
        self._has_begun = True

    def add(self, patient_id: PatientId, document_id: DocumentId | None = None, **changes: Any) -> None:
        """An entry for one item of a request, event or timer whose rule has one for `each`.

        Args:
            changes: further fields of JournalEntry.
        """
        if not self._rule.each:
            raise AccessError("not declared: an entry for each item")
        entry = self._entry(Outcome.ALLOWED, changes.pop("reason", self.reason), **changes)
        self._entries.append(msgspec.structs.replace(entry, patient_id=patient_id, document_id=document_id))

    @property
    def giver(self) -> str:
        """Who decides in the holder's place, if consent allowed a legal representative; empty for everybody else."""
        return self.actor.subject if self.capacity is Capacity.REPRESENTANT_LEGAL else ""

    @property
    def is_secret(self) -> bool:
        """Whether legal representatives must not learn of the access."""
        return self.secret or self.marks.secret

    @property
    def event_flags(self) -> dict[str, bool]:
        """The fields `secret` and `withheld` of an event about this access."""
        return {"secret": self.is_secret, "withheld": self.marks.withheld}

    def allowed(self, *, is_call: bool) -> Sequence[JournalEntry]:
        """The entries of a request that was allowed; called by the chassis.

        Raises:
            AccessError: consent was not asked, or the act is not one of those declared.
        """
        self._check_allowed()
        if not self._rule.acts or self._rule.allowed or self._is_skipped:
            return ()
        if self._rule.each and (self._entries or not is_call):
            return self._entries
        return [*self._entries, self._entry(Outcome.ALLOWED, self.reason)]

    def refused(self, refusal: Refusal) -> Sequence[JournalEntry]:
        """The one entry of a request that was refused; called by the chassis.

        There is none where a part did not answer, for nothing was decided, and none where nobody was identified.
        """
        is_decided = not isinstance(refusal, Unavailable) and self.actor.role is not Role.SERVICE
        if not self._rule.acts or self._is_skipped or not is_decided:
            return ()
        if self.document_id is not None:
            self._keep_hidden(self.patient_id, self.document_id)
        self.act = self.act or self._rule.acts[0]
        # Where a handler answers less than what happened, the journal has what happened.
        cause = refusal.__cause__ if isinstance(refusal.__cause__, Refusal) else refusal
        return [self._entry(Outcome.REFUSED, cause.code)]

    def _keep_hidden(self, patient_id: PatientId, document_id: DocumentId) -> None:
        """The entry of a refusal must not reveal a hidden document.

        That of a professional is kept from all whom the document is kept from, that of the holder from the
        representatives. None is kept from whoever made the request: to them it is as if there were no such document.
        """
        is_professional = self.actor.rpps is not None
        if not (is_professional or self.actor.role is Role.PATIENT):
            return
        marks = self._policy.marks_of(patient_id, document_id)
        if not (is_professional or any(self.actor.is_patient(holder) for holder in {patient_id, *marks.ids})):
            return
        self.patient_id = next(iter(marks.ids), patient_id)
        if is_professional or not marks.withheld:
            self.marks = EntryMarks(
                secret=marks.secret or self.marks.secret, withheld=marks.withheld or self.marks.withheld
            )

    def _check_allowed(self) -> None:
        if not self._is_allowed:
            raise AccessError("allowed without a Permit")

    def _only_purpose(self) -> Purpose:
        (purpose,) = self._rule.purposes
        return purpose

    def _entry(self, outcome: Outcome, reason: str, **changes: Any) -> JournalEntry:
        act = changes.pop("act", self.act)
        if act not in self._rule.acts:
            raise AccessError(f"not declared: {act}")
        fields = {
            "mode": self.mode,
            "document_id": self.document_id,
            "capacity": self.capacity,
            "about": self.about,
            "reason": reason,
            **self.event_flags,
        }
        return JournalEntry.by(self.actor, self.patient_id, act, outcome=outcome, **(fields | changes))


def _patient_of(actor: Actor) -> PatientId:
    """Whose journal an entry belongs to unless the request names another patient."""
    if actor.role is Role.PATIENT:
        return PatientId(UUID(actor.subject))
    return PatientId(UUID(actor.patient)) if actor.patient else PLATFORM
