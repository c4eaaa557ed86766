"""The tree built again from its leaves and compared with the stored tiles."""

from services.audit.domain.faults import Fault, FaultKind
from services.audit.domain.merkle import HASH_SIZE, TILE_WIDTH, Frontier, Tile, perfect_root


class RebuiltTree:
    """Holds one open tile per level, whatever the size; `stored` gives an empty tile where there is none."""

    def __init__(self, stored: Tile) -> None:
        self._stored = stored
        self._frontier = Frontier()
        self._levels: list[_OpenTile] = []

    @property
    def size(self) -> int:
        """Leaves so far."""
        return self._frontier.size

    def root(self) -> bytes:
        """The root over the leaves so far."""
        return self._frontier.root()

    def append(self, leaf: bytes) -> None:
        """Add the hash of a leaf.

        Raises:
            Fault: the stored tile of this leaf, or of a level above, has another hash.
        """
        self._put(0, leaf)
        self._frontier.append(leaf)

    def close(self) -> int:
        """The number of tiles of the whole tree.

        Raises:
            Fault: the last stored tile of a level has too many hashes.
        """
        for level, tile in enumerate(self._levels):
            if tile.hashes and len(tile.stored) != len(tile.hashes) * HASH_SIZE:
                raise self._fault(level)
        return sum(tile.number + bool(tile.hashes) for tile in self._levels)

    def _put(self, level: int, value: bytes) -> None:
        if level == len(self._levels):
            self._levels.append(_OpenTile())
        tile = self._levels[level]
        if not tile.hashes:
            tile.stored = self._stored(level, tile.number)
        offset = len(tile.hashes) * HASH_SIZE
        if tile.stored[offset : offset + HASH_SIZE] != value:
            raise self._fault(level)
        tile.hashes.append(value)
        if len(tile.hashes) == TILE_WIDTH:
            if len(tile.stored) != TILE_WIDTH * HASH_SIZE:
                raise self._fault(level)
            root = perfect_root(tile.hashes)
            tile.number, tile.hashes = tile.number + 1, []
            self._put(level + 1, root)

    def _fault(self, level: int) -> Fault:
        return Fault(FaultKind.UPPER_TILE if level else FaultKind.TILE, position=self.size)


class _OpenTile:
    def __init__(self) -> None:
        self.number = 0
        self.hashes: list[bytes] = []
        self.stored = b""
