"""The access decision: the question that services ask consent, and its answer."""

from enum import StrEnum

import msgspec

from contracts.vocabulary import AccessMode, Capacity, PatientId, RecordStatus, Section


class Purpose(StrEnum):
    """What the actor intends to do."""

    READ = "read"
    DEPOSIT = "deposit"
    SET_VISIBILITY = "set_visibility"
    DELETE = "delete"
    """Delete a document."""
    ARCHIVE = "archive"
    """Archive a document, or restore it."""
    READ_JOURNAL = "read_journal"
    READ_NOTICES = "read_notices"
    DECLARE = "declare"
    """Record the consent that the patient gave to a professional."""
    OPEN_EMERGENCY = "open_emergency"
    BLOCK = "block"
    """Block a professional; unblocking is reserved to the holder, as MANAGE."""
    MANAGE = "manage"
    """Change who may do what: authorisations, médecins traitants, oppositions, settings."""
    CLOSE = "close"
    """Close or reopen the record, or request its destruction."""
    EXPORT = "export"
    READ_IDENTITY = "read_identity"
    """Read the holder's traits and INS."""


class Obligation(StrEnum):
    """What the asking service must do because access was allowed."""

    NOTIFY_FIRST_ACCESS = "notify_first_access"
    NOTIFY_EMERGENCY = "notify_emergency"
    SHOW_EMERGENCY_BANNER = "show_emergency_banner"


class Decide(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """May the calling actor do this to this record? The other fields are facts that only records knows."""

    patient_id: PatientId
    purpose: Purpose
    mode: AccessMode = AccessMode.NORMAL
    record_status: RecordStatus | None = None
    """None when there is no record."""
    seen_before: bool = True
    """Whether this professional has read this record before."""
    has_deposited: bool = False
    """Whether this professional has deposited in this record."""
    minor: bool = False
    """Whether the holder is below the age of majority."""
    secret: bool = False
    """A minor's secret connection: its acts are hidden from legal representatives."""
    superseded: bool = False
    """Whether replaced documents are requested too."""
    archived: bool = False
    """Whether archived documents are requested too."""
    only_looks: bool = False
    """Whether nothing is read: it is no use of an authorisation, and nobody is told of it."""
    joined: bool = True
    """Whether the holder may have another identity; False spares looking for it when the holder asks."""


class MaskedAccess(StrEnum):
    """Which of the documents hidden from professionals the reader sees."""

    ALL = "all"
    OWN = "own"


class Limits(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Bounds of an allowed answer; records translates them into SQL.

    `denied_types`: type codes that the reader's profession may not see.
    `masked`: documents marked MASQUE_PS: all, or only the reader's own.
    `own_only`: only what the reader deposited or wrote.
    `own_of_any_type`: what the reader deposited or wrote is included whatever `denied_types` says.
    `sections`: only these sections (shared with the reader); None: all.
    `hides_invisible`: excludes documents that the patient may not see yet.
    `hides_secret`: excludes documents and journal lines hidden from legal representatives.
    `superseded`, `archived`: includes documents in these states; deleted ones never are.
    """

    denied_types: tuple[str, ...] = ()
    masked: MaskedAccess = MaskedAccess.OWN
    own_only: bool = False
    own_of_any_type: bool = False
    sections: tuple[Section, ...] | None = None
    hides_invisible: bool = False
    hides_secret: bool = False
    superseded: bool = False
    archived: bool = False


class Decision(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The answer: allowed or not, the rule that decided, obligations, limits.

    `refusal`: a code of contracts.errors, empty when allowed. `ids`: all ids of the holder where they have two, first
    the one that was asked about.
    """

    allowed: bool
    reason: str
    """Stable code of the rule that decided, for the journal: `authorisation`, `medecin_traitant`, ..."""
    refusal: str = ""
    obligations: tuple[Obligation, ...] = ()
    limits: Limits = Limits()
    capacity: Capacity = Capacity.SELF
    """In what capacity a patient's account acted, for the journal."""
    ids: tuple[PatientId, ...] = ()
