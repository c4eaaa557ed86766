"""A span includes its first and its last byte."""

import pytest

from services.documents.domain import Span


@pytest.mark.parametrize(("first", "last", "size"), [(0, 0, 1), (0, 9, 10), (5, 9, 5)])
def test_the_size_counts_first_and_last_byte(first: int, last: int, size: int) -> None:
    assert Span(first=first, last=last).size == size
