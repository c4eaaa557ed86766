"""Reads the coded entries of a CDA slowly and by itself, with one XPath for each rule of the CDA texts.

It shares nothing with the code that it is compared with, and names no entry: it tells what each says, by its code.
"""

from collections.abc import Iterator
from typing import NamedTuple, cast

from lxml import etree

NAMES = {"h": "urn:hl7-org:v3", "xsi": "http://www.w3.org/2001/XMLSchema-instance"}
ENTRIES = {
    "allergies": "//h:observation[h:templateId/@root='1.3.6.1.4.1.19376.1.5.3.1.4.6']",
    "problems": "//h:observation[h:templateId/@root='1.3.6.1.4.1.19376.1.5.3.1.4.5']"
    "[not(h:templateId/@root='1.3.6.1.4.1.19376.1.5.3.1.4.6')][not(ancestor::h:substanceAdministration)]"
    "[not(ancestor::h:observation/h:templateId/@root='1.3.6.1.4.1.19376.1.5.3.1.4.6')]",
    "treatments": "//h:substanceAdministration[h:templateId/@root='1.3.6.1.4.1.19376.1.5.3.1.4.7']",
    "vaccinations": "//h:substanceAdministration[h:templateId/@root='1.3.6.1.4.1.19376.1.5.3.1.4.12']",
    "results": "//h:observation[h:templateId/@root='1.3.6.1.4.1.19376.1.3.1.6']",
}
_CODES = {
    "allergies": "(h:value[@code] | h:code[not(../h:value/@code)])/@code",
    "problems": "h:value/@code",
    "treatments": "h:consumable/h:manufacturedProduct/h:manufacturedMaterial/h:code/@code",
    "vaccinations": "h:consumable/h:manufacturedProduct/h:manufacturedMaterial/h:code/@code",
    "results": "h:code/@code",
}
_AROUND = "ancestor-or-self::*[ancestor::h:structuredBody]"
_INVALID = (
    # Another person's.
    f"{_AROUND}/h:subject",
    f"{_AROUND}/h:participant[@typeCode='SBJ']",
    "ancestor::h:section[h:code/@code='10157-6']",
    # Denied as a part of something else.
    "ancestor::*[@negationInd='true']",
    # Told to be missing, and not happened.
    f"{_AROUND}[@nullFlavor]",
    f"{_AROUND}[@moodCode][not(contains(' EVN INT RQO PRMS ', concat(' ', @moodCode, ' ')))]",
    f"{_AROUND}/h:statusCode[@code][not(contains(' completed active normal ', concat(' ', @code, ' ')))]",
    "h:value[@code and @nullFlavor]",
    "h:value[2]",
    # Remarks that take it back.
    "h:entryRelationship/h:observation[h:code/@code='33999-4' or h:code/@code='66455-7']"
    "[h:value/@code='refuted' or h:value/@code='entered-in-error']",
    "h:value/h:qualifier[h:value/@code='410516002']",
    "self::*[@negationInd][not(contains(' true false 1 0 ', concat(' ', @negationInd, ' ')))]",
)
_PLANNED = f"{_AROUND}[contains(' INT RQO PRMS ', concat(' ', @moodCode, ' '))]"
_DENIED = "self::*[@negationInd='true' or @negationInd='1' or @valueNegationInd='true' or @actionNegationInd='true']"
_UNCERTAIN = (
    f"{_AROUND}/h:uncertaintyCode[not(@code='N')]",
    "h:entryRelationship/h:observation[h:code/@code='66455-7'][h:value/@code='unconfirmed']",
)
_OVER = (
    "h:entryRelationship/h:observation[h:code/@code='33999-4'][h:value/@code='resolved' or h:value/@code='inactive']"
)
_NONE_KNOWN = frozenset(("716186003", "160244002", "no-known-allergies", "no-known-problems", "no-known-medications"))


class EntryReading(NamedTuple):
    """What one entry says. `says`: affirmed, denied, planned, uncertain, over, or nothing about the patient."""

    kind: str
    code: str
    says: str
    bounds: "Bounds | None" = None


class Bounds(NamedTuple):
    """An interval; None for an open end."""

    low: float | None
    high: float | None
    low_inclusive: bool = True
    high_inclusive: bool = True


def readings(document: etree._Element) -> Iterator[EntryReading]:
    """Of every entry that has a code."""
    for kind, path in ENTRIES.items():
        for entry in elements(document, path):
            for code in elements(entry, _CODES[kind])[:1]:
                bounds = bounds_of(entry) if kind == "results" else None
                yield EntryReading(kind, str(code), _says(entry, str(code)), bounds)


def elements(node: etree._Element, path: str) -> list[etree._Element]:
    """Whatever an XPath finds."""
    return cast(list[etree._Element], node.xpath(path, namespaces=NAMES))


def _says(entry: etree._Element, code: str) -> str:
    if any(elements(entry, path) for path in _INVALID):
        return "nothing"
    if elements(entry, _PLANNED):
        return "planned"
    if elements(entry, _DENIED) or code in _NONE_KNOWN:
        return "denied"
    if any(elements(entry, path) for path in _UNCERTAIN):
        return "uncertain"
    return "over" if elements(entry, _OVER) else "affirmed"


def bounds_of(entry: etree._Element) -> Bounds | None:
    """What a quantity or an interval allows; None for any other value."""
    for value in elements(entry, "h:value"):
        kind = value.get(f"{{{NAMES['xsi']}}}type", "").split(":")[-1]
        if kind in ("PQ", "INT", "REAL") and _number(value) is not None:
            return Bounds(_number(value), _number(value))
        if kind.startswith("IVL_"):
            ends = {name: next(iter(elements(value, f"h:{name}")), None) for name in ("low", "high")}
            low, high = (None if end is None else _number(end) for end in ends.values())
            closed = [end is None or end.get("inclusive") != "false" for end in ends.values()]
            return Bounds(low, high, *closed)
    return None


def _number(element: etree._Element) -> float | None:
    try:
        return float(element.get("value", ""))
    except ValueError:
        return None
