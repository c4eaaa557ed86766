"""What a unit of work has to tell: events that leave with its commit, journal lines that are kept either way."""

from contracts.audit import JournalEntry
from contracts.envelope import Event


class PendingEvents:
    """Gathers events while a unit works; the chassis writes them to the outbox."""

    def __init__(self) -> None:
        self._done: list[Event] = []
        self._refused: list[Event] = []

    def publish(self, event: Event) -> None:
        """Tell it if, and only if, the unit's change is committed."""
        self._done.append(event)

    def journal(self, entry: JournalEntry) -> None:
        """Keep this line if the unit commits, and also if it refuses after this point."""
        self._done.append(entry)
        self._refused.append(entry)

    def on_refusal(self, event: Event) -> None:
        """Tell it only if the unit refuses."""
        self._refused.append(event)

    def after(self, *, refused: bool) -> list[Event]:
        """What is to be written, given how the unit ended."""
        return self._refused if refused else self._done
