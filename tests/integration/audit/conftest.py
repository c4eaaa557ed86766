"""The servers with audit, and a stand-in for consent, once for all tests of this directory."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from chassis.tokens import Keyring
from tests.integration.audit.fake_consent import FakeConsent
from tests.integration.audit.stack import AuditStack

BASE_PORT = 29200


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AuditStack]:
    """Audit, up."""
    root: Path = tmp_path_factory.mktemp("house")
    stack = AuditStack(root, BASE_PORT)
    stack.start_servers()
    try:
        stack.start("audit")
        yield stack
    finally:
        stack.processes.stop_all()
        stack.stack.stop()


@pytest.fixture(scope="session", autouse=True)
def consent(stack: AuditStack) -> Iterator[FakeConsent]:
    """Whom audit asks who may read."""
    consent = FakeConsent(stack.addresses.amqp_url, Keyring.from_file("consent", stack.addresses.keys.trusted))
    try:
        yield consent
    finally:
        consent.close()
