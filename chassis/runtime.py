"""The shared parts of a service process: database engine, keys, broker connections, outbox relay."""

from collections.abc import Callable, Sequence
from time import time
from typing import Any

import eventlet
import structlog
from eventlet.event import Event as Fit
from nameko.extensions import DependencyProvider, SharedExtension

from chassis.database_state import ExpectedDatabase, state_of
from chassis.db import make_engine
from chassis.figures import PERIOD_SECONDS, ServiceFigures
from chassis.logs import where_raised
from chassis.outbox import OutboxRelay
from chassis.publisher import Publisher
from chassis.readiness import Check, Readiness, is_fit
from chassis.remote import OwnToken, Remote
from chassis.rpc_client import RpcClient
from chassis.settings import ServiceSettings, load
from chassis.tokens import Keyring, Signer
from contracts.errors.base import Refusal
from contracts.errors.execution import ServiceUnavailable
from contracts.wiring import SERVICES

# For the relay, health checks and separate transactions, besides the workers.
_SPARE_CONNECTIONS = 4
_ANSWER_SECONDS = 0.05
_ASK_SECONDS = 0.5
"""Between two looks at whether the process is fit, before it is."""
_PROOF = b"carnet signing key"
UNITS_SECONDS = 15.0
"""How long running units may take once the process was told to stop; then they are cut, and redelivered."""


class Runtime(SharedExtension):
    """Shared by all entrypoints of the process.

    `missing_own`: the check of the service's own parts.

    `consuming`: calls and events are taken from its queues. `stopping`: none are any more, and running units end
    before `stop_by` (Unix time).
    """

    consuming = False
    stopping = False
    stop_by = 0.0
    _is_sound = False
    missing_own: Check = staticmethod(lambda _missing: [])

    def __init__(self) -> None:
        super().__init__()
        self._fit = Fit()

    def setup(self) -> None:
        """Read settings and keys; connects to nothing."""
        self.settings = load(ServiceSettings)
        self.engine = make_engine(
            self.settings.database_url, size=self.settings.workers + _SPARE_CONNECTIONS, autocommit=True
        )
        self.keyring = Keyring.from_file(self.settings.service, self.settings.trusted_keys)
        self.signer = Signer.from_file(self.settings.signing_key)
        self.rpc_client = RpcClient(self.settings.amqp_url, self.settings.service, self.settings.amqp_ca_file)
        self.publisher = Publisher(self.settings.amqp_url, self.settings.amqp_ca_file)
        relaying = Publisher(self.settings.amqp_url, self.settings.amqp_ca_file)
        self.relay = OutboxRelay(self.engine, relaying, self.signer)
        # The relay keeps its connection alive; another one only to count would be one more for each process.
        seconds = min(PERIOD_SECONDS, self.settings.timer_seconds)
        self.figures = ServiceFigures(self.settings.service, self.engine, relaying, seconds=seconds)
        self._own_token = OwnToken(self.signer)
        self._database = ExpectedDatabase.of(self.settings.service)
        self._readiness = Readiness(self._missing_keys, self._missing_servers, self._missing_own)

    def start(self) -> None:
        """Start the RPC client, and once the process is fit the outbox relay."""
        self.container.spawn_managed_thread(self.rpc_client.run, identifier="rpc_client")
        self.container.spawn_managed_thread(self._relay_once_fit, identifier="relay")
        self.container.spawn_managed_thread(self.figures.run, identifier="figures")

    @property
    def fit(self) -> bool:
        """Whether the process may serve: once true it stays so, and readiness tells what is missing later."""
        return bool(self._fit.ready())

    @property
    def has_broker(self) -> bool:
        """Whether calls can be sent, and once the process is fit are taken."""
        return self.rpc_client.ready and (self.consuming or not self.fit)

    def wait_until_fit(self) -> None:
        """Return once the process may take messages: until then other replicas do."""
        self._fit.wait()

    def become_fit(self) -> None:
        """Let messages be taken from now on."""
        self._fit.send()

    def check_sound(self) -> None:
        """For units that come without a queue; what the service itself lacks, its handlers check.

        Raises:
            ServiceUnavailable: keys or database were never right since the start.
        """
        if not self._is_sound:
            raise ServiceUnavailable

    def _relay_once_fit(self) -> None:
        """Whatever is signed by a wrong key, or read from a wrong database, would be a dead letter elsewhere."""
        while not is_fit(self.missing_parts()):
            eventlet.sleep(_ASK_SECONDS)
        self.become_fit()
        self.relay.run()

    def begin_stop(self) -> None:
        """Called by every entrypoint that stops; the first call counts."""
        if not self.stopping:
            self.stopping, self.stop_by = True, time() + UNITS_SECONDS

    def stop(self) -> None:
        """Finish the current batch of the outbox and disconnect."""
        self.relay.stop()
        self.rpc_client.stop()

    def remote(self, *, token: str, deadline: float) -> Remote:
        """Calls to other services for a unit of work; arguments as `Remote`."""
        return Remote(self.rpc_client, self._own_token, caller=self.settings.service, token=token, deadline=deadline)

    def in_background(self, name: str, work: Callable[[], object]) -> None:
        """Do something once the answer has left, so that nobody learns from its time or outcome that it is done."""

        def run() -> None:
            eventlet.sleep(_ANSWER_SECONDS)
            outcome, code, where = "done", "", ""
            try:
                work()
            except Refusal as refusal:
                outcome, code = "refused", refusal.code
            except Exception as error:  # a managed thread that fails would stop the process
                outcome, code, where = "failed", type(error).__name__, where_raised(error)
            structlog.get_logger().info("unit", kind="background", name=name, outcome=outcome, code=code, where=where)

        self.container.spawn_managed_thread(run, identifier="background")

    def missing_parts(self) -> list[str]:
        """Names of the parts that are missing, the service's own included; empty when the process is ready."""
        return self._readiness.missing()

    def _missing_own(self, missing: Sequence[str]) -> list[str]:
        self._is_sound = self._is_sound or is_fit(missing)
        return self.missing_own(missing)

    def _missing_keys(self, _missing: Sequence[str]) -> list[str]:
        service = self.settings.service
        is_own = self.signer.issuer == service and self.keyring.is_signed_by(
            service, _PROOF, self.signer.sign_bytes(_PROOF)
        )
        wrong = {
            "signing_key.untrusted": not is_own,
            "trusted_keys.incomplete": not all(self.keyring.knows(issuer) for issuer in SERVICES),
        }
        return [part for part, is_wrong in wrong.items() if is_wrong]

    def _missing_servers(self, _missing: Sequence[str]) -> list[str]:
        missing = [] if self.has_broker else ["broker"]
        with self.engine.connect() as connection:
            return missing + state_of(connection, self._database).missing_parts(self._database)


class RuntimeProvider(DependencyProvider):
    """Injects the process's Runtime into the service class."""

    runtime = Runtime()

    def get_dependency(self, worker_ctx: Any) -> Runtime:
        """The same object for every worker."""
        runtime: Runtime = self.runtime
        return runtime
