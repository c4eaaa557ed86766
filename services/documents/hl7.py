"""Elements of a CDA header and the HL7 data types in them: identifiers, times, codes, texts."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta, timezone

from contracts.cda import CdaIdentifier
from contracts.dates import PARIS, end_of_date
from services.documents.cda_errors import MalformedCdaError

V3 = "urn:hl7-org:v3"

_OID = r"[0-2](?:\.(?:0|[1-9][0-9]*))+"
_UUID = r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
_ROOT = re.compile(f"(?:{_OID}|{_UUID})")
_EXTENSION = re.compile(r"[^\s^&]+")
_TIME = re.compile(r"(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?(?:\.\d+)?([+-]\d{1,4})?", re.ASCII)
_YEARS = range(1900, 2200)

MAX_UNIQUE_ID = 128
MAX_VALUE = 500
"""Characters of an attribute or text."""
MAX_TEXT = 4096
"""Characters kept of an element's text before white space is collapsed."""


class Element:
    """One element of a header; lxml's own elements would cost more time, and a document has hundreds."""

    __slots__ = ("attributes", "children", "tag", "text")

    def __init__(self, tag: str, attributes: Mapping[str, str]) -> None:
        self.tag = tag
        self.attributes = attributes
        self.children: list[Element] = []
        self.text = ""

    @property
    def name(self) -> str:
        """The tag without its namespace."""
        return self.tag.rpartition("}")[2]

    def all(self, *path: str) -> "Iterator[Element]":
        """Every element at that path of tags below this one, in order."""
        tag, *rest = path
        for child in self.children:
            if child.tag == tag:
                if rest:
                    yield from child.all(*rest)
                else:
                    yield child

    def first(self, *path: str) -> "Element | None":
        """The first element at that path, None when there is none."""
        return next(self.all(*path), None)


def path(steps: str) -> tuple[str, ...]:
    """`a/b` as the tags of the CDA namespace."""
    return tuple(f"{{{V3}}}{step}" for step in steps.split("/"))


def attribute(element: Element | None, name: str) -> str | None:
    """An attribute's value; None when the element or the attribute is absent or empty.

    Raises:
        MalformedCdaError: it is longer than 500 characters.
    """
    return None if element is None else _bounded(element, element.attributes.get(name))


def text(element: Element | None) -> str | None:
    """The element's own text, white space collapsed; None when there is none.

    Raises:
        MalformedCdaError: it is longer than 500 characters.
    """
    if element is None:
        return None
    if len(element.text) > MAX_TEXT:
        raise MalformedCdaError(element.name)
    return _bounded(element, " ".join(element.text.split()))


def identifier(element: Element | None) -> CdaIdentifier | None:
    """An instance identifier (II), unchecked; None when it has no root."""
    root = attribute(element, "root")
    if root is None:
        return None
    return CdaIdentifier(root=root, extension=attribute(element, "extension") or "")


def unique_id(element: Element, field: str) -> str:
    """An instance identifier as XDS metadata write it: `root` or `root^extension`.

    Raises:
        MalformedCdaError: `field` has no root, a root that is neither OID nor UUID, or more than 128 characters.
    """
    parts = identifier(element)
    if parts is None or not _ROOT.fullmatch(parts.root):
        raise MalformedCdaError(field)
    joined = parts.root
    if parts.extension:
        joined += f"^{parts.extension}"
    if len(joined) > MAX_UNIQUE_ID or not _EXTENSION.fullmatch(parts.extension or "-"):
        raise MalformedCdaError(field)
    return joined


def time(element: Element | None) -> datetime | None:
    """A point in time (TS), cut to the second; without zone it is taken as UTC; None when unreadable."""
    return moment(attribute(element, "value"))


def moment(value: str | None) -> datetime | None:
    """As `time`, from the bare value `YYYY[MM[DD[hh[mm[ss]]]]][.f][+-zone]`."""
    match = _TIME.fullmatch(value or "")
    if match is None or int(match[1]) not in _YEARS:
        return None
    year, month, day, hour, minute, second = (int(part) if part else 0 for part in match.groups()[:6])
    try:
        return datetime(year, month or 1, day or 1, hour, minute, second, tzinfo=_zone(match[7]))
    except ValueError:
        return None


def date_and_moments(value: str | None) -> tuple[str | None, datetime | None, datetime | None]:
    """A value without an hour as `YYYY[-MM[-DD]]`, with its first and last moment in Paris; another as one moment."""
    match = _TIME.fullmatch(value or "")
    found = moment(value)
    if match is None or found is None or match[4]:
        return None, found, found
    year, month, day = match.groups()[:3]
    first = datetime(int(year), int(month or 1), int(day or 1), tzinfo=PARIS)
    last = end_of_date(first, month, day).astimezone(UTC) - timedelta(milliseconds=1)
    return "-".join(part for part in (year, month, day) if part), first.astimezone(UTC), last


def zoned_moment(value: str | None) -> datetime | None:
    """As `moment`; None also when hour, minute or zone is missing."""
    match = _TIME.fullmatch(value or "")
    if match is None or match[5] is None or match[7] is None:
        return None
    return moment(value)


def _zone(offset: str | None) -> timezone:
    if offset is None:
        return UTC
    digits = offset[1:]
    # The schema allows 1 to 4 digits: +1 and +01 are hours, +100 and +0100 hours and minutes.
    hours, minutes = (digits, "0") if len(digits) <= 2 else (digits[:-2], digits[-2:])
    shift = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(-shift if offset[0] == "-" else shift)


def _bounded(element: Element, value: str | None) -> str | None:
    if value and len(value) > MAX_VALUE:
        raise MalformedCdaError(element.name)
    return value or None
