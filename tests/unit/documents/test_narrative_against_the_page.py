"""A page has the words of every narrative in their order, and of each whether it is deleted or emphasised."""

import random
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import count
from pathlib import Path
from typing import NamedTuple

import pytest
from lxml import etree

from services.documents.rendering.pages import page_of
from tests.support.comparisons import check_all
from tests.unit.documents.narratives import cda
from tests.unit.documents.specimens import every_kind

OFFICIAL = Path(__file__).parents[4] / "shared" / "data" / "cda"
V3 = "{urn:hl7-org:v3}"
VOID = {"br", "img", "meta"}


class ShownWord(NamedTuple):
    """One word; whether it is struck out, and whether it is in bold type."""

    text: str
    is_deleted: bool
    is_bold: bool


def words_of(document: bytes) -> list[ShownWord]:
    """The titles and narratives of the sections, read without the style sheet."""
    root = etree.fromstring(document, etree.XMLParser(remove_comments=True, remove_pis=True))
    sections = root.iterfind(f".//{V3}structuredBody/{V3}component/{V3}section")
    return [word for section in sections for word in _of_section(section)]


def _of_section(section: etree._Element) -> Iterator[ShownWord]:
    for child in section.iterfind(f"{V3}title"):
        yield from (ShownWord(text, False, False) for text in (child.text or "").split())
    for child in section.iterfind(f"{V3}text"):
        yield from _of_narrative(child, ShownWord("", False, False))
    for child in section.iterfind(f"{V3}component/{V3}section"):
        yield from _of_section(child)


def _of_narrative(element: etree._Element, around: ShownWord) -> Iterator[ShownWord]:
    if not str(element.tag).startswith(V3) or element.tag == f"{V3}renderMultiMedia":
        return
    style = element.get("styleCode", "").lower()
    own = ShownWord(
        "",
        around.is_deleted or element.get("revised") == "delete",
        around.is_bold or "bold" in style or "emphasis" in style,
    )
    yield from (own._replace(text=text) for text in (element.text or "").replace("]", "] ").split())
    for child in element:
        yield from _of_narrative(child, own)
        yield from (own._replace(text=text) for text in (child.tail or "").replace("]", "] ").split())
    address = element.get("href", "#")
    known = address.rpartition("://")[2]
    if not address.startswith("#") and known not in "".join(element.itertext()):
        yield from (around._replace(text=text) for text in f"[{address}]".split())


class _Page(HTMLParser):
    """Collects the words of a page after its header, but those that the page adds."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[ShownWord] = []
        self._open: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self._open.append((tag, dict(attrs).get("class") or ""))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self._open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        tags, classes = {tag for tag, _ in self._open}, {name for _, names in self._open for name in names.split()}
        if tags & {"header", "head", "figure"} or classes & {"note", "summary"} or "main" not in tags:
            return
        is_deleted = "del" in tags or "deleted" in classes
        is_bold = "strong" in tags or "bold" in classes
        # An address ends with a bracket, and the author's full stop may follow.
        texts = data.replace("]", "] ").split()
        self.words += (ShownWord(text, is_deleted, is_bold) for text in texts if text != "*")


def words_of_page(document: bytes) -> list[ShownWord]:
    page = _Page()
    page.feed(page_of(document, "fr").body.decode())
    return page.words


def differences(document: bytes) -> list[str]:
    """Words that are lost, added, moved, or shown as valid though deleted; emphasis that is lost."""
    written, shown = words_of(document), words_of_page(document)
    if [(word.text, word.is_deleted) for word in written] != [(word.text, word.is_deleted) for word in shown]:
        place = next((place for place, (a, b) in enumerate(zip(written, shown, strict=False)) if a[:2] != b[:2]), -1)
        return [f"{len(written)} and {len(shown)} words, first {written[place]} and {shown[place : place + 1]}"]
    return [a.text for a, b in zip(written, shown, strict=True) if a.is_bold and not b.is_bold]


class _Author:
    """Writes narratives by the schema of CDA: every element in every place that it may have, each word once."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._words = (f"mot{number}" for number in count())

    def text(self) -> str:
        return "".join(self._block(3) for _ in range(4))

    def _attributes(self, *, may_be_deleted: bool = False) -> str:
        styles = (
            "",
            "",
            " styleCode='Bold'",
            " styleCode='Italics'",
            " styleCode='BoldItalics'",
            " styleCode='Lrule'",
        )
        revised = self._random.choice(("", "", " revised='delete'", " revised='insert'")) if may_be_deleted else ""
        return self._random.choice(styles) + revised

    def _inline(self, depth: int) -> str:
        words = f" {next(self._words)} "
        match self._random.randrange(8) if depth else 0:
            case 1 | 2:
                return f"{words}<content{self._attributes(may_be_deleted=True)}>{self._inline(depth - 1)}</content>"
            case 3:
                return (
                    f"{words}<br/>{self._inline(depth - 1)}<sub>{self._inline(0)}</sub><sup>{self._inline(0)}</sup>"
                )
            case 4:
                return f"<linkHtml href='https://{next(self._words)}.example'>{words}</linkHtml>{self._inline(0)}"
            case 5:
                return f"<footnote ID='f'>{self._inline(depth - 1)}</footnote><footnoteRef IDREF='f'/>{words}"
            case 6:
                return f"{words}<renderMultiMedia referencedObject='x'/>{self._inline(depth - 1)}"
        return words

    def _block(self, depth: int) -> str:
        inner = self._inline(2)
        match self._random.randrange(5) if depth else 0:
            case 1:
                items = "".join(
                    f"<item{self._attributes()}>{self._inline(1)}{self._block(depth - 1)}</item>" for _ in "ab"
                )
                return f"<list{self._attributes()}><caption>{inner}</caption>{items}</list>"
            case 2 | 3:
                cells = f"<td{self._attributes()}>{inner}{self._block(depth - 1)}</td><td>{self._inline(1)}</td>"
                head = f"<thead><tr><th{self._attributes()}>{self._inline(1)}</th><th/></tr></thead>"
                caption = f"<caption>{self._inline(1)}</caption>"
                return f"<table{self._attributes()}>{caption}{head}<tbody><tr>{cells}</tr></tbody></table>"
            case 4:
                return inner
        return f"<paragraph{self._attributes()}>{inner}</paragraph>"


def test_the_words_of_every_sample_are_those_of_its_page() -> None:
    structured = {kind: document for kind, document in every_kind().items() if b"structuredBody" in document}
    found = {kind: differences(document) for kind, document in structured.items()}
    check_all("narrative of a sample", found, {kind: [] for kind in found})


def test_the_words_of_any_narrative_are_those_of_its_page() -> None:
    found = {str(seed): differences(cda(_Author(seed).text())) for seed in range(300)}
    check_all("narrative of any form", found, {seed: [] for seed in found})


@pytest.mark.skipif(not OFFICIAL.exists(), reason=f"no official samples at {OFFICIAL}")
def test_the_words_of_every_official_sample_are_those_of_its_page() -> None:
    documents = {path.stem: path.read_bytes() for path in sorted(OFFICIAL.glob("*.xml"))}
    found = {
        name: differences(document)
        for name, document in documents.items()
        if b"structuredBody" in document and b"nonXMLBody" not in document
    }
    check_all("narrative of an official sample", found, {name: [] for name in found})
