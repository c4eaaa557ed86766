"""SQL conditions that both searches share."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Column, ColumnElement, Text, and_, any_, cast, false, not_, or_, true
from sqlalchemy.dialects.postgresql import ARRAY

from contracts.records.searching import (
    DateKind,
    DateRange,
    NamePart,
    NamePattern,
    SearchDocuments,
    SearchSubmissionSets,
)
from services.records.domain.indexing import SEPARATOR, normalized_name

_LIKE, _ESCAPED = re.compile(r"[\\%_]"), r"\\\g<0>"


def window_condition(window: DateRange, columns: "Mapping[DateKind, ColumnElement[Any]]") -> ColumnElement[bool]:
    """The date is within the window, or outside it if the window says so."""
    column = columns[window.of]
    within = and_(
        *((column >= window.since,) if window.since else ()), *((column < window.before,) if window.before else ())
    )
    return not_(within) if window.outside else within


def windows_condition(
    request: SearchDocuments | SearchSubmissionSets, columns: "Mapping[DateKind, ColumnElement[Any]]"
) -> Iterator[ColumnElement[bool]]:
    """All windows of a search, and of each of their groups one alternative."""
    yield from (window_condition(window, columns) for window in request.windows)
    for group in request.window_groups:
        yield or_(
            false(),
            *(and_(true(), *(window_condition(window, columns) for window in windows)) for windows in group),
        )


def identifier_groups(request: SearchDocuments | SearchSubmissionSets) -> Iterator[Sequence[str]]:
    """Groups of identifiers, of each of which a result has one."""
    if request.identifiers:
        yield request.identifiers
    yield from request.identifier_groups


def name_condition(pattern: NamePattern, columns: "Mapping[NamePart, Column[str]]") -> ColumnElement[bool]:
    """One of the authors' names begins with one of these, or contains it."""
    column = columns[pattern.part]
    before = "" if pattern.contains else SEPARATOR
    patterns = [f"%{_LIKE.sub(_ESCAPED, before + normalized_name(name))}%" for name in pattern.any_of]
    return column.like(any_(cast(patterns, ARRAY(Text))))
