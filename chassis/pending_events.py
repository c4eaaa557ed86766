"""The events of a unit of work: published with its commit; journal entries also with its refusal."""

from contracts.audit import JournalEntry
from contracts.envelope import Event


class PendingEvents:
    """Collects events during a unit; the chassis writes them to the outbox."""

    def __init__(self) -> None:
        self._done: list[Event] = []
        self._refused: list[Event] = []

    def publish(self, event: Event) -> None:
        """Publish only if the unit commits."""
        self._done.append(event)

    def journal(self, entry: JournalEntry) -> None:
        """Publish if the unit commits, and also if it refuses after this call."""
        self._done.append(entry)
        self._refused.append(entry)

    def on_refusal(self, event: Event) -> None:
        """Publish only if the unit refuses."""
        self._refused.append(event)

    def after(self, *, refused: bool) -> list[Event]:
        """The events to write, by the outcome of the unit."""
        return self._refused if refused else self._done
