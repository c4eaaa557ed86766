"""The transfers of the documents service, described as if they were methods of an Api."""

import msgspec

from contracts.api import Api, Method
from contracts.documents import SignedReceipt
from contracts.vocabulary import ContentId


class UploadOfContent(msgspec.Struct, frozen=True, kw_only=True):
    """PUT these bytes with a ticket."""

    content_id: ContentId
    ticket: str
    content: bytes


class DownloadOfContent(msgspec.Struct, frozen=True, kw_only=True):
    """GET a content with a ticket."""

    content_id: ContentId
    ticket: str


class ReadingOfClinicalData(msgspec.Struct, frozen=True, kw_only=True):
    """GET the clinical data of the contents that a ticket names."""

    ticket: str


class DownloadedContent(msgspec.Struct, frozen=True, kw_only=True):
    """The bytes of a content."""

    content: bytes


class TransferMethods(Api, service="documents"):
    """The transfers; a ticket is the proof."""

    upload = Method(UploadOfContent, SignedReceipt, anonymous=True)
    download = Method(DownloadOfContent, DownloadedContent, anonymous=True)
    read_clinical_data = Method(ReadingOfClinicalData, DownloadedContent, anonymous=True)
