"""The decision: which rules apply to which role."""

from collections.abc import Iterable

from contracts.consent.decisions import Decision, Purpose
from contracts.errors.request import RoleForbidden
from contracts.vocabulary import Role
from services.consent.domain.answers import refused, refused_for
from services.consent.domain.apps import decide_app
from services.consent.domain.deceased import decide_after_death
from services.consent.domain.facts import Fact, FactKind, FactsInForce, Question
from services.consent.domain.matrix import Entitlement
from services.consent.domain.people import decide_person
from services.consent.domain.professionals import decide_professional


def decide(facts: Iterable[Fact], question: Question, entitlement: Entitlement) -> Decision:
    """Whether this may be done. Total: every situation has an answer with its reason.

    The rules are listed in order in docs/security.md, the situations in tests/unit/consent/law.md.

    Raises:
        ServiceUnavailable: the answer depends on a version of the matrix that cannot be parsed.
    """
    in_force = FactsInForce(facts, question.now, question.ids)
    if in_force.has(FactKind.DECES):
        return decide_after_death(in_force, question)
    return _decide_by_role(in_force, question, entitlement)


def _decide_by_role(in_force: FactsInForce, question: Question, entitlement: Entitlement) -> Decision:
    match question.actor.role:
        case Role.PATIENT:
            return decide_person(in_force, question)
        case Role.PROFESSIONAL:
            return decide_professional(in_force, question, entitlement)
        case Role.APP:
            return decide_app(in_force, question)
        case Role.AGENT:
            return _decide_agent(question)
        case Role.FEEDER:
            return _decide_feeder(question)
        case _:
            return refused(RoleForbidden)


def _decide_agent(question: Question) -> Decision:
    """Reception and CPAM agents close and reopen records; they never see their content."""
    if question.purpose is not Purpose.CLOSE:
        return refused(RoleForbidden)
    return Decision(allowed=True, reason="agent")


def _decide_feeder(question: Question) -> Decision:
    """Feeders deposit reimbursement history and never read it back."""
    if question.purpose is not Purpose.DEPOSIT:
        return refused(RoleForbidden)
    return refused_for(question.record_status) or Decision(allowed=True, reason="alimentation")
