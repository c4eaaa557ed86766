"""NUL, which PostgreSQL does not store, is found in requests."""

import msgspec
import pytest

from chassis.rpc import has_nul


@pytest.mark.parametrize("text", ["\0", "a\0b", "\\\0", "\\\\\0", '"\0"', "\\u0000\0"])
def test_nul_is_found(text: str) -> None:
    assert has_nul(msgspec.json.encode({"some": [text]}))


@pytest.mark.parametrize("text", ["", "u0000", "\\u0000", "\\\\u0000", "\x01", "é"])
def test_similar_text_is_accepted(text: str) -> None:
    assert not has_nul(msgspec.json.encode({"some": [text]}))
