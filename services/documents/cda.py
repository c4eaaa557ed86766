"""Reading the header of a CDA R2 document as it streams by, with the whole file's form checked to its end."""

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from lxml import etree

from contracts.cda import CdaHeader
from services.documents.cda_errors import CdaError, HostileXmlError, MalformedCdaError, NotCdaError
from services.documents.cda_header import header_of
from services.documents.cda_stream import MAX_ELEMENTS, MAX_HEADER_BYTES, HeaderTarget
from services.documents.embedded import EmbeddedFileObserver

if TYPE_CHECKING:
    from lxml.etree import ParserTarget

__all__ = ["CdaError", "HeaderReader", "HostileXmlError", "MalformedCdaError", "NotCdaError", "read_header"]

_PIECE = 64 * 1024
_MOST_IDLE = 32


class _Machine:
    """A parser and its target. The two hold each other and would be given back late, so they serve again instead."""

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


_idle: list[_Machine] = []
"""Those that have read a document to its end, and were told to forget it."""


class HeaderReader:
    """Takes a document in pieces of any size, keeps its header only, and answers once it is complete.

    After a refusal, and after its answer, the reader is of no more use.
    """

    def __init__(self, look_into: Callable[[], EmbeddedFileObserver] | None = None) -> None:
        self._fed = 0
        self._machine = _idle.pop() if _idle else _Machine()
        self._machine.target.begin(look_into)

    def feed(self, chunk: bytes) -> None:
        """The next bytes of the file.

        Raises:
            NotACda, MalformedCda, HostileXml: as soon as the bytes show it.
        """
        for start in range(0, len(chunk), _PIECE):
            self._feed_piece(chunk[start : start + _PIECE])

    def _feed_piece(self, piece: bytes) -> None:
        try:
            self._machine.parser.feed(piece)
        except etree.XMLSyntaxError:
            raise NotCdaError from None
        self._fed += len(piece)
        target = self._machine.target
        too_late = target.before_body and self._fed > MAX_HEADER_BYTES
        if too_late or target.elements > MAX_ELEMENTS:
            raise HostileXmlError

    def close(self) -> CdaHeader:
        """The header, once every byte was fed.

        Raises:
            NotACda: the file is cut, or is no CDA R2.
            MalformedCda: its `field` names the header element at fault.
        """
        try:
            self._machine.parser.close()
        except etree.XMLSyntaxError:
            raise NotCdaError from None
        header = header_of(self._machine.target.root(), self._machine.target.body())
        # Whatever broke off stays with the one who broke it, and is used no more.
        self._machine.target.begin()
        if len(_idle) < _MOST_IDLE:
            _idle.append(self._machine)
        return header


def read_header(document: bytes) -> CdaHeader:
    """The header of a whole document; raises NotACda, MalformedCda, HostileXml."""
    reader = HeaderReader()
    reader.feed(document)
    return reader.close()
