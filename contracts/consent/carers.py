"""Who acts or reads for a holder: legal representatives and carers."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from contracts.vocabulary import Capacity, PatientId, Section


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
