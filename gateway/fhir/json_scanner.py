"""JSON as it comes in, its long strings taken out: what remains is small enough to be held."""

import re
import secrets
from collections.abc import Callable
from enum import Enum, auto
from typing import ClassVar

from contracts.errors import InvalidRequest, RequestTooLarge
from gateway.fhir.spooled_parts import SpooledPart

LONG = 4096
"""Characters from which on a string is taken out."""
SKELETON_LIMIT = 2_000_000
"""Bytes of what remains."""
_END = re.compile(rb'["\\]')
_BASE64 = re.compile(rb"[A-Za-z0-9+/=]*")


class _Place(Enum):
    OUTSIDE = auto()
    STRING = auto()
    ESCAPE = auto()
    PART = auto()


class JsonScanner:
    """Reads chunk by chunk; `parts` by the names that stand in their place, which nobody can guess."""

    def __init__(self) -> None:
        self.parts: dict[str, SpooledPart] = {}
        self._skeleton = bytearray()
        self._string = bytearray()
        self._place = _Place.OUTSIDE
        self._part: SpooledPart | None = None

    def feed(self, chunk: bytes) -> None:
        """Take more JSON.

        Raises:
            RequestTooLarge: too much remains. InvalidRequest: a long string that is no base64.
        """
        position = 0
        while position < len(chunk):
            position = self._steps[self._place](self, chunk, position)
            if len(self._skeleton) > SKELETON_LIMIT:
                raise RequestTooLarge(limit=str(SKELETON_LIMIT))

    def skeleton(self) -> bytes:
        """What remains, once all is there."""
        return bytes(self._skeleton + self._string)

    def close(self) -> None:
        """Forget the parts."""
        for part in self.parts.values():
            part.close()

    def _outside(self, chunk: bytes, position: int) -> int:
        end = chunk.find(b'"', position)
        if end < 0:
            self._skeleton += chunk[position:]
            return len(chunk)
        self._skeleton += chunk[position : end + 1]
        self._place = _Place.STRING
        return end + 1

    def _in_string(self, chunk: bytes, position: int) -> int:
        found = _END.search(chunk, position)
        end = found.start() if found else len(chunk)
        self._string += chunk[position:end]
        if len(self._string) > LONG:
            self._begin_part()
            return end
        if found is None:
            return end
        if found[0] == b"\\":
            self._string += b"\\"
            self._place = _Place.ESCAPE
            return end + 1
        self._skeleton += self._string + b'"'
        self._string.clear()
        self._place = _Place.OUTSIDE
        return end + 1

    def _in_escape(self, chunk: bytes, position: int) -> int:
        self._string += chunk[position : position + 1]
        self._place = _Place.STRING
        return position + 1

    def _in_part(self, chunk: bytes, position: int) -> int:
        found = _END.search(chunk, position)
        end = found.start() if found else len(chunk)
        self._feed_part(chunk[position:end])
        if found is None:
            return end
        if found[0] == b"\\":
            # Some writers escape the slash; nothing else in base64 may be.
            return end + 1
        assert self._part is not None
        self._part.finish()
        self._skeleton += b'"'
        self._place = _Place.OUTSIDE
        return end + 1

    def _begin_part(self) -> None:
        # A name of 32 letters is good base64 itself, so that the skeleton is as valid as the whole was.
        name = secrets.token_hex(16)
        self._part = self.parts[name] = SpooledPart()
        self._skeleton += name.encode()
        begun, self._string = bytes(self._string), bytearray()
        self._place = _Place.PART
        self._feed_part(begun.replace(b"\\/", b"/"))

    def _feed_part(self, encoded: bytes) -> None:
        assert self._part is not None
        if not _BASE64.fullmatch(encoded):
            raise InvalidRequest(field="data")
        self._part.feed(encoded)

    _steps: ClassVar[dict[_Place, Callable[["JsonScanner", bytes, int], int]]] = {
        _Place.OUTSIDE: _outside,
        _Place.STRING: _in_string,
        _Place.ESCAPE: _in_escape,
        _Place.PART: _in_part,
    }
