"""What is asked and told of a record: opened, found, closed."""

from datetime import date, datetime
from enum import StrEnum

import msgspec

from contracts.consent import AuthorisationStatus
from contracts.vocabulary import Ins, PatientId, RecordStatus


class OpenRecord(msgspec.Struct, frozen=True, kw_only=True):
    """Open a record: the carte Vitale proves the patient's presence, the opener collected the consent."""

    vitale_proof: str
    consent_collected: bool


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """A record as its openers and readers see it."""

    patient_id: PatientId
    status: RecordStatus
    opened_at: datetime


class StatusOf(msgspec.Struct, frozen=True, kw_only=True):
    """Is there a record, and is it active?"""

    patient_id: PatientId


class StatusFound(msgspec.Struct, frozen=True, kw_only=True):
    """None where there is no record."""

    status: RecordStatus | None


class RecordFile(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a record stands, for its holder.

    `purge_on`: the day a closed record is destroyed. `default_masked`: new documents are hidden from professionals.
    """

    patient_id: PatientId
    status: RecordStatus
    opened_at: datetime
    closed_at: datetime | None = None
    purge_on: date | None = None
    default_masked: bool = False


class CloseReason(StrEnum):
    """Why a record is closed."""

    DEMANDE = "demande"
    DECES = "deces"
    ERREUR = "erreur"


class CloseRecord(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Close a record; what it holds is kept for ten years."""

    patient_id: PatientId
    reason: CloseReason = CloseReason.DEMANDE


class SetDefaultVisibility(msgspec.Struct, frozen=True, kw_only=True):
    """Whether documents that come in are hidden from professionals unless the holder shows them."""

    patient_id: PatientId
    masque_ps: bool


class FindRecord(msgspec.Struct, frozen=True, kw_only=True):
    """Is there a record for this INS, and how does the caller stand to it (TD0.2)?"""

    ins: Ins


class ListMyRecords(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The active records the calling professional may read, newest authorisation first; `count`: 1 to 100."""

    count: int = 20
    cursor: str | None = None


class MyRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A record the caller may read, and since when."""

    patient_id: PatientId
    ins: Ins
    since: datetime
    medecin_traitant: bool


class MyRecords(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One page; `next` is the cursor of the following one. A page may be short of what was asked for."""

    records: tuple[MyRecord, ...]
    next: str | None = None


class RecordFound(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An existing record and the caller's standing; of a closed one, since when and why."""

    record: Record
    authorisation: AuthorisationStatus
    medecin_traitant: bool
    closed_at: datetime | None = None
    close_reason: CloseReason | None = None
