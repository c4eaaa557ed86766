"""Files embedded in a document as base64: decoded piece by piece, for whoever must look into them."""

import string
from base64 import b64decode
from collections.abc import Callable, Mapping
from typing import Protocol

from services.documents.cda_errors import HostileXmlError

MAX_EMBEDDED = 200
"""Files in one document; the largest real documents have three."""
_ALPHABET = frozenset((string.ascii_letters + string.digits + "+/").encode())
_OTHERS = bytes(set(range(256)) - _ALPHABET)


class EmbeddedFileObserver(Protocol):
    """Somebody who looks into one file."""

    def feed(self, chunk: bytes, /) -> None:
        """Its next bytes."""

    def conclude(self) -> None:
        """Its end; raises if the document must not be taken."""


class EmbeddedFiles:
    """Follows a parser through a body: whatever is marked as base64, anywhere, goes to a looker of its own.

    What is not of the alphabet is passed over, as lenient readers do: nothing hides behind a stray character.
    """

    def __init__(self, begin: Callable[[], EmbeddedFileObserver]) -> None:
        self._begin = begin
        self._looker: EmbeddedFileObserver | None = None
        self._depth = 0
        self._count = 0
        self._left = b""

    def start(self, depth: int, attributes: Mapping[str, str]) -> None:
        """An element opens."""
        if self._looker is None and attributes.get("representation") == "B64":
            self._count += 1
            if self._count > MAX_EMBEDDED:
                raise HostileXmlError
            self._looker, self._depth, self._left = self._begin(), depth, b""

    def data(self, text: str) -> None:
        """Text; may come in pieces."""
        if self._looker is not None:
            letters = self._left + text.encode().translate(None, _OTHERS)
            whole = len(letters) - len(letters) % 4
            self._left = letters[whole:]
            self._looker.feed(b64decode(letters[:whole]))

    def end(self, depth: int) -> None:
        """An element closes."""
        if self._looker is not None and depth == self._depth:
            # What is left of a group of four once its padding was passed over; one letter alone holds no byte.
            if len(self._left) > 1:
                self._looker.feed(b64decode(self._left + b"=" * (4 - len(self._left))))
            self._looker.conclude()
            self._looker = None
