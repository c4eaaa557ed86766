"""Whether a file is to its end what its first bytes say: text all text, a picture closed, nothing hung on behind.

Full decoding is for viewers; this refuses what was cut, and what carries a second file behind the first.
"""

import codecs
import re
from typing import Protocol

from contracts.codes import MediaType

_TAIL = 1024
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_PDF_END = re.compile(rb"%%EOF[\s\x00]*\Z")
_ENDS = {
    MediaType.PDF: _PDF_END,
    MediaType.JPEG: re.compile(rb"\xff\xd9\Z"),
    MediaType.PNG: re.compile(rb"\x00\x00\x00\x00IEND\xaeB`\x82\Z"),
    MediaType.RTF: re.compile(rb"\}[\s\x00]*\Z"),
}


class WrongEnding(Exception):
    """The file is not to its end what it is at its beginning."""


class TrailerCheck(Protocol):
    """Looks on while a file passes."""

    def feed(self, chunk: bytes) -> None:
        """The next bytes; raises WrongEnding as soon as they show it."""

    def close(self) -> None:
        """The file has ended; raises WrongEnding."""


def trailer_check_for(kind: MediaType) -> TrailerCheck:
    """The watch for a file of that kind; of a TIFF, whose parts may stand anywhere, the beginning alone is known."""
    if kind is MediaType.TEXT:
        return _TextTrailerCheck()
    return _EndTrailerCheck(_ENDS.get(kind))


class _TextTrailerCheck:
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
            raise WrongEnding from None
        if _UNPRINTABLE.search(text):
            raise WrongEnding


class _EndTrailerCheck:
    """Keeps the last bytes and compares them with how such a file ends."""

    def __init__(self, end: re.Pattern[bytes] | None) -> None:
        self._end = end
        self._tail = b""

    def feed(self, chunk: bytes) -> None:
        self._tail = (self._tail + chunk)[-_TAIL:]

    def close(self) -> None:
        if self._end and not self._end.search(self._tail):
            raise WrongEnding
