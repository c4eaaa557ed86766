"""What a partner app may do: part of what whoever let it sees, while they and the catalogue permit it."""

from typing import NamedTuple

from contracts.consent import Decision, Limits, Masked, Purpose
from contracts.envelope import Actor
from contracts.errors import RecordNotFound, ScopeMissing
from contracts.scopes import read_scopes
from contracts.vocabulary import Section
from services.consent.domain.answers import refused, refused_for
from services.consent.domain.facts import FactKind, File, Question, in_place


class _Grant(NamedTuple):
    """What an app was let read; `hides_secret`: by somebody from whom things are kept."""

    reason: str
    sections: tuple[Section, ...]
    hides_secret: bool


def decide_app(file: File, question: Question) -> Decision:
    """(What they see) and (what they granted) and (what this token is for), only while the app is listed."""
    if question.actor.patient != str(question.patient_id):
        return refused(RecordNotFound)
    grant = _grant_of(file, question.actor)
    if grant is None or not file.has(FactKind.REFERENCEMENT, question.actor.subject):
        return refused(ScopeMissing)
    match question.purpose:
        case Purpose.READ:
            return _decide_reading(grant, question)
        case Purpose.READ_IDENTITY if read_scopes(question.actor.scopes).identity:
            return Decision(allowed=True, reason=grant.reason)
        case _:
            return refused(ScopeMissing)


def _grant_of(file: File, actor: Actor) -> _Grant | None:
    """The holder's, or that of a representative, who must represent them still."""
    if not actor.representative:
        kind, party, is_given = FactKind.APPLICATION, actor.subject, True
    else:
        kind, party = FactKind.APPLICATION_REPRESENTANT, in_place(actor.subject, actor.representative)
        is_given = file.has(FactKind.REPRESENTANT_LEGAL, actor.representative)
    if not (is_given and file.has(kind, party)):
        return None
    return _Grant(kind.value, file.sections(kind, party), hides_secret=bool(actor.representative))


def _decide_reading(grant: _Grant, question: Question) -> Decision:
    """An app that was let read more on another device reads by this token what this token is for."""
    request = read_scopes(question.actor.scopes).sections
    sections = tuple(section for section in grant.sections if section in request)
    if not sections:
        return refused(ScopeMissing)
    return refused_for(question.record_status) or Decision(
        allowed=True,
        reason=grant.reason,
        limits=Limits(
            masked=Masked.ALL,
            sections=sections,
            hides_invisible=True,
            hides_secret=grant.hides_secret,
            superseded=question.superseded,
            archived=question.archived,
        ),
    )
