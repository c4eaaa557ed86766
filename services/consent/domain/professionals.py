"""What a professional may do: feed every record, read with leave, answer for what they wrote."""

from collections.abc import Callable

from contracts.codes import UnknownCode, is_retired
from contracts.consent import Decision, Limits, Masked, Obligation, Purpose
from contracts.errors import (
    ConsentMissing,
    EmergencyNotOpen,
    EmergencyOpposed,
    NotAMinor,
    ProfessionalBlocked,
    ProfessionUnknown,
    RoleForbidden,
    SoftwareRefused,
)
from contracts.vocabulary import AccessMode, SoftwareProfile
from services.consent.domain.answers import refused, refused_for
from services.consent.domain.emergencies import decide_opening
from services.consent.domain.facts import EMERGENCY_OF, FactKind, File, Question
from services.consent.domain.matrix import Entitlement

READING_PROFILES = frozenset({SoftwareProfile.CONSULTATION, SoftwareProfile.GESTION})
_FEEDING_PROFILES = frozenset({SoftwareProfile.ALIMENTATION, SoftwareProfile.GESTION})
_AUTHOR = Decision(allowed=True, reason="auteur", limits=Limits(own_only=True, superseded=True, archived=True))


def decide_professional(file: File, question: Question, entitlement: Entitlement) -> Decision:
    """The purpose says which rule holds; what only the holder decides is not for professionals."""
    if question.purpose is Purpose.BLOCK:
        return _decide_block(file, question)
    inactive = refused_for(question.record_status)
    if inactive is not None:
        return inactive
    rule = _RULES.get(question.purpose)
    return refused(RoleForbidden) if rule is None else rule(file, question, entitlement)


def _reads(question: Question) -> bool:
    return question.actor.profile in READING_PROFILES


def _decide_block(file: File, question: Question) -> Decision:
    """A médecin traitant may shut another professional out, as the holder may."""
    me = question.actor.subject
    if file.has(FactKind.BLOCAGE, me) or not file.has(FactKind.MEDECIN_TRAITANT, me):
        return refused(RoleForbidden)
    return Decision(allowed=True, reason="medecin_traitant")


def _decide_deposit(_file: File, question: Question, _entitlement: Entitlement) -> Decision:
    """Feeding asks for no authorisation, so that even a blocked professional may deposit."""
    if question.actor.profile not in _FEEDING_PROFILES:
        return refused(SoftwareRefused)
    if not _can_deposit(question.actor.profession or ""):
        return refused(ProfessionUnknown)
    if question.secret and not question.minor:
        return refused(NotAMinor)
    return Decision(allowed=True, reason="alimentation")


def _can_deposit(profession: str) -> bool:
    """Every profession of TRE_G15 feeds the record, but for codes that are no longer given."""
    try:
        return not is_retired(profession)
    except UnknownCode:
        return False


def _decide_upkeep(file: File, question: Question, entitlement: Entitlement) -> Decision:
    """The author about their own documents, reading consent apart; the médecin traitant about all they may read."""
    me = question.actor.subject
    if file.has(FactKind.BLOCAGE, me) or not file.has(FactKind.MEDECIN_TRAITANT, me) or not _reads(question):
        return _AUTHOR
    denied = entitlement.denied(question.actor.profession)
    if denied is None:
        return _AUTHOR
    # Being named takes nothing from an author: keeping up one's own never asks what one may read.
    limits = Limits(denied_types=denied, masked=Masked.ALL, own_of_any_type=True, superseded=True, archived=True)
    return Decision(allowed=True, reason="medecin_traitant", limits=limits)


def _decide_deletion(_file: File, _question: Question, _entitlement: Entitlement) -> Decision:
    """Only what one wrote oneself."""
    return _AUTHOR


def _decide_declaring(file: File, question: Question, _entitlement: Entitlement) -> Decision:
    """The patient's word is filed by software that may read, and not against a block."""
    if not _reads(question):
        return refused(SoftwareRefused)
    if file.has(FactKind.BLOCAGE, question.actor.subject):
        return refused(ProfessionalBlocked)
    return Decision(allowed=True, reason="carte_vitale")


def _decide_opening(file: File, question: Question, entitlement: Entitlement) -> Decision:
    return decide_opening(file, question, entitlement, reads=_reads(question))


def _decide_read(file: File, question: Question, entitlement: Entitlement) -> Decision:
    if file.has(FactKind.BLOCAGE, question.actor.subject):
        return refused(ProfessionalBlocked)
    if not _reads(question):
        return refused(SoftwareRefused)
    denied = entitlement.denied(question.actor.profession)
    if denied is None:
        return refused(ProfessionUnknown)
    if question.secret and not question.minor:
        return refused(NotAMinor)
    if question.mode is AccessMode.NORMAL:
        return _decide_normal(file, question, denied)
    return _decide_emergency(file, question, denied)


def _decide_normal(file: File, question: Question, denied: tuple[str, ...]) -> Decision:
    reason = _status_of(file, question)
    if reason is None:
        return _decide_author(question, denied)
    return Decision(
        allowed=True,
        reason=reason.value,
        obligations=() if question.seen_before else (Obligation.NOTIFY_FIRST_ACCESS,),
        limits=_limits(question, denied, unmasks=reason is FactKind.MEDECIN_TRAITANT),
    )


def _status_of(file: File, question: Question) -> FactKind | None:
    """On what a professional's leave to read rests; the médecin traitant's comes first, for it shows most."""
    me, structure = question.actor.subject, question.actor.structure
    if file.has(FactKind.MEDECIN_TRAITANT, me):
        return FactKind.MEDECIN_TRAITANT
    if file.has(FactKind.AUTORISATION, me):
        return FactKind.AUTORISATION
    if structure and file.has(FactKind.EQUIPE_DE_SOINS, structure):
        return FactKind.EQUIPE_DE_SOINS
    return None


def _decide_author(question: Question, denied: tuple[str, ...]) -> Decision:
    """Authors always see what they deposited, and nothing else without leave."""
    if not question.has_deposited:
        return refused(ConsentMissing)
    limits = Limits(denied_types=denied, own_only=True, superseded=question.superseded, archived=question.archived)
    return Decision(allowed=True, reason="auteur", limits=limits)


def _decide_emergency(file: File, question: Question, denied: tuple[str, ...]) -> Decision:
    """An opposition declared after the glass was broken ends the access at once."""
    if file.has(FactKind.OPPOSITION, question.mode.value):
        return refused(EmergencyOpposed)
    if not file.has(EMERGENCY_OF[question.mode], question.actor.subject):
        return refused(EmergencyNotOpen)
    unmasks = file.has(FactKind.DEMASQUAGE) or file.has(FactKind.MEDECIN_TRAITANT, question.actor.subject)
    return Decision(
        allowed=True,
        reason=question.mode.value,
        obligations=(Obligation.SHOW_EMERGENCY_BANNER,),
        limits=_limits(question, denied, unmasks=unmasks),
    )


def _limits(question: Question, denied: tuple[str, ...], *, unmasks: bool) -> Limits:
    return Limits(
        denied_types=denied,
        masked=Masked.ALL if unmasks else Masked.OWN,
        superseded=question.superseded,
        archived=question.archived,
    )


_RULES: dict[Purpose, Callable[[File, Question, Entitlement], Decision]] = {
    Purpose.DEPOSIT: _decide_deposit,
    Purpose.SET_VISIBILITY: _decide_upkeep,
    Purpose.ARCHIVE: _decide_upkeep,
    Purpose.DELETE: _decide_deletion,
    Purpose.DECLARE: _decide_declaring,
    Purpose.OPEN_EMERGENCY: _decide_opening,
    Purpose.READ: _decide_read,
}
"""What a professional may be allowed; every other purpose is the holder's."""
