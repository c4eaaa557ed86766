"""What a reader gets for what the headers ask, and a tag that says nothing of the content."""

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
]
IGNORED = ["", "items=0-1", "bytes", "bytes=0-1,5-6", "bytes=0-1, x"]


@pytest.mark.parametrize("asked", PARTS)
def test_one_range_is_given(asked: str) -> None:
    assert resolve_range(RangeRequest(range=asked), ETAG, SIZE) == RangeResult(RangeKind.PART, PARTS[asked])


@pytest.mark.parametrize("asked", BEYOND)
def test_a_range_that_is_not_there_or_makes_no_sense_is_refused(asked: str) -> None:
    assert resolve_range(RangeRequest(range=asked), ETAG, SIZE).kind is RangeKind.BEYOND


@pytest.mark.parametrize("asked", IGNORED)
def test_several_ranges_and_other_units_are_answered_with_the_whole(asked: str) -> None:
    assert resolve_range(RangeRequest(range=asked), ETAG, SIZE) == RangeResult(RangeKind.WHOLE, WHOLE)


@pytest.mark.parametrize("if_range", ['"another"', f"W/{ETAG}", "Wed, 21 Oct 2026 07:28:00 GMT", "*"])
def test_a_part_of_something_else_is_never_given_to_be_put_together(if_range: str) -> None:
    assert resolve_range(RangeRequest(range="bytes=5-", if_range=if_range), ETAG, SIZE) == RangeResult(
        RangeKind.WHOLE, WHOLE
    )


def test_the_rest_of_the_same_is_given() -> None:
    assert resolve_range(RangeRequest(range="bytes=5-", if_range=ETAG), ETAG, SIZE) == RangeResult(
        RangeKind.PART, Span(5, 999)
    )


@pytest.mark.parametrize("known", [ETAG, f"W/{ETAG}", f'"a", {ETAG}', f'{ETAG},"b"', "*", " * "])
def test_what_is_known_is_not_sent_whatever_part_of_it_is_asked_for(known: str) -> None:
    for asked in ("", "bytes=0-1", "bytes=5000-"):
        assert resolve_range(RangeRequest(range=asked, if_none_match=known), ETAG, SIZE).kind is RangeKind.KNOWN


@pytest.mark.parametrize("known", ["", '"a"', '"a", "b"', ETAG.strip('"'), '"*"'])
def test_what_is_not_known_is_sent(known: str) -> None:
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


def test_a_tag_stays_and_changes_with_the_content() -> None:
    key, one = new_data_key(), content(b"one")
    assert etag_of(one, key) == etag_of(one, key)
    assert etag_of(one, key) != etag_of(content(b"two"), key)
    assert etag_of(one, key).startswith('"')
    assert etag_of(one, key).endswith('"')


def test_a_tag_does_not_tell_which_of_some_likely_documents_it_is() -> None:
    one = content(b"negative")
    assert etag_of(one, new_data_key()) != etag_of(one, new_data_key())
    assert one.sha256.hex()[:16] not in etag_of(one, new_data_key())
