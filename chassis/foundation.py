"""What one service process holds once: database, keys, broker connections, outbox relay."""

from typing import Any

from nameko.extensions import DependencyProvider, SharedExtension
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from chassis.db import make_engine
from chassis.line import Line
from chassis.outbox import Relay
from chassis.publisher import Publisher
from chassis.remote import OwnToken, Remote
from chassis.settings import ServiceSettings, load
from chassis.tokens import Keyring, Signer

# The relay, health checks and autonomous transactions need room beside the workers.
_SPARE_CONNECTIONS = 4


class Foundation(SharedExtension):
    """Shared by every entrypoint of the process."""

    def setup(self) -> None:
        """Read settings and keys; nothing is reached yet."""
        self.settings = load(ServiceSettings)
        self.engine = make_engine(
            self.settings.database_url, size=self.settings.workers + _SPARE_CONNECTIONS, autocommit=True
        )
        self.keyring = Keyring.from_file(self.settings.service, self.settings.trusted_keys)
        self.signer = Signer.from_file(self.settings.signing_key)
        self.line = Line(self.settings.amqp_url, self.settings.delays)
        self.publisher = Publisher(self.settings.amqp_url)
        self.relay = Relay(self.engine, Publisher(self.settings.amqp_url))
        self._own_token = OwnToken(self.signer)

    def start(self) -> None:
        """Take up the telephone and start carrying the outbox."""
        self.container.spawn_managed_thread(self.line.run, identifier="line")
        self.container.spawn_managed_thread(self.relay.run, identifier="relay")

    def stop(self) -> None:
        """Finish the batch under way and hang up."""
        self.relay.stop()
        self.line.stop()

    def remote(self, *, token: str, deadline: float) -> Remote:
        """A telephone for one unit of work."""
        return Remote(self.line, self._own_token, caller=self.settings.service, token=token, deadline=deadline)

    def missing_parts(self) -> list[str]:
        """Names of the parts this process cannot reach now; empty when it is ready."""
        missing = [] if self.line.ready else ["broker"]
        try:
            with self.engine.connect() as connection:
                connection.execute(text("SELECT 1"))
                connection.commit()
        except SQLAlchemyError:
            missing.append("database")
        return missing


class Ground(DependencyProvider):
    """Gives a service instance its process's Foundation."""

    foundation = Foundation()

    def get_dependency(self, worker_ctx: Any) -> Foundation:
        """The same one for every worker."""
        found: Foundation = self.foundation
        return found
