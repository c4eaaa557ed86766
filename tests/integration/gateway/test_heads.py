"""The journal's signed tree heads, public and without a token."""

import pytest

from contracts.audit import Audit, GetHead, SignedHead, VerifierKey
from contracts.errors.request import HeadNotFound
from tests.integration.gateway.fake_services import FakeServices
from tests.integration.gateway.process import Gateway

NOTE = "carnet.example/journal\n7\ncm9vdA==\n\n— carnet.example/journal AAAAAA==\n"
HEAD = SignedHead(note=NOTE, timestamp="dG9rZW4=")


@pytest.fixture(autouse=True)
def _audit_has_heads(services: FakeServices) -> None:
    services.answer(Audit.latest_head, HEAD)
    services.answer(Audit.head_of, HEAD)
    services.answer(Audit.key_of_heads, VerifierKey(key="carnet.example/journal+0a0b0c0d+AQ=="))


@pytest.mark.parametrize("path", ["/journal/head", "/journal/heads/7"])
def test_head_is_the_note_byte_for_byte(gateway: Gateway, path: str) -> None:
    reply = gateway.request("GET", path)
    assert (reply.status, reply.body) == (200, NOTE.encode())
    assert reply.headers["content-type"] == "text/plain; charset=utf-8"


def test_head_is_requested_by_its_size(gateway: Gateway, services: FakeServices) -> None:
    gateway.request("GET", "/journal/heads/7")
    assert services.last(Audit.head_of).message == GetHead(size=7)


def test_verifier_key_is_one_line(gateway: Gateway) -> None:
    assert gateway.request("GET", "/journal/key").body == b"carnet.example/journal+0a0b0c0d+AQ==\n"


def test_timestamp_of_a_head_is_returned_if_there_is_one(gateway: Gateway, services: FakeServices) -> None:
    response = gateway.request("GET", "/journal/heads/7?timestamp=1")
    assert (response.body, response.headers["content-type"]) == (b"token", "application/timestamp-token")
    services.answer(Audit.head_of, SignedHead(note=NOTE))
    assert gateway.request("GET", "/journal/heads/7?timestamp=1").json()["code"] == "journal.head_not_found"


def test_size_without_a_head_is_404(gateway: Gateway, services: FakeServices) -> None:
    services.answer(Audit.head_of, HeadNotFound())
    reply = gateway.request("GET", "/journal/heads/8")
    assert (reply.status, reply.json()["code"]) == (404, "journal.head_not_found")


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/journal/heads?count=101", "count"),
        ("/journal/heads?before=0", "before"),
        ("/journal/heads/99999999999999999999", "size"),
        ("/journal/heads/7?timestamp=SECRET", "timestamp"),
        ("/journal/consistency?first=-1&second=7", "first"),
        ("/journal/consistency?first=1", "request"),
    ],
)
def test_invalid_parameter_of_heads_is_named(gateway: Gateway, services: FakeServices, path: str, field: str) -> None:
    reply = gateway.request("GET", path)
    assert (reply.status, reply.json()["details"]) == (400, {"field": field})
    assert services.received == []
