"""What may be done: the question other services put to the law, and its answer."""

from enum import StrEnum

import msgspec

from contracts.vocabulary import AccessMode, Capacity, PatientId, RecordStatus, Section


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
