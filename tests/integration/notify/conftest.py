"""The servers with identity and notify, and a stand-in for consent, once for all tests of this directory."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from chassis.tokens import Keyring
from tests.integration.notify.peers import FakePeers
from tests.integration.notify.stack import NotifyStack

BASE_PORT = 29100


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NotifyStack]:
    """Identity and notify, up."""
    root: Path = tmp_path_factory.mktemp("house")
    stack = NotifyStack(root, BASE_PORT)
    stack.start_servers()
    try:
        stack.start("identity")
        stack.start("notify")
        yield stack
    finally:
        stack.processes.stop_all()
        stack.stack.stop()


@pytest.fixture(scope="session", autouse=True)
def peers(stack: NotifyStack) -> Iterator[FakePeers]:
    """Whom notify asks who may read."""
    peers = FakePeers(stack.addresses.amqp_url, Keyring.from_file("consent", stack.addresses.keys.trusted))
    try:
        yield peers
    finally:
        peers.close()


@pytest.fixture(autouse=True)
def _providers_there(stack: NotifyStack) -> Iterator[None]:
    yield
    stack.set_outage(sms=False, mail=False)
