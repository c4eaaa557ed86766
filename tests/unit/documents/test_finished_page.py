"""A finished page waits sealed and outside of memory until it is sent."""

import os
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

from services.documents.rendering.files import PageHead
from services.documents.rendering.finished import FinishedPage

HEAD = PageHead("text/html", "default-src 'none'")
PIECE = b"un mot " * 10_000


def pieces(count: int) -> Iterator[bytes]:
    for number in range(count):
        yield b"%d " % number + PIECE


def open_files() -> set[Path]:
    return {file for file in Path("/proc/self/fd").iterdir() if file.exists() or os.path.lexists(file)}


def test_it_is_read_as_it_was_made() -> None:
    for count in (0, 1, 70):
        body = b"".join(pieces(count))
        page = FinishedPage(HEAD, len(body), pieces(count))
        assert (page.head, page.size, b"".join(page.frames())) == (HEAD, len(body), body)


def test_it_is_not_held_in_memory() -> None:
    tracemalloc.start()
    try:
        page = FinishedPage(HEAD, 0, pieces(70))
        assert sum(map(len, page.frames())) > 4_900_000
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


def test_its_file_holds_no_plain_bytes_and_ends_with_it() -> None:
    before = open_files()
    page = FinishedPage(HEAD, 0, pieces(70))
    [file] = open_files() - before
    stored = file.read_bytes()
    assert len(stored) > 4_900_000
    assert b"un mot" not in stored
    del page
    assert open_files() == before
