"""Who may break the glass, and with what words."""

import pytest

from contracts.envelope import Actor
from contracts.errors import (
    EmergencyOpposed,
    ProfessionalBlocked,
    ProfessionUnknown,
    ReasonRequired,
    Refusal,
    SoftwareRefused,
)
from contracts.vocabulary import AccessMode, Role, SoftwareProfile
from services.consent.domain import Facts, check_may_open_emergency

GLASS, C15, NORMAL = AccessMode.BRIS_DE_GLACE, AccessMode.CENTRE_15, AccessMode.NORMAL
REASON = "Patient inconscient"


def professional(profession: str, profile: SoftwareProfile = SoftwareProfile.GESTION) -> Actor:
    return Actor(role=Role.PROFESSIONAL, subject="89990000047", profession=profession, profile=profile)


@pytest.mark.parametrize("profession", ["10", "21", "40", "60"])
def test_care_professions_break_the_glass_with_a_reason(profession: str) -> None:
    check_may_open_emergency(Facts(), professional(profession), GLASS, REASON, regulation_centre=False)


def test_a_regulation_doctor_comes_in_without_a_written_reason() -> None:
    check_may_open_emergency(Facts(), professional("10"), C15, "", regulation_centre=True)


@pytest.mark.parametrize(
    ("actor", "mode", "reason", "facts", "regulation", "refusal"),
    [
        (professional("10"), GLASS, "", Facts(), False, ReasonRequired),
        (professional("10"), GLASS, "  trop bref  ", Facts(), False, ReasonRequired),
        (professional("10"), GLASS, REASON, Facts(opposed=True), False, EmergencyOpposed),
        (professional("10"), GLASS, REASON, Facts(blocked=True), False, ProfessionalBlocked),
        (professional("50"), GLASS, REASON, Facts(), False, ProfessionUnknown),
        (professional("28"), GLASS, REASON, Facts(), False, ProfessionUnknown),
        (professional("10", SoftwareProfile.ALIMENTATION), GLASS, REASON, Facts(), False, SoftwareRefused),
        (professional("10"), C15, REASON, Facts(), False, ProfessionUnknown),
        (professional("60"), C15, REASON, Facts(), True, ProfessionUnknown),
        (professional("10"), C15, "", Facts(opposed=True), True, EmergencyOpposed),
        (professional("10"), NORMAL, REASON, Facts(), True, ProfessionUnknown),
    ],
)
def test_everybody_else_is_refused_and_told_why(
    actor: Actor, mode: AccessMode, reason: str, facts: Facts, regulation: bool, refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        check_may_open_emergency(facts, actor, mode, reason, regulation_centre=regulation)
