"""What happened to what patients decided."""

from contracts.envelope import Event
from contracts.vocabulary import AccessMode, PatientId, Rpps


class CarerAccepted(Event, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody has become the carer of this record's holder."""

    topic = "consent.carer_accepted"
    patient_id: PatientId


class CarerEnded(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A sharing is over; `patient_id` is who is told: the carer, or the holder where the carer stepped back."""

    topic = "consent.carer_ended"
    patient_id: PatientId


class AppRevoked(Event, frozen=True, kw_only=True, omit_defaults=True):
    """The patient took back what an app had been allowed; all it holds is to be good for nothing."""

    topic = "consent.app_revoked"
    patient_id: PatientId
    app: str


class AppAllowed(Event, frozen=True, kw_only=True, omit_defaults=True):
    """The patient let an app read."""

    topic = "consent.app_allowed"
    patient_id: PatientId
    app: str


class EmergencyAccessOpened(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A professional came in by an emergency mode; the holder and the médecin traitant must be told."""

    topic = "consent.emergency_access_opened"
    patient_id: PatientId
    rpps: Rpps
    mode: AccessMode
    medecins_traitants: tuple[Rpps, ...] = ()
