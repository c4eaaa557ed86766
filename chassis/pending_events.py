"""The events of a unit of work: those it publishes if it commits, and those if it refuses."""

from contracts.envelope import Event


class PendingEvents:
    """Collects events during a unit; the chassis writes them to the outbox."""

    def __init__(self) -> None:
        self._done: list[Event] = []
        self._refused: list[Event] = []

    def publish(self, event: Event) -> None:
        """Publish only if the unit commits."""
        self._done.append(event)

    def on_refusal(self, event: Event) -> None:
        """Publish only if the unit refuses."""
        self._refused.append(event)

    def after(self, *, refused: bool) -> list[Event]:
        """The events to write, by the outcome of the unit."""
        return self._refused if refused else self._done
