"""Streaming JSON scanner that moves long base64 strings to disk; the rest is small enough for memory."""

import re
import secrets
from collections.abc import Callable
from enum import Enum, auto
from typing import ClassVar

from contracts.errors.execution import RequestTooLarge, SubmissionSetTooLarge
from contracts.errors.request import InvalidRequest
from gateway.fhir.spooled_parts import Spool, SpooledPart

LONG_STRING = 4096
"""Bytes beyond which a content is moved to a part, and any other string is refused."""
SKELETON_LIMIT = 2_000_000
"""Maximum bytes of the rest."""
MAX_PARTS = 500
"""Moved strings of one request: the most documents that a submission set may have anywhere."""
_CONTENT = b"data"
"""The element whose value may be long: of an attachment, and of a Binary."""
_END = re.compile(rb'["\\]')
_BASE64 = re.compile(rb"[A-Za-z0-9+/=]*")
_ELEMENT = re.compile(rb"[A-Za-z]{1,64}")
_SPACE = b" \t\r\n"


class _State(Enum):
    OUTSIDE = auto()
    STRING = auto()
    ESCAPE = auto()
    PART = auto()


class JsonScanner:
    """Scans chunk by chunk; `parts`: the moved strings, by the random names that replace them in the skeleton."""

    def __init__(self) -> None:
        self.parts: dict[str, SpooledPart] = {}
        self._spool = Spool()
        self._skeleton = bytearray()
        self._string = bytearray()
        self._state = _State.OUTSIDE
        self._part: SpooledPart | None = None
        self._last_string = b""
        self._since_string = b""

    def feed(self, chunk: bytes) -> None:
        """Scan the next chunk.

        Raises:
            RequestTooLarge: the skeleton is too large. SubmissionSetTooLarge: too many parts.
            InvalidRequest: a long string is no content, or no base64.
        """
        position = 0
        while position < len(chunk):
            position = self._steps[self._state](self, chunk, position)
            if len(self._skeleton) > SKELETON_LIMIT:
                raise RequestTooLarge(limit=str(SKELETON_LIMIT))

    def skeleton(self) -> bytes:
        """The JSON without the moved strings, after the last chunk."""
        return bytes(self._skeleton + self._string)

    def close(self) -> None:
        """Delete the parts."""
        self._spool.close()

    def _outside(self, chunk: bytes, position: int) -> int:
        end = chunk.find(b'"', position)
        outside = chunk[position:] if end < 0 else chunk[position:end]
        # Two characters say whether a string follows its name: a colon and nothing else.
        self._since_string = (self._since_string + outside.translate(None, _SPACE)[:2])[:2]
        self._skeleton += outside
        if end < 0:
            return len(chunk)
        self._skeleton += b'"'
        self._state = _State.STRING
        return end + 1

    def _in_string(self, chunk: bytes, position: int) -> int:
        found = _END.search(chunk, position)
        end = found.start() if found else len(chunk)
        self._string += chunk[position:end]
        if len(self._string) > LONG_STRING:
            self._begin_part()
            return end
        if found is None:
            return end
        if found[0] == b"\\":
            self._string += b"\\"
            self._state = _State.ESCAPE
            return end + 1
        self._skeleton += self._string + b'"'
        self._last_string, self._since_string = bytes(self._string), b""
        self._string.clear()
        self._state = _State.OUTSIDE
        return end + 1

    def _in_escape(self, chunk: bytes, position: int) -> int:
        self._string += chunk[position : position + 1]
        self._state = _State.STRING
        return position + 1

    def _in_part(self, chunk: bytes, position: int) -> int:
        found = _END.search(chunk, position)
        end = found.start() if found else len(chunk)
        self._feed_part(chunk[position:end])
        if found is None:
            return end
        if found[0] == b"\\":
            # Some writers escape the slash; base64 has nothing else to escape.
            return end + 1
        assert self._part is not None
        self._part.finish()
        self._skeleton += b'"'
        self._last_string, self._since_string = b"", b""
        self._state = _State.OUTSIDE
        return end + 1

    def _begin_part(self) -> None:
        element = self._last_string if self._since_string == b":" else b""
        if element != _CONTENT:
            raise InvalidRequest(field=element.decode() if _ELEMENT.fullmatch(element) else "body")
        if len(self.parts) >= MAX_PARTS:
            raise SubmissionSetTooLarge(limit=str(MAX_PARTS))
        # A name of 32 hex digits is itself valid base64, so that the skeleton can be validated as FHIR.
        name = secrets.token_hex(16)
        self._part = self.parts[name] = SpooledPart(self._spool)
        self._skeleton += name.encode()
        begun, self._string = bytes(self._string), bytearray()
        self._state = _State.PART
        self._feed_part(begun.replace(b"\\/", b"/"))

    def _feed_part(self, encoded: bytes) -> None:
        assert self._part is not None
        if not _BASE64.fullmatch(encoded):
            raise InvalidRequest(field="data")
        self._part.feed(encoded)

    _steps: ClassVar[dict[_State, Callable[["JsonScanner", bytes, int], int]]] = {
        _State.OUTSIDE: _outside,
        _State.STRING: _in_string,
        _State.ESCAPE: _in_escape,
        _State.PART: _in_part,
    }
