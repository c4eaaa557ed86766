"""Whom a patient lets in, shuts out or names, and how somebody stands to a record."""

from datetime import datetime
from enum import StrEnum

import msgspec

from contracts.consent.carers import Representation
from contracts.vocabulary import AccessMode, Finess, PatientId, Rpps


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


class GiveAuthorisation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The patient authorises a professional; `until` None: for the usual time, renewed by use."""

    patient_id: PatientId
    rpps: Rpps
    until: datetime | None = None


class GiveTeamAuthorisation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The patient authorises a care team: whoever works in that structure; `until` as for one professional."""

    patient_id: PatientId
    structure: Finess
    until: datetime | None = None


class TeamAuthorisation(msgspec.Struct, frozen=True, kw_only=True):
    """A standing permission from a patient to a care team."""

    patient_id: PatientId
    structure: Finess
    since: datetime
    until: datetime


class AboutTeam(msgspec.Struct, frozen=True, kw_only=True):
    """A patient's decision about one structure."""

    patient_id: PatientId
    structure: Finess


class SetUnmasking(msgspec.Struct, frozen=True, kw_only=True):
    """Whether an emergency shows documents hidden from professionals (MASKED); by default it does not."""

    patient_id: PatientId
    unmasks: bool


class ListAuthorisations(msgspec.Struct, frozen=True, kw_only=True):
    """Whom has this patient authorised, named médecin traitant, or blocked."""

    patient_id: PatientId


class FactSentence(msgspec.Struct, frozen=True, kw_only=True):
    """A sentence for the patient, in French and in English."""

    fr: str
    en: str


class Circle(msgspec.Struct, frozen=True, kw_only=True):
    """The professionals a patient has decided about."""

    authorisations: tuple[Authorisation, ...]
    medecins_traitants: tuple[Rpps, ...]
    blocked: tuple[Rpps, ...]
    oppositions: tuple[AccessMode, ...] = ()
    """Emergency modes the patient opposed."""
    teams: tuple[TeamAuthorisation, ...] = ()
    unmasks_in_emergency: bool = False
    representatives: tuple[Representation, ...] = ()
    said: tuple[FactSentence, ...] = ()
    """All that is in force, in the patient's words, newest first."""


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


class GetAuthorisationStatus(msgspec.Struct, frozen=True, kw_only=True):
    """How does the calling professional stand to this patient?"""

    patient_id: PatientId


class AuthorisationStatusFound(msgspec.Struct, frozen=True, kw_only=True):
    """Authorisation status, and whether the patient named this professional médecin traitant."""

    status: AuthorisationStatus
    medecin_traitant: bool


class ListMyPatients(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who authorised the calling professional, or their team, newest first? `after`: where the last page ended."""

    count: int
    after: tuple[datetime, PatientId] | None = None


class MyPatient(msgspec.Struct, frozen=True, kw_only=True):
    """A patient who lets the caller read, since when, and whether they named them médecin traitant."""

    patient_id: PatientId
    since: datetime
    medecin_traitant: bool


class MyPatients(msgspec.Struct, frozen=True, kw_only=True):
    """One page."""

    patients: tuple[MyPatient, ...]
