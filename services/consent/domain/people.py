"""What the holder of a record, their legal representatives and their carers may do."""

from contracts.consent.decisions import Decision, Limits, MaskedAccess, Purpose
from contracts.errors.request import NotShared, RecordNotFound, RoleForbidden
from contracts.vocabulary import Capacity, Section
from services.consent.domain.answers import refused, refused_for
from services.consent.domain.facts import FactKind, FactsInForce, Question

_OF_DOCUMENTS = frozenset({Purpose.READ, Purpose.SET_VISIBILITY, Purpose.ARCHIVE, Purpose.DELETE})
"""These require an active record; the others concern the holder's rights, which remain after it is closed."""

_NOT_FOR_PEOPLE = frozenset({Purpose.DEPOSIT, Purpose.DECLARE, Purpose.OPEN_EMERGENCY})


def decide_person(facts: FactsInForce, question: Question) -> Decision:
    """The holder, a legal representative, or a carer within the shared sections; everybody else is refused."""
    me = question.actor.subject
    if question.is_by_holder:
        return _decide_owner(question, Capacity.SELF)
    if facts.has(FactKind.REPRESENTANT_LEGAL, me):
        return _decide_owner(question, Capacity.REPRESENTANT_LEGAL)
    if facts.has(FactKind.AIDANT, me):
        return _decide_carer(question, facts.sections(FactKind.AIDANT, me))
    return refused(RecordNotFound)


def _decide_owner(question: Question, capacity: Capacity) -> Decision:
    """A representative may do what the holder may, but does not see what is hidden from representatives."""
    if question.purpose in _NOT_FOR_PEOPLE:
        return refused(RoleForbidden)
    if question.purpose is Purpose.EXPORT and question.record_status is None:
        return refused(RecordNotFound)
    if question.purpose in _OF_DOCUMENTS:
        inactive = refused_for(question.record_status)
        if inactive is not None:
            return inactive
    return Decision(
        allowed=True,
        reason="patient" if capacity is Capacity.SELF else capacity.value,
        limits=_limits(question, hides_secret=capacity is not Capacity.SELF),
        capacity=capacity,
    )


def _decide_carer(question: Question, shared: tuple[Section, ...]) -> Decision:
    """A carer only reads the shared sections: no journal, decisions, closing, deletion, export or further sharing."""
    if question.purpose is not Purpose.READ or not shared:
        return refused(NotShared)
    return refused_for(question.record_status) or Decision(
        allowed=True,
        reason="aidant",
        limits=_limits(question, hides_secret=True, sections=shared),
        capacity=Capacity.AIDANT,
    )


def _limits(question: Question, *, hides_secret: bool, sections: tuple[Section, ...] | None = None) -> Limits:
    # Deletion and archiving name a document; it may be an old version, or archived already.
    whole = question.purpose is not Purpose.READ
    return Limits(
        masked=MaskedAccess.ALL,
        sections=sections,
        hides_invisible=True,
        hides_secret=hides_secret,
        superseded=whole or question.superseded,
        archived=whole or question.archived,
    )
