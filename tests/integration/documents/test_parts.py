"""Range requests return parts of the whole from only the frames they need; known content is not sent again."""

from io import BytesIO

import pytest

from contracts.documents import Receipt
from services.documents.vault import FRAME_SIZE, TAG_SIZE
from tests.integration.documents.papers import document
from tests.integration.documents.stack import DocumentsStack

SENT = document("5 MB")
PARTS = {
    "bytes=0-0": slice(0, 1),
    "bytes=0-999": slice(0, 1000),
    f"bytes={FRAME_SIZE - 1}-{FRAME_SIZE}": slice(FRAME_SIZE - 1, FRAME_SIZE + 1),
    f"bytes={3 * FRAME_SIZE}-{4 * FRAME_SIZE - 1}": slice(3 * FRAME_SIZE, 4 * FRAME_SIZE),
    "bytes=1000000-3000000": slice(1_000_000, 3_000_001),
    "bytes=2500000-": slice(2_500_000, None),
    "bytes=-1": slice(-1, None),
    "bytes=-200000": slice(-200_000, None),
    "bytes=0-": slice(0, None),
}


@pytest.fixture(scope="module")
def receipt(stack: DocumentsStack) -> Receipt:
    return stack.deposit(SENT)


@pytest.fixture(scope="module")
def etag(stack: DocumentsStack, receipt: Receipt) -> str:
    return stack.etag(receipt)


@pytest.mark.parametrize("header", PARTS)
def test_a_part_equals_that_of_the_whole(stack: DocumentsStack, receipt: Receipt, header: str) -> None:
    answer, part = stack.get(stack.download_ticket(receipt), range=header), PARTS[header]
    first, last, _ = part.indices(len(SENT))
    assert answer.status_code == 206
    assert answer.headers["content-range"] == f"bytes {first}-{last - 1}/{len(SENT)}"
    assert answer.headers["content-length"] == str(last - first)
    assert answer.content == SENT[part]


def test_a_download_that_broke_off_is_resumed(stack: DocumentsStack, receipt: Receipt) -> None:
    first = stack.get(stack.download_ticket(receipt), range="bytes=0-1234567")
    rest = stack.get(stack.download_ticket(receipt), range="bytes=1234568-", if_range=first.headers["etag"])
    assert (first.status_code, rest.status_code) == (206, 206)
    assert first.content + rest.content == SENT


def test_a_range_with_another_tag_is_answered_with_the_whole(stack: DocumentsStack, receipt: Receipt) -> None:
    answer = stack.get(stack.download_ticket(receipt), range="bytes=5-", if_range='"something else"')
    assert (answer.status_code, answer.content) == (200, SENT)


def test_several_parts_are_answered_with_the_whole(stack: DocumentsStack, receipt: Receipt) -> None:
    answer = stack.get(stack.download_ticket(receipt), range="bytes=0-1,5-6")
    assert (answer.status_code, answer.content) == (200, SENT)


@pytest.mark.parametrize("header", [f"bytes={len(SENT)}-", "bytes=5-2", "bytes=-0", "bytes=x"])
def test_a_range_beyond_the_end_is_answered_with_the_size_and_no_byte(
    stack: DocumentsStack, receipt: Receipt, header: str
) -> None:
    answer = stack.get(stack.download_ticket(receipt), range=header)
    assert (answer.status_code, answer.content) == (416, b"")
    assert answer.headers["content-range"] == f"bytes */{len(SENT)}"


def test_content_that_the_client_has_is_not_sent_again(stack: DocumentsStack, receipt: Receipt, etag: str) -> None:
    for range_request in ({}, {"range": "bytes=0-1"}):
        answer = stack.get(stack.download_ticket(receipt), if_none_match=etag, **range_request)
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", etag)
    answer = stack.get(stack.download_ticket(receipt), if_none_match='"another"')
    assert (answer.content, answer.headers["etag"]) == (SENT, etag)


def test_the_same_document_deposited_twice_has_two_tags(stack: DocumentsStack, receipt: Receipt, etag: str) -> None:
    other = stack.deposit(SENT)
    assert other.sha256 == receipt.sha256
    assert stack.etag(other) != etag


def test_every_kind_of_answer_spends_a_ticket(stack: DocumentsStack, receipt: Receipt, etag: str) -> None:
    for range_request in ({"range": "bytes=0-1"}, {"range": "bytes=x"}, {"if_none_match": etag}):
        ticket = stack.download_ticket(receipt)
        assert stack.get(ticket, **range_request).status_code in {206, 304, 416}
        assert stack.get(ticket).status_code == 403


def test_only_the_frames_of_a_part_are_decrypted_and_each_is_authenticated(stack: DocumentsStack) -> None:
    receipt = stack.deposit(SENT)
    key = stack.content(receipt)["object_key"]
    sealed = bytearray(stack.object(key))
    sealed[2 * (FRAME_SIZE + TAG_SIZE) + 50] ^= 1
    stack.bucket.put_object(stack.addresses.object_store.bucket, key, BytesIO(bytes(sealed)), len(sealed))
    before = stack.get(stack.download_ticket(receipt), range=f"bytes=0-{2 * FRAME_SIZE - 1}")
    after = stack.get(stack.download_ticket(receipt), range=f"bytes={3 * FRAME_SIZE}-")
    assert before.content == SENT[: 2 * FRAME_SIZE]
    assert after.content == SENT[3 * FRAME_SIZE :]
    within = stack.get(stack.download_ticket(receipt), range=f"bytes={2 * FRAME_SIZE}-{2 * FRAME_SIZE}")
    assert (within.status_code, within.json()["code"]) == (503, "document.damaged")


def test_a_part_beyond_where_an_object_was_cut_is_damaged(stack: DocumentsStack) -> None:
    receipt = stack.deposit(SENT)
    key = stack.content(receipt)["object_key"]
    cut = stack.object(key)[:FRAME_SIZE]
    stack.bucket.put_object(stack.addresses.object_store.bucket, key, BytesIO(cut), len(cut))
    for header in ("bytes=0-10", "bytes=-10"):
        answer = stack.get(stack.download_ticket(receipt), range=header)
        assert (answer.status_code, answer.json()["code"]) == (503, "document.damaged")
