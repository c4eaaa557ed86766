"""The shared parts of a service process: database engine, keys, broker connections, outbox relay."""

from collections.abc import Callable
from time import time
from typing import Any

import eventlet
import structlog
from nameko.extensions import DependencyProvider, SharedExtension
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from chassis.db import make_engine
from chassis.figures import PERIOD_SECONDS, ServiceFigures
from chassis.logs import where_raised
from chassis.outbox import OutboxRelay
from chassis.publisher import Publisher
from chassis.remote import OwnToken, Remote
from chassis.rpc_client import RpcClient
from chassis.settings import ServiceSettings, load
from chassis.tokens import Keyring, Signer
from contracts.errors.base import Refusal

# For the relay, health checks and separate transactions, besides the workers.
_SPARE_CONNECTIONS = 4
_ANSWER_SECONDS = 0.05
UNITS_SECONDS = 15.0
"""How long running units may take once the process was told to stop; then they are cut, and redelivered."""


class Runtime(SharedExtension):
    """Shared by all entrypoints of the process.

    `consuming`: calls and events are taken from its queues. `stopping`: none are any more, and running units end
    before `stop_by` (Unix time).
    """

    consuming = False
    stopping = False
    stop_by = 0.0

    def setup(self) -> None:
        """Read settings and keys; connects to nothing."""
        self.settings = load(ServiceSettings)
        self.engine = make_engine(
            self.settings.database_url, size=self.settings.workers + _SPARE_CONNECTIONS, autocommit=True
        )
        self.keyring = Keyring.from_file(self.settings.service, self.settings.trusted_keys)
        self.signer = Signer.from_file(self.settings.signing_key)
        self.rpc_client = RpcClient(self.settings.amqp_url, self.settings.delays)
        self.publisher = Publisher(self.settings.amqp_url)
        relaying = Publisher(self.settings.amqp_url)
        self.relay = OutboxRelay(self.engine, relaying, self.signer)
        # The relay keeps its connection alive; another one only to count would be one more for each process.
        seconds = min(PERIOD_SECONDS, self.settings.timer_seconds)
        self.figures = ServiceFigures(self.settings.service, self.engine, relaying, seconds=seconds)
        self._own_token = OwnToken(self.signer)

    def start(self) -> None:
        """Start the RPC client and the outbox relay."""
        self.container.spawn_managed_thread(self.rpc_client.run, identifier="rpc_client")
        self.container.spawn_managed_thread(self.relay.run, identifier="relay")
        self.container.spawn_managed_thread(self.figures.run, identifier="figures")

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
        """Names of the parts that cannot be reached; empty when the process is ready."""
        missing = [] if self.rpc_client.ready and self.consuming else ["broker"]
        try:
            with self.engine.connect() as connection:
                connection.execute(text("SELECT 1"))
                connection.commit()
        except SQLAlchemyError:
            missing.append("database")
        return missing


class RuntimeProvider(DependencyProvider):
    """Injects the process's Runtime into the service class."""

    runtime = Runtime()

    def get_dependency(self, worker_ctx: Any) -> Runtime:
        """The same object for every worker."""
        runtime: Runtime = self.runtime
        return runtime
