"""Whether a whole file is what its first bytes say: text to the end, a PDF or picture up to its end and no further.

Files are not decoded; this refuses what was cut, what carries a second file behind the first, and a PDF that opens
only with a password. What scanners, phones and printers write around a file is taken (ADR 0047).
"""

from typing import Protocol

from contracts.codes.formats import MediaType
from services.documents.embedded import EmbeddedFileObserver
from services.documents.file_errors import InconsistentContent
from services.documents.jpeg import JpegReader
from services.documents.pdf import PdfReader
from services.documents.png import PngReader
from services.documents.text_encoding import TextReader

_PADDING = b"\x00\t\n\x0c\r \x1a"


_PDF_WITHIN = 1024 + len(b"%PDF-")
_PIECE_BYTES = 64 * 1024


class IntegrityCheck(Protocol):
    """Is fed one file as it streams by."""

    def feed(self, chunk: bytes, /) -> None:
        """The next bytes; raises InconsistentContent as soon as they show it."""

    def close(self) -> object:
        """The file has ended; raises InconsistentContent, ContentLocked."""


def integrity_check_for(media_type: MediaType) -> IntegrityCheck | None:
    """The check for a file of that type; none for a TIFF, whose parts may stand anywhere."""
    match media_type:
        case MediaType.TEXT:
            return TextReader()
        case MediaType.JPEG:
            return JpegReader()
        case MediaType.PNG:
            return PngReader()
        case MediaType.PDF:
            return PdfReader()
        case MediaType.RTF:
            return _RtfCheck()
    return None


class _RtfCheck:
    """Whether the last group is closed, before any padding."""

    def __init__(self) -> None:
        self._is_closed = False

    def feed(self, chunk: bytes, /) -> None:
        if content := chunk.rstrip(_PADDING):
            self._is_closed = content.endswith(b"}")

    def close(self) -> None:
        if not self._is_closed:
            raise InconsistentContent


class EmbeddedFileCheck:
    """Checks of a file embedded in a document: that a PDF opens without a password, and what the scanner finds."""

    def __init__(self, scan: EmbeddedFileObserver | None) -> None:
        self._scan = scan
        self._pdf: PdfReader | None = PdfReader()
        self._pieces = bytearray()
        self._is_known = False

    def feed(self, chunk: bytes, /) -> None:
        """The next bytes, maybe few."""
        if self._scan:
            self._scan.feed(chunk)
        if self._pdf:
            self._pieces += chunk
            if len(self._pieces) >= _PIECE_BYTES:
                self._feed_pdf()

    def conclude(self) -> None:
        """The file has ended; raises ContentLocked, and what the scanner raises."""
        self._feed_pdf()
        if self._pdf:
            self._pdf.check_unlocked()
        if self._scan:
            self._scan.conclude()

    def _feed_pdf(self) -> None:
        if not self._is_known and b"%PDF-" not in self._pieces[:_PDF_WITHIN]:
            self._pdf = None
        self._is_known = True
        if self._pdf:
            self._pdf.feed(bytes(self._pieces))
        self._pieces.clear()
