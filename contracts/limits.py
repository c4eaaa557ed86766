"""Limits of a request message: how long a string or a list may be, how many values, how many bytes."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from contracts.errors.request import InvalidRequest

_DEPTH = 32
_INTEGERS = range(-(2**63), 2**63)
"""What PostgreSQL stores in its widest integer column."""
_LARGEST_OFFSET = timedelta(hours=16)
"""PostgreSQL reads smaller offsets from UTC only; the largest in use is 14 hours."""


class MessageLimits(msgspec.Struct, frozen=True, kw_only=True):
    """What every message is held to, unless its method declares other limits.

    `size`: bytes of the whole call, token included. `text`: characters of one string. `items`: of one list or
    mapping. `values`: in all; each item, field and key is one.
    """

    size: int = 256 * 1024
    text: int = 16_384
    items: int = 100
    values: int = 1_000


DEFAULT_LIMITS = MessageLimits()
SEARCH_LIMITS = MessageLimits(text=1_000, items=50, values=1_000)
"""Of searches: each list of alternatives is one condition in the SQL."""
SEARCHED_VALUES = 200
"""Values that all parameters of one search have together; each may have `SEARCH_LIMITS.items`."""
FILE_LIMITS = MessageLimits(size=1 << 20, text=1 << 19)
"""Of a whole file in one string: a matrix, a filing plan."""
DEPOSIT_LIMITS = MessageLimits(size=16 << 20, text=16 << 20, items=5_000, values=200_000)
"""Of receipts, which contain the headers of documents; documents limits those while it reads."""


def check_limits(message: msgspec.Struct, limits: MessageLimits) -> None:
    """Check a decoded message, which may be long, deep or wide wherever its types leave it open.

    Raises:
        InvalidRequest: with the name of the field that is too long, that no column holds, or with which there are
            too many values.
    """
    left = limits.values
    for name in message.__struct_fields__:
        left -= _count(getattr(message, name), name, limits, _DEPTH)
        if left < 0:
            raise InvalidRequest(field=name)


def _count(value: Any, name: str, limits: MessageLimits, depth: int) -> int:
    """The number of values in a value, itself included; the size of a message bounds how long this takes."""
    if isinstance(value, str | bytes):
        _check(len(value) <= limits.text, name)
    elif isinstance(value, int):
        _check(value in _INTEGERS, name)
    elif isinstance(value, datetime):
        _check(_can_be_stored(value), name)
    elif isinstance(value, dict):
        _check(len(value) <= limits.items and depth > 0, name)
        return 1 + sum(_count(item, name, limits, depth - 1) for pair in value.items() for item in pair)
    elif isinstance(value, tuple | list | frozenset | set):
        _check(len(value) <= limits.items and depth > 0, name)
        return 1 + sum(_count(item, name, limits, depth - 1) for item in value)
    elif isinstance(value, msgspec.Struct):
        fields = value.__struct_fields__
        return 1 + sum(_count(getattr(value, field), field, limits, depth - 1) for field in fields)
    return 1


def _can_be_stored(moment: datetime) -> bool:
    offset = moment.utcoffset()
    if offset is None:
        return True
    try:
        moment.astimezone(UTC)
    except OverflowError:
        return False
    return abs(offset) < _LARGEST_OFFSET


def _check(holds: bool, name: str) -> None:
    if not holds:
        raise InvalidRequest(field=name)
