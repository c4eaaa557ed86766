"""The JSON scanner moves long base64 strings to parts, however the JSON is chunked, and keeps the rest."""

import json
from base64 import b64decode, b64encode

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.errors.execution import RequestTooLarge, SubmissionSetTooLarge
from contracts.errors.request import InvalidRequest
from gateway.fhir.json_scanner import LONG_STRING, MAX_PARTS, SKELETON_LIMIT, JsonScanner
from gateway.fhir.spooled_parts import SpooledPart
from gateway.spooling import Spool
from tests.proof.fhir_json import compare, content_of


def scan(body: bytes, chunk_size: int) -> tuple[bytes, dict[str, bytes]]:
    scanner = JsonScanner()
    for start in range(0, len(body), chunk_size):
        scanner.feed(body[start : start + chunk_size])
    parts = {name: content_of(part) for name, part in scanner.parts.items()}
    assert [part.size for part in scanner.parts.values()] == [len(content) for content in parts.values()]
    skeleton = scanner.skeleton()
    scanner.close()
    return skeleton, parts


@given(st.binary(min_size=0, max_size=20_000), st.integers(1, 5_000), st.text(max_size=50))
def test_long_content_is_moved_to_a_part_for_any_chunk_size(content: bytes, chunk_size: int, title: str) -> None:
    data = b64encode(content).decode()
    body = json.dumps({"title": title, "data": data, "n": [1, {"x": '"\\'}]}).encode()
    skeleton, parts = scan(body, chunk_size)
    decoded = json.loads(skeleton)
    assert decoded["title"] == title
    if len(data) > LONG_STRING:
        assert parts[decoded["data"]] == content
        assert len(skeleton) < LONG_STRING
    else:
        assert (decoded["data"], parts) == (data, {})


@pytest.mark.parametrize(
    "data", ["é" * 5_000, "A" * 4_097, "A" * 4_100 + "=AAA" * 3, "=" * 5_000, "A" * 5_000 + "\\u000b"]
)
def test_long_string_that_is_no_base64_is_refused(data: str) -> None:
    with pytest.raises(InvalidRequest):
        scan(f'{{"data":"{data}"}}'.encode(), 1_000)


def test_size_of_the_rest_is_limited() -> None:
    with pytest.raises(RequestTooLarge):
        scan(b"[" + b"1," * SKELETON_LIMIT, 65_536)


@pytest.mark.parametrize("chunk_size", [1, 7, 65_536])
@pytest.mark.parametrize(
    "body",
    ['{"title" :"%s"}', '{"data":"AAAA","div": "%s"}', '["data","%s"]', '{"data":["%s"]}', '{"data":1,"%s":2}'],
)
def test_a_long_string_that_is_no_content_stays(body: str, chunk_size: int) -> None:
    sent = (body % ("é" * LONG_STRING)).encode()
    assert scan(sent, chunk_size) == (sent, {})


_ESCAPED = {"+": ("\\u002B", "\\u002b"), "/": ("\\/", "\\u002f"), "Q": ("\\u0051",), "": ("\\n", "\\u000D\\n", "\\t")}
_WRITTEN = [(character, escape) for character, escapes in _ESCAPED.items() for escape in escapes]


@pytest.mark.parametrize(("character", "escape"), _WRITTEN)
def test_an_escape_is_read_at_every_offset_and_chunk_border(character: str, escape: str) -> None:
    plain = "A" * (LONG_STRING + 8)
    for offset in range(LONG_STRING - 8, LONG_STRING + 4):
        meant = plain[:offset] + character + plain[offset + len(character) :]
        body = f'{{"data":"{plain[:offset]}{escape}{plain[offset + len(character) :]}"}}'.encode()
        begin = len('{"data":"') + offset
        for border in range(begin - 1, begin + len(escape) + 2):
            scanner = JsonScanner()
            scanner.feed(body[:border])
            scanner.feed(body[border:])
            [part] = scanner.parts.values()
            assert content_of(part) == b64decode(meant), (offset, border)
            scanner.close()


def test_a_name_that_is_written_with_escapes_is_read_like_any_other() -> None:
    skeleton, parts = scan(b'{"d\\u0061ta":"%s"}' % (b"A" * (LONG_STRING + 4)), 100)
    assert list(parts.values()) == [bytes(LONG_STRING // 4 * 3 + 3)]
    assert list(json.loads(skeleton).values()) == list(parts)


def test_a_string_of_escapes_under_a_long_name_is_read_once() -> None:
    """Decoding that name at each escape would take minutes."""
    body = b'{"\\u0061%s":"%s"}' % (b"a" * 900_000, b"\\n" * 500_000)
    assert scan(body, 65_536) == (body, {})


@pytest.mark.parametrize("broken", ["\\x", "\\u12G4", "\\u00e9", "\\", "\n"])
def test_a_content_that_is_no_json_or_no_base64_is_refused(broken: str) -> None:
    with pytest.raises(InvalidRequest):
        scan(f'{{"data":"{"A" * 5_000}{broken}AAAA"}}'.encode(), 1_000)


def test_the_scanner_reads_what_the_standard_parser_reads() -> None:
    """A thousandth of `make proof`."""
    assert [wrong for wrong in map(compare, range(100)) if wrong] == []


def test_all_parts_of_a_request_are_in_one_file_and_their_number_is_limited() -> None:
    content = b'{"data":"%s"},' % (b"A" * (LONG_STRING + 4))
    scanner, before = JsonScanner(), psutil.Process().num_fds()
    for _ in range(MAX_PARTS):
        scanner.feed(content)
    assert psutil.Process().num_fds() == before + 1
    with pytest.raises(SubmissionSetTooLarge):
        scanner.feed(content)
    scanner.close()
    assert psutil.Process().num_fds() == before


def test_spooled_content_is_encrypted() -> None:
    spool = Spool()
    part = SpooledPart(spool)
    part.feed(b64encode(b"le patient est malade " * 1_000))
    assert b"malade" not in spool.read(0, part.size)
    spool.close()
