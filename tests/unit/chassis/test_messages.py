"""The one character that PostgreSQL keeps in no text is seen in whatever is asked."""

import msgspec
import pytest

from chassis.rpc import has_nul


@pytest.mark.parametrize("text", ["\0", "a\0b", "\\\0", "\\\\\0", '"\0"', "\\u0000\0"])
def test_the_character_is_seen(text: str) -> None:
    assert has_nul(msgspec.json.encode({"some": [text]}))


@pytest.mark.parametrize("text", ["", "u0000", "\\u0000", "\\\\u0000", "\x01", "é"])
def test_what_only_looks_like_it_is_let_through(text: str) -> None:
    assert not has_nul(msgspec.json.encode({"some": [text]}))
