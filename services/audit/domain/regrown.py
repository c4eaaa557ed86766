"""The tree grown again from its leaves, held against the tiles that are kept of it."""

from services.audit.domain.faults import Fault, Wrong
from services.audit.domain.merkle import HASH_SIZE, TILE_WIDTH, Frontier, Tile, perfect_root


class Regrown:
    """Keeps one open tile a level, whatever the size; `kept` gives an empty tile where there is none."""

    def __init__(self, kept: Tile) -> None:
        self._kept = kept
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
            Fault: a kept tile has another hash here, or above.
        """
        self._put(0, leaf)
        self._frontier.append(leaf)

    def close(self) -> int:
        """How many tiles the tree has.

        Raises:
            Fault: the last tile of a level has more hashes than it should.
        """
        for level, tile in enumerate(self._levels):
            if tile.hashes and len(tile.kept) != len(tile.hashes) * HASH_SIZE:
                raise self._fault(level)
        return sum(tile.number + bool(tile.hashes) for tile in self._levels)

    def _put(self, level: int, value: bytes) -> None:
        if level == len(self._levels):
            self._levels.append(_OpenTile())
        tile = self._levels[level]
        if not tile.hashes:
            tile.kept = self._kept(level, tile.number)
        place = len(tile.hashes) * HASH_SIZE
        if tile.kept[place : place + HASH_SIZE] != value:
            raise self._fault(level)
        tile.hashes.append(value)
        if len(tile.hashes) == TILE_WIDTH:
            if len(tile.kept) != TILE_WIDTH * HASH_SIZE:
                raise self._fault(level)
            root = perfect_root(tile.hashes)
            tile.number, tile.hashes = tile.number + 1, []
            self._put(level + 1, root)

    def _fault(self, level: int) -> Fault:
        return Fault(Wrong.UPPER_TILE if level else Wrong.TILE, position=self.size)


class _OpenTile:
    def __init__(self) -> None:
        self.number = 0
        self.hashes: list[bytes] = []
        self.kept = b""
