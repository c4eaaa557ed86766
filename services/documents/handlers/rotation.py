"""Data keys wrapped anew under the active master key, content untouched."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from contracts.errors import ContentDamaged
from contracts.vocabulary import ContentId
from services.documents.domain import WrappedKey
from services.documents.keepers import KeyKeeper
from services.documents.repositories.inventory import Inventory, InventoryRow

ProgressCallback = Callable[[int, int], None]
"""Is told how many are done, and of how many."""


@dataclass(frozen=True, slots=True)
class Rotated:
    """What became of the keys: how many were wrapped anew, those that did not open, and by generation how many there
    are now."""

    rewrapped: int
    damaged: Sequence[ContentId]
    generations: dict[str, int]
    active: str

    @property
    def left(self) -> int:
        """Keys that are still under another generation than the active one."""
        return sum(count for key_id, count in self.generations.items() if key_id != self.active)


class Rotation:
    """One run; broken off, the next goes on where it ended, for what is done is under the active key."""

    def __init__(self, inventory: Inventory, keeper: KeyKeeper, told: ProgressCallback) -> None:
        self._inventory = inventory
        self._keeper = keeper
        self._told = told
        self._done = 0
        self._total = 0
        self._damaged: set[ContentId] = set()

    def run(self) -> Rotated:
        """Wrap everything anew that an older generation wraps; what runs beside it may go on.

        Raises:
            ServiceUnavailable: the keeper is away; what is done is done.
        """
        older = {key_id: n for key_id, n in self._inventory.generations().items() if key_id != self._keeper.active}
        self._total = sum(older.values())
        for key_id in filter(self._keeper.holds, older):
            # Again while there was something: keys in use were left out, and one that does not know yet of the new
            # generation may have added some.
            while self._pass(key_id):
                pass
        return Rotated(self._done, sorted(self._damaged, key=str), self._inventory.generations(), self._keeper.active)

    def _pass(self, key_id: str) -> int:
        before = self._done
        for batch in self._inventory.keys_under(key_id):
            pairs = [(held, wrapped) for held in batch if (wrapped := self._rewrapped(held)) is not None]
            if pairs:
                self._done += self._inventory.replace(pairs, self._keeper.active)
            self._told(self._done, max(self._total, self._done))
        return self._done - before

    def _rewrapped(self, held: InventoryRow) -> WrappedKey | None:
        """The key under the active generation, proven to open before the old one is let go."""
        try:
            data_key = self._keeper.unwrap(held.key)
        except ContentDamaged:
            self._damaged.add(held.content_id)
            return None
        wrapped = self._keeper.wrap(data_key)
        if self._keeper.unwrap(wrapped) != data_key:
            raise ContentDamaged
        return wrapped
