"""The record of the dead: nobody has a right to it, but an heir to what two agents opened, for a time."""

from contracts.consent.decisions import Decision, Limits, MaskedAccess, Purpose
from contracts.errors.request import NotShared, PatientDeceased, RecordNotActive, RecordNotFound, RoleForbidden
from contracts.vocabulary import Capacity, RecordStatus, Role
from services.consent.domain.answers import refused, refused_for
from services.consent.domain.facts import FactKind, FactsInForce, Question


def decide_after_death(facts: FactsInForce, question: Question) -> Decision:
    """Agents learn why a record is not reopened, professionals its status; to all others there is none."""
    status = question.record_status
    match question.actor.role:
        case Role.PATIENT:
            return _decide_heir(facts, question)
        case Role.APP:
            return refused(RecordNotFound)
        case Role.PROFESSIONAL:
            return refused_for(status) or refused(RecordNotActive)
        case Role.AGENT if question.purpose is Purpose.CLOSE:
            return refused(PatientDeceased)
        case Role.FEEDER if question.purpose is Purpose.DEPOSIT:
            return refused_for(status) or refused(RecordNotActive)
        case _:
            return refused(RoleForbidden)


def _decide_heir(facts: FactsInForce, question: Question) -> Decision:
    """Reads the sections that were opened, unless the holder opposed it while alive; what they hid stays hidden."""
    sections = facts.sections(FactKind.AYANT_DROIT, question.actor.subject)
    is_opposed = facts.has(FactKind.OPPOSITION_AYANTS_DROIT, secret=True)
    if not sections or is_opposed or question.is_by_holder:
        return refused(RecordNotFound)
    if question.purpose is not Purpose.READ:
        return refused(NotShared)
    if question.record_status not in {RecordStatus.CLOSED, RecordStatus.ACTIVE}:
        return refused_for(question.record_status) or refused(RecordNotFound)
    return Decision(
        allowed=True,
        reason=FactKind.AYANT_DROIT.value,
        limits=Limits(
            masked=MaskedAccess.ALL,
            sections=sections,
            hides_invisible=True,
            hides_secret=True,
            superseded=question.superseded,
            archived=question.archived,
        ),
        capacity=Capacity.AYANT_DROIT,
    )
