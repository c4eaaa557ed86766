"""Whether a whole file is what its first bytes say: text to the end, a PDF or picture with its trailer and no more.

Files are not decoded; this refuses what was cut, and what carries a second file behind the first.
"""

import codecs
import re
from typing import Protocol

from contracts.codes.formats import MediaType

_TAIL_BYTES = 1024
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_PDF_END = re.compile(rb"%%EOF[\s\x00]*\Z")
_TRAILERS = {
    MediaType.PDF: _PDF_END,
    MediaType.JPEG: re.compile(rb"\xff\xd9\Z"),
    MediaType.PNG: re.compile(rb"\x00\x00\x00\x00IEND\xaeB`\x82\Z"),
    MediaType.RTF: re.compile(rb"\}[\s\x00]*\Z"),
}


class InconsistentContent(Exception):
    """The file is not to its end what its first bytes say."""


class IntegrityCheck(Protocol):
    """Is fed one file as it streams by."""

    def feed(self, chunk: bytes) -> None:
        """The next bytes; raises InconsistentContent as soon as they show it."""

    def close(self) -> None:
        """The file has ended; raises InconsistentContent."""


def integrity_check_for(media_type: MediaType) -> IntegrityCheck:
    """The check for a file of that type; a TIFF has no trailer, since its parts may stand anywhere."""
    if media_type is MediaType.TEXT:
        return _TextCheck()
    return _TrailerCheck(_TRAILERS.get(media_type))


class _TextCheck:
    """UTF-8 without control characters, from end to end."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()

    def feed(self, chunk: bytes) -> None:
        self._check(chunk, final=False)

    def close(self) -> None:
        self._check(b"", final=True)

    def _check(self, chunk: bytes, *, final: bool) -> None:
        try:
            text = self._decoder.decode(chunk, final)
        except UnicodeDecodeError:
            raise InconsistentContent from None
        if _UNPRINTABLE.search(text):
            raise InconsistentContent


class _TrailerCheck:
    """Keeps the last bytes and compares them with the trailer of such a file."""

    def __init__(self, trailer: re.Pattern[bytes] | None) -> None:
        self._trailer = trailer
        self._tail = b""

    def feed(self, chunk: bytes) -> None:
        self._tail = (self._tail + chunk)[-_TAIL_BYTES:]

    def close(self) -> None:
        if self._trailer and not self._trailer.search(self._tail):
            raise InconsistentContent
