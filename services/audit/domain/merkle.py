"""The Merkle tree of the journal (RFC 9162, 2.1): tiles of hashes, roots, proofs, and their verification."""

from base64 import b64encode
from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256

HASH_SIZE = 32
TILE_BITS = 8
TILE_WIDTH = 1 << TILE_BITS
"""Hashes in a full tile."""

EMPTY_ROOT = sha256(b"").digest()

Tile = Callable[[int, int], bytes]
"""(level, number) -> hashes of that tile, concatenated; level L holds the roots of full tiles of level L - 1."""


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node."""
    return sha256(b"\x01" + left + right).digest()


def tiles_around(positions: Iterable[int], size: int) -> set[tuple[int, int]]:
    """The (level, number) of every tile that proofs of these positions in a tree of `size` leaves read."""
    found: set[tuple[int, int]] = set()
    for position in {*positions, max(size - 1, 0)}:
        level, width = 0, size
        while width:
            found.add((level, position >> TILE_BITS * (level + 1)))
            level, width = level + 1, width >> TILE_BITS
    return found


class Tree:
    """A tree of `size` leaves, read from its tiles; each tile is fetched once."""

    def __init__(self, size: int, tile: Tile) -> None:
        self.size = size
        self._fetch = tile
        self._tiles: dict[tuple[int, int], bytes] = {}

    def root(self, size: int | None = None) -> bytes:
        """The root over the first `size` leaves, all of them by default."""
        wanted = self._within(self.size if size is None else size)
        return self._span(0, wanted) if wanted else EMPTY_ROOT

    def inclusion(self, position: int, size: int | None = None) -> tuple[bytes, ...]:
        """The path of a leaf in the tree of `size` leaves (2.1.3.1), from the leaf's sibling up."""
        wanted = self._within(self.size if size is None else size)
        if not 0 <= position < wanted:
            raise ValueError("no such leaf in this tree")
        path: list[bytes] = []
        start, end = 0, wanted
        while end - start > 1:
            middle = start + _left_width(end - start)
            if position < middle:
                path.append(self._span(middle, end))
                end = middle
            else:
                path.append(self._span(start, middle))
                start = middle
        return tuple(reversed(path))

    def consistency(self, first: int, second: int) -> tuple[bytes, ...]:
        """The proof that the tree of `second` leaves begins with the tree of `first` (2.1.4.1)."""
        if not 1 <= first <= self._within(second):
            raise ValueError("no such trees")
        proof: list[bytes] = []
        start, end, is_whole = 0, second, True
        while first != end:
            middle = start + _left_width(end - start)
            if first <= middle:
                proof.append(self._span(middle, end))
                end = middle
            else:
                proof.append(self._span(start, middle))
                start, is_whole = middle, False
        if not is_whole:
            proof.append(self._span(start, end))
        return tuple(reversed(proof))

    def _within(self, size: int) -> int:
        if not 0 <= size <= self.size:
            raise ValueError("the tree is not that large")
        return size

    def _span(self, start: int, end: int) -> bytes:
        """The hash over leaves from `start` to before `end`, where the tree has such a node."""
        width = end - start
        if width & (width - 1) == 0:
            return self._perfect(width.bit_length() - 1, start)
        middle = start + _left_width(width)
        return node_hash(self._span(start, middle), self._span(middle, end))

    def _perfect(self, height: int, start: int) -> bytes:
        level, above = divmod(height, TILE_BITS)
        first = start >> TILE_BITS * level
        return perfect_root(self._hashes(level, first, 1 << above))

    def _hashes(self, level: int, first: int, count: int) -> list[bytes]:
        number, offset = divmod(first, TILE_WIDTH)
        if (level, number) not in self._tiles:
            self._tiles[level, number] = self._fetch(level, number)
        found = split(self._tiles[level, number][offset * HASH_SIZE : (offset + count) * HASH_SIZE])
        if len(found) != count:
            raise ValueError("a tile is too short")
        return found


def extend(size: int, tile: Tile, hashes: Sequence[bytes]) -> dict[tuple[int, int], bytes]:
    """The tiles that change when leaves with these hashes are added to a tree of `size` leaves."""
    changed: dict[tuple[int, int], bytes] = {}
    level, start, new = 0, size, list(hashes)
    while new:
        full: list[bytes] = []
        number, offset = divmod(start, TILE_WIDTH)
        existing = split(tile(level, number)[: offset * HASH_SIZE]) if offset else []
        if len(existing) != offset:
            raise ValueError("a tile is too short")
        new = existing + new
        for begin in range(0, len(new), TILE_WIDTH):
            part = new[begin : begin + TILE_WIDTH]
            changed[level, number + begin // TILE_WIDTH] = b"".join(part)
            if len(part) == TILE_WIDTH:
                full.append(perfect_root(part))
        level, start, new = level + 1, start >> TILE_BITS, full
    return changed


class Frontier:
    """An append-only tree that keeps only the roots of its perfect subtrees."""

    def __init__(self) -> None:
        self.size = 0
        self._parts: list[bytes] = []

    def append(self, leaf: bytes) -> None:
        """Add the hash of one leaf."""
        size = self.size
        while size & 1:
            leaf = node_hash(self._parts.pop(), leaf)
            size >>= 1
        self._parts.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        """The root over all leaves so far."""
        if not self._parts:
            return EMPTY_ROOT
        *others, root = self._parts
        for part in reversed(others):
            root = node_hash(part, root)
        return root


def root_from_inclusion(leaf: bytes, position: int, size: int, path: Sequence[bytes]) -> bytes:
    """The root that an inclusion path leads to from the hash of a leaf (2.1.3.2).

    Raises:
        ValueError: the path is too long or too short for this position.
    """
    if not 0 <= position < size:
        raise ValueError("no such leaf in this tree")
    here, last, root = position, size - 1, leaf
    for step in path:
        if last == 0:
            raise ValueError("the path is too long")
        if here & 1 or here == last:
            root = node_hash(step, root)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            root = node_hash(root, step)
        here, last = here >> 1, last >> 1
    if last:
        raise ValueError("the path is too short")
    return root


def is_consistent(first: int, second: int, first_root: bytes, second_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the proof shows that the second tree begins with the first (2.1.4.2)."""
    if not 1 <= first <= second:
        return False
    if first == second:
        return not proof and first_root == second_root
    steps = [first_root, *proof] if first & (first - 1) == 0 else list(proof)
    if not steps:
        return False
    here, last = first - 1, second - 1
    while here & 1:
        here, last = here >> 1, last >> 1
    old = new = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if here & 1 or here == last:
            old, new = node_hash(step, old), node_hash(step, new)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            new = node_hash(new, step)
        here, last = here >> 1, last >> 1
    return last == 0 and old == first_root and new == second_root


def perfect_root(hashes: Sequence[bytes]) -> bytes:
    """The root over a power of two of hashes."""
    while len(hashes) > 1:
        hashes = [node_hash(hashes[at], hashes[at + 1]) for at in range(0, len(hashes), 2)]
    return hashes[0]


def encode_hashes(hashes: Iterable[bytes]) -> tuple[str, ...]:
    """Hashes in base64, as proofs carry them."""
    return tuple(b64encode(value).decode() for value in hashes)


def split(hashes: bytes) -> list[bytes]:
    """The single hashes of a tile."""
    return [hashes[at : at + HASH_SIZE] for at in range(0, len(hashes), HASH_SIZE)]


def _left_width(width: int) -> int:
    """The largest power of two smaller than `width`."""
    return 1 << (width - 1).bit_length() - 1
