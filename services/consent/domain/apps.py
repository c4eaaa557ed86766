"""What a partner app may do: part of what the patient sees, while patient and catalogue permit it."""

from contracts.consent import Decision, Limits, Masked, Purpose
from contracts.errors import RecordNotFound, ScopeMissing
from services.consent.domain.answers import refused, refused_for
from services.consent.domain.facts import FactKind, File, Question


def decide_app(file: File, question: Question) -> Decision:
    """(What the patient sees) and (what the patient granted), only while the app is listed."""
    app = question.actor.subject
    if question.actor.patient != str(question.patient_id):
        return refused(RecordNotFound)
    if question.purpose is not Purpose.READ or not file.has(FactKind.REFERENCEMENT, app):
        return refused(ScopeMissing)
    granted = file.sections(FactKind.APPLICATION, app)
    if not granted:
        return refused(ScopeMissing)
    return refused_for(question.record_status) or Decision(
        allowed=True,
        reason="application",
        limits=Limits(
            masked=Masked.ALL,
            sections=granted,
            hides_invisible=True,
            superseded=question.superseded,
            archived=question.archived,
        ),
    )
