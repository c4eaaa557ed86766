"""Tickets and receipts of the documents service's data plane."""

from enum import StrEnum

import msgspec

from contracts.cda import CdaHeader
from contracts.vocabulary import ContentId, Depositor, DepositorKind, PatientId

TICKET_HEADER = "x-carnet-ticket"
TICKET_KIND = "carnet-ticket+jwt"
TICKETS_ARE_FOR = ("documents",)
RECEIPT_KIND = "carnet-receipt+jwt"
FILE_RECEIPT_KIND = "carnet-file-receipt+jwt"
RECEIPTS_ARE_FOR = ("records",)
RECEIPT_SECONDS = 120
TICKET_SECONDS = 30
"""Validity of a ticket: it is for one transfer that starts at once."""


class ContentForm(StrEnum):
    """The form in which a content is downloaded."""

    BYTES = "bytes"
    """As it was deposited."""
    PAGE = "page"
    """For display: a structured document as a safe HTML page, an embedded file unwrapped."""
    FACTS = "facts"
    """Coded data as JSON (contracts.clinical_data)."""


class _OfDepositor(msgspec.Struct, frozen=True, kw_only=True):
    """What is for one depositor: `depositor` is their id, by `depositor_kind`."""

    depositor: str
    depositor_kind: DepositorKind = DepositorKind.PROFESSIONAL

    @property
    def deposited_by(self) -> Depositor:
        """Both fields."""
        return Depositor(self.depositor_kind, self.depositor)


class UploadTicket(_OfDepositor, frozen=True, kw_only=True, tag="upload"):
    """Signed by records: allows its depositor one upload of at most `limit` bytes for this patient."""

    id: str
    patient_id: PatientId
    content_id: ContentId
    limit: int
    secret: bool = False
    """In a minor's secret connection: a refusal is journalled out of the legal representatives' sight."""


class DownloadTicket(msgspec.Struct, frozen=True, kw_only=True, tag="download"):
    """Signed by records after consent's decision: allows one download of this content."""

    id: str
    patient_id: PatientId
    content_id: ContentId
    form: ContentForm = ContentForm.BYTES
    language: str = "fr"
    """Of a page's labels: fr or en."""


class ClinicalDataTicket(msgspec.Struct, frozen=True, kw_only=True, tag="clinical_data"):
    """Signed by records after consent's decision: allows one reading of the clinical data of these contents.

    `owners`: the record of each content, which differs where two identities are joined.
    """

    id: str
    patient_id: PatientId
    contents: tuple[ContentId, ...]
    owners: tuple[PatientId, ...]


class ReadClinicalData(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A line of the answer: ClinicalData of one content, or null where it cannot be read."""

    content_id: ContentId
    facts: msgspec.Raw


class Arrival(_OfDepositor, frozen=True, kw_only=True):
    """Received bytes, encrypted and durably stored; nobody but the depositor of the ticket may deposit them.

    `size` in bytes, `sha256` and `sha1` in hex, all of the plaintext.
    """

    patient_id: PatientId
    content_id: ContentId
    size: int
    sha256: str
    sha1: str
    media_type: str
    secret: bool = False
    """Copied from the ticket."""


class Receipt(Arrival, frozen=True, kw_only=True):
    """Signed by documents: a CDA was received, with its parsed header."""

    header: CdaHeader


class FileReceipt(Arrival, frozen=True, kw_only=True):
    """Signed by documents: a file without a header was received; its depositor states the metadata."""


class SignedReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """The receipt as JWS compact, the data plane's response to an upload."""

    receipt: str
