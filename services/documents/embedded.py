"""Files embedded in a document as base64, decoded piece by piece for an observer of each."""

import string
from base64 import b64decode
from collections.abc import Callable, Mapping
from typing import Protocol

from services.documents.cda_errors import HostileXmlError

MAX_EMBEDDED = 200
"""Files in one document that are scanned, each on a connection; the largest real documents have three."""
_ALPHABET = frozenset((string.ascii_letters + string.digits + "+/").encode())
_NOT_BASE64 = bytes(set(range(256)) - _ALPHABET)


def decoded(text: str) -> bytes:
    """The bytes of an embedded file: exactly those that an observer of it is fed."""
    letters = text.encode().translate(None, _NOT_BASE64)
    whole = len(letters) - len(letters) % 4
    return b64decode(letters[:whole]) + _rest(letters[whole:])


def _rest(letters: bytes) -> bytes:
    """The end of a file whose padding was skipped; one letter alone holds no byte."""
    return b64decode(letters + b"=" * (4 - len(letters))) if len(letters) > 1 else b""


class EmbeddedFileObserver(Protocol):
    """Is fed one embedded file."""

    def feed(self, chunk: bytes, /) -> None:
        """Its next bytes."""

    def conclude(self) -> None:
        """Its end; raises if the document must be refused."""


class EmbeddedFiles:
    """Is fed a parser's events; each element marked as base64, anywhere in the body, gets an observer.

    Characters outside the alphabet are skipped, as lenient readers do, so that nothing hides behind one. More files
    than `most` are refused; None: any number.
    """

    def __init__(self, make_observer: Callable[[], EmbeddedFileObserver], most: int | None = MAX_EMBEDDED) -> None:
        self._make_observer = make_observer
        self._most = most
        self._observer: EmbeddedFileObserver | None = None
        self.is_open = False
        """Whether a file is being read; else `data` and `end` need not be called, of which bodies have thousands."""
        self._depth = 0
        self._count = 0
        self._left = b""

    def start(self, depth: int, attributes: Mapping[str, str]) -> None:
        """An element opens."""
        if self._observer is None and attributes.get("representation") == "B64":
            self._count += 1
            if self._most is not None and self._count > self._most:
                raise HostileXmlError
            self._observer, self._depth, self._left = self._make_observer(), depth, b""
            self.is_open = True

    def data(self, text: str) -> None:
        """Text inside an element; may come in pieces."""
        if self._observer is not None:
            letters = self._left + text.encode().translate(None, _NOT_BASE64)
            whole = len(letters) - len(letters) % 4
            self._left = letters[whole:]
            self._observer.feed(b64decode(letters[:whole]))

    def end(self, depth: int) -> None:
        """An element closes."""
        if self._observer is not None and depth == self._depth:
            if rest := _rest(self._left):
                self._observer.feed(rest)
            self._observer.conclude()
            self._observer, self.is_open = None, False
