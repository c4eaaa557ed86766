"""Whether a whole file is what its first bytes say: text to the end, a PDF or picture up to its end and no further.

Files are not decoded; this refuses what was cut, what carries a second file behind the first, and a PDF that opens
only with a password. What scanners, phones and printers write around a file is taken (ADR 0047).
"""

import re
from collections.abc import Callable, Mapping
from typing import Protocol

from contracts.codes.formats import MediaType
from services.documents.embedded import EmbeddedFileObserver
from services.documents.file_errors import InconsistentContent
from services.documents.jpeg import JpegReader
from services.documents.jpeg_trailers import LONGEST_BEGINNING, holds_other_document
from services.documents.pdf import PdfReader
from services.documents.png import PngReader
from services.documents.text_encoding import TextReader

_PADDING = b"\x00\t\n\x0c\r \x1a"
_GROUP = re.compile(
    rb"(?:[^\\{}]++|\\[^b]|\\b(?!i?\Z|in\Z|in[0-9]))*+"
    rb"(?:(?P<brace>[{}])|(?P<cut>\\(?:b(?:i(?:n[0-9]{0,9})?)?)?\Z)|\\bin(?P<size>[0-9]{1,9}) ?|\Z)",
    re.DOTALL,
)
"""Of an RTF, text and controls up to a brace, a control that the next chunk completes, binary data, or the end."""
_MOST_BRACES = 5_000_000

_PDF_WITHIN = 1024 + len(b"%PDF-")
_PIECE_BYTES = 64 * 1024


class IntegrityCheck(Protocol):
    """Is fed one file as it streams by."""

    def feed(self, chunk: bytes, /) -> None:
        """The next bytes; raises InconsistentContent as soon as they show it."""

    def close(self) -> object:
        """The file has ended; raises InconsistentContent, ContentLocked."""


def integrity_check_for(media_type: MediaType) -> IntegrityCheck | None:
    """The check for a file of that type; none for a CDA, which is parsed."""
    check = _CHECKS.get(media_type)
    return check() if check else None


class _RtfCheck:
    """Whether it ends in a brace, and nothing but padding stands behind the end of its first group.

    Binary data (`\\bin`) may contain braces; other braces that open or close no group are escaped. Some programs
    write one brace too few, or too many.
    """

    def __init__(self) -> None:
        self._rest = b""
        self._depth = 0
        self._braces = 0
        self._skipped = 0
        self._is_closed = False
        self._ends_in_brace = False

    def feed(self, chunk: bytes, /) -> None:
        """The next bytes; raises InconsistentContent."""
        if content := chunk.rstrip(_PADDING):
            self._ends_in_brace = content.endswith(b"}")
        text, self._rest = self._rest + chunk, b""
        at = min(self._skipped, len(text))
        self._skipped -= at
        while not self._is_closed and at < len(text) and (found := _GROUP.match(text, at)):
            at = found.end()
            if found["cut"]:
                self._rest = found["cut"]
            elif found["size"]:
                end = at + int(found["size"])
                at, self._skipped = min(end, len(text)), max(end - len(text), 0)
            elif found["brace"]:
                self._count(found["brace"])
        if self._is_closed and text[at:].strip(_PADDING + b"}"):
            raise InconsistentContent

    def close(self) -> None:
        """The file has ended; raises InconsistentContent."""
        if not self._ends_in_brace:
            raise InconsistentContent

    def _count(self, brace: bytes) -> None:
        self._braces += 1
        self._depth += 1 if brace == b"{" else -1
        self._is_closed = self._depth == 0
        if self._braces > _MOST_BRACES:
            raise InconsistentContent


class _TiffCheck:
    """Whether a page, PDF, archive or program begins in it; its own parts may stand anywhere."""

    def __init__(self) -> None:
        self._searched = b""

    def feed(self, chunk: bytes, /) -> None:
        """The next bytes; raises InconsistentContent."""
        searched = self._searched + chunk
        if holds_other_document(searched):
            raise InconsistentContent
        self._searched = searched[-LONGEST_BEGINNING:]

    def close(self) -> None:
        """The file has ended."""


_CHECKS: Mapping[MediaType, Callable[[], IntegrityCheck]] = {
    MediaType.TEXT: TextReader,
    MediaType.JPEG: JpegReader,
    MediaType.PNG: PngReader,
    MediaType.PDF: PdfReader,
    MediaType.RTF: _RtfCheck,
    MediaType.TIFF: _TiffCheck,
}


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
