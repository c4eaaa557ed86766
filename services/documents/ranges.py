"""How much of a content goes out: Range, If-Range and If-None-Match as RFC 9110 reads them, and its entity tag."""

import hashlib
import hmac
import re
from dataclasses import dataclass
from enum import Enum

from services.documents.domain import Span, StoredContent

_UNIT = "bytes="
_RANGE = re.compile(r"([0-9]{0,50})-([0-9]{0,50})")
_TAG = re.compile(r'(?:W/)?("[^"]*")')
_TAG_CHARACTERS = 32


class RangeKind(Enum):
    """What goes out: everything, a part, nothing since it is known already, nothing since there is no such part."""

    WHOLE = "whole"
    PART = "part"
    KNOWN = "known"
    BEYOND = "beyond"


@dataclass(frozen=True, slots=True)
class RangeRequest:
    """What a reader asks for, as the headers say it; empty where there is none."""

    range: str = ""
    if_range: str = ""
    if_none_match: str = ""


@dataclass(frozen=True, slots=True)
class RangeResult:
    """What a reader gets; `span` of the whole and of a part only has a meaning."""

    kind: RangeKind
    span: Span


def etag_of(content: StoredContent, data_key: bytes) -> str:
    """The strong entity tag, quoted: made from the hash of the content under its own data key.

    The hash alone would tell whoever sees the tag which of some likely documents it is.
    """
    digest = hmac.new(data_key, b"carnet entity tag" + content.sha256, hashlib.sha256).hexdigest()
    return f'"{digest[:_TAG_CHARACTERS]}"'


def resolve_range(range_request: RangeRequest, etag: str, size: int) -> RangeResult:
    """What of a content of `size` bytes a reader gets.

    Several ranges, and units other than bytes, are answered with the whole, which the standard permits.
    """
    whole = Span(0, size - 1)
    if _names(range_request.if_none_match, etag):
        return RangeResult(RangeKind.KNOWN, whole)
    asked = _asked_bytes(range_request, etag)
    if asked is None:
        return RangeResult(RangeKind.WHOLE, whole)
    span = _span(asked, size)
    return RangeResult(RangeKind.BEYOND, whole) if span is None else RangeResult(RangeKind.PART, span)


def _names(if_none_match: str, etag: str) -> bool:
    return if_none_match.strip() == "*" or etag in _TAG.findall(if_none_match)


def _asked_bytes(range_request: RangeRequest, etag: str) -> str | None:
    """The one range that is asked for and may be given."""
    wanted = range_request.range.strip()
    if not wanted.lower().startswith(_UNIT) or "," in wanted:
        return None
    # A date, or a weak tag, is never sure enough to put two parts together.
    if range_request.if_range and range_request.if_range.strip() != etag:
        return None
    return wanted[len(_UNIT) :].strip()


def _span(asked: str, size: int) -> Span | None:
    """The bytes of one range; None where it is malformed or lies beyond the end."""
    found = _RANGE.fullmatch(asked)
    if found is None:
        return None
    first, last = found.groups()
    if not first:
        return Span(max(size - int(last), 0), size - 1) if last and int(last) else None
    start, end = int(first), min(int(last or size - 1), size - 1)
    is_order_kept = not last or int(first) <= int(last)
    return Span(start, end) if start < size and is_order_kept else None
