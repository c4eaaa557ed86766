"""A token is read from the Authorization header, and from nothing like it."""

import pytest

from contracts.errors import TokenMissing
from gateway.guards import token_in


@pytest.mark.parametrize("header", ["Bearer a.b.c", "bearer a.b.c", "BEARER  a.b.c "])
def test_the_scheme_may_be_written_as_one_likes(header: str) -> None:
    assert token_in(header) == ("a.b.c", False)


def test_a_token_may_be_shown_as_bound_to_a_key() -> None:
    assert token_in("DPoP a.b.c") == ("a.b.c", True)


@pytest.mark.parametrize("header", ["", "Bearer", "Basic YTpi", "Bearera.b.c", "a.b.c", " Bearer a.b.c"])
def test_anything_else_is_no_token(header: str) -> None:
    with pytest.raises(TokenMissing):
        token_in(header)
