"""What a refusal is: its code and its status, and the same words to everybody."""

from collections.abc import Callable

import pytest

from cli.demo.client import ApiError


def expect(code: str, status: int, attempt: Callable[..., object], *arguments: object, **query: object) -> ApiError:
    """The refusal an attempt ends in."""
    with pytest.raises(ApiError) as refused:
        attempt(*arguments, **query)
    assert (refused.value.code, refused.value.status) == (code, status)
    return refused.value


def answer_to(attempt: Callable[[], object]) -> tuple[int, str, str]:
    """How an attempt is refused; one that is not refused fails the test."""
    with pytest.raises(ApiError) as refused:
        attempt()
    return refused.value.status, refused.value.code, refused.value.text
