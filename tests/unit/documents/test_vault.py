"""Frames open only in the place and content they were sealed for."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from contracts.errors.execution import ContentDamaged
from contracts.vocabulary import ContentId
from services.documents.vault import TAG_SIZE, Frames, new_data_key

PLAIN = [b"a" * 1000, b"b" * 1000, b"c" * 10]
KEY = new_data_key()
CONTENT = ContentId(uuid4())


def sealed(plain: list[bytes], key: bytes = KEY, content: ContentId = CONTENT) -> list[bytes]:
    frames = Frames(key, content)
    return [frames.seal(frame, last=frame is plain[-1]) for frame in plain]


def opened(found: list[bytes], key: bytes = KEY, content: ContentId = CONTENT) -> Iterator[bytes]:
    frames = Frames(key, content)
    for number, frame in enumerate(found, start=1):
        yield frames.open(frame, last=number == len(found))


def test_sealed_frames_open_again() -> None:
    assert list(opened(sealed(PLAIN))) == PLAIN


def test_a_sealed_frame_shows_no_plain_bytes_and_is_longer_by_its_tag() -> None:
    for plain, frame in zip(PLAIN, sealed(PLAIN), strict=True):
        assert len(frame) == len(plain) + TAG_SIZE
        assert plain[:8] not in frame


def test_equal_frames_are_sealed_differently() -> None:
    first, second = sealed([b"x" * 100, b"x" * 100])
    assert first[:100] != second[:100]


def test_the_same_document_is_sealed_differently_under_another_key() -> None:
    assert sealed(PLAIN, new_data_key()) != sealed(PLAIN, new_data_key())


SEALED = sealed(PLAIN)
DAMAGES = {
    "frames in another order": [SEALED[1], SEALED[0], SEALED[2]],
    "the last frame left out": SEALED[:2],
    "a frame in the middle left out": [SEALED[0], SEALED[2]],
    "a frame twice": [SEALED[0], SEALED[0], SEALED[1], SEALED[2]],
    "a frame added": [*SEALED, SEALED[2]],
    "a frame cut short": [SEALED[0], SEALED[1][:-1], SEALED[2]],
    "an empty frame": [SEALED[0], b"", SEALED[2]],
    "a bit turned": [SEALED[0], bytes([SEALED[1][0] ^ 1]) + SEALED[1][1:], SEALED[2]],
    "a bit of a tag turned": [SEALED[0], SEALED[1][:-1] + bytes([SEALED[1][-1] ^ 1]), SEALED[2]],
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_no_frame_can_be_moved_left_out_or_changed(damage: str) -> None:
    with pytest.raises(ContentDamaged):
        list(opened(DAMAGES[damage]))


def test_a_frame_of_another_document_does_not_open_even_under_the_same_key() -> None:
    with pytest.raises(ContentDamaged):
        next(opened(sealed(PLAIN, content=ContentId(uuid4()))))


def test_another_key_opens_nothing() -> None:
    with pytest.raises(ContentDamaged):
        next(opened(sealed(PLAIN), key=new_data_key()))


def test_opening_can_begin_at_any_frame() -> None:
    later = Frames(KEY, CONTENT, first=1)
    found = sealed(PLAIN)
    assert [later.open(found[1], last=False), later.open(found[2], last=True)] == PLAIN[1:]
    with pytest.raises(ContentDamaged):
        Frames(KEY, CONTENT, first=2).open(found[1], last=False)
