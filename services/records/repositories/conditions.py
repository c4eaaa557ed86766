"""SQL conditions that both searches share."""

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Column, ColumnElement, Text, and_, any_, cast, not_
from sqlalchemy.dialects.postgresql import ARRAY

from contracts.records.searching import DateKind, DateRange, NamePart, NamePattern
from services.records.domain.indexing import SEPARATOR, normalized_name

_LIKE, _ESCAPED = re.compile(r"[\\%_]"), r"\\\g<0>"


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
    patterns = [f"%{_LIKE.sub(_ESCAPED, before + normalized_name(name))}%" for name in pattern.any_of]
    return column.like(any_(cast(patterns, ARRAY(Text))))
