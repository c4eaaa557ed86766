"""A gateway whose clock is off, or that could verify no person's token, is not ready and says why."""

import json
from pathlib import Path

import pytest
from joserfc.jwk import OKPKey

from tests.integration.gateway.fake_documents import FakeDocuments
from tests.integration.gateway.fake_services import FakeServices
from tests.integration.gateway.process import Gateway


@pytest.mark.parametrize("seconds", [-180, 180])
def test_a_gateway_whose_clock_is_minutes_off_is_not_ready(
    gateway: Gateway, documents: FakeDocuments, seconds: int
) -> None:
    documents.seconds_ahead = seconds
    assert gateway.missing() == ["clock.off"]
    assert gateway.request("GET", "/health/ready").status == 503
    assert 'carnet_part_missing{part="clock.off"} 1.0' in gateway.metrics()
    documents.seconds_ahead = 0
    assert gateway.missing() == []
    assert gateway.request("GET", "/health/ready").status == 200


def test_a_gateway_that_trusts_no_issuer_of_peoples_tokens_is_not_ready(
    services: FakeServices, documents: FakeDocuments, broker: str, tmp_path: Path
) -> None:
    file = tmp_path / "trusted.jwks.json"
    other = OKPKey.generate_key("Ed25519", {"kid": "records"})
    file.write_text(json.dumps({"keys": [other.as_dict(private=False)]}))
    gateway = Gateway(amqp_url=broker, documents_url=documents.url, trusted_keys=file)
    try:
        gateway.wait_until("/health/live")
        assert "trusted_keys.incomplete" in gateway.missing()
        [line] = [line for line in gateway.log() if line["event"] == "not_ready"]
        assert (line["level"], line["part"]) == ("error", "trusted_keys.incomplete")
    finally:
        gateway.end()
