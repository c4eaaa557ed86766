"""Messages of a deposit: a ticket to upload bytes, then the entry made with their receipt."""

from datetime import datetime

import msgspec

from contracts.records.documents import Document
from contracts.records.entries import ClaimedMetadata
from contracts.vocabulary import ContentId, PatientId, Visibility


class CheckContentHeld(msgspec.Struct, frozen=True, kw_only=True):
    """Check whether a document of this record has this content."""

    patient_id: PatientId
    content_id: ContentId


class ContentHeld(msgspec.Struct, frozen=True, kw_only=True):
    held: bool


class PrepareDeposit(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Request an upload ticket; `secret`: in a minor's secret connection."""

    patient_id: PatientId
    secret: bool = False


class Ticket(msgspec.Struct, frozen=True, kw_only=True):
    """A signed ticket (JWS compact) for one transfer with the documents service's data plane."""

    content_id: ContentId
    ticket: str


class DepositDocument(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Deposit uploaded bytes as a document of the record.

    `receipt`: signed by documents. `visibility`: confidentiality marks chosen by the depositor. `invisible_until`:
    for INVISIBLE_PATIENT, at most the default delay, which None means. `stated`: the depositor's metadata; required
    for a file without a header.
    """

    patient_id: PatientId
    receipt: str
    visibility: tuple[Visibility, ...] = ()
    invisible_until: datetime | None = None
    stated: ClaimedMetadata | None = None


class DepositResult(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The document's entry; `created`: False if the same bytes had been deposited before.

    `warnings`: stated fields that were corrected, are missing, or contradict the holder's traits.
    """

    document: Document
    created: bool
    warnings: tuple[str, ...] = ()
