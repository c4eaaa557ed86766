"""SQL conditions that both searches share."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Column, ColumnElement, and_, not_, or_

from contracts.records.searching import DateKind, DateRange, NamePart, NamePattern
from services.records.domain.indexing import SEPARATOR, normalized_name


def window_condition(window: DateRange, columns: "Mapping[DateKind, ColumnElement[Any]]") -> ColumnElement[bool]:
    """The date is within the window, or outside it if the window says so."""
    column = columns[window.of]
    within = and_(
        *((column >= window.since,) if window.since else ()), *((column < window.before,) if window.before else ())
    )
    return not_(within) if window.outside else within


def name_condition(pattern: NamePattern, columns: "Mapping[NamePart, Column[str]]") -> ColumnElement[bool]:
    """One of the authors' names begins with one of these, or contains it."""
    column = columns[pattern.part]
    before = "" if pattern.contains else SEPARATOR
    return or_(*(column.contains(before + normalized_name(name), autoescape=True) for name in pattern.any_of))
