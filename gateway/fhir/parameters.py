"""FHIR search parameters: parsing of those that a resource declares."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Set
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

import msgspec

from contracts.dates import PARIS, end_of_date
from contracts.errors.request import InvalidRequest, ParameterUnknown
from contracts.limits import SEARCH_LIMITS, SEARCHED_VALUES
from contracts.records.searching import DateKind, DateRange
from gateway.fhir.tokens import SearchToken, alternatives, tokens_in

_PREFIX = re.compile(r"(eq|ne|gt|lt|ge|le|sa|eb|ap)?(.+)")
_MOMENT = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+ -]\d\d:\d\d)?)?)?)?",
    re.ASCII,
)
MAX_PARAMETERS = 100
_APPROXIMATION = timedelta(days=1)
RESULT_PARAMETERS = (
    "_count",
    "_sort",
    "_total",
    "_summary",
    "_elements",
    "_format",
    "_cursor",
    "_pretty",
)


class ParameterKind(StrEnum):
    """Types of search parameters in FHIR."""

    TOKEN = "token"  # noqa: S105
    DATE = "date"
    STRING = "string"
    REFERENCE = "reference"
    SPECIAL = "special"


class Parameter(msgspec.Struct, frozen=True):
    """One search parameter of a resource, and the modifiers with which it is known too."""

    name: str
    kind: ParameterKind
    documentation: str
    modifiers: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """All names by which it is sent."""
        return (self.name, *(f"{self.name}:{modifier}" for modifier in self.modifiers))

    def capability(self) -> dict[str, Any]:
        """The declaration in the CapabilityStatement."""
        return {"name": self.name, "type": self.kind.value, "documentation": self.documentation}


class SearchParameters(msgspec.Struct, frozen=True):
    """The parameters of one search that are applied, as sent."""

    pairs: tuple[tuple[str, str], ...]

    def single(self, name: str) -> str:
        """The value of a parameter; empty if it was not sent.

        Raises:
            InvalidRequest: it was sent more than once.
        """
        found = [value for key, value in self.pairs if key == name]
        if len(found) > 1:
            raise InvalidRequest(field=name)
        return found[0] if found else ""

    def all(self, name: str) -> list[list[str]]:
        """The alternatives of a parameter, for each time it was sent: one of each must match."""
        return [alternatives(value, name) for key, value in self.pairs if key == name]

    def tokens(self, name: str) -> list[list[SearchToken]]:
        """As `all`, of a parameter whose values are tokens."""
        return [tokens_in(value, name) for key, value in self.pairs if key == name]


def select_parameters(sent: Iterable[tuple[str, str]], known: Set[str], *, strict: bool) -> SearchParameters:
    """The known ones of the parameters sent, by name.

    Raises:
        ParameterUnknown: an unknown modifier, which could invert the search; or any unknown parameter if `strict`.
        InvalidRequest: a value with NUL, or more parameters or values than a search may have.
    """
    kept: list[tuple[str, str]] = []
    for position, (name, value) in enumerate(sent):
        if position >= MAX_PARAMETERS:
            raise InvalidRequest(field="search")
        if "\0" in value:
            raise InvalidRequest(field="search")
        plain, _, modifier = name.partition(":")
        if name in known or name in RESULT_PARAMETERS:
            kept.append((name, value))
        elif (modifier and plain in known) or strict:
            raise ParameterUnknown(name=name[:64] if re.fullmatch(r"[\w.:-]+", name) else "?")
    _check_values(kept)
    return SearchParameters(tuple(kept))


def _check_values(kept: Iterable[tuple[str, str]]) -> None:
    """Raises InvalidRequest; a parameter sent several times has no more values than one sent once."""
    counts: Counter[str] = Counter()
    for name, value in kept:
        counts[name] += value.count(",") + 1
        if counts[name] > SEARCH_LIMITS.items or counts.total() > SEARCHED_VALUES:
            raise InvalidRequest(field=name)


Alternatives = tuple[tuple[DateRange, ...], ...]
"""Of each, all windows; of all, one."""


def windows(values: list[list[str]], of: DateKind, name: str) -> tuple[Alternatives, ...]:
    """Dates with prefixes, for each time they were sent (FHIR R4, search.html#date).

    Raises:
        InvalidRequest: no date.
    """
    return tuple(tuple((_window(date, of, name),) for date in dates) for dates in values)


def periods(values: list[list[str]], name: str) -> tuple[Alternatives, ...]:
    """Conditions on a period, of which start or stop may be missing."""
    return tuple(tuple(_period(date, name) for date in dates) for dates in values)


def plain_windows(groups: Iterable[Alternatives]) -> tuple[DateRange, ...]:
    """Those that are no alternatives: every group of one."""
    return tuple(window for group in groups if len(group) == 1 for window in group[0])


def alternative_windows(groups: Iterable[Alternatives]) -> tuple[Alternatives, ...]:
    """The other groups."""
    return tuple(group for group in groups if len(group) > 1)


def _window(value: str, of: DateKind, name: str) -> DateRange:
    prefix, start, stop = _span(value, name)
    match prefix:
        case "gt" | "sa":
            return DateRange(of=of, since=stop)
        case "lt" | "eb":
            return DateRange(of=of, before=start)
        case "ge":
            return DateRange(of=of, since=start)
        case "le":
            return DateRange(of=of, before=stop)
        case "ap":
            return DateRange(of=of, since=_around(start, -_APPROXIMATION), before=_around(stop, _APPROXIMATION))
        case _:
            return DateRange(of=of, since=start, before=stop, outside=prefix == "ne")


def _around(moment: datetime, distance: timedelta) -> datetime | None:
    """None at an end of the calendar, where the interval is open."""
    try:
        return moment + distance
    except OverflowError:
        return None


def _period(value: str, name: str) -> tuple[DateRange, ...]:
    prefix, start, stop = _span(value, name)
    begins, ends = DateKind.SERVICE_START, DateKind.SERVICE_STOP
    by_prefix = {
        "gt": (DateRange(of=ends, since=stop),),
        "sa": (DateRange(of=begins, since=stop),),
        "lt": (DateRange(of=begins, before=start),),
        "eb": (DateRange(of=ends, before=start),),
        "ge": (DateRange(of=ends, since=start),),
        "le": (DateRange(of=begins, before=stop),),
        "ap": (DateRange(of=begins, before=stop), DateRange(of=ends, since=start)),
        "eq": (DateRange(of=begins, since=start), DateRange(of=ends, before=stop)),
    }
    if prefix not in by_prefix:
        raise InvalidRequest(field=name)
    return by_prefix[prefix]


def _span(value: str, name: str) -> tuple[str, datetime, datetime]:
    """Prefix, start and stop of the interval that a date of any precision stands for."""
    found = _PREFIX.fullmatch(value)
    prefix, written = (found[1] or "eq", found[2]) if found else ("eq", "")
    match = _MOMENT.fullmatch(written)
    if match is None:
        raise InvalidRequest(field=name)
    try:
        return prefix, *_start_and_stop(match)
    except (ValueError, OverflowError):
        raise InvalidRequest(field=name) from None


def _start_and_stop(match: "re.Match[str]") -> tuple[datetime, datetime]:
    """In UTC. What has no zone is meant in that of the dates that are deposited (FHIR R4, search.html#date)."""
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    # What is finer than a microsecond is not stored, and is left out.
    digits = (fraction or "")[:6]
    start = datetime(
        *(int(year), int(month or 1), int(day or 1), int(hour or 0), int(minute or 0), int(second or 0)),
        int(digits.ljust(6, "0")),
        tzinfo=UTC if zone else PARIS,
    )
    if not minute:
        return _in_utc(start), _in_utc(end_of_date(start, month, day))
    moment = _in_utc(start)
    if zone and zone != "Z":
        # Most decoders turn a plus in a URL into a space.
        sign = -1 if zone[0] == "-" else 1
        moment -= sign * timedelta(hours=int(zone[1:3]), minutes=int(zone[4:6]))
    return moment, moment + (timedelta(microseconds=10 ** (6 - len(digits))) if second else timedelta(minutes=1))


def _in_utc(moment: datetime) -> datetime:
    """The first hours of the calendar in Paris are none in UTC."""
    return moment.astimezone(UTC) if moment.year > 1 else moment.replace(tzinfo=UTC)


def wants_only_total(parameters: SearchParameters) -> bool:
    """`_count=0` asks for the number of matches and nothing else (FHIR R4, search.html#count)."""
    sent = parameters.single("_count")
    return bool(sent) and set(sent) == {"0"}


def count_of(parameters: SearchParameters, *, default: int = 20, maximum: int = 100) -> int:
    """`_count`: the page size, limited to `maximum`, as FHIR allows.

    Raises:
        InvalidRequest: not a number.
    """
    sent = parameters.single("_count")
    if not sent:
        return default
    if not (sent.isascii() and sent.isdigit()) or len(sent) > 9:
        raise InvalidRequest(field="_count")
    return min(int(sent), maximum)


def wants_total(parameters: SearchParameters) -> bool:
    """`_total`: whether the matches are counted.

    Raises:
        InvalidRequest.
    """
    sent = parameters.single("_total")
    if sent not in {"", "none", "estimate", "accurate"}:
        raise InvalidRequest(field="_total")
    return sent in {"estimate", "accurate"}


def sorts_of(parameters: SearchParameters, names: Collection[str], default: str) -> dict[str, bool]:
    """`_sort`: names of parameters, the most important first, and whether ascending.

    Raises:
        InvalidRequest: not of `names`.
    """
    found: dict[str, bool] = {}
    for sent in (parameters.single("_sort") or default).split(","):
        name = sent.strip().removeprefix("-")
        if name not in names:
            raise InvalidRequest(field="_sort")
        found.setdefault(name, not sent.strip().startswith("-"))
    return found
