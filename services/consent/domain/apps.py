"""What a partner app may do: at most what the person who granted it access may, while the catalogue lists it."""

from typing import NamedTuple

from contracts.consent.decisions import Decision, Limits, MaskedAccess, Purpose
from contracts.envelope import Actor
from contracts.errors.request import RecordNotFound, ScopeMissing
from contracts.scopes import read_scopes
from contracts.vocabulary import Section
from services.consent.domain.answers import refused, refused_for
from services.consent.domain.facts import FactKind, FactsInForce, Question, in_place


class AppGrant(NamedTuple):
    """The sections granted to an app; `hides_secret`: by a representative, from whom some documents are hidden."""

    reason: str
    sections: tuple[Section, ...]
    hides_secret: bool


def decide_app(facts: FactsInForce, question: Question) -> Decision:
    """What the person may see, restricted to their grant and the token's scopes, while the app is listed."""
    if question.actor.patient not in {str(patient_id) for patient_id in (question.patient_id, *question.ids)}:
        return refused(RecordNotFound)
    grant = _grant_of(facts, question.actor)
    if grant is None or not facts.has(FactKind.REFERENCEMENT, question.actor.subject):
        return refused(ScopeMissing)
    match question.purpose:
        case Purpose.READ:
            return _decide_reading(grant, question)
        case Purpose.READ_IDENTITY if read_scopes(question.actor.scopes).identity:
            return Decision(allowed=True, reason=grant.reason)
        case _:
            return refused(ScopeMissing)


def _grant_of(facts: FactsInForce, actor: Actor) -> AppGrant | None:
    """The holder's grant, or that of a representative who still represents them."""
    if not actor.representative:
        kind, party, is_in_force = FactKind.APPLICATION, actor.subject, True
    else:
        kind, party = FactKind.APPLICATION_REPRESENTANT, in_place(actor.subject, actor.representative)
        is_in_force = facts.has(FactKind.REPRESENTANT_LEGAL, actor.representative)
    if not (is_in_force and facts.has(kind, party)):
        return None
    return AppGrant(kind.value, facts.sections(kind, party), hides_secret=bool(actor.representative))


def _decide_reading(grant: AppGrant, question: Question) -> Decision:
    """The grant may be wider than the token, given on another device; the token's scopes limit what it reads."""
    scopes = read_scopes(question.actor.scopes)
    sections = tuple(section for section in grant.sections if section in scopes.sections)
    if not sections:
        return refused(ScopeMissing)
    return refused_for(question.record_status) or Decision(
        allowed=True,
        reason=grant.reason,
        limits=Limits(
            masked=MaskedAccess.ALL,
            sections=sections,
            hides_invisible=True,
            hides_secret=grant.hides_secret,
            superseded=question.superseded,
            archived=question.archived,
        ),
    )
