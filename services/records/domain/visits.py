"""Visits of professionals to a record: which loads of a list are of one visit, and since when the next one looks."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

_PAUSE = timedelta(minutes=30)
"""A visit that is not continued for so long is over."""


@dataclass(frozen=True)
class RecordVisit:
    """The visit of a professional to a record: its first load, its latest, and when the visit before began."""

    started: datetime
    latest: datetime
    before: datetime | None = None


def visited(known: RecordVisit | None, now: datetime) -> RecordVisit:
    """The visit of a load at this time: the known one continued, or a new one."""
    if known is None:
        return RecordVisit(started=now, latest=now)
    if now - known.latest < _PAUSE:
        return RecordVisit(started=known.started, latest=max(known.latest, now), before=known.before)
    return RecordVisit(started=now, latest=now, before=known.started)


def last_visit(record_visits: Collection[RecordVisit]) -> datetime | None:
    """Since when documents are new to a professional, by their visits to each identity of a person.

    The earliest: what came to either record meanwhile is new. None where one was not visited before.
    """
    starts = [each.before for each in record_visits if each.before is not None]
    return min(starts) if starts and len(starts) == len(record_visits) else None
