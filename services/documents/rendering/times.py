"""When what an entry states is, was or recurs: its effective times."""

from collections.abc import Iterator

from lxml import etree

from services.documents.rendering.values import day_of, quantity

Element = etree._Element

_V3 = {"h": "urn:hl7-org:v3"}
_PERIOD = "{urn:hl7-org:v3}period"
_RECURRENCE = frozenset(
    f"{{urn:hl7-org:v3}}{name}" for name in ("period", "phase", "event", "offset", "comp", "frequency")
)
_JOINED = frozenset((None, "I", "A"))
"""Operators by which a time narrows those before it; others add to them or exclude."""


def _times(entry: Element) -> Iterator[Element]:
    """Points and intervals of time: neither those that recur nor those that are excluded or unknown."""
    for time in entry.iterfind("h:effectiveTime", _V3):
        is_recurring = any(child.tag in _RECURRENCE for child in time)
        if not is_recurring and time.get("nullFlavor") is None and time.get("operator") in _JOINED:
            yield time


def when(entry: Element) -> str | None:
    """The first point in time, or beginning of an interval, as it is written."""
    for time in _times(entry):
        if value := time.get("value") or _end_of(time, "low"):
            return str(value)
    return None


def _end_of(time: Element, name: str) -> str | None:
    end = time.find(f"h:{name}", _V3)
    return None if end is None or end.get("nullFlavor") else end.get("value")


def span(entry: Element) -> tuple[str | None, str | None]:
    """The days of beginning and end."""
    begin, end = None, None
    for time in _times(entry):
        begin = begin or time.get("value") or _end_of(time, "low")
        end = end or _end_of(time, "high")
    return day_of(begin), day_of(end)


def period(entry: Element) -> str | None:
    """How often, as `6 h`, if that is one period and nothing else."""
    spans = set(_times(entry))
    times = (time for time in entry.iterfind("h:effectiveTime", _V3) if time.get("nullFlavor") is None)
    others = [time for time in times if time not in spans]
    if len(others) != 1 or others[0].get("operator") not in _JOINED:
        return None
    is_partial = any(child.tag in _RECURRENCE and child.tag != _PERIOD for child in others[0])
    return None if is_partial else quantity(others[0].find(_PERIOD))
