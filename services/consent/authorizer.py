"""Decides for one request by the law of access."""

from collections.abc import Sequence
from typing import Any

import msgspec

from chassis.context import RequestContext
from contracts.consent.decisions import Decision, Purpose
from contracts.envelope import Actor
from contracts.records.api import Records
from contracts.records.lifecycle import AboutRecord, RecordStatusResult
from contracts.vocabulary import PLATFORM, AccessMode, PatientId, Role
from services.consent.domain.decide import decide
from services.consent.domain.facts import Fact, Question, in_place
from services.consent.domain.matrix import Entitlement
from services.consent.repositories.facts import FactRepository
from services.consent.repositories.found_facts import PersonFacts

_NEEDS_NO_FACTS = frozenset({Purpose.DEPOSIT})


class Authorizer:
    """The law of access, with the facts of the database and the matrix in force."""

    def __init__(self, ctx: RequestContext[Any], facts: FactRepository, entitlement: Entitlement) -> None:
        self._ctx = ctx
        self._facts = facts
        self._entitlement = entitlement

    def question(self, patient_id: PatientId, purpose: Purpose, **details: Any) -> Question:
        """The caller's question at the time of the request; `details`: further fields of Question."""
        return Question(actor=self._ctx.actor, patient_id=patient_id, purpose=purpose, now=self._ctx.now, **details)

    def record(self, patient_id: PatientId) -> RecordStatusResult:
        """The status of the record, from the records service, and whether its holder is a minor."""
        return self._ctx.remote(Records.status_of, AboutRecord(patient_id=patient_id))

    def decide(self, question: Question) -> tuple[Decision, Sequence[Fact]]:
        """The decision, and the facts it was made from."""
        known = self._known(question)
        question = msgspec.structs.replace(question, ids=known.ids)
        # The holder's right is not one that somebody gave them.
        facts = () if question.is_by_holder else known.facts
        return msgspec.structs.replace(decide(facts, question, self._entitlement), ids=known.ids), facts

    def _known(self, question: Question) -> PersonFacts:
        """What is on file about the holder, under all their identities."""
        actor = question.actor
        is_alone = not question.joined and actor.is_patient(question.patient_id)
        if question.purpose in _NEEDS_NO_FACTS or is_alone:
            return PersonFacts()
        patients = [question.patient_id]
        if actor.role is Role.APP:
            patients.append(PLATFORM)
        known = self._facts.of_person(patients, _parties(actor, question.mode))
        # Until its session and the tokens of its apps have ended, a closed identity is its own holder only.
        is_closed = known.closed is not None and str(known.closed) in {actor.subject, actor.patient}
        return known.alone() if is_closed else known


def _parties(actor: Actor, mode: AccessMode) -> tuple[str, ...]:
    """The parties whose facts can matter for this actor; the empty string is the party of facts that name nobody."""
    in_place_of_holder = in_place(actor.subject, actor.representative)
    return tuple({actor.subject, actor.structure or "", actor.representative, in_place_of_holder, mode.value, ""})
