"""The tree is that of RFC 9162, however leaves were added, and its proofs are sound."""

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.audit.domain import merkle
from services.audit.domain.merkle import HASH_SIZE, Frontier, is_consistent, root_from_inclusion, tiles_around
from tests.unit.audit.trees import TileStore, leaf_hashes, path_of, proof_of, root_of

BORDERS = [1, 2, 3, 255, 256, 257, 511, 512, 513]
ALL = leaf_hashes(1_100)
SIZES = st.one_of(st.sampled_from(BORDERS), st.integers(min_value=1, max_value=len(ALL)))


@cache
def tiles() -> TileStore:
    return TileStore().add(ALL)


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tiles of four hashes, so that small trees have many levels."""
    monkeypatch.setattr(merkle, "TILE_BITS", 2)
    monkeypatch.setattr(merkle, "TILE_WIDTH", 4)


def test_an_empty_tree_has_the_root_of_nothing() -> None:
    assert TileStore().tree.root() == Frontier().root() == root_of([])


@given(SIZES)
@settings(max_examples=60)
def test_every_earlier_root_can_be_read_from_a_later_tree(size: int) -> None:
    assert tiles().tree.root(size) == root_of(ALL[:size])


@given(st.lists(st.integers(min_value=0, max_value=300), max_size=6))
@settings(max_examples=40)
def test_the_tree_does_not_depend_on_the_portions_leaves_were_added_in(portions: list[int]) -> None:
    grown, whole = TileStore(), leaf_hashes(sum(portions))
    for portion in portions:
        grown.add(whole[grown.size : grown.size + portion])

    assert grown.tiles == TileStore().add(whole).tiles
    assert grown.tree.root() == root_of(whole)


@given(SIZES, st.data())
@settings(max_examples=60)
def test_a_path_is_that_of_the_rfc_and_leads_to_the_root(size: int, data: st.DataObject) -> None:
    position = data.draw(st.integers(min_value=0, max_value=size - 1))

    path = tiles().tree.inclusion(position, size)

    assert list(path) == path_of(position, ALL[:size])
    assert root_from_inclusion(ALL[position], position, size, path) == root_of(ALL[:size])


@given(SIZES, SIZES)
@settings(max_examples=60)
def test_a_consistency_proof_is_that_of_the_rfc_and_is_accepted(size: int, other: int) -> None:
    first, second = sorted((size, other))

    proof = tiles().tree.consistency(first, second)

    assert list(proof) == proof_of(first, ALL[:second])
    assert is_consistent(first, second, root_of(ALL[:first]), root_of(ALL[:second]), proof)


@given(SIZES, SIZES, st.data())
@settings(max_examples=60)
def test_a_consistency_proof_is_accepted_for_nothing_else(size: int, other: int, data: st.DataObject) -> None:
    first, second = sorted((size, other))
    proof = list(tiles().tree.consistency(first, second))
    changed = [*ALL[:second]]
    place = data.draw(st.integers(min_value=0, max_value=first - 1))
    changed[place] = bytes(32)

    assert not is_consistent(first, second, root_of(ALL[:first]), root_of(changed), proof)
    assert not is_consistent(first, second, root_of(changed[:first]), root_of(ALL[:second]), proof)
    assert not is_consistent(first, second, root_of(ALL[:first]), root_of(ALL[:second]), [*proof, bytes(32)])
    if proof:
        assert not is_consistent(first, second, root_of(ALL[:first]), root_of(ALL[:second]), proof[:-1])


@given(SIZES, st.data())
@settings(max_examples=60)
def test_a_path_fits_one_leaf_at_one_place_only(size: int, data: st.DataObject) -> None:
    position = data.draw(st.integers(min_value=0, max_value=size - 1))
    path = tiles().tree.inclusion(position, size)

    assert root_from_inclusion(bytes(32), position, size, path) != root_of(ALL[:size])
    with pytest.raises(ValueError, match="too long"):
        root_from_inclusion(ALL[position], position, size, (*path, bytes(32)))
    if path:
        with pytest.raises(ValueError, match="too short"):
            root_from_inclusion(ALL[position], position, size, path[:-1])


@pytest.mark.usefixtures("narrow")
@pytest.mark.parametrize("size", [*range(1, 70), 255, 256, 257, 1_023, 1_024, 1_025])
def test_trees_of_many_levels_of_tiles_are_no_different(size: int) -> None:
    whole = ALL[:size]
    grown = TileStore()
    while grown.size < size:
        grown.add(whole[grown.size : grown.size + 7])
    tree = grown.tree

    assert grown.tiles == TileStore().add(whole).tiles
    for earlier in {1, size // 3 + 1, size // 2 + 1, size}:
        assert tree.root(earlier) == root_of(whole[:earlier])
        assert list(tree.consistency(earlier, size)) == proof_of(earlier, whole)
        assert list(tree.inclusion(earlier - 1)) == path_of(earlier - 1, whole)


@pytest.mark.usefixtures("narrow")
@given(SIZES, st.data())
@settings(max_examples=60)
def test_the_tiles_that_a_proof_reads_are_known_in_advance(size: int, data: st.DataObject) -> None:
    positions = data.draw(st.lists(st.integers(min_value=0, max_value=size - 1), max_size=3))
    store = TileStore().add(ALL)
    read: set[tuple[int, int]] = set()

    def tile(level: int, number: int) -> bytes:
        read.add((level, number))
        return store.tile(level, number)

    tree = merkle.Tree(store.size, tile)
    for position in positions:
        tree.inclusion(position, size)
    tree.root(size)

    assert read <= tiles_around(positions, size)


@given(st.integers(min_value=0, max_value=600))
@settings(max_examples=40)
def test_a_frontier_has_the_root_of_the_tree(size: int) -> None:
    frontier = Frontier()
    for leaf in ALL[:size]:
        frontier.append(leaf)

    assert (frontier.size, frontier.root()) == (size, root_of(ALL[:size]))


@pytest.mark.parametrize("position", [-1, 5, 6])
def test_a_path_from_outside_the_tree_is_refused(position: int) -> None:
    with pytest.raises(ValueError, match="leaf"):
        root_from_inclusion(ALL[4], position, 5, tiles().tree.inclusion(4, 5))


@pytest.mark.parametrize(("first", "second"), [(0, 3), (-1, 3), (4, 3)])
def test_a_tree_is_never_consistent_with_a_larger_or_empty_one(first: int, second: int) -> None:
    root = root_of(ALL[:3])

    assert not is_consistent(first, second, root, root, ())


@pytest.mark.parametrize("first", [1, 2, 3, 4, 5, 6])
def test_an_empty_proof_is_accepted_for_no_other_tree(first: int) -> None:
    assert not is_consistent(first, 7, root_of(ALL[:first]), root_of(ALL[:7]), ())
    assert not is_consistent(first, 7, root_of(ALL[:7]), root_of(ALL[:7]), ())


def test_a_tile_that_lost_hashes_is_refused() -> None:
    grown = TileStore().add(ALL[:300])
    grown.tiles[0, 1] = grown.tiles[0, 1][:-HASH_SIZE]

    with pytest.raises(ValueError, match="too short"):
        grown.tree.root()
    with pytest.raises(ValueError, match="too short"):
        grown.tree.inclusion(7)
    with pytest.raises(ValueError, match="too short"):
        grown.tree.consistency(256, 300)
    with pytest.raises(ValueError, match="too short"):
        grown.add(ALL[300:301])


@pytest.mark.parametrize(("first", "second"), [(0, 3), (4, 3), (1, 1_101)])
def test_sizes_outside_the_tree_are_not_proven(first: int, second: int) -> None:
    with pytest.raises(ValueError, match="tree"):
        tiles().tree.consistency(first, second)
    with pytest.raises(ValueError, match="leaf"):
        tiles().tree.inclusion(5, 5)
