"""Whether a JPEG is whole (ITU-T T.81, annex B), with what phones and cameras write behind its end.

Taken by their structure:

- padding: NULs, 0xFF, white space, a second end;
- further pictures, only where the first announces them, for the second might be anybody's: by a Multi-Picture Format
  index (CIPA DC-007), or by items in XMP such as the gain map of Ultra HDR;
- a film (Motion Photo, Micro Video), as boxes (ISO/IEC 14496-12);
- Samsung's blocks, which begin with their name and end in a directory (SEFH, SEFT).
"""

import re
from collections.abc import Callable

from services.documents.file_errors import InconsistentContent
from services.documents.jpeg_trailers import (
    LONGEST_BEGINNING,
    announces_pictures,
    begins_samsung_block,
    end_of_padding,
    ends_samsung_blocks,
    holds_other_document,
    size_of_box,
    size_of_box_head,
)

_MARKER = re.compile(rb"\xff([^\x00\xff\xd0-\xd7])", re.DOTALL)
"""But those within a scan: stuffed bytes, and the restarts."""
_EOI = 0xD9
_APPLICATION = frozenset({0xE1, 0xE2})
_WITHOUT_LENGTH = frozenset({0x01, 0xD8})
_PICTURE = b"\xff\xd8\xff"
_KNOWN_BY = 16
"""Bytes by which any trailer is recognised."""
_MOST_TAIL = 16 * 1024
_MOST_PARTS = 20_000
"""Segments and boxes of a file; those of cameras have some hundreds."""


class JpegReader:
    """Is fed one JPEG; holds one segment of it, 64 KiB at most, or the end of a trailer."""

    def __init__(self) -> None:
        self._window = b""
        self._at = 0
        """Where in the window the next step reads, maybe beyond it."""
        self._parts = 0
        self._step: Callable[[], bool] = self._read_marker
        self._may_have_pictures = False
        self._behind: bytes | None = None
        """Of what stands behind the first end, the last bytes that were searched."""

    def feed(self, chunk: bytes) -> None:
        """The next bytes; raises InconsistentContent."""
        if self._behind is not None:
            self._search(chunk)
        self._window += chunk
        self._advance()

    def close(self) -> None:
        """The file has ended; raises InconsistentContent."""
        if self._step in (self._read_behind, self._read_box) and self._at <= len(self._window):
            self._step = self._read_behind
            self._window += b"\x00" * _KNOWN_BY
            self._advance()
        is_whole = self._at <= len(self._window) and (
            self._step in (self._read_behind, self._pass)
            or (self._step == self._keep_tail and ends_samsung_blocks(self._window))
        )
        if not is_whole:
            raise InconsistentContent

    def _advance(self) -> None:
        while self._at <= len(self._window) and self._step():
            self._parts += 1
            if self._parts > _MOST_PARTS:
                raise InconsistentContent
        passed = min(self._at, len(self._window))
        self._window, self._at = self._window[passed:], self._at - passed

    def _read_marker(self) -> bool:
        """To the next marker; bytes before it belong to a scan, or to nobody, and every reader skips them."""
        found = _MARKER.search(self._window, self._at)
        if found is None:
            self._at = len(self._window) - self._window.endswith(b"\xff", self._at)
            return False
        kind, self._at = found[1][0], found.start()
        if kind == _EOI:
            self._at, self._step = found.end(), self._read_behind
            if self._behind is None:
                self._search(self._window[self._at :])
        elif kind in _WITHOUT_LENGTH:
            self._at = found.end()
        else:
            return self._read_segment(kind, found.end())
        return True

    def _read_segment(self, kind: int, start: int) -> bool:
        if start + 2 > len(self._window):
            return False
        end = start + max(int.from_bytes(self._window[start : start + 2], "big"), 2)
        if kind in _APPLICATION:
            if end > len(self._window):
                return False
            self._may_have_pictures |= announces_pictures(self._window[start + 2 : end])
        self._at = end
        return True

    def _read_behind(self) -> bool:
        """What begins behind an end, or behind padding; some trailers begin with bytes that padding has too."""
        begins = end_of_padding(self._window, self._at)
        if begins + _KNOWN_BY > len(self._window):
            self._at = max(self._at, begins - _KNOWN_BY)
            return False
        box = self._window.find(b"ftyp", begins, begins + 8) - 4
        if self._may_have_pictures and self._window.startswith(_PICTURE, begins):
            self._at, self._step = begins, self._read_marker
        elif box >= self._at:
            self._at, self._step = box, self._read_box
        elif begins_samsung_block(self._window, self._at, begins):
            self._at, self._step = begins, self._keep_tail
        else:
            raise InconsistentContent
        return True

    def _read_box(self) -> bool:
        if self._at + size_of_box_head(self._window, self._at) > len(self._window):
            return False
        size = size_of_box(self._window, self._at)
        if size is None:
            self._step = self._read_behind
        elif size == 0:
            self._step = self._pass
        else:
            self._at += size
        return True

    def _pass(self) -> bool:
        """All the rest belongs to the last box."""
        self._at = len(self._window)
        return False

    def _keep_tail(self) -> bool:
        self._at = max(self._at, len(self._window) - _MOST_TAIL)
        return False

    def _search(self, behind: bytes) -> None:
        searched = (self._behind or b"") + behind
        if holds_other_document(searched):
            raise InconsistentContent
        self._behind = searched[-LONGEST_BEGINNING:]
