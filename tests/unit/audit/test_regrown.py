"""Kept tiles are those the leaves grow; a kept hash that is wrong, missing or too many is found where it lies."""

from collections.abc import Iterator

import pytest

from services.audit.domain import merkle, regrown
from services.audit.domain.faults import Fault, Wrong
from services.audit.domain.merkle import HASH_SIZE
from services.audit.domain.regrown import Regrown
from tests.unit.audit.trees import TileStore, leaves, root_of

WIDTH = 4
SIZE = 70
"""In tiles of four: a last tile that is open on the two lower levels, one just full, and a lone hash above."""
ALL = leaves(600)
OTHER = bytes(HASH_SIZE)

Tiles = dict[tuple[int, int], bytes]
Found = tuple[Wrong, int | None]


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tiles of four hashes, so that small trees have many levels."""
    monkeypatch.setattr(merkle, "TILE_BITS", 2)
    monkeypatch.setattr(merkle, "TILE_WIDTH", WIDTH)
    monkeypatch.setattr(regrown, "TILE_WIDTH", WIDTH)


def kept(size: int) -> Tiles:
    return TileStore().add(ALL[:size]).tiles


def regrow(tiles: Tiles, size: int = SIZE) -> Regrown:
    tree = Regrown(lambda level, number: tiles.get((level, number), b""))
    for leaf in ALL[:size]:
        tree.append(leaf)
    return tree


def found(tiles: Tiles) -> Found:
    """What is found in the tiles of a tree of `SIZE` leaves."""
    with pytest.raises(Fault) as fault:
        regrow(tiles).close()
    return fault.value.wrong, fault.value.position


def fault_at(level: int, number: int, place: int) -> Found:
    """In a hash of a tile: found by the last of the leaves it is over."""
    leaf = (number * WIDTH + place + 1) * WIDTH**level - 1
    return (Wrong.UPPER_TILE if level else Wrong.TILE), leaf


def tiles_and_counts() -> Iterator[tuple[tuple[int, int], int]]:
    for place, hashes in kept(SIZE).items():
        yield place, len(hashes) // HASH_SIZE


@pytest.mark.usefixtures("narrow")
@pytest.mark.parametrize("size", [0, 1, 3, 4, 5, 15, 16, 17, 63, 64, 65, SIZE, 256])
def test_tiles_that_the_leaves_grow_are_found_to_hold_and_counted(size: int) -> None:
    tree = regrow(kept(size), size)

    assert tree.close() == len(kept(size))
    assert (tree.size, tree.root()) == (size, root_of(ALL[:size]))


@pytest.mark.parametrize("size", [255, 256, 257, 512, 600])
def test_tiles_of_the_real_width_are_found_to_hold_and_counted(size: int) -> None:
    assert regrow(kept(size), size).close() == len(kept(size))


@pytest.mark.usefixtures("narrow")
def test_the_root_is_known_after_every_leaf() -> None:
    tree = Regrown(lambda level, number: kept(SIZE).get((level, number), b""))
    assert tree.root() == root_of([])

    for size, leaf in enumerate(ALL[:SIZE], start=1):
        tree.append(leaf)
        assert (tree.size, tree.root()) == (size, root_of(ALL[:size]))


@pytest.mark.usefixtures("narrow")
def test_every_kept_tile_is_read_and_none_twice() -> None:
    read: list[tuple[int, int]] = []

    def tile(level: int, number: int) -> bytes:
        read.append((level, number))
        return kept(SIZE)[level, number]

    tree = Regrown(tile)
    for leaf in ALL[:SIZE]:
        tree.append(leaf)

    assert sorted(read) == sorted(kept(SIZE))


@pytest.mark.usefixtures("narrow")
@pytest.mark.parametrize("wrong", [OTHER, b"\xff" * HASH_SIZE])
def test_a_wrong_hash_is_found_in_whichever_tile_and_place(wrong: bytes) -> None:
    for (level, number), count in tiles_and_counts():
        for place in range(count):
            tiles = kept(SIZE)
            tile, at = tiles[level, number], place * HASH_SIZE
            tiles[level, number] = tile[:at] + wrong + tile[at + HASH_SIZE :]

            assert found(tiles) == fault_at(level, number, place)


@pytest.mark.usefixtures("narrow")
def test_a_missing_tile_is_found_where_it_should_begin() -> None:
    for (level, number), _ in tiles_and_counts():
        tiles = kept(SIZE)
        del tiles[level, number]

        assert found(tiles) == fault_at(level, number, 0)


@pytest.mark.usefixtures("narrow")
@pytest.mark.parametrize("lost", [1, HASH_SIZE])
def test_a_short_tile_is_found_where_it_breaks_off(lost: int) -> None:
    for (level, number), count in tiles_and_counts():
        tiles = kept(SIZE)
        tiles[level, number] = tiles[level, number][:-lost]

        assert found(tiles) == fault_at(level, number, count - 1)


@pytest.mark.usefixtures("narrow")
@pytest.mark.parametrize("surplus", [b"\x00", OTHER])
def test_a_surplus_in_a_full_tile_is_found_once_the_tile_is_full_and_in_another_at_the_end(surplus: bytes) -> None:
    for (level, number), count in tiles_and_counts():
        tiles = kept(SIZE)
        tiles[level, number] += surplus
        wrong, last = fault_at(level, number, count - 1)

        assert found(tiles) == (wrong, last if count == WIDTH else SIZE)


@pytest.mark.usefixtures("narrow")
@pytest.mark.parametrize("beyond", [(0, 18), (1, 5), (2, 1), (3, 1), (4, 0)])
def test_a_surplus_tile_leaves_the_count_behind_what_is_kept(beyond: tuple[int, int]) -> None:
    tiles = kept(SIZE)
    tiles[beyond] = OTHER

    assert regrow(tiles).close() == len(tiles) - 1


@pytest.mark.usefixtures("narrow")
@pytest.mark.parametrize("left", [1, 16, 60, 63, 65, 69])
def test_leaves_gone_from_the_end_leave_a_tile_that_holds_too_much(left: int) -> None:
    tree = regrow(kept(SIZE), left)

    with pytest.raises(Fault) as fault:
        tree.close()

    assert fault.value.position == left


@pytest.mark.usefixtures("narrow")
@pytest.mark.parametrize("left", [0, 64, 68])
def test_leaves_gone_from_the_end_by_whole_tiles_leave_the_count_behind_what_is_kept(left: int) -> None:
    assert regrow(kept(SIZE), left).close() < len(kept(SIZE))
