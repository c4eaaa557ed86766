"""lxml parser target: keeps the header of the one ClinicalDocument, summarises its body, enforces XML limits."""

import base64
from collections.abc import Callable, Mapping

from contracts.cda import NonXmlBody, StructuredBody
from contracts.codes.formats import MediaType, stated_media_type
from services.documents.cda_errors import HostileXmlError, MalformedCdaError, NotCdaError
from services.documents.embedded import MAX_EMBEDDED, EmbeddedFileObserver, EmbeddedFiles
from services.documents.hl7 import MAX_TEXT, Element, path
from services.documents.sniffing import HEAD, UnsupportedMedia, sniff

# The largest real documents have depth 19, 2,100 elements, 520 of them in the header, 6 attributes in one element,
# and 3,600 characters of names, each counted once with its namespace.
MAX_DEPTH = 100
MAX_ELEMENTS = 500_000
MAX_ATTRIBUTES = 64
MAX_HEADER_ELEMENTS = 5_000
MAX_HEADER_BYTES = 4_000_000
"""Before the body; a self-presenting document has its stylesheet there."""
MAX_NAME_CHARACTERS = 20_000
"""libxml2 keeps every new name for the life of the thread: thousands of made-up names would fill the memory."""

_DOCUMENT, _COMPONENT, _STRUCTURED, _NON_XML, _SECTION, _TEXT = path(
    "ClinicalDocument/component/structuredBody/nonXMLBody/section/text"
)
_XSL = "{http://www.w3.org/1999/XSL/Transform}"
_WRAPPERS = frozenset((f"{_XSL}stylesheet", f"{_XSL}transform"))

# Where the parser is; plain numbers, because every element of a document compares them.
_BEFORE, _HEADER, _BODY, _TAIL, _OUTSIDE = range(5)

_BODY_LEVELS = 4
"""From ClinicalDocument: 1 component, 2 structuredBody or nonXMLBody, 3 component or text, 4 section."""


class HeaderTarget:
    """Is fed the events of one file by lxml; `root` and `body` are complete once the file has ended.

    A self-presenting document stands inside an XSL stylesheet, which is skipped.
    """

    def __init__(self) -> None:
        self.begin()

    def begin(
        self,
        make_observer: Callable[[], EmbeddedFileObserver] | None = None,
        most_embedded: int | None = MAX_EMBEDDED,
    ) -> None:
        """Start a new file; nothing of the one before is kept.

        Args:
            make_observer: makes an observer for each file embedded in the body. most_embedded: how many there may be.
        """
        self.elements = 0
        self._embedded = EmbeddedFiles(make_observer, most_embedded) if make_observer else None
        self._place = _BEFORE
        self._depth = 0
        self._document_depth = 0
        self._open: list[Element] = []
        self._header_elements = 0
        self._names: set[str] = set()
        self._name_characters = 0
        self._body = _BodySummary()

    @property
    def before_body(self) -> bool:
        """Whether the body is still to come."""
        return self._place in (_BEFORE, _HEADER)

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """An element opens."""
        self._depth = depth = self._depth + 1
        self.elements += 1
        if depth > MAX_DEPTH or len(attributes) > MAX_ATTRIBUTES:
            raise HostileXmlError
        if tag not in self._names or not self._names.issuperset(attributes):
            self._learn(tag, *attributes)
        if tag == _DOCUMENT and self._place in (_HEADER, _BODY):
            # Another reader might take it for the document.
            raise MalformedCdaError("ClinicalDocument")
        if self._place == _BODY:
            if attributes and self._embedded:
                self._embedded.start(depth, attributes)
            if depth <= self._document_depth + _BODY_LEVELS:
                self._body.start(depth - self._document_depth, tag, attributes)
        elif self._place == _HEADER:
            self._start_in_header(tag, attributes)
        else:
            self._start_elsewhere(tag)

    def end(self, _tag: str) -> None:
        """An element closes."""
        if self._place == _BODY:
            if self._embedded and self._embedded.is_open:
                self._embedded.end(self._depth)
            if self._depth == self._document_depth + 1:
                self._place = _TAIL
        elif self._depth == self._document_depth:
            self._place = _OUTSIDE
        elif self._place == _HEADER:
            self._open.pop()
        self._depth -= 1

    def data(self, text: str) -> None:
        """Text inside an element; may come in pieces."""
        if self._place == _HEADER:
            element = self._open[-1]
            if len(element.text) <= MAX_TEXT:
                element.text += text
        elif self._place == _BODY:
            if self._embedded and self._embedded.is_open:
                self._embedded.data(text)
            if self._body.is_wrapping:
                self._body.data(self._depth - self._document_depth, text)

    def doctype(self, _name: str | None, _public_id: str | None, _system: str | None) -> None:
        """A DOCTYPE: no CDA has one, and every entity attack needs one."""
        raise HostileXmlError

    def start_ns(self, prefix: str | None, uri: str) -> None:
        """A namespace declaration."""
        self._learn(prefix or "", uri)

    def pi(self, target: str, _data: str | None) -> None:
        """A processing instruction, such as a link to a style sheet: skipped."""
        self._learn(target)

    def close(self) -> None:
        """The file has ended, well or badly."""

    def root(self) -> Element:
        """ClinicalDocument with its header, without `component`.

        Raises:
            NotCdaError: a stylesheet without a document in it.
        """
        if not self._open:
            raise NotCdaError
        return self._open[0]

    def body(self) -> NonXmlBody | StructuredBody:
        """What stands in `component`; raises MalformedCdaError."""
        return self._body.result()

    def _start_in_header(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == _COMPONENT and self._depth == self._document_depth + 1:
            self._place = _BODY
            return
        self._header_elements += 1
        if self._header_elements > MAX_HEADER_ELEMENTS:
            raise HostileXmlError
        element = Element(tag, attributes)
        self._open[-1].children.append(element)
        self._open.append(element)

    def _start_elsewhere(self, tag: str) -> None:
        if self._place == _TAIL:
            # A second body, or header elements where no reader looks for them.
            raise MalformedCdaError("component")
        if tag != _DOCUMENT:
            if self._depth == 1 and tag not in _WRAPPERS:
                raise NotCdaError
            return
        if self._place == _OUTSIDE:
            raise MalformedCdaError("ClinicalDocument")
        self._place = _HEADER
        self._document_depth = self._depth
        self._open.append(Element(tag, {}))

    def _learn(self, *names: str) -> None:
        for name in names:
            if name not in self._names:
                self._names.add(name)
                self._name_characters += len(name)
        if self._name_characters > MAX_NAME_CHARACTERS:
            raise HostileXmlError


class _BodySummary:
    """What is kept of a body: its kind, the number of its sections, the first bytes of a wrapped file."""

    def __init__(self) -> None:
        self._kind = ""
        self._sections = 0
        self._wrapped: Mapping[str, str] | None = None
        self._head = ""
        self.is_wrapping = False

    def start(self, level: int, tag: str, attributes: Mapping[str, str]) -> None:
        if level == _BODY_LEVELS:
            if self._wrapped is not None:
                # Readers differ in whether text in it belongs to the file.
                raise MalformedCdaError("nonXMLBody")
            self._sections += tag == _SECTION
        elif level == 3 and tag == _TEXT and self._kind == _NON_XML:
            if self._wrapped is not None:
                raise MalformedCdaError("nonXMLBody")
            self._wrapped = attributes
            self.is_wrapping = True
        elif level == 2:
            if self._kind:
                raise MalformedCdaError("component")
            self._kind = tag

    def data(self, level: int, text: str) -> None:
        if level == 3:
            self._head += "".join(text.split()) if self._is_base64() else text
            self.is_wrapping = len(self._head) < HEAD

    def result(self) -> NonXmlBody | StructuredBody:
        if self._kind == _STRUCTURED and self._sections:
            return StructuredBody(sections=self._sections)
        if self._kind == _NON_XML and self._wrapped is not None:
            return NonXmlBody(media_type=self._media_type(self._wrapped))
        raise MalformedCdaError("component")

    def _is_base64(self) -> bool:
        return self._wrapped is not None and self._wrapped.get("representation") == "B64"

    def _media_type(self, wrapped: Mapping[str, str]) -> str:
        declared = stated_media_type(wrapped.get("mediaType", "text/plain"))
        try:
            found = sniff(self._first_bytes())
            if declared not in (None, found) or found is MediaType.CDA:
                # Markup is shown from a structured body only, where it is sanitised.
                raise MalformedCdaError("nonXMLBody")
        except (UnsupportedMedia, ValueError):
            raise MalformedCdaError("nonXMLBody") from None
        return found

    def _first_bytes(self) -> bytes:
        if not self._is_base64():
            return self._head.encode()
        head = self._head[:HEAD]
        return base64.b64decode(head[: len(head) - len(head) % 4], validate=True)
