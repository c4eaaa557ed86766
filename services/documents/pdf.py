"""Whether a PDF is whole, and opens without a password."""

import re
from collections import deque

from services.documents.file_errors import ContentLocked, InconsistentContent
from services.documents.pdf_encryption import opens_without_password

_TAIL_BYTES = 1024
_LINE_END = 2
"""What is kept of padding, for it may turn out to stand between two lines."""
_PADDING = b"\x00\t\n\x0c\r \x1a"
_END = re.compile(rb"%%EOF[\s\x00]*(?:(?:\x1b%-12345X(?:@PJL[^\r\n]*[\r\n]+)*)*|--[\w'()+,./:=?-]{1,70}--)\Z")
"""The end of a file, and what is left behind it: the end of a printer's job (PJL), or of a form (RFC 2046, 5.1.1)."""
_SECOND = re.compile(rb"%%EOF[\s\x00]*%PDF-\d")
"""Another PDF behind the first; an update has no header, and an attached file stands in a stream."""
_REACH = 4096
"""How far around a name the dictionary that contains it may extend, in bytes; those of real files have some 500."""
_NAMES = re.compile(rb"/Encrypt(?=\s*<<|\s+\d+\s+\d+\s+R\b)|/Filter\s*/Standard\b")
_REFERENCE = re.compile(rb"/Encrypt\s+(\d+)\s+(\d+)\s+R\b")
_TRAILER_NAMES = re.compile(rb"/(?:Root|ID|Size)\b")
_MOST_KEPT = 16


class PdfReader:
    """Is fed one PDF; keeps its end, and what stands around the names that say how it is encrypted.

    Neither dictionary is ever compressed or encrypted itself (ISO 32000-2, 7.5.7 and 7.6.1).
    """

    def __init__(self) -> None:
        self._tail = b""
        self._padding = b""
        self._has_second = False
        self._window = b""
        self._read = 0
        self._trailers: deque[bytes] = deque(maxlen=_MOST_KEPT)
        self._handlers: deque[bytes] = deque(maxlen=_MOST_KEPT)

    def feed(self, chunk: bytes) -> None:
        """The next bytes."""
        self._tail += self._padding + chunk
        self._has_second |= _SECOND.search(self._tail) is not None
        content = self._tail.rstrip(_PADDING)
        self._tail, self._padding = content[-_TAIL_BYTES:], self._tail[len(content) :][:_LINE_END]
        self._window += chunk
        self._collect(len(self._window) - _REACH)
        cut = max(len(self._window) - 2 * _REACH, 0)
        self._window, self._read = self._window[cut:], self._read - cut

    def close(self) -> None:
        """The file has ended.

        Raises:
            InconsistentContent: there is no end, or something else behind it. ContentLocked.
        """
        if self._has_second or not _END.search(self._tail):
            raise InconsistentContent
        self.check_unlocked()

    def check_unlocked(self) -> None:
        """Once every byte was fed; raises ContentLocked."""
        self._collect(len(self._window))
        trailer = next((each for each in reversed(self._trailers) if _TRAILER_NAMES.search(each)), None)
        if trailer is not None and not opens_without_password(self._dictionary(trailer), trailer):
            raise ContentLocked

    def _collect(self, end: int) -> None:
        """Keep what stands around the names that begin before `end` of the window and were not read yet."""
        for found in _NAMES.finditer(self._window, max(self._read, 0)):
            if found.start() >= end:
                break
            kept = self._trailers if found[0] == b"/Encrypt" else self._handlers
            kept.append(self._window[max(found.start() - _REACH, 0) : found.start() + _REACH])
        self._read = max(self._read, end)

    def _dictionary(self, trailer: bytes) -> bytes:
        """The encryption dictionary: in the trailer, or the object it refers to; empty if another handler made it."""
        reference = _REFERENCE.search(trailer)
        if reference is None:
            return trailer[trailer.index(b"/Encrypt") :]
        begins = re.compile(rb"(?<!\d)%b\s+%b\s+obj\b" % reference.groups())
        for handler in reversed(self._handlers):
            if found := begins.search(handler):
                return handler[found.end() :].partition(b"endobj")[0]
        return b""
