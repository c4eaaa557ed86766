"""Stored tiles equal those built from the leaves; a wrong, missing or surplus hash is found at its place."""

from collections.abc import Iterator

import pytest

from services.audit.domain import merkle, rebuilt
from services.audit.domain.faults import Fault, FaultKind
from services.audit.domain.merkle import HASH_SIZE
from services.audit.domain.rebuilt import RebuiltTree
from tests.unit.audit.trees import TileStore, leaf_hashes, root_of

WIDTH = 4
SIZE = 70
"""In tiles of four: a last tile that is open on the two lower levels, one just full, and a lone hash above."""
ALL = leaf_hashes(600)
OTHER = bytes(HASH_SIZE)

Tiles = dict[tuple[int, int], bytes]
Found = tuple[FaultKind, int | None]


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tiles of four hashes, so that small trees have many levels."""
    monkeypatch.setattr(merkle, "TILE_BITS", 2)
    monkeypatch.setattr(merkle, "TILE_WIDTH", WIDTH)
    monkeypatch.setattr(rebuilt, "TILE_WIDTH", WIDTH)


def stored(size: int) -> Tiles:
    return TileStore().add(ALL[:size]).tiles


def rebuild(tiles: Tiles, size: int = SIZE) -> RebuiltTree:
    tree = RebuiltTree(lambda level, number: tiles.get((level, number), b""))
    for leaf in ALL[:size]:
        tree.append(leaf)
    return tree


def found(tiles: Tiles) -> Found:
    """The fault in the tiles of a tree of `SIZE` leaves."""
    with pytest.raises(Fault) as fault:
        rebuild(tiles).close()
    return fault.value.kind, fault.value.position


def fault_at(level: int, number: int, place: int) -> Found:
    """The fault in one hash of a tile: at the last leaf that it covers."""
    leaf = (number * WIDTH + place + 1) * WIDTH**level - 1
    return (FaultKind.UPPER_TILE if level else FaultKind.TILE), leaf


def tiles_and_counts() -> Iterator[tuple[tuple[int, int], int]]:
    for place, hashes in stored(SIZE).items():
        yield place, len(hashes) // HASH_SIZE


@pytest.mark.usefixtures("narrow")
@pytest.mark.parametrize("size", [0, 1, 3, 4, 5, 15, 16, 17, 63, 64, 65, SIZE, 256])
def test_correct_tiles_are_accepted_and_counted(size: int) -> None:
    tree = rebuild(stored(size), size)

    assert tree.close() == len(stored(size))
    assert (tree.size, tree.root()) == (size, root_of(ALL[:size]))


@pytest.mark.parametrize("size", [255, 256, 257, 512, 600])
def test_correct_tiles_of_full_width_are_accepted_and_counted(size: int) -> None:
    assert rebuild(stored(size), size).close() == len(stored(size))


@pytest.mark.usefixtures("narrow")
def test_the_root_is_known_after_every_leaf() -> None:
    tree = RebuiltTree(lambda level, number: stored(SIZE).get((level, number), b""))
    assert tree.root() == root_of([])

    for size, leaf in enumerate(ALL[:SIZE], start=1):
        tree.append(leaf)
        assert (tree.size, tree.root()) == (size, root_of(ALL[:size]))


@pytest.mark.usefixtures("narrow")
def test_every_stored_tile_is_read_once() -> None:
    read: list[tuple[int, int]] = []

    def tile(level: int, number: int) -> bytes:
        read.append((level, number))
        return stored(SIZE)[level, number]

    tree = RebuiltTree(tile)
    for leaf in ALL[:SIZE]:
        tree.append(leaf)

    assert sorted(read) == sorted(stored(SIZE))


@pytest.mark.usefixtures("narrow")
@pytest.mark.parametrize("value", [OTHER, b"\xff" * HASH_SIZE])
def test_a_wrong_hash_is_found_in_every_tile_and_place(value: bytes) -> None:
    for (level, number), count in tiles_and_counts():
        for place in range(count):
            tiles = stored(SIZE)
            tile, at = tiles[level, number], place * HASH_SIZE
            tiles[level, number] = tile[:at] + value + tile[at + HASH_SIZE :]

            assert found(tiles) == fault_at(level, number, place)


@pytest.mark.usefixtures("narrow")
def test_a_missing_tile_is_found_at_its_first_hash() -> None:
    for (level, number), _ in tiles_and_counts():
        tiles = stored(SIZE)
        del tiles[level, number]

        assert found(tiles) == fault_at(level, number, 0)


@pytest.mark.usefixtures("narrow")
@pytest.mark.parametrize("lost", [1, HASH_SIZE])
def test_a_short_tile_is_found_where_it_ends(lost: int) -> None:
    for (level, number), count in tiles_and_counts():
        tiles = stored(SIZE)
        tiles[level, number] = tiles[level, number][:-lost]

        assert found(tiles) == fault_at(level, number, count - 1)


@pytest.mark.usefixtures("narrow")
@pytest.mark.parametrize("surplus", [b"\x00", OTHER])
def test_a_surplus_hash_is_found_at_the_end_of_its_tile_or_of_the_tree(surplus: bytes) -> None:
    for (level, number), count in tiles_and_counts():
        tiles = stored(SIZE)
        tiles[level, number] += surplus
        kind, last = fault_at(level, number, count - 1)

        assert found(tiles) == (kind, last if count == WIDTH else SIZE)


@pytest.mark.usefixtures("narrow")
@pytest.mark.parametrize("beyond", [(0, 18), (1, 5), (2, 1), (3, 1), (4, 0)])
def test_a_surplus_tile_gives_a_higher_stored_count(beyond: tuple[int, int]) -> None:
    tiles = stored(SIZE)
    tiles[beyond] = OTHER

    assert rebuild(tiles).close() == len(tiles) - 1


@pytest.mark.usefixtures("narrow")
@pytest.mark.parametrize("left", [1, 16, 60, 63, 65, 69])
def test_missing_last_leaves_leave_a_tile_with_too_many_hashes(left: int) -> None:
    tree = rebuild(stored(SIZE), left)

    with pytest.raises(Fault) as fault:
        tree.close()

    assert fault.value.position == left


@pytest.mark.usefixtures("narrow")
@pytest.mark.parametrize("left", [0, 64, 68])
def test_missing_last_leaves_of_whole_tiles_give_a_lower_count(left: int) -> None:
    assert rebuild(stored(SIZE), left).close() < len(stored(SIZE))
