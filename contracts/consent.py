"""What the consent service answers: who may read what of whom, and why."""

from datetime import datetime
from enum import StrEnum

import msgspec

from contracts.api import Api, Method
from contracts.envelope import Event
from contracts.vocabulary import AccessMode, PatientId, RecordStatus, Role, Rpps


class Purpose(StrEnum):
    """What the decision is asked for."""

    READ = "read"
    DEPOSIT = "deposit"
    SET_VISIBILITY = "set_visibility"


class Obligation(StrEnum):
    """What must be done because access was allowed."""

    NOTIFY_FIRST_ACCESS = "notify_first_access"
    SHOW_EMERGENCY_BANNER = "show_emergency_banner"


class Decide(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """May the calling actor do this to this patient's record? Records states the facts only it holds."""

    patient_id: PatientId
    purpose: Purpose
    mode: AccessMode = AccessMode.NORMAL
    record_status: RecordStatus | None = None
    """None when there is no record."""
    seen_before: bool = True
    """Whether this professional has read this record before."""
    has_deposited: bool = False
    """Whether this professional has fed this record."""


class Masked(StrEnum):
    """How much of what is hidden from professionals the reader finds."""

    ALL = "all"
    OWN = "own"


class Limits(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What bounds an allowed answer; records turns it into SQL and fetches nothing beyond.

    `denied_types`: type codes the reader's profession may not see.
    `masked`: documents marked MASQUE_PS, all of them or the reader's own only.
    `own_only`: nothing but what the reader deposited or wrote.
    """

    denied_types: tuple[str, ...] = ()
    masked: Masked = Masked.OWN
    own_only: bool = False


class Decision(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Allowed or not, why, what is owed, and within which limits. `refusal` is a code of contracts.errors."""

    allowed: bool
    reason: str
    """Stable code of the rule that decided, for the journal: `authorisation`, `medecin_traitant`, ..."""
    refusal: str = ""
    obligations: tuple[Obligation, ...] = ()
    limits: Limits = Limits()


class DeclareAuthorisation(msgspec.Struct, frozen=True, kw_only=True):
    """A professional asked the patient and shows the carte Vitale as proof of presence."""

    patient_id: PatientId
    vitale_proof: str


class Authorisation(msgspec.Struct, frozen=True, kw_only=True):
    """A standing permission from a patient to a professional."""

    patient_id: PatientId
    rpps: Rpps
    since: datetime
    until: datetime


class ListAuthorisations(msgspec.Struct, frozen=True, kw_only=True):
    """Whom has this patient authorised, named médecin traitant, or blocked."""

    patient_id: PatientId


class Circle(msgspec.Struct, frozen=True, kw_only=True):
    """The professionals a patient has decided about."""

    authorisations: tuple[Authorisation, ...]
    medecins_traitants: tuple[Rpps, ...]
    blocked: tuple[Rpps, ...]
    oppositions: tuple[AccessMode, ...] = ()
    """Emergency modes the patient opposed."""


class AboutProfessional(msgspec.Struct, frozen=True, kw_only=True):
    """A patient's decision about one professional."""

    patient_id: PatientId
    rpps: Rpps


class SetOpposition(msgspec.Struct, frozen=True, kw_only=True):
    """The patient opposes one mode of emergency access beforehand, or no longer does."""

    patient_id: PatientId
    mode: AccessMode
    opposed: bool


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """The act took effect, or had before."""


class OpenEmergency(msgspec.Struct, frozen=True, kw_only=True):
    """Break the glass, or come from the regulation centre: mode and written reason."""

    patient_id: PatientId
    mode: AccessMode
    reason: str


class EmergencyOpened(msgspec.Struct, frozen=True, kw_only=True):
    """An emergency access lasts until then."""

    patient_id: PatientId
    mode: AccessMode
    until: datetime


class AuthorisationStatus(StrEnum):
    """How a professional stands to a record."""

    VALID = "valid"
    EXPIRED = "expired"
    FORBIDDEN = "forbidden"
    NONE = "none"


class MyStanding(msgspec.Struct, frozen=True, kw_only=True):
    """How does the calling professional stand to this patient?"""

    patient_id: PatientId


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """Authorisation status, and whether the patient named this professional médecin traitant."""

    status: AuthorisationStatus
    medecin_traitant: bool


class EmergencyAccessOpened(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A professional came in by an emergency mode; the holder and the médecin traitant must be told."""

    topic = "consent.emergency_access_opened"
    patient_id: PatientId
    rpps: Rpps
    mode: AccessMode
    medecins_traitants: tuple[Rpps, ...] = ()


_PATIENT = frozenset({Role.PATIENT})
_PROFESSIONAL = frozenset({Role.PROFESSIONAL})


class Consent(Api, service="consent"):
    """The flat that keeps the law of access."""

    decide = Method(Decide, Decision, roles=frozenset({Role.PATIENT, Role.PROFESSIONAL}), seconds=2.0)
    declare_authorisation = Method(DeclareAuthorisation, Authorisation, roles=_PROFESSIONAL)
    end_authorisation = Method(AboutProfessional, Done, roles=_PATIENT)
    list_authorisations = Method(ListAuthorisations, Circle, roles=_PATIENT)
    name_medecin_traitant = Method(AboutProfessional, Done, roles=_PATIENT)
    block_professional = Method(AboutProfessional, Done, roles=_PATIENT)
    unblock_professional = Method(AboutProfessional, Done, roles=_PATIENT)
    set_opposition = Method(SetOpposition, Done, roles=_PATIENT)
    open_emergency = Method(OpenEmergency, EmergencyOpened, roles=_PROFESSIONAL)
    my_standing = Method(MyStanding, Standing, roles=_PROFESSIONAL)
