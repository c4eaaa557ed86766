"""HL7 values as text: quantities with their bounds, ratios, amounts of money; dates as precise as written."""

import re
from datetime import date
from typing import NamedTuple

from lxml import etree

from services.documents.rendering.names import Narrative, bounded, text_of
from services.documents.rendering.statements import UnclearError

Element = etree._Element

_V3 = {"h": "urn:hl7-org:v3"}
_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_DATE = re.compile(r"(\d{4})(\d\d)?(\d\d)?(?:\d{2,6}(?:\.\d+)?)?(?:[+-]\d{1,4})?", re.ASCII)
_NUMBER = re.compile(r"[+-]?\d{1,15}(?:\.\d{1,15})?", re.ASCII)
_NUMERIC = frozenset({"PQ", "INT", "REAL", ""})
_INTERVALS = frozenset({"IVL_PQ", "IVL_INT", "IVL_REAL"})
_CODED = frozenset({"CD", "CE", "CV", "CO", "CS"})
_PLAIN_TEXT = frozenset({None, "text/plain"})
_BOUNDS = frozenset(f"{{urn:hl7-org:v3}}{name}" for name in ("low", "high", "center", "width"))
_LOW, _HIGH = "{urn:hl7-org:v3}low", "{urn:hl7-org:v3}high"
_UNITY = "1"
"""The unit of a pure number in UCUM."""


class Quantity(NamedTuple):
    """A value in words, without its unit; `number` if it is a plain one."""

    text: str
    number: float | None = None
    unit: str | None = None


def value_of(value: Element, narrative: Narrative) -> Quantity | None:
    """What an observation found; None if it has no value.

    Raises:
        UnclearError: a type that is not read here, or a value that contradicts itself.
    """
    kind = _kind(value)
    if not len(value) and not text_of(value) and not set(value.keys()) - {_TYPE}:
        return None
    if value.get("nullFlavor") is not None and kind not in _CODED:
        if value.get("value"):
            raise UnclearError
        return None
    if value.get("operator") not in (None, "I"):
        raise UnclearError
    if kind not in _CODED and value.find("h:qualifier", _V3) is not None:
        raise UnclearError
    if kind in _NUMERIC:
        return _plain(value)
    return interval(value) if kind in _INTERVALS else _other(kind, value, narrative)


def interval(value: Element) -> Quantity | None:
    """A range: `5 – 10`, `≤ 20`, `> 5`; a plain quantity as it is; None without a value.

    Raises:
        UnclearError: it is given by its centre or width, or its bounds do not fit each other.
    """
    low, high = value.find(_LOW), value.find(_HIGH)
    is_other = any(child.tag in _BOUNDS and child.tag not in (_LOW, _HIGH) for child in value)
    if value.get("operator") not in (None, "I") or is_other:
        raise UnclearError
    bounds = [(end, _bound(end)) for end in (low, high) if end is not None]
    known = [(end, text) for end, text in bounds if text]
    if not known:
        return None if bounds else _plain(value)
    if value.get("value") or value.get("nullFlavor"):
        raise UnclearError
    unit = _common_unit([end for end, _ in known])
    if len(known) == 1:
        end, text = known[0]
        return Quantity(f"{_sign(end, is_low=end is low)} {text}", None, unit)
    return Quantity(_between(*known), None, unit)


def quantity(value: Element | None) -> str | None:
    """`2 tablet`, or `1 – 2 tablet`; a UCUM annotation (`{tablet}`) loses its braces; None if it is not clear."""
    try:
        found = None if value is None else interval(value)
    except UnclearError:
        return None
    return None if found is None else bounded(f"{found.text} {(found.unit or '').strip('{}')}".strip())


def number_of(element: Element | None) -> float | None:
    """The value of an element if it is a plain number."""
    value = "" if element is None or element.get("nullFlavor") else str(element.get("value", ""))
    return float(value) if _NUMBER.fullmatch(value) else None


def day_of(value: str | None) -> str | None:
    """`YYYY`, `YYYY-MM` or `YYYY-MM-DD` of a point in time, as it is written; None if there is no such day."""
    found = _DATE.fullmatch(value or "")
    if found is None:
        return None
    year, month, day = found.groups()
    try:
        date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return None
    return "-".join(part for part in (year, month, day) if part)


def unit_of(element: Element) -> str | None:
    """The unit of a quantity; None for a pure number."""
    unit = bounded(element.get("unit"))
    return None if unit == _UNITY else unit


def _kind(value: Element) -> str:
    """The declared type without its prefix; of a value that declares none, the type that it looks like."""
    declared = value.get(_TYPE, "").rpartition(":")[2].strip()
    if declared or value.get("value"):
        return declared
    if value.find("h:numerator", _V3) is not None:
        return "RTO"
    if any(child.tag in _BOUNDS for child in value):
        return "IVL_PQ"
    is_coded = value.get("code") or value.get("displayName") or value.find("h:originalText", _V3) is not None
    return "CD" if is_coded or not text_of(value) else "ST"


def _plain(value: Element) -> Quantity | None:
    text = bounded(value.get("value"))
    if any(child.tag in _BOUNDS for child in value):
        raise UnclearError
    if text is None or value.get("nullFlavor"):
        if len(value) or text:
            raise UnclearError
        return None
    return Quantity(text, number_of(value), unit_of(value))


def _other(kind: str, value: Element, narrative: Narrative) -> Quantity | None:
    text: str | None
    match kind:
        case "CD" | "CE" | "CV" | "CO" | "CS":
            text = narrative.words(value)
            if text is None and not value.get("code"):
                return None
        case "RTO" | "RTO_PQ_PQ" | "RTO_INT_INT" | "RTO_QTY_QTY":
            text = " / ".join(_term(value, name) for name in ("numerator", "denominator"))
        case "BL":
            text = bounded(value.get("value"))
        case "MO":
            text = bounded(f"{value.get('value', '')} {value.get('currency', '')}")
        case "TS":
            text = day_of(value.get("value"))
        case "ST" | "ED":
            is_plain = value.get("mediaType") in _PLAIN_TEXT and value.get("representation") in (None, "TXT")
            text = narrative.cited(value) or text_of(value) if is_plain and not value.get("compression") else None
        case _:
            text = None
    if text is None:
        raise UnclearError
    return Quantity(text)


def _term(ratio: Element, name: str) -> str:
    term = ratio.find(f"h:{name}", _V3)
    found = None if term is None or len(term) or term.get("inclusive") else _plain(term)
    if found is None:
        raise UnclearError
    return f"{found.text} {found.unit}" if found.unit else found.text


def _bound(end: Element) -> str | None:
    """The value of a bound; None if it is open or not known."""
    text = bounded(end.get("value"))
    if text and end.get("nullFlavor"):
        raise UnclearError
    return text


def _sign(end: Element, *, is_low: bool) -> str:
    match end.get("inclusive", "true"):
        case "true" | "1":
            return "≥" if is_low else "≤"
        case "false" | "0":
            return ">" if is_low else "<"
        case _:
            raise UnclearError


def _between(low: tuple[Element, str], high: tuple[Element, str]) -> str:
    signs = _sign(low[0], is_low=True), _sign(high[0], is_low=False)
    is_closed = signs == ("≥", "≤")
    first, last = number_of(low[0]), number_of(high[0])
    if first is not None and last is not None and (first > last or (first == last and not is_closed)):
        raise UnclearError
    if low[1] == high[1]:
        return low[1]
    return f"{low[1]} – {high[1]}" if is_closed else f"{signs[0]} {low[1]} – {signs[1]} {high[1]}"


def _common_unit(ends: list[Element]) -> str | None:
    units = {unit_of(end) for end in ends if end.get("unit")}
    if len(units) > 1:
        raise UnclearError
    return units.pop() if units else None
