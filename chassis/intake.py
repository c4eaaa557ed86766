"""Taking messages from the broker: nameko's consumer, handing each straight to its entrypoint as bytes."""

from typing import Any

from nameko.messaging import QueueConsumer

from chassis.line import HEARTBEAT_SECONDS


class Intake(QueueConsumer):
    """Shared by all entrypoints of a process that consume; reconnects by itself."""

    @property
    def connection(self) -> Any:
        """nameko's connection, with a heartbeat short enough to notice a silent broker."""
        connection = super().connection
        connection.heartbeat = HEARTBEAT_SECONDS
        return connection

    def handle_message(self, provider: Any, body: Any, message: Any) -> None:
        """Start the worker here; the worker pool is as large as the prefetch, so this never waits."""
        provider.handle_message(body if isinstance(body, bytes) else bytes(message.body), message)
