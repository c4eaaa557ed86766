"""What a professional may do: deposit in every record, read with a permission, manage their own documents."""

from collections.abc import Callable

from contracts.codes.profession_codes import is_retired
from contracts.codes.tables import UnknownCode
from contracts.consent.decisions import Decision, Limits, MaskedAccess, Obligation, Purpose
from contracts.errors.request import (
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
from services.consent.domain.facts import EMERGENCY_OF, FactKind, FactsInForce, Question
from services.consent.domain.matrix import Entitlement

READING_PROFILES = frozenset({SoftwareProfile.CONSULTATION, SoftwareProfile.GESTION})
_FEEDING_PROFILES = frozenset({SoftwareProfile.ALIMENTATION, SoftwareProfile.GESTION})
_AUTHOR = Decision(allowed=True, reason="auteur", limits=Limits(own_only=True, superseded=True, archived=True))


def decide_professional(facts: FactsInForce, question: Question, entitlement: Entitlement) -> Decision:
    """Each purpose has its rule; purposes that are only the holder's are refused."""
    if question.purpose is Purpose.BLOCK:
        return _decide_block(facts, question)
    inactive = refused_for(question.record_status)
    if inactive is not None:
        return inactive
    rule = _RULES.get(question.purpose)
    return refused(RoleForbidden) if rule is None else rule(facts, question, entitlement)


def _reads(question: Question) -> bool:
    return question.actor.profile in READING_PROFILES


def _decide_block(facts: FactsInForce, question: Question) -> Decision:
    """A médecin traitant may block another professional, as the holder may."""
    me = question.actor.subject
    if facts.has(FactKind.BLOCAGE, me) or not facts.has(FactKind.MEDECIN_TRAITANT, me):
        return refused(RoleForbidden)
    return Decision(allowed=True, reason="medecin_traitant")


def _decide_deposit(_facts: FactsInForce, question: Question, _entitlement: Entitlement) -> Decision:
    """A deposit needs no authorisation: even a blocked professional may deposit."""
    if question.actor.profile not in _FEEDING_PROFILES:
        return refused(SoftwareRefused)
    if not _can_deposit(question.actor.profession or ""):
        return refused(ProfessionUnknown)
    if question.secret and not question.minor:
        return refused(NotAMinor)
    return Decision(allowed=True, reason="alimentation")


def _can_deposit(profession: str) -> bool:
    """Every profession of TRE_G15 may deposit, except retired codes."""
    try:
        return not is_retired(profession)
    except UnknownCode:
        return False


def _decide_upkeep(facts: FactsInForce, question: Question, entitlement: Entitlement) -> Decision:
    """An author manages their own documents without any consent; a médecin traitant all documents they may read."""
    me = question.actor.subject
    if facts.has(FactKind.BLOCAGE, me) or not facts.has(FactKind.MEDECIN_TRAITANT, me) or not _reads(question):
        return _AUTHOR
    denied = entitlement.denied(question.actor.profession)
    if denied is None:
        return _AUTHOR
    # A médecin traitant keeps an author's rights: own documents are managed whatever their type.
    limits = Limits(
        denied_types=denied, masked=MaskedAccess.ALL, own_of_any_type=True, superseded=True, archived=True
    )
    return Decision(allowed=True, reason="medecin_traitant", limits=limits)


def _decide_deletion(_facts: FactsInForce, _question: Question, _entitlement: Entitlement) -> Decision:
    """Only authors delete their documents."""
    return _AUTHOR


def _decide_declaring(facts: FactsInForce, question: Question, _entitlement: Entitlement) -> Decision:
    """A declared authorisation needs software homologated for reading, and no block."""
    if not _reads(question):
        return refused(SoftwareRefused)
    if facts.has(FactKind.BLOCAGE, question.actor.subject):
        return refused(ProfessionalBlocked)
    if question.secret and not question.minor:
        return refused(NotAMinor)
    return Decision(allowed=True, reason="carte_vitale")


def _decide_opening(facts: FactsInForce, question: Question, entitlement: Entitlement) -> Decision:
    return decide_opening(facts, question, entitlement, reads=_reads(question))


def _decide_read(facts: FactsInForce, question: Question, entitlement: Entitlement) -> Decision:
    if facts.has(FactKind.BLOCAGE, question.actor.subject):
        return refused(ProfessionalBlocked)
    if not _reads(question):
        return refused(SoftwareRefused)
    denied = entitlement.denied(question.actor.profession)
    if denied is None:
        return refused(ProfessionUnknown)
    if question.secret and not question.minor:
        return refused(NotAMinor)
    if question.mode is AccessMode.NORMAL:
        return _decide_normal(facts, question, denied)
    return _decide_emergency(facts, question, denied)


def _decide_normal(facts: FactsInForce, question: Question, denied: tuple[str, ...]) -> Decision:
    reason = _permission_of(facts, question)
    if reason is None:
        return _decide_author(question, denied)
    return Decision(
        allowed=True,
        reason=reason.value,
        obligations=() if question.seen_before else (Obligation.NOTIFY_FIRST_ACCESS,),
        limits=_limits(question, denied, unmasks=reason is FactKind.MEDECIN_TRAITANT),
    )


def _permission_of(facts: FactsInForce, question: Question) -> FactKind | None:
    """The fact that lets a professional read; médecin traitant comes first, since it shows masked documents too."""
    me, structure = question.actor.subject, question.actor.structure
    if facts.has(FactKind.MEDECIN_TRAITANT, me):
        return FactKind.MEDECIN_TRAITANT
    if facts.has(FactKind.AUTORISATION, me, secret=question.secret):
        return FactKind.AUTORISATION
    if structure and facts.has(FactKind.EQUIPE_DE_SOINS, structure):
        return FactKind.EQUIPE_DE_SOINS
    return None


def _decide_author(question: Question, denied: tuple[str, ...]) -> Decision:
    """Authors always see what they deposited, and nothing else without a permission."""
    if not question.has_deposited:
        return refused(ConsentMissing)
    limits = Limits(denied_types=denied, own_only=True, superseded=question.superseded, archived=question.archived)
    return Decision(allowed=True, reason="auteur", limits=limits)


def _decide_emergency(facts: FactsInForce, question: Question, denied: tuple[str, ...]) -> Decision:
    """An opposition declared after an emergency access was opened ends it at once."""
    if facts.has(FactKind.OPPOSITION, question.mode.value):
        return refused(EmergencyOpposed)
    if not facts.has(EMERGENCY_OF[question.mode], question.actor.subject):
        return refused(EmergencyNotOpen)
    unmasks = facts.has(FactKind.DEMASQUAGE) or facts.has(FactKind.MEDECIN_TRAITANT, question.actor.subject)
    return Decision(
        allowed=True,
        reason=question.mode.value,
        obligations=(Obligation.SHOW_EMERGENCY_BANNER,),
        limits=_limits(question, denied, unmasks=unmasks),
    )


def _limits(question: Question, denied: tuple[str, ...], *, unmasks: bool) -> Limits:
    return Limits(
        denied_types=denied,
        masked=MaskedAccess.ALL if unmasks else MaskedAccess.OWN,
        superseded=question.superseded,
        archived=question.archived,
    )


_RULES: dict[Purpose, Callable[[FactsInForce, Question, Entitlement], Decision]] = {
    Purpose.DEPOSIT: _decide_deposit,
    Purpose.SET_VISIBILITY: _decide_upkeep,
    Purpose.ARCHIVE: _decide_upkeep,
    Purpose.DELETE: _decide_deletion,
    Purpose.DECLARE: _decide_declaring,
    Purpose.OPEN_EMERGENCY: _decide_opening,
    Purpose.READ: _decide_read,
}
"""Every other purpose is the holder's."""
