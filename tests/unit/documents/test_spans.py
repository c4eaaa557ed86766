"""A span holds its first and its last byte."""

import pytest

from services.documents.domain import Span


@pytest.mark.parametrize(("first", "last", "size"), [(0, 0, 1), (0, 9, 10), (5, 9, 5)])
def test_a_span_is_as_long_as_the_bytes_from_first_to_last(first: int, last: int, size: int) -> None:
    assert Span(first=first, last=last).size == size
