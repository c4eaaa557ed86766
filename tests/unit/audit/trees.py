"""Trees by the recursive definitions of RFC 9162, to compare the real ones with."""

from collections.abc import Sequence
from hashlib import sha256

from services.audit.domain.merkle import Tree, extend


def leaf_hashes(count: int) -> list[bytes]:
    """Hashes of different leaves."""
    return [sha256(b"\x00" + str(number).encode()).digest() for number in range(count)]


def root_of(hashes: Sequence[bytes]) -> bytes:
    """MTH (2.1.1) over hashes of leaves."""
    if not hashes:
        return sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    middle = _left(len(hashes))
    return sha256(b"\x01" + root_of(hashes[:middle]) + root_of(hashes[middle:])).digest()


def path_of(position: int, hashes: Sequence[bytes]) -> list[bytes]:
    """PATH (2.1.3.1)."""
    if len(hashes) == 1:
        return []
    middle = _left(len(hashes))
    if position < middle:
        return [*path_of(position, hashes[:middle]), root_of(hashes[middle:])]
    return [*path_of(position - middle, hashes[middle:]), root_of(hashes[:middle])]


def proof_of(first: int, hashes: Sequence[bytes], *, whole: bool = True) -> list[bytes]:
    """SUBPROOF (2.1.4.1)."""
    if first == len(hashes):
        return [] if whole else [root_of(hashes)]
    middle = _left(len(hashes))
    if first <= middle:
        return [*proof_of(first, hashes[:middle], whole=whole), root_of(hashes[middle:])]
    return [*proof_of(first - middle, hashes[middle:], whole=False), root_of(hashes[:middle])]


class TileStore:
    """Stored tiles."""

    def __init__(self) -> None:
        self.size = 0
        self.tiles: dict[tuple[int, int], bytes] = {}

    def tile(self, level: int, number: int) -> bytes:
        return self.tiles[level, number]

    def add(self, hashes: Sequence[bytes]) -> "TileStore":
        """Append leaves."""
        self.tiles |= extend(self.size, self.tile, hashes)
        self.size += len(hashes)
        return self

    @property
    def tree(self) -> Tree:
        """The tree over all leaves added."""
        return Tree(self.size, self.tile)


def _left(width: int) -> int:
    half = 1
    while half * 2 < width:
        half *= 2
    return half
