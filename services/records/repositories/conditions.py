"""How the conditions of a search are said in SQL."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Column, ColumnElement, and_, not_, or_

from contracts.records import DateOf, NamePart, NamePattern, Window
from services.records.domain.indexing import SEPARATOR, bare


def window_condition(window: Window, columns: "Mapping[DateOf, ColumnElement[Any]]") -> ColumnElement[bool]:
    """A date within a window, or outside of it."""
    column = columns[window.of]
    within = and_(
        *((column >= window.since,) if window.since else ()), *((column < window.before,) if window.before else ())
    )
    return not_(within) if window.outside else within


def name_condition(pattern: NamePattern, columns: "Mapping[NamePart, Column[str]]") -> ColumnElement[bool]:
    """One of the authors' names begins with, or contains, one of these."""
    column = columns[pattern.part]
    before = "" if pattern.contains else SEPARATOR
    return or_(*(column.contains(before + bare(name), autoescape=True) for name in pattern.any_of))
