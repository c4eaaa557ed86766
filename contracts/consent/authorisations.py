"""Messages about authorisations, blocks, médecins traitants and emergency access."""

from datetime import datetime
from enum import StrEnum

import msgspec

from contracts.consent.representations import Representation, RepresentationRequest
from contracts.vocabulary import AccessMode, Finess, PatientId, Rpps


class DeclareAuthorisation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Declare the consent of a patient who is present; the carte Vitale's proof shows that they are.

    `secret`: in a minor's secret connection, in which alone the authorisation then holds.
    """

    patient_id: PatientId
    vitale_proof: str
    secret: bool = False


class Authorisation(msgspec.Struct, frozen=True, kw_only=True):
    """A patient's authorisation of a professional; `renews`: each use prolongs it.

    `secret`: declared in a minor's secret connection, in which alone it holds; representatives do not see it.
    """

    patient_id: PatientId
    rpps: Rpps
    since: datetime
    until: datetime
    renews: bool = False
    secret: bool = False


class GiveAuthorisation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Authorise a professional, by the patient; `until` None: the usual duration, renewed by use."""

    patient_id: PatientId
    rpps: Rpps
    until: datetime | None = None


class GiveTeamAuthorisation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Authorise a care team, everyone who works in a structure; `until` as in GiveAuthorisation."""

    patient_id: PatientId
    structure: Finess
    until: datetime | None = None


class TeamAuthorisation(msgspec.Struct, frozen=True, kw_only=True):
    """A patient's authorisation of a care team; `renews`: each use prolongs it."""

    patient_id: PatientId
    structure: Finess
    since: datetime
    until: datetime
    renews: bool = False


class AboutTeam(msgspec.Struct, frozen=True, kw_only=True):
    """One care team of a record."""

    patient_id: PatientId
    structure: Finess


class SetUnmasking(msgspec.Struct, frozen=True, kw_only=True):
    """Set whether emergency access shows documents hidden from professionals; off by default."""

    patient_id: PatientId
    unmasks: bool


class ListAuthorisations(msgspec.Struct, frozen=True, kw_only=True):
    """List everything the patient decided about professionals."""

    patient_id: PatientId


class FactSentence(msgspec.Struct, frozen=True, kw_only=True):
    """One sentence for the patient, in French and English."""

    fr: str
    en: str


class EmergencyAccess(msgspec.Struct, frozen=True, kw_only=True):
    """One opening of an emergency access, and the reason that was written for it; kept after its end."""

    rpps: Rpps
    mode: AccessMode
    since: datetime
    until: datetime
    reason: str


class PatientDecisions(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a patient decided about professionals, teams and representatives."""

    authorisations: tuple[Authorisation, ...]
    medecins_traitants: tuple[Rpps, ...]
    blocked: tuple[Rpps, ...]
    oppositions: tuple[AccessMode, ...] = ()
    """Emergency modes that the patient opposed."""
    teams: tuple[TeamAuthorisation, ...] = ()
    unmasks_in_emergency: bool = False
    heirs_opposed: bool = False
    """Whether heirs are refused after the holder's death; shown to the holder alone."""
    representatives: tuple[Representation, ...] = ()
    said: tuple[FactSentence, ...] = ()
    """Everything in force as sentences for the patient, newest first; then the requests that wait."""
    representation_requests: tuple[RepresentationRequest, ...] = ()
    """Namings and endings of representatives that organisations requested and that have no effect yet."""
    emergencies: tuple[EmergencyAccess, ...] = ()
    """The newest 100 emergency accesses, newest first; told to the holder alone."""


class AboutProfessional(msgspec.Struct, frozen=True, kw_only=True):
    """One professional of a record."""

    patient_id: PatientId
    rpps: Rpps


class SetOpposition(msgspec.Struct, frozen=True, kw_only=True):
    """Oppose one mode of emergency access in advance, or withdraw the opposition."""

    patient_id: PatientId
    mode: AccessMode
    opposed: bool


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """The act is in effect, from now or from before."""


class OpenEmergency(msgspec.Struct, frozen=True, kw_only=True):
    """Open emergency access (bris de glace or centre 15) with a written reason."""

    patient_id: PatientId
    mode: AccessMode
    reason: str


class EmergencyOpened(msgspec.Struct, frozen=True, kw_only=True):
    """Emergency access, open until `until`."""

    patient_id: PatientId
    mode: AccessMode
    until: datetime


class AuthorisationStatus(StrEnum):
    """A professional's authorisation for one record."""

    VALID = "valid"
    EXPIRED = "expired"
    FORBIDDEN = "forbidden"
    NONE = "none"


class GetAuthorisationStatus(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Get the calling professional's authorisation status for a patient; `secret`: in a minor's secret connection."""

    patient_id: PatientId
    secret: bool = False


class AuthorisationStatusFound(msgspec.Struct, frozen=True, kw_only=True):
    """Authorisation status, and whether the patient named the caller médecin traitant."""

    status: AuthorisationStatus
    medecin_traitant: bool


class ListMyPatients(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """List patients who authorised the caller or their team, newest first; `after`: end of the last page."""

    count: int
    after: tuple[datetime, PatientId] | None = None


class MyPatient(msgspec.Struct, frozen=True, kw_only=True):
    """A patient whose record the caller may read, and since when."""

    patient_id: PatientId
    since: datetime
    medecin_traitant: bool


class MyPatients(msgspec.Struct, frozen=True, kw_only=True):
    """One page of patients."""

    patients: tuple[MyPatient, ...]
