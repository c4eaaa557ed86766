"""Rotation of master keys: data keys are wrapped again under the active one, contents stay untouched."""

from collections.abc import Sequence
from dataclasses import dataclass

from contracts.errors.execution import ContentDamaged
from contracts.vocabulary import ContentId
from services.documents.domain import WrappedKey
from services.documents.keepers import KeyKeeper
from services.documents.progress import ProgressCallback
from services.documents.repositories.inventory import ContentKey, Inventory


@dataclass(frozen=True, slots=True)
class RotationReport:
    """`damaged`: contents whose key does not unwrap. `generations`: how many keys each generation wraps now."""

    rewrapped: int
    damaged: Sequence[ContentId]
    generations: dict[str, int]
    active: str

    @property
    def left(self) -> int:
        """Keys that are still under another generation than the active one."""
        return sum(count for key_id, count in self.generations.items() if key_id != self.active)


class Rotation:
    """One run; after an interruption the next run continues, since rewrapped keys are under the active generation."""

    def __init__(self, inventory: Inventory, keeper: KeyKeeper, on_progress: ProgressCallback) -> None:
        self._inventory = inventory
        self._keeper = keeper
        self._on_progress = on_progress
        self._rewrapped = 0
        self._total = 0
        self._damaged: set[ContentId] = set()

    def run(self) -> RotationReport:
        """Rewrap every key that an older generation wraps; services may run meanwhile.

        Raises:
            ServiceUnavailable: the keeper is away; keys rewrapped so far stay so.
        """
        active = self._keeper.active
        older = {key_id: count for key_id, count in self._inventory.generations().items() if key_id != active}
        self._total = sum(older.values())
        for key_id in filter(self._keeper.holds, older):
            # Repeated while there was something to do: locked rows were skipped, and a service that does not know the
            # new generation yet may have added keys.
            while self._rewrap_keys_under(key_id):
                pass
        return RotationReport(
            self._rewrapped, sorted(self._damaged, key=str), self._inventory.generations(), self._keeper.active
        )

    def _rewrap_keys_under(self, key_id: str) -> int:
        before = self._rewrapped
        for batch in self._inventory.keys_under(key_id):
            pairs = [(content, wrapped) for content in batch if (wrapped := self._rewrap(content)) is not None]
            if pairs:
                self._rewrapped += self._inventory.replace(pairs, self._keeper.active)
            self._on_progress(self._rewrapped, max(self._total, self._rewrapped))
        return self._rewrapped - before

    def _rewrap(self, content: ContentKey) -> WrappedKey | None:
        """The key under the active generation, checked to unwrap before it replaces the old one."""
        try:
            data_key = self._keeper.unwrap(content.key)
        except ContentDamaged:
            self._damaged.add(content.content_id)
            return None
        wrapped = self._keeper.wrap(data_key)
        if self._keeper.unwrap(wrapped) != data_key:
            raise ContentDamaged
        return wrapped
