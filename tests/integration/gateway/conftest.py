"""A broker, fake services, and a gateway."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from joserfc.jwk import OKPKey

from chassis.tokens import ISSUER_OF_PEOPLE, Signer, issuer_of_operator
from tests.integration.gateway.builders import A_SERVICE, OPERATOR, TokenHolders
from tests.integration.gateway.fake_documents import FakeDocuments
from tests.integration.gateway.fake_services import FakeServices
from tests.integration.gateway.process import Gateway
from tests.support.shared_servers import SharedServers

STALL_SECONDS = 1.5


@pytest.fixture(scope="package")
def broker(shared_servers: SharedServers) -> str:
    """URL of a virtual host of a real broker."""
    return shared_servers.amqp_url("gateway")


@pytest.fixture(scope="package")
def signing_keys() -> dict[str, OKPKey]:
    """The signing keys of all token issuers."""
    issuers = (ISSUER_OF_PEOPLE, issuer_of_operator(OPERATOR), A_SERVICE)
    return {issuer: OKPKey.generate_key("Ed25519", {"kid": issuer}) for issuer in issuers}


@pytest.fixture(scope="package")
def trusted_keys(tmp_path_factory: pytest.TempPathFactory, signing_keys: dict[str, OKPKey]) -> Path:
    """The JWKS file that the gateway trusts."""
    file = tmp_path_factory.mktemp("keys") / "trusted.jwks.json"
    file.write_text(json.dumps({"keys": [key.as_dict(private=False) for key in signing_keys.values()]}))
    return file


@pytest.fixture(scope="package")
def people(signing_keys: dict[str, OKPKey]) -> TokenHolders:
    return TokenHolders({issuer: Signer(key, issuer) for issuer, key in signing_keys.items()})


@pytest.fixture(scope="package")
def session_services(broker: str) -> Iterator[FakeServices]:
    services = FakeServices(broker)
    yield services
    services.close()


@pytest.fixture(scope="package")
def session_documents() -> Iterator[FakeDocuments]:
    documents = FakeDocuments()
    yield documents
    documents.close()


@pytest.fixture
def services(session_services: FakeServices) -> FakeServices:
    """The fake services, without answers until the test sets them."""
    session_services.reset()
    return session_services


@pytest.fixture
def documents(session_documents: FakeDocuments) -> FakeDocuments:
    """The fake documents data plane, which accepts every upload until the test changes it."""
    session_documents.reset()
    return session_documents


@pytest.fixture(scope="package")
def session_gateway(
    broker: str, session_services: FakeServices, session_documents: FakeDocuments, trusted_keys: Path
) -> Iterator[Gateway]:
    """A gateway shared by the tests that do not change its state."""
    gateway = Gateway(
        amqp_url=broker,
        documents_url=session_documents.url,
        trusted_keys=trusted_keys,
        stall_seconds=STALL_SECONDS,
    )
    try:
        yield gateway.wait_until()
        assert gateway.stop() == 0
    finally:
        gateway.end()


@pytest.fixture
def gateway(session_gateway: Gateway, services: FakeServices, documents: FakeDocuments) -> Gateway:
    """The shared gateway, with the fakes behind it reset."""
    return session_gateway
