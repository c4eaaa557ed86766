"""Bodies of FHIR resources made to occupy files, memory or time: refused, with one file at most."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.integration.gateway.builders import TokenHolders
from tests.integration.gateway.fake_services import FakeServices
from tests.integration.gateway.fhir_cases import FHIR
from tests.integration.gateway.process import HOST, Gateway
from tests.support.waiting import wait_until

_LONG = "A" * 5_000
_DOCUMENT = {"resourceType": "DocumentReference", "status": "current"}


def nested(depth: int) -> dict[str, Any]:
    found: dict[str, Any] = {"url": "x"}
    for _ in range(depth):
        found = {"url": "x", "extension": [found]}
    return {"resourceType": "Consent", "extension": [found]}


@pytest.mark.parametrize(
    ("path", "content", "status", "code"),
    [
        ("Consent", {"resourceType": "Consent", "data": [_LONG] * 100}, 413, "request.too_large"),
        ("Consent", {"resourceType": "Consent"} | {f"x{number}": 1 for number in range(101)}, 400, "request.invalid"),
        ("Consent", nested(60), 400, "request.invalid"),
        ("DocumentReference", _DOCUMENT | {"description": _LONG}, 400, "request.invalid"),
        ("DocumentReference", _DOCUMENT | {"content": [{"data": _LONG}] * 501}, 413, "lot.too_large"),
        ("DocumentReference", _DOCUMENT | {f"x{number}": 1 for number in range(100_000)}, 400, "request.invalid"),
        ("", {"resourceType": "Bundle", "type": "transaction", "entry": [{}] * 200_000}, 400, "request.invalid"),
    ],
)
def test_a_hostile_resource_is_refused(
    gateway: Gateway,
    services: FakeServices,
    people: TokenHolders,
    path: str,
    content: dict[str, Any],
    status: int,
    code: str,
) -> None:
    token = people.patient if path == "Consent" else people.doctor
    body = json.dumps(content).encode()
    reply = gateway.request("POST", f"/fhir/{path}", token=token, body=body, headers={"Content-Type": FHIR})
    found = reply.json()["issue"][0]["details"]["coding"][0]["code"]
    assert (reply.status, found) == (status, code)
    assert services.received == []


@contextmanager
def begun_body(gateway: Gateway, path: str, token: str, body: bytes) -> Iterator[None]:
    """Within, the gateway has received this much of a larger body."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {HOST}\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: {FHIR}\r\nContent-Length: {len(body) + 100}\r\n\r\n"
    )
    with gateway.connect() as connection:
        connection.sendall(head.encode() + body)
        yield


def is_deleted(link: Path) -> bool:
    """False too for a descriptor that was closed meanwhile."""
    try:
        return str(link.readlink()).endswith("(deleted)")
    except FileNotFoundError:
        return False


def test_all_contents_of_a_request_are_in_one_file(gateway: Gateway, people: TokenHolders) -> None:
    def files() -> int:
        # The owner of an O_TMPFILE has no name for it: the link says "(deleted)".
        return sum(is_deleted(link) for link in Path(f"/proc/{gateway.process.pid}/fd").iterdir())

    before = files()
    body = json.dumps(_DOCUMENT | {"content": [{"data": _LONG}] * 200}).encode()[:-10]
    with begun_body(gateway, "/fhir/DocumentReference", people.doctor, body):
        wait_until(lambda: files() > before, "a file of contents")
        assert files() == before + 1
    wait_until(lambda: files() == before, "the file is deleted")
