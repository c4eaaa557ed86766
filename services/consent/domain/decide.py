"""The decision: which rules hold for whom."""

from collections.abc import Iterable

from contracts.consent import Decision, Purpose
from contracts.errors import RoleForbidden
from contracts.vocabulary import Role
from services.consent.domain.answers import refused, refused_for
from services.consent.domain.apps import decide_app
from services.consent.domain.facts import Fact, File, Question
from services.consent.domain.matrix import Entitlement
from services.consent.domain.people import decide_person
from services.consent.domain.professionals import decide_professional


def decide(facts: Iterable[Fact], question: Question, entitlement: Entitlement) -> Decision:
    """May this be done? Total: every situation has an answer, and its reason.

    The rules stand in their order in docs/security.md, every situation in tests/unit/consent/law.md.
    """
    file = File(facts, question.now)
    match question.actor.role:
        case Role.PATIENT:
            return decide_person(file, question)
        case Role.PROFESSIONAL:
            return decide_professional(file, question, entitlement)
        case Role.APP:
            return decide_app(file, question)
        case Role.AGENT:
            return _decide_agent(question)
        case Role.FEEDER:
            return _decide_feeder(question)
        case _:
            return refused(RoleForbidden)


def _decide_agent(question: Question) -> Decision:
    """Reception and CPAM agents close and reopen records; they never see what is in them."""
    if question.purpose is not Purpose.CLOSE:
        return refused(RoleForbidden)
    return Decision(allowed=True, reason="agent")


def _decide_feeder(question: Question) -> Decision:
    """Reimbursement history comes in and is never read back."""
    if question.purpose is not Purpose.DEPOSIT:
        return refused(RoleForbidden)
    return refused_for(question.record_status) or Decision(allowed=True, reason="alimentation")
