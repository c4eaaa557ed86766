"""Whether every generation of master keys that wraps data keys on file is at hand; looked up every few seconds."""

from contracts.errors.execution import MasterKeyMissing
from services.documents.keepers import KeyKeeper
from services.documents.repositories.contents import ContentRepository

_FRESH_SECONDS = 5.0


class KeyCheck:
    """A process that lacks a generation has been given another platform's keys, or too few.

    What it would seal, nobody else may ever open: it stores nothing.
    """

    def __init__(self, keeper: KeyKeeper) -> None:
        self._keeper = keeper
        self._good_until = 0.0

    def check(self, contents: ContentRepository, *, now: float) -> None:
        """Look the generations up, unless they were all there a few seconds before `now` (monotonic).

        Raises:
            MasterKeyMissing: one is not at hand. ServiceUnavailable: a token does not answer.
        """
        if now < self._good_until:
            return
        if not all(map(self._keeper.holds, contents.key_generations())):
            raise MasterKeyMissing
        self._good_until = now + _FRESH_SECONDS


class BucketSample:
    """What the last look at a few contents in the bucket found; one a minute is enough."""

    _SECONDS = 60.0

    def __init__(self) -> None:
        self.has_any = True
        self._next = 0.0

    def is_due(self, now: float) -> bool:
        """Whether to look again; `now` is monotonic."""
        return now >= self._next

    def note(self, now: float, *, has_any: bool) -> None:
        """Keep what was found; after a bad find, the next question looks again."""
        self.has_any = has_any
        self._next = now + self._SECONDS if has_any else now
