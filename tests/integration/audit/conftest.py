"""Audit, and stand-ins for consent, records and identity, shared by all tests of this directory."""

from collections.abc import Iterator

import pytest

from contracts.consent.decisions import Purpose
from tests.integration.audit.fake_identity import FakePatients
from tests.integration.audit.fake_records import FakeRecordStatuses
from tests.integration.audit.stack import AuditStack
from tests.support.fake_consent import FakeConsent, fake_consent
from tests.support.ports import base_port
from tests.support.shared_servers import SharedServers

BASE_PORT = base_port(29_200)


@pytest.fixture(scope="package")
def stack(tmp_path_factory: pytest.TempPathFactory, shared_servers: SharedServers) -> Iterator[AuditStack]:
    """Audit, running."""
    stack = AuditStack(tmp_path_factory.mktemp("stack"), BASE_PORT, shared_servers.of("audit"))
    stack.start_servers()
    try:
        stack.start("audit")
        yield stack
    finally:
        stack.stop_all()


@pytest.fixture(scope="package", autouse=True)
def consent(stack: AuditStack) -> Iterator[FakeConsent]:
    """Decides who may read journals."""
    with fake_consent(stack.addresses, Purpose.READ_JOURNAL) as consent:
        yield consent


@pytest.fixture(scope="package", autouse=True)
def records(stack: AuditStack) -> Iterator[FakeRecordStatuses]:
    """Says which records there are."""
    records = FakeRecordStatuses(stack.addresses.amqp_url)
    yield records
    records.close()


@pytest.fixture(scope="package", autouse=True)
def identity(stack: AuditStack) -> Iterator[FakePatients]:
    """Says which patients are known."""
    identity = FakePatients(stack.addresses.amqp_url)
    yield identity
    identity.close()
