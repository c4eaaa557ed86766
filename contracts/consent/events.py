"""Events about carers, legal representatives, apps and emergency access."""

from enum import StrEnum

from contracts.envelope import PatientEvent
from contracts.vocabulary import AccessMode, PatientId, Rpps


class CarerAccepted(PatientEvent, frozen=True, kw_only=True, omit_defaults=True):
    """A carer accepted the invitation of this record's holder.

    Sent by consent; notify informs the holder.
    """

    topic = "consent.carer_accepted"


class CarerEnded(PatientEvent, frozen=True, kw_only=True, omit_defaults=True):
    """A carer's access ended; `patient_id` is whom to inform.

    Sent by consent. It is the carer when the holder ended it, the holder when the carer did.
    """

    topic = "consent.carer_ended"


class RepresentationEnded(PatientEvent, frozen=True, kw_only=True, omit_defaults=True):
    """A legal representation was ended before its day: what the representative set ends with it.

    Sent by consent; records drops their default for new documents.
    """

    topic = "consent.representation_ended"
    representative: PatientId


class RepresentationChange(StrEnum):
    """What happened to a legal representation."""

    NAMING_REQUESTED = "naming_requested"
    ENDING_REQUESTED = "ending_requested"
    CONTESTED = "contested"
    NAMED = "named"
    ENDED = "ended"


class RepresentationChanged(PatientEvent, frozen=True, kw_only=True, omit_defaults=True):
    """A legal representation was requested, contested, named or ended; `patient_id` is whom to inform.

    Sent by consent, once for the holder and once for each representative who must know.
    """

    topic = "consent.representation_changed"
    change: RepresentationChange


class AppRevoked(PatientEvent, frozen=True, kw_only=True, omit_defaults=True):
    """The patient revoked an app's access: its tokens and refresh tokens must stop working.

    Sent by consent. `app`: client_id.
    """

    topic = "consent.app_revoked"
    app: str


class AppAllowed(PatientEvent, frozen=True, kw_only=True, omit_defaults=True):
    """The patient authorised an app to read the record.

    Sent by consent; notify informs the patient. `app`: client_id.
    """

    topic = "consent.app_allowed"
    app: str


class HeirAdmitted(PatientEvent, frozen=True, kw_only=True, omit_defaults=True):
    """Two agents let an heir read sections of the record of the dead; `patient_id` is the heir.

    Sent by consent; notify informs the heir.
    """

    topic = "consent.heir_admitted"


class EmergencyAccessOpened(PatientEvent, frozen=True, kw_only=True, omit_defaults=True):
    """A professional opened emergency access: inform the holder and their médecins traitants.

    Sent by consent. `rpps`: the professional who opened it.
    """

    topic = "consent.emergency_access_opened"
    rpps: Rpps
    mode: AccessMode
    medecins_traitants: tuple[Rpps, ...] = ()
