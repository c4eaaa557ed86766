"""Pictures, PDFs and long texts of a narrative: found once, put into the page once, after it was sanitised."""

import re
import secrets
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from html import escape
from typing import NamedTuple

from lxml import etree

Element = etree._Element

_V3 = "{urn:hl7-org:v3}"
_SECTION, _MEDIA, _REFERENCE, _VALUE = (
    f"{_V3}{name}" for name in ("section", "observationMedia", "renderMultiMedia", "value")
)
_PICTURE = re.compile(r"image/(?:png|jpeg|gif)")
_DATA = re.compile(r"[A-Za-z0-9+/]+={0,2}")
_PDF, _PDF_DATA = "application/pdf", re.compile(r"JVBERi0[A-Za-z0-9+/]+={0,2}")
"""The data must begin as a PDF does, whatever type is declared."""
_MARK_OF_PDF = "JVBERi0"
_LONG = 1_000
"""Characters; style sheet and sanitiser would hold a text seven times."""
_LONG_TEXTS = etree.XPath(
    # A caption may become an attribute as well.
    f"//h:text//text()[string-length() > {_LONG}][not(ancestor::h:caption)]",
    namespaces={"h": "urn:hl7-org:v3"},
)


class _Reference(NamedTuple):
    """An element that refers to media, and where the section around it begins and ends."""

    element: Element
    section: "_Extent"


class _Extent:
    """A section, by the number of media before its beginning and before its end."""

    def __init__(self, first: int) -> None:
        self.first = first
        self.end = first


class EmbeddedMedia:
    """The media and long texts of one document; `insert` gives the page with them.

    `text_length`: characters of the long texts, as HTML.

    The style sheet and the sanitiser handle a short mark in the place of each, which no author can guess.
    """

    def __init__(self, document: Element) -> None:
        self._secret = secrets.token_hex(16)
        self._data: list[str] = []
        self._known: dict[Element, str | None] = {}
        self._by_id: dict[str, tuple[list[int], list[Element]]] = defaultdict(lambda: ([], []))
        for reference in self._read(document):
            self._annotate(reference)
        # Each element would keep the whole tree.
        self._known.clear()
        self._by_id.clear()
        self.text_length = self._replace_long_texts(document)

    def insert(self, html: str) -> Iterator[str]:
        """The page, in pieces; sanitised HTML in."""
        end = 0
        for mark in re.finditer(f"{self._secret}X([0-9]+)X", html):
            yield html[end : mark.start()]
            yield self._data[int(mark[1])]
            end = mark.end()
        yield html[end:]

    def _read(self, document: Element) -> list[_Reference]:
        """All references, once every media is known, in one pass over the document."""
        found: list[_Reference] = []
        number, sections = 0, [_Extent(0)]
        for event, element in etree.iterwalk(document, events=("start", "end"), tag=(_SECTION, _MEDIA, _REFERENCE)):
            if element.tag == _SECTION:
                if event == "start":
                    sections.append(_Extent(number))
                else:
                    sections.pop().end = number
            elif event == "start" and element.tag == _REFERENCE:
                found.append(_Reference(element, sections[-1]))
            elif event == "start":
                numbers, elements = self._by_id[element.get("ID", "")]
                numbers.append(number)
                elements.append(element)
                number += 1
        sections[0].end = number
        return found

    def _annotate(self, reference: _Reference) -> None:
        """Say in attributes of the element what the style sheet shall show."""
        element = reference.element
        media = self._media_of(reference)
        element.attrib.clear()
        value = None if media is None else media.find(_VALUE)
        if media is None or value is None:
            return
        if media not in self._known:
            shows, address = self._kept(value)
            self._known[media] = "again" if shows else None
            element.set("data", address)
        else:
            shows = self._known[media]
        if shows:
            element.set("shows", shows)

    def _kept(self, value: Element) -> tuple[str | None, str]:
        """What can be shown of a value, and its address with a mark in the place of the data, which move here."""
        kind, data = value.get("mediaType", ""), "".join((value.text or "").split())
        value.text = None
        mark = self._next_mark()
        if value.get("representation") != "B64":
            return None, ""
        if _PICTURE.fullmatch(kind) and _DATA.fullmatch(data):
            self._data.append(data)
            return "picture", f"data:{kind};base64,{mark}"
        if kind == _PDF and _PDF_DATA.fullmatch(data):
            self._data.append(data.removeprefix(_MARK_OF_PDF))
            return "pdf", f"data:{kind};base64,{_MARK_OF_PDF}{mark}"
        return None, ""

    def _replace_long_texts(self, document: Element) -> int:
        length = 0
        found = _LONG_TEXTS(document)
        while found:
            place = found.pop()
            element = place.getparent()
            # All of it, where it is in several nodes; the next of them finds only the mark.
            text = (element.tail if place.is_tail else element.text) or ""
            if len(text) <= _LONG:
                continue
            setattr(element, "tail" if place.is_tail else "text", self._next_mark())
            self._data.append(escape(text))
            length += len(self._data[-1])
        return length

    def _next_mark(self) -> str:
        """What stands for the data that are added next."""
        return f"{self._secret}X{len(self._data)}X"

    def _media_of(self, reference: _Reference) -> Element | None:
        """The first of that id in the section around the reference, its subsections included."""
        numbers, elements = self._by_id.get(reference.element.get("referencedObject", ""), ([], []))
        place = bisect_left(numbers, reference.section.first)
        is_inside = place < len(numbers) and numbers[place] < reference.section.end
        return elements[place] if is_inside else None
