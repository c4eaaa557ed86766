"""What is sent for which range headers, and an entity tag that reveals nothing of the content."""

import hashlib
from uuid import uuid4

import pytest

from contracts.vocabulary import ContentId, PatientId
from services.documents.domain import Span, StoredContent, WrappedKey
from services.documents.ranges import RangeKind, RangeRequest, RangeResult, etag_of, resolve_range
from services.documents.vault import FRAME_SIZE, new_data_key

SIZE = 1_000
ETAG = '"0123456789abcdef"'
WHOLE = Span(0, SIZE - 1)

PARTS = {
    "bytes=0-0": Span(0, 0),
    "bytes=0-499": Span(0, 499),
    "bytes=500-": Span(500, 999),
    "bytes=999-": Span(999, 999),
    "bytes=900-5000": Span(900, 999),
    "bytes=0-": WHOLE,
    "bytes=-1": Span(999, 999),
    "bytes=-200": Span(800, 999),
    "bytes=-5000": WHOLE,
    "BYTES=1-2": Span(1, 2),
    " bytes=1-2 ": Span(1, 2),
    f"bytes=1-{'9' * 40}": Span(1, 999),
    f"bytes=1-{'9' * 50}": Span(1, 999),
    f"bytes=-{'9' * 50}": WHOLE,
    "bytes=007-0009": Span(7, 9),
}
BEYOND = [
    "bytes=1000-",
    "bytes=1000-2000",
    f"bytes={'9' * 40}-",
    "bytes=-0",
    "bytes=-",
    "bytes=",
    "bytes=5-2",
    "bytes=5000-2",
    "bytes=a-b",
    "bytes=1",
    "bytes=--1",
    "bytes=+1-2",
    "bytes=1-2-3",
    "bytes=١-٢",
    f"bytes={'9' * 10_000}-",
    "bytes=1 - 2",
    "bytes=1- 2",
    "bytes=1\t-2",
    "bytes=- 5",
    "bytes=1\x00-2",
    "bytes=1_0-20",
    "bytes=bytes=1-2",
    "bytes=-1-2",
    "bytes=1--2",
    "bytes=0--0",
    f"bytes=1-{'9' * 51}",
    f"bytes={'0' * 51}-1",
    f"bytes=-{'9' * 51}",
]
IGNORED = [
    "",
    "items=0-1",
    "bytes",
    "bytes =0-1",
    "bytes\t=0-1",
    "bytes=0-1,5-6",
    "bytes=0-1, x",
    "bytes=" + "0-0," * 9_999,
]


@pytest.mark.parametrize("header", PARTS)
def test_a_single_range_is_sent(header: str) -> None:
    assert resolve_range(RangeRequest(range=header), ETAG, SIZE) == RangeResult(RangeKind.PART, PARTS[header])


@pytest.mark.parametrize("header", BEYOND)
def test_a_range_beyond_the_end_or_malformed_is_refused(header: str) -> None:
    assert resolve_range(RangeRequest(range=header), ETAG, SIZE).kind is RangeKind.BEYOND


@pytest.mark.parametrize("header", IGNORED)
def test_several_ranges_and_other_units_are_answered_with_the_whole(header: str) -> None:
    assert resolve_range(RangeRequest(range=header), ETAG, SIZE) == RangeResult(RangeKind.WHOLE, WHOLE)


@pytest.mark.parametrize("if_range", ['"another"', f"W/{ETAG}", "Wed, 21 Oct 2026 07:28:00 GMT", "*"])
def test_no_part_is_sent_when_if_range_does_not_match(if_range: str) -> None:
    assert resolve_range(RangeRequest(range="bytes=5-", if_range=if_range), ETAG, SIZE) == RangeResult(
        RangeKind.WHOLE, WHOLE
    )


def test_a_part_is_sent_when_if_range_matches() -> None:
    assert resolve_range(RangeRequest(range="bytes=5-", if_range=ETAG), ETAG, SIZE) == RangeResult(
        RangeKind.PART, Span(5, 999)
    )


@pytest.mark.parametrize("known", [ETAG, f"W/{ETAG}", f'"a", {ETAG}', f'{ETAG},"b"', "*", " * "])
def test_known_content_is_not_sent_whatever_the_range(known: str) -> None:
    for header in ("", "bytes=0-1", "bytes=5000-"):
        assert resolve_range(RangeRequest(range=header, if_none_match=known), ETAG, SIZE).kind is RangeKind.KNOWN


@pytest.mark.parametrize("known", ["", '"a"', '"a", "b"', ETAG.strip('"'), '"*"'])
def test_content_that_is_not_known_is_sent(known: str) -> None:
    assert resolve_range(RangeRequest(if_none_match=known), ETAG, SIZE).kind is RangeKind.WHOLE


def content(plain: bytes) -> StoredContent:
    return StoredContent(
        patient_id=PatientId(uuid4()),
        content_id=ContentId(uuid4()),
        object_key="",
        size=len(plain),
        frame_size=FRAME_SIZE,
        sha256=hashlib.sha256(plain).digest(),
        key=WrappedKey(key_id="", sealed=b""),
    )


def test_a_tag_changes_only_with_the_content() -> None:
    key, first = new_data_key(), content(b"first")
    assert etag_of(first, key) == etag_of(first, key)
    assert etag_of(first, key) != etag_of(content(b"second"), key)
    assert etag_of(first, key).startswith('"')
    assert etag_of(first, key).endswith('"')


def test_a_tag_does_not_reveal_which_of_some_likely_documents_it_is() -> None:
    likely = content(b"negative")
    assert etag_of(likely, new_data_key()) != etag_of(likely, new_data_key())
    assert likely.sha256.hex()[:16] not in etag_of(likely, new_data_key())
