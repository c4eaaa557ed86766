"""Who may come in by an emergency mode, and with what words."""

from contracts.consent import Decision, Obligation
from contracts.errors import (
    EmergencyOpposed,
    ProfessionalBlocked,
    ProfessionUnknown,
    ReasonRequired,
    SoftwareRefused,
)
from contracts.vocabulary import AccessMode, Profession
from services.consent.domain.answers import refused
from services.consent.domain.facts import FactKind, File, Question
from services.consent.domain.matrix import Entitlement

REASON_LENGTH = 10
"""Fewest characters of a written reason for breaking the glass."""

CARE_PROFESSIONS = frozenset(
    {
        Profession.MEDECIN,
        Profession.PHARMACIEN,
        Profession.CHIRURGIEN_DENTISTE,
        Profession.SAGE_FEMME,
        Profession.INFIRMIER,
    }
)
"""Professions entitled to care, who may break the glass where the matrix lets them read at all."""


def decide_opening(file: File, question: Question, entitlement: Entitlement, *, reads: bool) -> Decision:
    """Breaking the glass: care professions with a written reason; centre_15: regulation doctors only.

    `reads`: whether the software is homologated for reading. Holder and médecins traitants are to be told.
    """
    if file.has(FactKind.BLOCAGE, question.actor.subject):
        return refused(ProfessionalBlocked)
    if not reads:
        return refused(SoftwareRefused)
    if entitlement.denied(question.actor.profession) is None or not _can_open(question):
        return refused(ProfessionUnknown)
    if file.has(FactKind.OPPOSITION, question.mode.value):
        return refused(EmergencyOpposed)
    if question.mode is AccessMode.BRIS_DE_GLACE and len(question.written_reason.strip()) < REASON_LENGTH:
        return refused(ReasonRequired)
    return Decision(allowed=True, reason=question.mode.value, obligations=(Obligation.NOTIFY_EMERGENCY,))


def _can_open(question: Question) -> bool:
    match question.mode:
        case AccessMode.BRIS_DE_GLACE:
            return question.actor.profession in CARE_PROFESSIONS
        case AccessMode.CENTRE_15:
            return question.actor.profession == Profession.MEDECIN and question.regulation_centre
        case _:
            return False
