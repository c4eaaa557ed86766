"""Reading the header of a CDA R2 document as it streams by, with the whole file's form checked to its end."""

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from lxml import etree

from contracts.cda import CdaHeader
from services.documents.cda_header import header_of
from services.documents.cda_refusals import CdaRefusal, HostileXml, MalformedCda, NotACda
from services.documents.cda_stream import MAX_ELEMENTS, MAX_HEADER_BYTES, HeaderTarget
from services.documents.embedded import Looker

if TYPE_CHECKING:
    from lxml.etree import ParserTarget

__all__ = ["CdaRefusal", "HeaderReader", "HostileXml", "MalformedCda", "NotACda", "read_header"]

_PIECE = 64 * 1024


class HeaderReader:
    """Takes a document in pieces of any size, keeps its header only, and answers once it is complete.

    After a refusal the reader is of no more use.
    """

    def __init__(self, look_into: Callable[[], Looker] | None = None) -> None:
        self._fed = 0
        self._target = HeaderTarget(look_into)
        # The events reach the target one by one and no tree is built, so a long body is never held.
        self._parser = etree.XMLParser(
            target=cast("ParserTarget[None]", self._target),
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
        )

    def feed(self, chunk: bytes) -> None:
        """The next bytes of the file.

        Raises:
            NotACda, MalformedCda, HostileXml: as soon as the bytes show it.
        """
        for start in range(0, len(chunk), _PIECE):
            self._feed_piece(chunk[start : start + _PIECE])

    def _feed_piece(self, piece: bytes) -> None:
        try:
            self._parser.feed(piece)
        except etree.XMLSyntaxError:
            raise NotACda from None
        self._fed += len(piece)
        too_late = self._target.before_body and self._fed > MAX_HEADER_BYTES
        if too_late or self._target.elements > MAX_ELEMENTS:
            raise HostileXml

    def close(self) -> CdaHeader:
        """The header, once every byte was fed.

        Raises:
            NotACda: the file is cut, or is no CDA R2.
            MalformedCda: its `field` names the header element at fault.
        """
        try:
            self._parser.close()
        except etree.XMLSyntaxError:
            raise NotACda from None
        return header_of(self._target.root(), self._target.body())


def read_header(document: bytes) -> CdaHeader:
    """The header of a whole document; raises NotACda, MalformedCda, HostileXml."""
    reader = HeaderReader()
    reader.feed(document)
    return reader.close()
