"""What crosses the documents service's data plane: tickets that open it and receipts it gives."""

from enum import StrEnum

import msgspec

from contracts.cda import CdaHeader
from contracts.vocabulary import ContentId, PatientId, Rpps

TICKET_HEADER = "x-carnet-ticket"
TICKET_KIND = "carnet-ticket+jwt"
TICKETS_ARE_FOR = ("documents",)
RECEIPT_KIND = "carnet-receipt+jwt"
FILE_RECEIPT_KIND = "carnet-file-receipt+jwt"
RECEIPTS_ARE_FOR = ("records",)
RECEIPT_SECONDS = 120
TICKET_SECONDS = 30
"""A ticket is for one transfer that starts at once."""


class ContentForm(StrEnum):
    """What a content is carried out as."""

    BYTES = "bytes"
    """As it was deposited."""
    PAGE = "page"
    """For people who read: a structured document as a safe page, what a document wraps unwrapped."""
    FACTS = "facts"
    """What is read in codes, as JSON (contracts.clinical_data)."""


class UploadTicket(msgspec.Struct, frozen=True, kw_only=True, tag="upload"):
    """Signed by records: these bytes may be brought in once, for this patient, up to `limit` bytes."""

    id: str
    patient_id: PatientId
    content_id: ContentId
    depositor: Rpps
    limit: int
    secret: bool = False
    """In a minor's secret connection; a refusal leaves its line where legal representatives do not read."""


class DownloadTicket(msgspec.Struct, frozen=True, kw_only=True, tag="download"):
    """Signed by records after consent's decision: these bytes may be carried out once."""

    id: str
    patient_id: PatientId
    content_id: ContentId
    form: ContentForm = ContentForm.BYTES
    language: str = "fr"
    """Of a page's labels: fr or en."""


class Arrival(msgspec.Struct, frozen=True, kw_only=True):
    """Bytes that are encrypted and durable.

    `size` in bytes, `sha256` and `sha1` in hex, all of the plain bytes.
    """

    patient_id: PatientId
    content_id: ContentId
    depositor: Rpps
    """Whom the ticket was given to; nobody else may enter these bytes into the record."""
    size: int
    sha256: str
    sha1: str
    media_type: str
    secret: bool = False
    """As the ticket said."""


class Receipt(Arrival, frozen=True, kw_only=True):
    """Signed by documents: a CDA has arrived, and this is what its header says."""

    header: CdaHeader


class FileReceipt(Arrival, frozen=True, kw_only=True):
    """Signed by documents: a file without a header has arrived; what it is, its depositor states."""


class SignedReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """The receipt as JWS compact, as the data plane answers an upload."""

    receipt: str
