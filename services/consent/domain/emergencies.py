"""Who may open an emergency access, and with which written reason."""

from contracts.consent.decisions import Decision, Obligation
from contracts.errors.request import (
    EmergencyOpposed,
    ProfessionalBlocked,
    ProfessionUnknown,
    ReasonRequired,
    SoftwareRefused,
)
from contracts.vocabulary import AccessMode, Profession
from services.consent.domain.answers import refused
from services.consent.domain.facts import FactKind, FactsInForce, Question
from services.consent.domain.matrix import Entitlement

REASON_LENGTH = 10
"""Minimum length of a written reason for bris de glace, in characters."""

CARE_PROFESSIONS = frozenset(
    {
        Profession.MEDECIN,
        Profession.PHARMACIEN,
        Profession.CHIRURGIEN_DENTISTE,
        Profession.SAGE_FEMME,
        Profession.INFIRMIER,
    }
)
"""Professions entitled to care; they may open bris de glace if the matrix knows them."""


def decide_opening(facts: FactsInForce, question: Question, entitlement: Entitlement, *, reads: bool) -> Decision:
    """Bris de glace: care professions with a written reason; centre_15: regulation doctors only.

    `reads`: whether the software is homologated for reading. Holder and médecins traitants are to be notified.
    """
    if facts.has(FactKind.BLOCAGE, question.actor.subject):
        return refused(ProfessionalBlocked)
    if not reads:
        return refused(SoftwareRefused)
    if entitlement.denied(question.actor.profession) is None or not _can_open(question):
        return refused(ProfessionUnknown)
    if facts.has(FactKind.OPPOSITION, question.mode.value):
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
