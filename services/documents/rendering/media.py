"""Pictures, PDFs and long texts of a document: found once, put into the page once, after it was sanitised."""

import re
import secrets
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator
from html import escape
from typing import NamedTuple

from lxml import etree

from contracts.codes.formats import stated_media_type
from services.documents.rendering.names import Narrative, text_of
from services.documents.rendering.statements import UnclearError

Element = etree._Element

_V3 = "{urn:hl7-org:v3}"
_NAMES = {"h": "urn:hl7-org:v3"}
_SECTION, _MEDIA, _REGION, _REFERENCE, _VALUE, _CAPTION, _ORGANIZER, _SHOWN, _ATTACHMENTS, _LINK = (
    f"{_V3}{name}"
    for name in (
        *("section", "observationMedia", "regionOfInterest", "renderMultiMedia", "value", "caption", "organizer"),
        *("shown", "attachments", "linkHtml"),
    )
)
_IMAGE, _PDF, _UNTYPED = "image/", "application/pdf", "application/octet-stream"
_DATA = re.compile(r"[A-Za-z0-9+/]+={0,2}")
_MARKS = {"iVBORw0KGgo": "image/png", "/9j/": "image/jpeg", "R0lGODdh": "image/gif", "R0lGODlh": "image/gif"}
"""How the base64 of a picture begins: some senders declare another type, or a compression, than they send."""
_MARK_OF_PDF = "JVBERi0"
"""The data must begin as a PDF does, whatever type is declared."""
_FORMATS = {
    "image/tiff": "TIFF",
    "image/bmp": "BMP",
    "image/svg+xml": "SVG",
    "image/webp": "WebP",
    "application/dicom": "DICOM",
    "application/msword": "Word",
    "text/rtf": "RTF",
    "application/rtf": "RTF",
    "text/plain": "TXT",
    "text/html": "HTML",
    "application/xml": "XML",
    "text/xml": "XML",
}
"""Names of what is only downloaded."""
_MOST_OBJECTS = 20
"""Media to which one reference may refer; real ones refer to one."""
_TITLE = "69764-9"
"""Code (LOINC) of the observation that says what an attached document is."""
_NOT_IN_NAMES = re.compile(r"[^\w ,()'-]+")
_NAME_CHARACTERS = 80
_TITLE_CHARACTERS = 120
_LONG = 1_000
"""Characters; style sheet and sanitiser would hold a text seven times."""
_LONG_TEXTS = etree.XPath(
    # A caption may become an attribute as well.
    f"//h:text//text()[string-length() > {_LONG}][not(ancestor::h:caption)]",
    namespaces={"h": "urn:hl7-org:v3"},
)


class _Extent:
    """A section, by the number of media before its beginning and before its end."""

    def __init__(self, first: int, outer: "_Extent | None" = None) -> None:
        self.first = first
        self.end = first
        self.outer = outer


class _Reference(NamedTuple):
    """An element that refers to media, and the section around it."""

    element: Element
    section: _Extent


class EmbeddedMedia:
    """The media and long texts of one document; `insert` gives the page with them.

    `text_length`: characters of the long texts, as HTML.

    The style sheet and the sanitiser handle a short mark in the place of each, which no author can guess. A reference
    gets one child `shown` for each media that it means; media that nothing refers to stand in `attachments`.
    """

    def __init__(self, document: Element) -> None:
        self._secret = secrets.token_hex(16)
        self._data: list[str] = []
        self._document = document
        self._narrative: Narrative | None = None
        self._titles: dict[Element, str] = {}
        self._file_names: Counter[str] = Counter()
        self._known: dict[Element, str] = {}
        self._regions: set[str] = set()
        self._by_id: dict[str, tuple[list[int], list[Element]]] = defaultdict(lambda: ([], []))
        for reference in self._read(document):
            self._annotate(reference)
        self._attach_the_rest(document)
        # Each element would keep the whole tree.
        self._known.clear()
        self._by_id.clear()
        self._titles.clear()
        del self._narrative, self._document
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
        tags = (_SECTION, _MEDIA, _REGION, _REFERENCE, _LINK)
        for event, element in etree.iterwalk(document, events=("start", "end"), tag=tags):
            if element.tag == _SECTION:
                if event == "start":
                    sections.append(_Extent(number, sections[-1]))
                else:
                    sections.pop().end = number
            elif event == "start" and element.tag in (_REFERENCE, _LINK):
                found.append(_Reference(element, sections[-1]))
            elif event == "start":
                numbers, elements = self._by_id[element.get("ID", "")]
                numbers.append(number)
                elements.append(_pictured(element))
                if element.tag == _REGION:
                    self._regions.add(element.get("ID", ""))
                number += 1
        sections[0].end = number
        return found

    def _annotate(self, reference: _Reference) -> None:
        """Say in children of the element what the style sheet shall show."""
        element = reference.element
        if element.tag == _LINK:
            self._annotate_link(reference)
            return
        objects = list(dict.fromkeys(element.get("referencedObject", "").split(maxsplit=_MOST_OBJECTS)))
        element.attrib.clear()
        for child in list(element):
            if child.tag != _CAPTION:
                element.remove(child)
        for written in objects[:_MOST_OBJECTS] or [""]:
            name = written.removeprefix("#")
            media = self._media_of(name, reference.section)
            if media is None:
                etree.SubElement(element, _SHOWN, {"as": "missing", "name": name})
            else:
                element.append(self._shown(media))
                if name in self._regions:
                    element[-1].set("region", "yes")

    def _annotate_link(self, reference: _Reference) -> None:
        """A link within the document may lead to media as well."""
        element = reference.element
        for forged in element.findall(_SHOWN):
            element.remove(forged)
        address = element.get("href", "")
        media = self._media_of(address[1:], reference.section) if address.startswith("#") else None
        if media is not None:
            element.append(self._shown(media))

    def _attach_the_rest(self, document: Element) -> None:
        for forged in document.findall(_ATTACHMENTS):
            document.remove(forged)
        rest = [
            self._shown(media)
            for _, elements in self._by_id.values()
            for media in elements
            if media.tag == _MEDIA and media not in self._known and media.find(_VALUE) is not None
        ]
        if rest:
            etree.SubElement(document, _ATTACHMENTS).extend(rest)

    def _shown(self, media: Element) -> Element:
        """What there is to show of a media, once: further on, that it was shown."""
        title = self._title_of(media)
        shown = etree.Element(_SHOWN, {"title": title})
        if media in self._known:
            shown.set("as", self._known[media])
            return shown
        value = media.find(_VALUE)
        kind, address, size = ("missing", "", 0) if value is None else self._kept(value)
        shown.set("as", kind)
        shown.set("data", address)
        if kind == "pdf":
            shown.set("file", self._file_name(title))
            shown.set("size", str(max(1, round(size / 1000))))
        elif kind == "other" and value is not None:
            shown.set("name", _FORMATS.get(value.get("mediaType", "").lower(), ""))
        self._known[media] = "again" if kind in ("picture", "pdf") else kind
        return shown

    def _kept(self, value: Element) -> tuple[str, str, int]:
        """How a value can be shown, its address with a mark in the place of the data, which move here, and bytes."""
        declared = stated_media_type(value.get("mediaType")) or ""
        data = "".join((value.text or "").split())
        value.text = None
        mark = self._next_mark()
        size = len(data) * 3 // 4
        if value.get("representation") != "B64" or not _DATA.fullmatch(data):
            return ("other" if data else "elsewhere" if len(value) else "missing"), "", 0
        picture = next((kind for begin, kind in _MARKS.items() if data.startswith(begin)), None)
        if picture and (declared.startswith(_IMAGE) or declared in ("", _UNTYPED)):
            self._data.append(data)
            return "picture", f"data:{picture};base64,{mark}", size
        if data.startswith(_MARK_OF_PDF) and declared in (_PDF, "", _UNTYPED):
            self._data.append(data.removeprefix(_MARK_OF_PDF))
            return "pdf", f"data:{_PDF};base64,{_MARK_OF_PDF}{mark}", size
        return "other", "", 0

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

    def _media_of(self, name: str, section: _Extent | None) -> Element | None:
        """The first of that id in the section; else the only one of that id in the next section around it."""
        numbers, elements = self._by_id.get(name, ([], []))
        is_own = True
        while section is not None and numbers:
            place, end = bisect_left(numbers, section.first), bisect_left(numbers, section.end)
            if end - place == 1 or (is_own and end > place):
                return elements[place]
            if end > place:
                return None
            section, is_own = section.outer, False
        return None

    def _title_of(self, media: Element) -> str:
        """What the author says that it is, beside it; else the display name of its own code."""
        organizer = next(media.iterancestors(_ORGANIZER), None)
        if organizer is None:
            return ""
        if organizer not in self._titles:
            self._titles[organizer] = self._title_in(organizer)[:_TITLE_CHARACTERS]
        return self._titles[organizer]

    def _title_in(self, organizer: Element) -> str:
        kinds = f"h:component/h:observation[h:code/@code='{_TITLE}']"
        for observation in organizer.xpath(kinds, namespaces=_NAMES)[:1]:
            self._narrative = self._narrative or Narrative(self._document)
            try:
                value = observation.find("h:value", _NAMES)
                text = self._narrative.cited(observation.find("h:text", _NAMES))
                return text or self._narrative.words(value) or text_of(value) or ""
            except UnclearError:
                return ""
        return ""

    def _file_name(self, title: str) -> str:
        """A name for saving, which differs from those of other files of the page."""
        name = " ".join(_NOT_IN_NAMES.sub("-", title).split())[:_NAME_CHARACTERS].strip(" ,'-") or "document"
        self._file_names[name] += 1
        number = self._file_names[name]
        return f"{name}.pdf" if number == 1 else f"{name} ({number}).pdf"


def _pictured(media: Element) -> Element:
    """The media itself, or the one on which a region is marked."""
    if media.tag == _MEDIA:
        return media
    inner = media.find("h:entryRelationship/h:observationMedia", _NAMES)
    return media if inner is None else inner
