"""The law of access as pure functions over facts; the first refusal wins and silence is refusal."""

import msgspec
from stdnum import luhn

from contracts.codes import UnknownCode, denied_types, is_retired
from contracts.consent import Decision, Limits, Masked, Obligation, Purpose
from contracts.envelope import Actor
from contracts.errors import (
    ConsentMissing,
    EmergencyNotOpen,
    EmergencyOpposed,
    InvalidRequest,
    ProfessionalBlocked,
    ProfessionUnknown,
    ReasonRequired,
    RecordNotActive,
    RecordNotFound,
    Refusal,
    RoleForbidden,
    SoftwareRefused,
)
from contracts.vocabulary import AccessMode, PatientId, Profession, RecordStatus, Role, Rpps, SoftwareProfile

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

_READING_PROFILES = frozenset({SoftwareProfile.CONSULTATION, SoftwareProfile.GESTION})
_FEEDING_PROFILES = frozenset({SoftwareProfile.ALIMENTATION, SoftwareProfile.GESTION})


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What is on file between one patient and one professional, at the moment of the question.

    `emergency`: an emergency access in the asked mode is open. `opposed`: the patient opposed that mode.
    """

    authorised: bool = False
    expired: bool = False
    medecin_traitant: bool = False
    blocked: bool = False
    opposed: bool = False
    emergency: bool = False


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """Who wants to do what, in which mode, to which record."""

    actor: Actor
    patient_id: PatientId
    purpose: Purpose
    mode: AccessMode = AccessMode.NORMAL
    record_status: RecordStatus | None = None
    seen_before: bool = True
    has_deposited: bool = False


def decide(facts: Facts, question: Question) -> Decision:
    """May this be done? Total: every situation has an answer, and its reason.

    The rules stand in their order in docs/security.md.
    """
    match question.actor.role:
        case Role.PATIENT:
            return _decide_patient(question)
        case Role.PROFESSIONAL:
            return _decide_professional(facts, question)
        case _:
            return _refused(RoleForbidden)


def _decide_patient(question: Question) -> Decision:
    if not question.actor.is_patient(question.patient_id):
        return _refused(RecordNotFound)
    if question.record_status is not RecordStatus.ACTIVE:
        return _refused_record(question.record_status)
    if question.purpose is Purpose.DEPOSIT:
        return _refused(RoleForbidden)
    return Decision(allowed=True, reason="patient", limits=Limits(masked=Masked.ALL))


def _decide_professional(facts: Facts, question: Question) -> Decision:
    if question.record_status is not RecordStatus.ACTIVE:
        return _refused_record(question.record_status)
    match question.purpose:
        case Purpose.DEPOSIT:
            return _decide_deposit(question)
        case Purpose.SET_VISIBILITY:
            return _decide_visibility(facts)
        case Purpose.READ:
            return _decide_read(facts, question)


def _decide_deposit(question: Question) -> Decision:
    """Feeding asks for no authorisation, so that even a blocked professional may deposit."""
    if question.actor.profile not in _FEEDING_PROFILES:
        return _refused(SoftwareRefused)
    if not _can_deposit(question.actor.profession or ""):
        return _refused(ProfessionUnknown)
    return Decision(allowed=True, reason="alimentation")


def _decide_visibility(facts: Facts) -> Decision:
    """The author about their own documents, the médecin traitant about all; reading consent plays no part."""
    if facts.medecin_traitant and not facts.blocked:
        return Decision(allowed=True, reason="medecin_traitant", limits=Limits(masked=Masked.ALL))
    return Decision(allowed=True, reason="auteur", limits=Limits(own_only=True))


def _decide_read(facts: Facts, question: Question) -> Decision:
    denied = _denied_types(question.actor.profession)
    if facts.blocked:
        return _refused(ProfessionalBlocked)
    if question.actor.profile not in _READING_PROFILES:
        return _refused(SoftwareRefused)
    if denied is None:
        return _refused(ProfessionUnknown)
    if question.mode is AccessMode.NORMAL:
        return _decide_normal(facts, question, denied)
    return _decide_emergency(facts, question, denied)


def _decide_normal(facts: Facts, question: Question, denied: frozenset[str]) -> Decision:
    if not (facts.authorised or facts.medecin_traitant):
        return _decide_author(question, denied)
    return Decision(
        allowed=True,
        reason="medecin_traitant" if facts.medecin_traitant else "autorisation",
        obligations=() if question.seen_before else (Obligation.NOTIFY_FIRST_ACCESS,),
        limits=Limits(
            denied_types=tuple(sorted(denied)),
            masked=Masked.ALL if facts.medecin_traitant else Masked.OWN,
        ),
    )


def _decide_author(question: Question, denied: frozenset[str]) -> Decision:
    """Authors always see what they deposited, and nothing else without leave."""
    if not question.has_deposited:
        return _refused(ConsentMissing)
    return Decision(allowed=True, reason="auteur", limits=Limits(denied_types=tuple(sorted(denied)), own_only=True))


def _decide_emergency(facts: Facts, question: Question, denied: frozenset[str]) -> Decision:
    """An opposition declared after the glass was broken ends the access at once."""
    if facts.opposed:
        return _refused(EmergencyOpposed)
    if not facts.emergency:
        return _refused(EmergencyNotOpen)
    return Decision(
        allowed=True,
        reason=question.mode.value,
        obligations=(Obligation.SHOW_EMERGENCY_BANNER,),
        limits=Limits(denied_types=tuple(sorted(denied)), masked=Masked.OWN),
    )


def check_may_declare(actor: Actor) -> None:
    """Declaring a patient's consent is for software homologated to read.

    Raises:
        SoftwareRefused.
    """
    if actor.profile not in _READING_PROFILES:
        raise SoftwareRefused


def check_rpps(rpps: Rpps) -> None:
    """A professional's number has 11 digits and a right Luhn key.

    Raises:
        InvalidRequest.
    """
    if len(rpps) != 11 or not rpps.isascii() or not luhn.is_valid(rpps):
        raise InvalidRequest(field="rpps")


def check_may_open_emergency(
    facts: Facts, actor: Actor, mode: AccessMode, reason: str, *, regulation_centre: bool
) -> None:
    """Breaking the glass: care professions with a written reason; centre_15: regulation doctors only.

    Raises:
        ProfessionalBlocked, ProfessionUnknown, SoftwareRefused, EmergencyOpposed, ReasonRequired.
    """
    if facts.blocked:
        raise ProfessionalBlocked
    if actor.profile not in _READING_PROFILES:
        raise SoftwareRefused
    if not _can_open_emergency(actor, mode, regulation_centre=regulation_centre):
        raise ProfessionUnknown
    if facts.opposed:
        raise EmergencyOpposed
    if mode is AccessMode.BRIS_DE_GLACE and len(reason.strip()) < REASON_LENGTH:
        raise ReasonRequired


def _can_open_emergency(actor: Actor, mode: AccessMode, *, regulation_centre: bool) -> bool:
    if _denied_types(actor.profession) is None:
        return False
    match mode:
        case AccessMode.BRIS_DE_GLACE:
            return actor.profession in CARE_PROFESSIONS
        case AccessMode.CENTRE_15:
            return actor.profession == Profession.MEDECIN and regulation_centre
        case AccessMode.NORMAL:
            return False


def _can_deposit(profession: str) -> bool:
    """Every profession of TRE_G15 feeds the record, but for codes that are no longer given."""
    try:
        return not is_retired(profession)
    except UnknownCode:
        return False


def _denied_types(profession: str | None) -> frozenset[str] | None:
    """Types the matrix withholds from a profession; None when it does not know the profession."""
    try:
        return denied_types(profession or "")
    except UnknownCode:
        return None


def _refused(refusal: type[Refusal]) -> Decision:
    return Decision(allowed=False, reason=refusal.code, refusal=refusal.code)


def _refused_record(status: RecordStatus | None) -> Decision:
    return _refused(RecordNotFound if status is None else RecordNotActive)
