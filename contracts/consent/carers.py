"""Messages about carers (aidants), and the records that a person may act on."""

from datetime import datetime
from uuid import UUID

import msgspec

from contracts.vocabulary import Capacity, PatientId, Section


class InviteCarer(msgspec.Struct, frozen=True, kw_only=True):
    """Invite a carer to read these sections; the holder passes the code on.

    `carer_label`: the holder's name for the carer. `holder_label`: the carer's name for the holder.
    """

    patient_id: PatientId
    sections: tuple[Section, ...]
    carer_label: str
    holder_label: str


class Invitation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An open invitation; `code` is returned once, when it is made."""

    invitation_id: UUID
    sections: tuple[Section, ...]
    carer_label: str
    expires_at: datetime
    code: str = ""


class AboutInvitation(msgspec.Struct, frozen=True, kw_only=True):
    """One invitation of a record."""

    patient_id: PatientId
    invitation_id: UUID


class AnswerInvitation(msgspec.Struct, frozen=True, kw_only=True):
    """Accept or decline an invitation, by whoever holds its code."""

    code: str
    accepted: bool


class ListCarers(msgspec.Struct, frozen=True, kw_only=True):
    """List a record's carers and open invitations."""

    patient_id: PatientId


class Carer(msgspec.Struct, frozen=True, kw_only=True):
    """A person who may read the sections shared with them, and nothing else."""

    carer: PatientId
    label: str
    sections: tuple[Section, ...]
    since: datetime


class FormerRepresentative(msgspec.Struct, frozen=True, kw_only=True):
    """A person who represented the holder until they came of age."""

    representative: PatientId
    until: datetime


class Carers(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Carers, open invitations, and former representatives who may be kept as carers."""

    carers: tuple[Carer, ...]
    invitations: tuple[Invitation, ...]
    former: tuple[FormerRepresentative, ...] = ()


class KeepRepresentative(msgspec.Struct, frozen=True, kw_only=True):
    """Keep a former representative as a carer, by the holder who came of age."""

    patient_id: PatientId
    representative: PatientId
    sections: tuple[Section, ...]
    carer_label: str
    holder_label: str


class AboutCarer(msgspec.Struct, frozen=True, kw_only=True):
    """One carer of a record; sent by the holder or by the carer."""

    patient_id: PatientId
    carer: PatientId


class ListProfiles(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """List the records that the caller may act on besides their own; `names`: of whom the caller represents, too."""

    names: bool = False


class Profile(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A record the caller may act on, and in what capacity; `sections`: those shared with a carer.

    `label`: the carer's name for the holder. `given_names`: of the holder, if requested by who represents them.
    """

    patient_id: PatientId
    capacity: Capacity
    since: datetime
    label: str = ""
    given_names: str = ""
    sections: tuple[Section, ...] = ()
    until: datetime | None = None


class Profiles(msgspec.Struct, frozen=True, kw_only=True):
    """All profiles, newest first."""

    profiles: tuple[Profile, ...]
