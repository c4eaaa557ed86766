"""Strangers learn from the public port only whether the gateway can serve; metrics have their own port."""

from pathlib import Path

import pytest
import requests

from tests.integration.gateway.fake_documents import FakeDocuments
from tests.integration.gateway.fake_services import FakeServices
from tests.integration.gateway.process import HOST, Gateway


def test_strangers_see_neither_metrics_nor_what_is_missing(gateway: Gateway, documents: FakeDocuments) -> None:
    assert gateway.request("GET", "/metrics").status == 404
    documents.shut()
    try:
        ready = gateway.request("GET", "/health/ready")
        assert (ready.status, ready.json()) == (200, {"service": "gateway"})
        assert gateway.missing() == ["documents"]
    finally:
        documents.open()
    assert "carnet_unit_seconds" in gateway.metrics()


def test_the_port_of_metrics_serves_nothing_else(gateway: Gateway) -> None:
    for path in ("/", "/openapi", "/fhir/metadata", "/dmp/records"):
        assert requests.get(f"http://{HOST}:{gateway.metrics_port}{path}", timeout=10).status_code == 404, path


def test_without_a_port_of_metrics_there_are_none(
    services: FakeServices, documents: FakeDocuments, trusted_keys: Path, broker: str
) -> None:
    gateway = Gateway(amqp_url=broker, documents_url=documents.url, trusted_keys=trusted_keys, has_metrics=False)
    try:
        assert gateway.wait_until().request("GET", "/metrics").status == 404
        with pytest.raises(requests.ConnectionError):
            gateway.metrics()
    finally:
        gateway.end()
