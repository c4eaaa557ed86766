"""How a record is fed: a ticket for bytes, then the entry their receipt allows."""

from datetime import datetime

import msgspec

from contracts.records.documents import Document
from contracts.records.entries import ClaimedMetadata
from contracts.vocabulary import ContentId, PatientId, Visibility


class HoldsContent(msgspec.Struct, frozen=True, kw_only=True):
    """Does a document of this record hold this content?"""

    patient_id: PatientId
    content_id: ContentId


class ContentHeld(msgspec.Struct, frozen=True, kw_only=True):
    """Yes or no."""

    held: bool


class PrepareDeposit(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Ask for the ticket that lets bytes in; `secret`: in a minor's secret connection."""

    patient_id: PatientId
    secret: bool = False


class Ticket(msgspec.Struct, frozen=True, kw_only=True):
    """A signed ticket (JWS compact) for one transfer with the documents data plane."""

    content_id: ContentId
    ticket: str


class DepositDocument(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Enter stored bytes into the record; the receipt says what they are.

    `visibility`: marks the depositor answers for. `invisible_until`: for INVISIBLE_PATIENT, at most the usual span
    ahead, which is also what None means. `stated`: what the depositor says of it; of a file without a header, all.
    """

    patient_id: PatientId
    receipt: str
    visibility: tuple[Visibility, ...] = ()
    invisible_until: datetime | None = None
    stated: ClaimedMetadata | None = None


class Deposited(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The document as entered; `created` is False when the same bytes had been deposited before.

    `warnings`: fields of what was stated that were corrected, or are missed.
    """

    document: Document
    created: bool
    warnings: tuple[str, ...] = ()
