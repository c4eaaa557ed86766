"""What the consent service answers: who may read what of whom, and why."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from contracts.api import Api, Method
from contracts.envelope import Event
from contracts.vocabulary import AccessMode, Capacity, Finess, PatientId, RecordStatus, Role, Rpps, Section


class Purpose(StrEnum):
    """What the decision is asked for."""

    READ = "read"
    DEPOSIT = "deposit"
    SET_VISIBILITY = "set_visibility"
    DELETE = "delete"
    """A document."""
    ARCHIVE = "archive"
    """A document, and back."""
    READ_JOURNAL = "read_journal"
    READ_NOTICES = "read_notices"
    DECLARE = "declare"
    """File the consent the patient gave a professional."""
    OPEN_EMERGENCY = "open_emergency"
    BLOCK = "block"
    """Shut a professional out; letting them in again is the holder's, as MANAGE."""
    MANAGE = "manage"
    """Decide who may do what: authorisations, médecins traitants, oppositions, settings."""
    CLOSE = "close"
    """Close the record, reopen it, ask for its destruction."""
    EXPORT = "export"
    READ_IDENTITY = "read_identity"
    """Who the holder is: traits and INS."""


class Obligation(StrEnum):
    """What must be done because access was allowed."""

    NOTIFY_FIRST_ACCESS = "notify_first_access"
    NOTIFY_EMERGENCY = "notify_emergency"
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
    minor: bool = False
    """Whether the holder is younger than the age of majority."""
    secret: bool = False
    """Secret connection of a minor: what is done in it is kept from legal representatives."""
    superseded: bool = False
    """Whether replaced documents are asked for too."""
    archived: bool = False
    """Whether archived documents are asked for too."""


class Masked(StrEnum):
    """How much of what is hidden from professionals the reader finds."""

    ALL = "all"
    OWN = "own"


class Limits(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What bounds an allowed answer; records turns it into SQL and fetches nothing beyond.

    `denied_types`: type codes the reader's profession may not see.
    `masked`: documents marked MASQUE_PS, all of them or the reader's own only.
    `own_only`: nothing but what the reader deposited or wrote.
    `own_of_any_type`: what the reader deposited or wrote is within whatever `denied_types` says.
    `sections`: nothing but these, where something was shared with the reader; None: no such bound.
    `hides_invisible`: documents the patient may not see yet stay out.
    `hides_secret`: documents and lines hidden from legal representatives stay out.
    `superseded`, `archived`: whether documents in these states are within; deleted ones never are.
    """

    denied_types: tuple[str, ...] = ()
    masked: Masked = Masked.OWN
    own_only: bool = False
    own_of_any_type: bool = False
    sections: tuple[Section, ...] | None = None
    hides_invisible: bool = False
    hides_secret: bool = False
    superseded: bool = False
    archived: bool = False


class Decision(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Allowed or not, why, what is owed, and within which limits. `refusal` is a code of contracts.errors."""

    allowed: bool
    reason: str
    """Stable code of the rule that decided, for the journal: `authorisation`, `medecin_traitant`, ..."""
    refusal: str = ""
    obligations: tuple[Obligation, ...] = ()
    limits: Limits = Limits()
    capacity: Capacity = Capacity.SELF
    """In what capacity a patient's account acted; for the journal."""


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


class RepresentationKind(StrEnum):
    """Why somebody has a legal representative."""

    MINEUR = "mineur"
    MAJEUR_PROTEGE = "majeur_protege"


class NameRepresentative(msgspec.Struct, frozen=True, kw_only=True):
    """An agent files a legal representative, whose carte Vitale is in the reader, and the proof they showed.

    `evidence`: the kind of paper and its reference. For a minor it ends by itself at the age of majority.
    """

    patient_id: PatientId
    representative_proof: str
    kind: RepresentationKind
    evidence: str


class Representation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody who acts for the holder; `until` None: until it is ended."""

    patient_id: PatientId
    representative: PatientId
    since: datetime
    until: datetime | None = None


class AboutRepresentative(msgspec.Struct, frozen=True, kw_only=True):
    """The end of a representation."""

    patient_id: PatientId
    representative: PatientId


class SetUnmasking(msgspec.Struct, frozen=True, kw_only=True):
    """Whether an emergency shows documents hidden from professionals (MASKED); by default it does not."""

    patient_id: PatientId
    unmasks: bool


class ListAuthorisations(msgspec.Struct, frozen=True, kw_only=True):
    """Whom has this patient authorised, named médecin traitant, or blocked."""

    patient_id: PatientId


class Saying(msgspec.Struct, frozen=True, kw_only=True):
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
    said: tuple[Saying, ...] = ()
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


class MyStanding(msgspec.Struct, frozen=True, kw_only=True):
    """How does the calling professional stand to this patient?"""

    patient_id: PatientId


class Standing(msgspec.Struct, frozen=True, kw_only=True):
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


class LoadMatrix(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A new version of the entitlement matrix, as the text of its JSON file; without `load` only the diff is told.

    It comes into force on its own `effective` date; the version in force is replaced then, none is ever changed.
    """

    text: str
    load: bool = False


class CellChange(msgspec.Struct, frozen=True, kw_only=True):
    """One crossing of profession and type that will change."""

    profession: str
    type_code: str
    readable: bool
    """From the new version on."""


class MatrixDiff(msgspec.Struct, frozen=True, kw_only=True):
    """What a new version changes against the one that would be in force on that day."""

    version: str
    effective: date
    against: str
    professions_added: tuple[str, ...]
    professions_removed: tuple[str, ...]
    cells: tuple[CellChange, ...]
    unconfirmed: int
    """Readable cells of the new version that no source confirms."""
    loaded: bool


class ListMatrices(msgspec.Struct, frozen=True, kw_only=True):
    """Which versions of the matrix are there?"""


class MatrixVersion(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One version; the text is its JSON file."""

    version: str
    effective: date
    in_force: bool
    professions: int
    text: str


class Matrices(msgspec.Struct, frozen=True, kw_only=True):
    """All versions, newest effective date first."""

    versions: tuple[MatrixVersion, ...]


class GrantApp(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The patient lets an app read these sections, and more or less than before."""

    patient_id: PatientId
    app: str
    sections: tuple[Section, ...] = ()


class AboutApp(msgspec.Struct, frozen=True, kw_only=True):
    """A patient's decision about one app."""

    patient_id: PatientId
    app: str


class ListApps(msgspec.Struct, frozen=True, kw_only=True):
    """Which apps has this patient let read?"""

    patient_id: PatientId


class GrantedApp(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One app and what it may read; `listed`: False while the operator has shut it out.

    `by_representative`: a legal representative let it, and it reads what they may.
    """

    app: str
    since: datetime
    sections: tuple[Section, ...] = ()
    listed: bool = True
    by_representative: bool = False


class GrantedApps(msgspec.Struct, frozen=True, kw_only=True):
    """All of them, newest first."""

    apps: tuple[GrantedApp, ...]


class InviteCarer(msgspec.Struct, frozen=True, kw_only=True):
    """The holder shares sections with somebody they give the code to.

    `carer_label`: how the holder calls the carer; `holder_label`: how the carer will find the holder.
    """

    patient_id: PatientId
    sections: tuple[Section, ...]
    carer_label: str
    holder_label: str


class Invitation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Waits for whoever has the code, which is told once."""

    invitation_id: UUID
    sections: tuple[Section, ...]
    carer_label: str
    expires_at: datetime
    code: str = ""


class AboutInvitation(msgspec.Struct, frozen=True, kw_only=True):
    """The holder takes an invitation back."""

    patient_id: PatientId
    invitation_id: UUID


class AnswerInvitation(msgspec.Struct, frozen=True, kw_only=True):
    """Whoever was given the code becomes a carer, or will not."""

    code: str
    accepted: bool


class ListCarers(msgspec.Struct, frozen=True, kw_only=True):
    """With whom is this record shared?"""

    patient_id: PatientId


class Carer(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who reads what was shared with them, and does nothing else."""

    carer: PatientId
    label: str
    sections: tuple[Section, ...]
    since: datetime


class FormerRepresentative(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who represented the holder until they came of age."""

    representative: PatientId
    until: datetime


class Carers(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Carers, invitations that wait, and former representatives who may be kept as carers."""

    carers: tuple[Carer, ...]
    invitations: tuple[Invitation, ...]
    former: tuple[FormerRepresentative, ...] = ()


class KeepRepresentative(msgspec.Struct, frozen=True, kw_only=True):
    """The holder, of age, lets whoever represented them go on as a carer, with these sections."""

    patient_id: PatientId
    representative: PatientId
    sections: tuple[Section, ...]
    carer_label: str
    holder_label: str


class AboutCarer(msgspec.Struct, frozen=True, kw_only=True):
    """A sharing is over: by the holder, or by the carer themself."""

    patient_id: PatientId
    carer: PatientId


class ListProfiles(msgspec.Struct, frozen=True, kw_only=True):
    """For whom may I act, beside myself?"""


class Profile(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A record the caller may turn to, and in what capacity; `sections`: those shared with a carer."""

    patient_id: PatientId
    capacity: Capacity
    since: datetime
    label: str = ""
    sections: tuple[Section, ...] = ()
    until: datetime | None = None


class Profiles(msgspec.Struct, frozen=True, kw_only=True):
    """All of them, newest first."""

    profiles: tuple[Profile, ...]


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


_PATIENT = frozenset({Role.PATIENT})
_PROFESSIONAL = frozenset({Role.PROFESSIONAL})
_OPERATOR = frozenset({Role.OPERATOR})
_ASKERS = frozenset({Role.PATIENT, Role.PROFESSIONAL, Role.AGENT, Role.APP, Role.FEEDER})
_BLOCKERS = frozenset({Role.PATIENT, Role.PROFESSIONAL})


class Consent(Api, service="consent"):
    """The flat that keeps the law of access."""

    decide = Method(Decide, Decision, roles=_ASKERS, seconds=2.0)
    declare_authorisation = Method(DeclareAuthorisation, Authorisation, roles=_PROFESSIONAL)
    give_authorisation = Method(GiveAuthorisation, Authorisation, roles=_PATIENT)
    end_authorisation = Method(AboutProfessional, Done, roles=_PATIENT)
    give_team_authorisation = Method(GiveTeamAuthorisation, TeamAuthorisation, roles=_PATIENT)
    end_team_authorisation = Method(AboutTeam, Done, roles=_PATIENT)
    list_authorisations = Method(ListAuthorisations, Circle, roles=_PATIENT)
    name_medecin_traitant = Method(AboutProfessional, Done, roles=_PATIENT)
    dismiss_medecin_traitant = Method(AboutProfessional, Done, roles=_PATIENT)
    block_professional = Method(AboutProfessional, Done, roles=_BLOCKERS)
    unblock_professional = Method(AboutProfessional, Done, roles=_PATIENT)
    set_opposition = Method(SetOpposition, Done, roles=_PATIENT)
    set_unmasking = Method(SetUnmasking, Done, roles=_PATIENT)
    name_representative = Method(NameRepresentative, Representation, roles=frozenset({Role.AGENT}))
    end_representation = Method(AboutRepresentative, Done, roles=frozenset({Role.AGENT, Role.PATIENT}))
    grant_app = Method(GrantApp, Done, roles=_PATIENT)
    revoke_app = Method(AboutApp, Done, roles=_PATIENT)
    list_apps = Method(ListApps, GrantedApps, roles=_PATIENT)
    invite_carer = Method(InviteCarer, Invitation, roles=_PATIENT)
    withdraw_invitation = Method(AboutInvitation, Done, roles=_PATIENT)
    answer_invitation = Method(AnswerInvitation, Profiles, roles=_PATIENT)
    keep_representative = Method(KeepRepresentative, Carers, roles=_PATIENT)
    list_carers = Method(ListCarers, Carers, roles=_PATIENT)
    end_carer = Method(AboutCarer, Done, roles=_PATIENT)
    list_profiles = Method(ListProfiles, Profiles, roles=_PATIENT)
    open_emergency = Method(OpenEmergency, EmergencyOpened, roles=_PROFESSIONAL)
    my_standing = Method(MyStanding, Standing, roles=_PROFESSIONAL)
    list_my_patients = Method(ListMyPatients, MyPatients, roles=_PROFESSIONAL)
    load_matrix = Method(LoadMatrix, MatrixDiff, roles=_OPERATOR)
    list_matrices = Method(ListMatrices, Matrices, roles=_OPERATOR)
