"""Expected refusals: error code, HTTP status and text."""

from collections.abc import Callable

import pytest

from client.errors import ApiError


def expect_refusal(
    code: str, status: int, attempt: Callable[..., object], *arguments: object, **query: object
) -> ApiError:
    """Call `attempt` and assert that it is refused with this code and status."""
    with pytest.raises(ApiError) as refused:
        attempt(*arguments, **query)
    assert (refused.value.code, refused.value.status) == (code, status)
    return refused.value


def refusal_of(attempt: Callable[[], object]) -> tuple[int, str, str]:
    """Status, code and text of the refusal of an attempt; fails where it is not refused."""
    with pytest.raises(ApiError) as refused:
        attempt()
    return refused.value.status, refused.value.code, refused.value.text
