"""What a partner app may do: part of what the patient sees, while patient and catalogue permit it."""

from contracts.consent import Decision, Limits, Masked, Purpose
from contracts.errors import RecordNotFound, ScopeMissing
from contracts.scopes import read_scopes
from contracts.vocabulary import Section
from services.consent.domain.answers import refused, refused_for
from services.consent.domain.facts import FactKind, File, Question


def decide_app(file: File, question: Question) -> Decision:
    """(What the patient sees) and (what they granted) and (what this token is for), only while the app is listed."""
    app = question.actor.subject
    if question.actor.patient != str(question.patient_id):
        return refused(RecordNotFound)
    if not (file.has(FactKind.REFERENCEMENT, app) and file.has(FactKind.APPLICATION, app)):
        return refused(ScopeMissing)
    match question.purpose:
        case Purpose.READ:
            return _decide_reading(file.sections(FactKind.APPLICATION, app), question)
        case Purpose.READ_IDENTITY if read_scopes(question.actor.scopes).identity:
            return Decision(allowed=True, reason="application")
        case _:
            return refused(ScopeMissing)


def _decide_reading(granted: tuple[Section, ...], question: Question) -> Decision:
    """An app that was let read more on another device reads by this token what this token is for."""
    asked = read_scopes(question.actor.scopes).sections
    sections = tuple(section for section in granted if section in asked)
    if not sections:
        return refused(ScopeMissing)
    return refused_for(question.record_status) or Decision(
        allowed=True,
        reason="application",
        limits=Limits(
            masked=Masked.ALL,
            sections=sections,
            hides_invisible=True,
            superseded=question.superseded,
            archived=question.archived,
        ),
    )
