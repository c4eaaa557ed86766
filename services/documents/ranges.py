"""What of a content is sent: Range, If-Range and If-None-Match of RFC 9110, and the entity tag."""

import hashlib
import hmac
import re
from dataclasses import dataclass
from enum import Enum

from werkzeug.http import parse_range_header

from services.documents.domain import Span, StoredContent

_UNIT = "bytes="
_LENIENT = re.compile(r"\s|--|[0-9]{51}")
"""What werkzeug accepts in a range and this service does not: spaces, negative numbers, numbers of any length."""
_TAG = re.compile(r'(?:W/)?("[^"]*")')
_TAG_CHARACTERS = 32


class RangeKind(Enum):
    """What is sent: everything; a part; nothing, the client has it; nothing, the range is beyond the end."""

    WHOLE = "whole"
    PART = "part"
    KNOWN = "known"
    BEYOND = "beyond"


@dataclass(frozen=True, slots=True)
class RangeRequest:
    """The headers as they came; empty where there is none."""

    range: str = ""
    if_range: str = ""
    if_none_match: str = ""


@dataclass(frozen=True, slots=True)
class RangeResult:
    """What is sent; `span` has a meaning only for WHOLE and PART."""

    kind: RangeKind
    span: Span


def etag_of(content: StoredContent, data_key: bytes) -> str:
    """The strong entity tag, quoted: an HMAC of the content's hash under its own data key.

    The hash alone would show to whoever sees the tag which of some likely documents it is.
    """
    digest = hmac.new(data_key, b"carnet entity tag" + content.sha256, hashlib.sha256).hexdigest()
    return f'"{digest[:_TAG_CHARACTERS]}"'


def resolve_range(range_request: RangeRequest, etag: str, size: int) -> RangeResult:
    """What is sent of a content of `size` bytes.

    Several ranges, and units other than bytes, are answered with the whole, as RFC 9110 permits.
    """
    whole = Span(0, size - 1)
    if _matches(range_request.if_none_match, etag):
        return RangeResult(RangeKind.KNOWN, whole)
    range_spec = _range_spec(range_request, etag)
    if range_spec is None:
        return RangeResult(RangeKind.WHOLE, whole)
    span = _span(range_spec, size)
    return RangeResult(RangeKind.BEYOND, whole) if span is None else RangeResult(RangeKind.PART, span)


def _matches(if_none_match: str, etag: str) -> bool:
    return if_none_match.strip() == "*" or etag in _TAG.findall(if_none_match)


def _range_spec(range_request: RangeRequest, etag: str) -> str | None:
    """The range without its unit; None if everything is to be sent."""
    header = range_request.range.strip()
    if not header.lower().startswith(_UNIT) or "," in header:
        return None
    # Neither a date nor a weak tag proves that two parts belong to the same bytes.
    if range_request.if_range and range_request.if_range.strip() != etag:
        return None
    return header[len(_UNIT) :].strip()


def _span(range_spec: str, size: int) -> Span | None:
    """The bytes of one range; None if it is malformed or lies beyond the end."""
    parsed = None if _LENIENT.search(range_spec) else parse_range_header(_UNIT + range_spec)
    if parsed is None:
        return None
    [(start, stop)] = parsed.ranges
    # werkzeug refuses to resolve the last 500 of 100 bytes, which RFC 9110 answers with all of them.
    first = start if start >= 0 else max(size + start, 0)
    return Span(first, min(stop or size, size) - 1) if first < size else None
