"""Streaming JSON scanner that moves long base64 contents to disk; the rest is small enough for memory."""

import re
import secrets
from collections.abc import Callable
from enum import Enum, auto
from typing import ClassVar

import msgspec

from contracts.errors.execution import RequestTooLarge, SubmissionSetTooLarge
from contracts.errors.request import InvalidRequest
from gateway.fhir.spooled_parts import SpooledPart
from gateway.spooling import Spool

LONG_STRING = 4096
"""Bytes, as they are sent, beyond which a content is moved to a part."""
SKELETON_LIMIT = 2_000_000
"""Maximum bytes of the rest; a string has at most 1,048,576 characters (FHIR R4, datatypes.html#string)."""
MAX_PARTS = 500
"""Moved strings of one request: the most documents that a submission set may have anywhere."""
_CONTENT = b"data"
"""The element whose value may be long: of an attachment, and of a Binary."""
_LONGEST_NAME = len(_CONTENT) * len(r"\u0000")
"""In bytes, with every character escaped."""
_STRETCH = re.compile(rb"""[^"\\]*(?:\\.[^"\\]*)*""", re.DOTALL)
"""Of a string, up to its end or that of a chunk; without an escape that the next chunk completes."""
_PIECE = re.compile(rb"""[^"\\]*(?:\\(?:u[0-9A-Fa-f]{4}|[^u])[^"\\]*)*""")
"""What of a string may be decoded by itself: it does not end within an escape."""
_BROKEN_ESCAPE = re.compile(rb"\\(?:u[0-9A-Fa-f]{0,3})?")
_BASE64 = re.compile(rb"[A-Za-z0-9+/=]*")
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
        self._pending = b""
        self._last_string = b""
        self._since_string = b""

    def feed(self, chunk: bytes) -> None:
        """Scan the next chunk.

        Raises:
            RequestTooLarge: the skeleton is too large. SubmissionSetTooLarge: too many parts.
            InvalidRequest: a long content is no base64, or no JSON string.
        """
        position = 0
        while position < len(chunk):
            position = self._steps[self._state](self, chunk, position)
            if len(self._skeleton) + len(self._string) > SKELETON_LIMIT:
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
        found = _STRETCH.match(chunk, position)
        assert found is not None
        end = found.end()
        self._string += found[0]
        if len(self._string) > LONG_STRING and self._is_content():
            self._begin_part()
            return end
        if end == len(chunk):
            return end
        if chunk.startswith(b"\\", end):
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

    def _is_content(self) -> bool:
        """Whether the string that is being read is the value of a member of that name, however it is escaped."""
        if self._since_string != b":":
            return False
        name = self._last_string
        is_escaped = len(name) <= _LONGEST_NAME and b"\\" in name
        return name == _CONTENT or (is_escaped and _decoded(name) == _CONTENT)

    def _begin_part(self) -> None:
        if len(self.parts) >= MAX_PARTS:
            raise SubmissionSetTooLarge(limit=str(MAX_PARTS))
        # A name of 32 hex digits is itself valid base64, so that the skeleton can be validated as FHIR.
        name = secrets.token_hex(16)
        self._part = self.parts[name] = SpooledPart(self._spool)
        self._skeleton += name.encode()
        self._pending = bytes(self._string)
        self._string.clear()
        self._state = _State.PART

    def _in_part(self, chunk: bytes, position: int) -> int:
        """Decode what has come, but for an escape that the next chunk completes."""
        assert self._part is not None
        waiting, self._pending = self._pending, b""
        text = waiting + chunk[position:]
        piece = _PIECE.match(text)
        assert piece is not None
        self._part.feed(_base64_in(piece[0]))
        end = piece.end()
        if text[end : end + 1] == b'"':
            self._part.finish()
            self._skeleton += b'"'
            self._last_string, self._since_string = b"", b""
            self._state = _State.OUTSIDE
            return position + end + 1 - len(waiting)
        if not _BROKEN_ESCAPE.fullmatch(text, end) and end < len(text):
            raise InvalidRequest(field="data")
        self._pending = text[end:]
        return len(chunk)

    _steps: ClassVar[dict[_State, Callable[["JsonScanner", bytes, int], int]]] = {
        _State.OUTSIDE: _outside,
        _State.STRING: _in_string,
        _State.ESCAPE: _in_escape,
        _State.PART: _in_part,
    }


def _base64_in(piece: bytes) -> bytes:
    """The characters of a piece of a string without white space, which base64 may have (FHIR R4, base64Binary)."""
    encoded = _decoded(piece).translate(None, _SPACE)
    if not _BASE64.fullmatch(encoded):
        raise InvalidRequest(field="data")
    return encoded


def _decoded(text: bytes) -> bytes:
    """The inside of a JSON string without its escapes, in UTF-8; decoded by the parser that decodes the rest.

    Raises:
        InvalidRequest: no JSON string, or cut within a character, which is no base64 either.
    """
    try:
        return msgspec.json.decode(b'"' + text + b'"', type=str).encode()
    except (msgspec.DecodeError, UnicodeError):
        raise InvalidRequest(field="data") from None
