"""Messages about the life cycle of a record: opening, finding, closing, destruction."""

from datetime import date, datetime
from enum import StrEnum

import msgspec

from contracts.consent.authorisations import AuthorisationStatus
from contracts.identity.people import Traits
from contracts.vocabulary import Ins, OpeningChannel, PatientId, RecordStatus


class OpenRecord(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Open a record: the carte Vitale proves the patient's presence, the caller collected the consent.

    `consent_text`: the version of the text that the patient was shown, one of OPENING_TEXTS; empty: not stated.
    """

    vitale_proof: str
    consent_collected: bool
    consent_text: str = ""


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """A record as professionals see it."""

    patient_id: PatientId
    status: RecordStatus
    opened_at: datetime


class AboutRecord(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One record; `alone`: without the one that its holder has under another identity."""

    patient_id: PatientId
    alone: bool = False


class RecordStatusResult(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """None if there is no record; `minor`: its holder is known to be under age."""

    status: RecordStatus | None
    minor: bool = False


class GivenConsent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The patient's consent to the opening of their record: when, by which way, and who collected it.

    `collector`: RPPS or name of an agent. `text`: version of the text that was shown; None: not stated.
    """

    at: datetime
    channel: OpeningChannel
    collector: str
    structure: str | None = None
    text: str | None = None


class RecordDetails(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A record as its holder sees it.

    `purge_on`: the day a closed record is destroyed. `default_masked`: new documents are hidden from professionals.
    `consent`: to its opening. `other`: the holder's other id, if two agents joined it to this one; documents are
    shown while both records are active.
    """

    patient_id: PatientId
    status: RecordStatus
    opened_at: datetime
    closed_at: datetime | None = None
    purge_on: date | None = None
    default_masked: bool = False
    consent: GivenConsent | None = None
    other: PatientId | None = None


class CloseReason(StrEnum):
    """Why a record is closed."""

    DEMANDE = "demande"
    DECES = "deces"
    ERREUR = "erreur"


class CloseRecord(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Close a record; its content is kept for ten years."""

    patient_id: PatientId
    reason: CloseReason = CloseReason.DEMANDE


class SetDefaultVisibility(msgspec.Struct, frozen=True, kw_only=True):
    """Set whether new documents are hidden from professionals by default."""

    patient_id: PatientId
    masque_ps: bool


class FindRecord(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Find a record by INS, with the caller's authorisation (TD0.2); `secret`: in a minor's secret connection."""

    ins: Ins
    secret: bool = False


class ListMyRecords(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """List active records the caller may read, newest authorisation first.

    `count`: 1 to 100. `traits`: a professional asks who their holders are, too.
    """

    count: int = 20
    cursor: str | None = None
    traits: bool = False


class MyRecord(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A record that the caller may read, and since when; `traits`: who its holder is, if requested."""

    patient_id: PatientId
    ins: Ins
    since: datetime
    medecin_traitant: bool
    traits: Traits | None = None


class MyRecords(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One page; `next`: cursor of the following page. A page may have fewer records than requested."""

    records: tuple[MyRecord, ...]
    next: str | None = None


class RecordFound(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An existing record and the caller's authorisation; if closed, since when and why."""

    record: Record
    authorisation: AuthorisationStatus
    medecin_traitant: bool
    closed_at: datetime | None = None
    close_reason: CloseReason | None = None
    ins: Ins | None = None
    """The holder's INS now; it was found by this one, or by one of before."""
