"""How an author names what a code stands for: in the narrative, or by the display name of the code."""

from collections.abc import Iterator
from typing import NamedTuple

from lxml import etree

from contracts.vocabulary import Coded
from services.documents.rendering import wording
from services.documents.rendering.statements import TURNING, UnclearError

Element = etree._Element

_V3 = {"h": "urn:hl7-org:v3"}
_TEXT, _CONTENT = "{urn:hl7-org:v3}text", "{urn:hl7-org:v3}content"
_BLOCKS = frozenset(f"{{urn:hl7-org:v3}}{name}" for name in ("td", "th", "tr", "paragraph", "item", "br", "caption"))
_MAX_CHARACTERS = 300
_MAX_CITED = 3_000
"""Characters of narrative that are read for a name: white space in it is not counted in the name."""
_CUT = "…"
_NAMED_WITHOUT_CODE = frozenset(("OTH", "NA", "UNK", "NP", "UNC"))
"""Null flavours of a code in the place of which words may stand."""
_CONTEXTS = {"408729009": "410515003", "408732007": "410604004", "408731000": "410512000"}
"""Qualifiers (SNOMED CT) that turn a concept round but for this value: known present, of the subject, now."""


class Name(NamedTuple):
    """The name in a statement. `is_absent`: it states that there is none; `says_so`: in its own words."""

    text: str
    is_absent: bool = False
    says_so: bool = False


class Narrative:
    """The narrative of a document; each element that is cited is read once."""

    def __init__(self, document: Element) -> None:
        self._elements = {
            str(element.get("ID")): element
            for text in document.iter(_TEXT)
            # One inside another is read with it: for each of its ancestors it would be read again.
            if next(text.iterancestors(_TEXT), None) is None
            for element in text.iterfind(".//*[@ID]")
        }
        self._cited: dict[str, str | None] = {}

    def cited(self, original: Element | None) -> str | None:
        """What an originalText, or a text, refers to; None if it refers to nothing.

        Raises:
            UnclearError: the author deleted it.
        """
        reference = None if original is None else original.find("h:reference", _V3)
        target = "" if reference is None else str(reference.get("value", "")).removeprefix("#")
        if target not in self._cited:
            found = self._elements.get(target)
            if found is not None and any(map(is_deleted, (found, *found.iterancestors(_CONTENT)))):
                raise UnclearError
            self._cited[target] = None if found is None else bounded(_start_of(found))
        return self._cited[target]

    def words(self, coded: Element | None) -> str | None:
        """What a coded value is called; None if it has no words.

        Raises:
            UnclearError: it has a code and says that it has none, or is qualified in a way that has no words.
        """
        if coded is None or not _is_present(coded):
            return None
        words = self.cited(coded.find("h:originalText", _V3)) or display(coded)
        return _with_qualifiers(words, coded) if words else None

    def name(self, coded: Element | None, *, is_negated: bool) -> Name | None:
        """What is named by a coded value in a statement; None if nothing is.

        Raises:
            UnclearError: as `words`, and where code, words and negation contradict each other.
        """
        if coded is None or not _is_present(coded) or any(map(wording.is_no_information, codes_of(coded))):
            return None
        if any(code in TURNING for code in codes_of(coded)):
            raise UnclearError
        cited, shown = self.cited(coded.find("h:originalText", _V3)), display(coded)
        if cited and (wording.says_no(cited) or wording.says_yes(cited)):
            if not shown or wording.says_no(cited) != is_negated:
                raise UnclearError
            cited = None
        words, is_none_known = cited or shown, any(map(wording.is_none_known, codes_of(coded)))
        if not words or wording.is_uninformative(words):
            if is_none_known or list(_qualifiers(coded)):
                raise UnclearError
            return None
        words = _with_qualifiers(words, coded)
        if is_none_known:
            return Name(words, True, wording.says_none(words))
        return _weighed(words, cited, shown, is_negated=is_negated)


def _weighed(words: str, cited: str | None, shown: str | None, *, is_negated: bool) -> Name:
    """Negation, the words in the narrative and those of the code: which of them say that there is none."""
    code_says_none = bool(shown and wording.says_none(shown))
    if not wording.says_none(words) and not code_says_none:
        return Name(words, is_negated)
    if is_negated:
        # `Pas de démence` beside the negated code of dementia is one denial; the negated absence of something is two.
        if cited and shown and not code_says_none:
            return Name(words, True, True)
        raise UnclearError
    if cited and shown and not (code_says_none and wording.says_none(cited)):
        raise UnclearError
    return Name(words, True, True)


def is_deleted(element: Element) -> bool:
    """Whether the author marked this part of a narrative as deleted."""
    return element.get("revised") == "delete"


def codes_of(coded: Element) -> Iterator[str]:
    """The code of a coded value and those of its translations."""
    for element in (coded, *coded.iterfind("h:translation", _V3)):
        if code := element.get("code"):
            yield code


def coded_value(element: Element | None) -> Coded | None:
    """Code, system and display name; None without a code."""
    code = None if element is None else bounded(element.get("code"))
    if element is None or code is None:
        return None
    return Coded(code, bounded(element.get("codeSystem")), bounded(element.get("displayName")))


def display(coded: Element) -> str | None:
    """The display name, else the text in the element, else the display name of a translation."""
    own = bounded(coded.get("displayName")) or text_of(coded.find("h:originalText", _V3))
    others = (bounded(other.get("displayName")) for other in coded.iterfind("h:translation", _V3))
    return own or next((other for other in others if other), None)


def text_of(element: Element | None) -> str | None:
    """The element's own text, white space collapsed."""
    return None if element is None else bounded(" ".join((element.text or "").split()))


def bounded(value: str | None) -> str | None:
    """What is cut ends with an ellipsis."""
    if not value or not value.strip():
        return None
    return value if len(value) <= _MAX_CHARACTERS else value[: _MAX_CHARACTERS - 1] + _CUT


def _is_present(coded: Element) -> bool:
    flavour = coded.get("nullFlavor")
    if flavour is None:
        return True
    if coded.get("code"):
        raise UnclearError
    return flavour in _NAMED_WITHOUT_CODE


def _with_qualifiers(words: str, coded: Element) -> str:
    """The words with those of the qualifiers that they do not have yet: `Fracture (gauche)`."""
    added = [shown for shown in dict.fromkeys(_qualifiers(coded)) if shown.casefold() not in words.casefold()]
    return bounded(f"{words} ({', '.join(added)})") or words if added else words


def _qualifiers(coded: Element) -> Iterator[str]:
    """What the qualifiers are called; UnclearError for one that turns the concept round, or has no words."""
    for qualifier in coded.iterfind("h:qualifier", _V3):
        name, value = qualifier.find("h:name", _V3), qualifier.find("h:value", _V3)
        code = None if value is None else value.get("code")
        kind = "" if name is None else str(name.get("code"))
        shown = None if value is None else display(value)
        turns = code in TURNING or _CONTEXTS.get(kind, code) != code
        if turns or shown is None or qualifier.get("inverted") == "true" or qualifier.get("nullFlavor"):
            raise UnclearError
        yield shown


def _start_of(cited: Element) -> str:
    """The beginning of an element's text, white space collapsed; longer than a name if it was cut."""
    pieces: list[str] = []
    length = 0
    for piece in _pieces(cited):
        pieces.append(piece)
        # Elements without text count too, so that many of them end it.
        length += len(piece) + 1
        if length > _MAX_CITED:
            return " ".join("".join(pieces)[:_MAX_CITED].split()) + _CUT
    return " ".join("".join(pieces).split())


def _pieces(cited: Element) -> Iterator[str]:
    """Text that was not deleted; blocks are apart from each other."""
    walk = etree.iterwalk(cited, events=("start", "end"))
    for event, element in walk:
        if element.tag in _BLOCKS:
            yield " "
        if event == "start" and is_deleted(element):
            yield ""
            walk.skip_subtree()
        elif event == "start":
            yield element.text or ""
        elif element is not cited:
            yield element.tail or ""
