"""Whether a PNG is whole: its chunks, one behind the other, up to IEND, and nothing but padding behind that."""

from services.documents.file_errors import InconsistentContent

_SIGNATURE_SIZE = 8
_HEAD_SIZE = 8
_FRAME_SIZE = 12
"""Length, type and checksum of a chunk (PNG, clause 5.3)."""
_PADDING = b"\x00\xff\t\n\r \x1a"


class PngReader:
    """Is fed one PNG; looks at lengths and types of chunks only. An animated one has its frames in chunks too."""

    def __init__(self) -> None:
        self._window = b""
        self._next = _SIGNATURE_SIZE
        """Where in the window the next chunk begins, maybe beyond it."""
        self._has_ended = False

    def feed(self, chunk: bytes) -> None:
        """The next bytes; raises InconsistentContent for anything but padding behind the end."""
        self._window += chunk
        while not self._has_ended and self._next + _HEAD_SIZE <= len(self._window):
            head = self._window[self._next : self._next + _HEAD_SIZE]
            self._next += int.from_bytes(head[:4], "big") + _FRAME_SIZE
            self._has_ended = head[4:] == b"IEND"
        passed = min(self._next, len(self._window))
        self._window, self._next = self._window[passed:], self._next - passed
        if self._has_ended:
            if self._window.strip(_PADDING):
                raise InconsistentContent
            self._window = b""

    def close(self) -> None:
        """The file has ended; raises InconsistentContent."""
        if not self._has_ended or self._next:
            raise InconsistentContent
