"""Parsing of the Authorization header."""

import pytest

from contracts.errors.request import TokenMissing
from gateway.guards import token_in


@pytest.mark.parametrize("header", ["Bearer a.b.c", "bearer a.b.c", "BEARER  a.b.c "])
def test_scheme_is_case_insensitive(header: str) -> None:
    assert token_in(header) == ("a.b.c", False)


def test_dpop_scheme_marks_a_bound_token() -> None:
    assert token_in("DPoP a.b.c") == ("a.b.c", True)


@pytest.mark.parametrize("header", ["", "Bearer", "Basic YTpi", "Bearera.b.c", "a.b.c", " Bearer a.b.c"])
def test_other_header_is_no_token(header: str) -> None:
    with pytest.raises(TokenMissing):
        token_in(header)
