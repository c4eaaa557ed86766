"""The JSON scanner moves long base64 strings to parts, however the JSON is chunked, and keeps the rest."""

import asyncio
import json
from base64 import b64encode

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.errors.execution import RequestTooLarge, SubmissionSetTooLarge
from contracts.errors.request import InvalidRequest
from gateway.fhir.json_scanner import LONG_STRING, MAX_PARTS, SKELETON_LIMIT, JsonScanner
from gateway.fhir.spooled_parts import Spool, SpooledPart


async def _all_of(part: SpooledPart) -> bytes:
    receive, content = part.receive(), b""
    while True:
        message = await receive()
        content += message["body"]  # type: ignore[typeddict-item]
        if not message["more_body"]:  # type: ignore[typeddict-item]
            return content


def scan(body: bytes, chunk_size: int) -> tuple[bytes, dict[str, bytes]]:
    scanner = JsonScanner()
    for start in range(0, len(body), chunk_size):
        scanner.feed(body[start : start + chunk_size])
    parts = {name: asyncio.run(_all_of(part)) for name, part in scanner.parts.items()}
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
    "data", ["é" * 5_000, "A" * 4_097, "A" * 4_100 + "=AAA" * 3, "=" * 5_000, "A" * 5_000 + "\\n"]
)
def test_long_string_that_is_no_base64_is_refused(data: str) -> None:
    with pytest.raises(InvalidRequest):
        scan(f'{{"data":"{data}"}}'.encode(), 1_000)


def test_size_of_the_rest_is_limited() -> None:
    with pytest.raises(RequestTooLarge):
        scan(b"[" + b"1," * SKELETON_LIMIT, 65_536)


@pytest.mark.parametrize("chunk_size", [1, 7, 65_536])
@pytest.mark.parametrize(
    ("body", "named"),
    [
        (b'{"title" :\n"%s"}', "title"),
        (b'{"data":"AAAA","div": "%s"}', "div"),
        (b'["data","%s"]', "body"),
        (b'{"data":["%s"]}', "body"),
        (b'{"data":1,"%s":2}', "body"),
        (b'{"a b":"%s"}', "body"),
    ],
)
def test_a_long_string_elsewhere_is_refused_by_its_element(body: bytes, named: str, chunk_size: int) -> None:
    with pytest.raises(InvalidRequest) as refused:
        scan(body % (b"A" * (LONG_STRING + 4)), chunk_size)
    assert refused.value.details == {"field": named}


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
