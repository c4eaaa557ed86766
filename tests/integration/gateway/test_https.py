"""Under an https address every response says that browsers shall ask by https only."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.gateway.fake_documents import FakeDocuments
from tests.integration.gateway.process import HOST, Gateway

HSTS = "max-age=31536000"


@pytest.fixture(scope="module")
def https_gateway(broker: str, session_documents: FakeDocuments, trusted_keys: Path) -> Iterator[Gateway]:
    """Behind a proxy that terminates TLS."""
    gateway = Gateway(
        amqp_url=broker,
        documents_url=session_documents.url,
        trusted_keys=trusted_keys,
        public_url="https://carnet.example",
    )
    try:
        yield gateway.wait_until()
    finally:
        gateway.end()


@pytest.mark.parametrize("path", ["/", "/health/live", "/nothing/here", "/fhir/metadata"])
def test_responses_under_https_have_hsts(https_gateway: Gateway, path: str) -> None:
    assert https_gateway.request("GET", path).headers["strict-transport-security"] == HSTS


def test_a_refused_head_under_https_has_hsts(https_gateway: Gateway) -> None:
    assert f"strict-transport-security: {HSTS}".encode() in https_gateway.raw(b"no HTTP at all\r\n\r\n")


def test_responses_under_http_have_none(gateway: Gateway) -> None:
    assert "strict-transport-security" not in gateway.request("GET", "/health/live").headers
    assert b"strict-transport" not in gateway.raw(f"GET / HTTP/9\r\nHost: {HOST}\r\n\r\n".encode())
