"""Fixtures of the platform that all but unit tests share: started once per run, on its own ports."""

import os
import secrets
from collections.abc import Iterator

import pytest
from hypothesis import settings

from client.mailbox import Mailbox
from client.operator import OperatorClient
from client.people import DemoPeople
from deploy.dev.external import external_servers_from
from deploy.dev.paths import CHECKOUT, write_private
from deploy.dev.stack import Stack
from tests.support import comparisons, fhir_client, pro_sante_connect
from tests.support.operators import TwoOperators
from tests.support.ports import WORKER, base_port
from tests.support.service_stack import SHORT_DELAYS
from tests.support.staff import operators

# A busy machine is no failure: examples are bounded in number, tests in time.
settings.register_profile("carnet", deadline=None)
settings.load_profile("carnet")

_BASE_PORT = base_port(29_000)
_ROOT = CHECKOUT / "var" / "test" / str(WORKER)
_SECRET = _ROOT / "pro-sante-connect.secret"
LOGINS_PER_ADDRESS = 300


def pytest_configure(config: pytest.Config) -> None:
    """Let what each worker compared be counted, where several share the tests."""
    if config.pluginmanager.hasplugin("dsession"):
        config.pluginmanager.register(comparisons.OfWorkers())


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker reports to the first process what it compared."""
    if output := getattr(session.config, "workeroutput", None):
        output[comparisons.KEY] = dict(comparisons.MADE)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests with many comparisons compared."""
    if comparisons.MADE:
        terminalreporter.section("compared within tests")
    for what, number in sorted(comparisons.MADE.items()):
        terminalreporter.write_line(f"{number:>6,} {what}")


@pytest.fixture(scope="session")
def platform() -> Iterator[Stack]:
    """The whole stack, as `make up` starts it, under var/test."""
    os.environ.update(SHORT_DELAYS)
    # All tests log in from one address; the test of this limit sets another one by a header.
    os.environ["CARNET_LOGINS_PER_ADDRESS"] = str(LOGINS_PER_ADDRESS)
    os.environ["CARNET_STRANGERS_A_MINUTE"] = "0"
    os.environ["CARNET_TRUSTED_INGRESS"] = "127.0.0.1"
    os.environ["CARNET_PRO_SANTE_CONNECT"] = pro_sante_connect.ISSUER
    os.environ["CARNET_PRO_SANTE_CONNECT_CLIENT"] = pro_sante_connect.CLIENT
    os.environ["CARNET_PRO_SANTE_CONNECT_SECRET_FILE"] = str(_SECRET)
    if not _SECRET.exists():
        write_private(_SECRET, secrets.token_urlsafe(32).encode())
    with Stack(_ROOT, _BASE_PORT, external_servers_from(os.environ)) as stack:
        yield stack


@pytest.fixture(scope="session", autouse=True)
def fhir_answers_are_valid() -> Iterator[None]:
    """Check every FHIR answer of the run with a second validator at the end."""
    yield
    if fhir_client.ANSWERS:
        fhir_client.check_with_second_validator()


@pytest.fixture(scope="session")
def demo(platform: Stack) -> DemoPeople:
    """The demo people and their cards, as clients of the test platform."""
    return DemoPeople(
        platform.addresses.url("gateway"), Mailbox(platform.addresses.url("mailbox")), platform.layout.cards
    )


@pytest.fixture(scope="session")
def pro_sante_connect_provider(demo: DemoPeople) -> Iterator[None]:
    """An OpenID provider that stands in for Pro Santé Connect, at the address the platform is configured with."""
    with pro_sante_connect.provider(demo.gateway, _SECRET.read_text()):
        yield


@pytest.fixture
def operator_cli(platform: Stack, monkeypatch: pytest.MonkeyPatch) -> TwoOperators:
    """Runs `carnet` commands as an operator of the test platform, and as the second where that is needed."""
    monkeypatch.setenv("CARNET_DEV_ROOT", str(platform.layout.root))
    monkeypatch.setenv("CARNET_AMQP_URL", platform.addresses.amqp_url)
    monkeypatch.setenv("COLUMNS", "200")
    return TwoOperators(platform.addresses.keys)


@pytest.fixture
def operator_client(platform: Stack) -> OperatorClient:
    """HTTP client of the gateway of two operators."""
    return operators(platform)
