"""How handlers ask the law: it is given the facts on file, and a refusal leaves its journal line."""

from typing import Any

from chassis.context import RequestContext
from contracts.audit import JournalEntry
from contracts.consent import Decision, Purpose
from contracts.envelope import Actor, Problem
from contracts.errors import refusal_from
from contracts.records import Records, StatusOf
from contracts.vocabulary import PLATFORM, AccessMode, Act, Outcome, PatientId, RecordStatus, Role
from services.consent.domain.decide import decide
from services.consent.domain.facts import Fact, Question, in_place
from services.consent.domain.matrix import Entitlement
from services.consent.repositories import FactRepository

_FED_BY = frozenset({Purpose.DEPOSIT})
"""Feeding does not ask what is on file."""


class Authorizer:
    """Asks the law for one request, with the facts on file and the matrix in force."""

    def __init__(self, facts: FactRepository, ctx: RequestContext[Any], entitlement: Entitlement) -> None:
        self._facts = facts
        self._ctx = ctx
        self._entitlement = entitlement

    def rule(self, question: Question) -> tuple[Decision, list[Fact]]:
        """The law's answer, and the facts it was given on."""
        facts = self._facts_for(question)
        return decide(facts, question, self._entitlement), facts

    def check(self, question: Question, act: Act, about: str = "") -> Decision:
        """An allowing decision.

        Raises:
            Refusal: the law's, journalled.
        """
        decision, _ = self.rule(question)
        if not decision.allowed:
            self._journal(question, act, Outcome.REFUSED, decision, about)
            raise refusal_from(Problem(code=decision.refusal))
        return decision

    def done(self, question: Question, act: Act, decision: Decision, *, about: str = "", reason: str = "") -> None:
        """Journal that it was done; `reason` where it says more than the rule that allowed it."""
        self._journal(question, act, Outcome.ALLOWED, decision, about, reason)

    def ask(self, patient_id: PatientId, purpose: Purpose, **facts: Any) -> Question:
        """The caller's question, now."""
        return Question(actor=self._ctx.actor, patient_id=patient_id, purpose=purpose, now=self._ctx.now, **facts)

    def record_status(self, patient_id: PatientId) -> RecordStatus | None:
        """What records says of the record."""
        return self._ctx.remote(Records.status_of, StatusOf(patient_id=patient_id)).status

    def _facts_for(self, question: Question) -> list[Fact]:
        actor = question.actor
        if question.purpose in _FED_BY or actor.is_patient(question.patient_id):
            return []
        patients = [question.patient_id]
        if actor.role is Role.APP:
            patients.append(PLATFORM)
        return self._facts.about(patients, _parties(actor, question.mode))

    def _journal(
        self, question: Question, act: Act, outcome: Outcome, decision: Decision, about: str, reason: str = ""
    ) -> None:
        entry = JournalEntry.by(
            question.actor,
            question.patient_id,
            act,
            outcome=outcome,
            reason=reason or decision.reason,
            mode=question.mode,
            capacity=decision.capacity,
            about=about,
        )
        self._ctx.events.journal(entry)


def _parties(actor: Actor, mode: AccessMode) -> tuple[str, ...]:
    """Whom a fact may name to matter for this actor; the empty one is for facts that name nobody."""
    in_place_of_holder = in_place(actor.subject, actor.representative)
    return tuple({actor.subject, actor.structure or "", actor.representative, in_place_of_holder, mode.value, ""})
