"""Identity and notify, and a stand-in for consent, shared by all tests of this directory."""

from collections.abc import Iterator

import pytest

from contracts.consent.decisions import Purpose
from tests.support.fake_consent import FakeConsent, fake_consent
from tests.support.ports import base_port
from tests.support.service_stack import ServiceStack
from tests.support.shared_servers import SharedServers

BASE_PORT = base_port(29_100)


@pytest.fixture(scope="package")
def stack(tmp_path_factory: pytest.TempPathFactory, shared_servers: SharedServers) -> Iterator[ServiceStack]:
    """Identity and notify, running."""
    stack = ServiceStack(tmp_path_factory.mktemp("stack"), BASE_PORT, shared_servers.of("notify"))
    stack.start_servers()
    try:
        stack.start("identity")
        stack.start("notify")
        yield stack
    finally:
        stack.stop_all()


@pytest.fixture(scope="package", autouse=True)
def consent(stack: ServiceStack) -> Iterator[FakeConsent]:
    """Decides who may read notices."""
    with fake_consent(stack.addresses, Purpose.READ_NOTICES) as consent:
        yield consent


@pytest.fixture(autouse=True)
def _providers_available(stack: ServiceStack) -> Iterator[None]:
    yield
    stack.mailbox.set_outage(sms=False, mail=False)
