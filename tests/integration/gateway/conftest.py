"""A broker, doors behind it, and one gateway in front."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from joserfc.jwk import OKPKey

from chassis.tokens import ISSUER_OF_OPERATORS, ISSUER_OF_PEOPLE, Signer
from deploy.dev.stack import Stack
from tests.integration.gateway.builders import A_SERVICE, People
from tests.integration.gateway.fake_documents import FakeDocuments
from tests.integration.gateway.fake_services import FakeServices
from tests.integration.gateway.process import Gateway

STALL_SECONDS = 1.5
_BASE_PORT = 28700


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real broker: the one given, else a private one."""
    given = os.environ.get("CARNET_AMQP_URL")
    if given:
        yield given
        return
    stack = Stack(tmp_path_factory.mktemp("gateway-servers"), _BASE_PORT)
    stack.start_servers()
    yield stack.addresses.amqp_url
    stack.stop()


@pytest.fixture(scope="session")
def signing_keys() -> dict[str, OKPKey]:
    """The signing keys of those who speak for people, for operators and for themselves."""
    issuers = (ISSUER_OF_PEOPLE, ISSUER_OF_OPERATORS, A_SERVICE)
    return {issuer: OKPKey.generate_key("Ed25519", {"kid": issuer}) for issuer in issuers}


@pytest.fixture(scope="session")
def trusted_keys(tmp_path_factory: pytest.TempPathFactory, signing_keys: dict[str, OKPKey]) -> Path:
    """The file of keys the gateway believes."""
    file = tmp_path_factory.mktemp("keys") / "trusted.jwks.json"
    file.write_text(json.dumps({"keys": [key.as_dict(private=False) for key in signing_keys.values()]}))
    return file


@pytest.fixture(scope="session")
def people(signing_keys: dict[str, OKPKey]) -> People:
    """Those who hold tokens."""
    return People({issuer: Signer(key, issuer) for issuer, key in signing_keys.items()})


@pytest.fixture(scope="session")
def all_services(broker: str) -> Iterator[FakeServices]:
    """The services."""
    services = FakeServices(broker)
    yield services
    services.close()


@pytest.fixture(scope="session")
def only_documents() -> Iterator[FakeDocuments]:
    """The documents data plane."""
    documents = FakeDocuments()
    yield documents
    documents.close()


@pytest.fixture
def services(all_services: FakeServices) -> FakeServices:
    """The services, silent until told what to answer."""
    all_services.forget()
    return all_services


@pytest.fixture
def documents(only_documents: FakeDocuments) -> FakeDocuments:
    """The documents data plane, taking and giving everything until told otherwise."""
    only_documents.forget()
    return only_documents


@pytest.fixture(scope="session")
def one_gateway(
    broker: str, all_services: FakeServices, only_documents: FakeDocuments, trusted_keys: Path
) -> Iterator[Gateway]:
    """A gateway for tests that leave it as it was."""
    gateway = Gateway(
        amqp_url=broker,
        documents_url=only_documents.url,
        trusted_keys=trusted_keys,
        stall_seconds=STALL_SECONDS,
    )
    yield gateway.wait_until()
    assert gateway.stop() == 0
    gateway.end()


@pytest.fixture
def gateway(one_gateway: Gateway, services: FakeServices, documents: FakeDocuments) -> Gateway:
    """The gateway, with everything behind it as at the beginning."""
    return one_gateway
