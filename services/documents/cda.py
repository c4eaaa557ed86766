"""Reads the header of a CDA R2 document as it streams by; the whole file is checked to be well-formed."""

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from lxml import etree

from contracts.cda import CdaHeader
from services.documents.cda_errors import CdaError, HostileXmlError, MalformedCdaError, NotCdaError
from services.documents.cda_header import header_of
from services.documents.cda_stream import MAX_ELEMENTS, MAX_HEADER_BYTES, HeaderTarget
from services.documents.embedded import MAX_EMBEDDED, EmbeddedFileObserver

if TYPE_CHECKING:
    from lxml.etree import ParserTarget

__all__ = ["CdaError", "HeaderReader", "HostileXmlError", "MalformedCdaError", "NotCdaError", "read_header"]

_PIECE_BYTES = 64 * 1024
_MAX_IDLE = 32


class _Parser:
    """A parser and its target, reused: they refer to each other, so only the garbage collector would free them."""

    def __init__(self) -> None:
        self.target = HeaderTarget()
        # The events reach the target one by one and no tree is built, so a long body is never held.
        self.parser = etree.XMLParser(
            target=cast("ParserTarget[None]", self.target),
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
        )


_idle: list[_Parser] = []
"""Parsers that have read a document to its end and hold nothing of it any more."""


class HeaderReader:
    """Is fed a document in pieces of any size and keeps its header only; of no use after an error or `close`.

    Args:
        make_observer: makes an observer for each file embedded in the body. most_embedded: how many there may be.
    """

    def __init__(
        self,
        make_observer: Callable[[], EmbeddedFileObserver] | None = None,
        most_embedded: int | None = MAX_EMBEDDED,
    ) -> None:
        self._fed = 0
        self._parser = _idle.pop() if _idle else _Parser()
        self._parser.target.begin(make_observer, most_embedded)

    def feed(self, chunk: bytes) -> None:
        """The next bytes of the file.

        Raises:
            NotCdaError, MalformedCdaError, HostileXmlError: as soon as the bytes show it.
        """
        for start in range(0, len(chunk), _PIECE_BYTES):
            self._feed_piece(chunk[start : start + _PIECE_BYTES])

    def _feed_piece(self, piece: bytes) -> None:
        try:
            self._parser.parser.feed(piece)
        except etree.XMLSyntaxError:
            raise NotCdaError from None
        self._fed += len(piece)
        target = self._parser.target
        too_late = target.before_body and self._fed > MAX_HEADER_BYTES
        if too_late or target.elements > MAX_ELEMENTS:
            raise HostileXmlError

    def close(self) -> CdaHeader:
        """The header, once every byte was fed.

        Raises:
            NotCdaError: the file is cut, or is no CDA R2.
            MalformedCdaError: its `field` names the header element at fault.
        """
        try:
            self._parser.parser.close()
        except etree.XMLSyntaxError:
            raise NotCdaError from None
        header = header_of(self._parser.target.root(), self._parser.target.body())
        # A parser that failed never gets here, and is not used again.
        self._parser.target.begin()
        if len(_idle) < _MAX_IDLE:
            _idle.append(self._parser)
        return header


def read_header(document: bytes) -> CdaHeader:
    """The header of a whole document; raises CdaError."""
    reader = HeaderReader()
    reader.feed(document)
    return reader.close()
