"""Lines that follow on each other balance, whatever their order of strands; anything else is found where it is."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.audit.domain.faults import Fault, Wrong
from services.audit.domain.leaf import NO_HASH, Leaf
from services.audit.domain.links import Followed, Links
from services.audit.domain.strands import Strand, StrandKey, hash_of
from tests.unit.audit.builders import PATIENT, a_leaf, an_entry

Journal = tuple[list[tuple[Leaf, bytes]], list[Strand]]


def journal(strands: list[int]) -> Journal:
    """Lines in these strands, in this order, and the strands' ends."""
    lines: list[tuple[Leaf, bytes]] = []
    ends: dict[int, Strand] = {}
    for strand in strands:
        end = ends.get(strand) or Strand(strand=UUID(int=strand), place=StrandKey(PATIENT))
        leaf = a_leaf(an_entry(), number=end.number + 1, previous=end.hash)
        leaf = msgspec.structs.replace(leaf, strand=UUID(int=strand))
        ends[strand] = end.after(leaf, hash_of(leaf))
        lines.append((leaf, hash_of(leaf)))
    return lines, list(ends.values())


def suspects(lines: list[tuple[Leaf, bytes]], strands: list[Strand]) -> frozenset[int]:
    links = Links(b"a key nobody knew")
    for leaf, its_hash in lines:
        links.add(leaf, its_hash)
    for strand in strands:
        links.close(strand)
    return links.suspects()


def follow(
    lines: list[tuple[Leaf, bytes]], strands: list[Strand], buckets: frozenset[int] | None = None
) -> Fault | None:
    followed = Followed(buckets)
    try:
        for position, (leaf, its_hash) in enumerate(lines):
            followed.add(position, leaf, its_hash)
        for strand in strands:
            followed.close(strand)
    except Fault as fault:
        return fault
    return None


@given(st.lists(st.integers(0, 5000), max_size=30))
def test_lines_that_follow_balance(strands: list[int]) -> None:
    assert suspects(*journal(strands)) == frozenset()


@given(st.lists(st.integers(0, 5000), max_size=30))
def test_lines_that_follow_are_found_to_follow_one_by_one(strands: list[int]) -> None:
    assert follow(*journal(strands)) is None


def drop_middle(lines: list[tuple[Leaf, bytes]]) -> None:
    del lines[2]


def drop_last(lines: list[tuple[Leaf, bytes]]) -> None:
    lines.pop()


def double(lines: list[tuple[Leaf, bytes]]) -> None:
    lines.append(lines[-1])


def begin_again(lines: list[tuple[Leaf, bytes]]) -> None:
    leaf = msgspec.structs.replace(lines[-1][0], previous=NO_HASH.hex(), number=1)
    lines[-1] = leaf, hash_of(leaf)


@pytest.mark.parametrize(
    ("change", "wrong", "position"),
    [
        (drop_middle, Wrong.LINK, 3),
        (drop_last, Wrong.STRAND_END, None),
        (double, Wrong.LINK, 6),
        (begin_again, Wrong.LINK, 5),
    ],
)
def test_what_does_not_follow_is_found(
    change: Callable[[list[tuple[Leaf, bytes]]], None], wrong: Wrong, position: int | None
) -> None:
    lines, strands = journal([1, 2, 1, 2, 1, 2])
    change(lines)

    buckets = suspects(lines, strands)
    fault = follow(lines, strands, buckets)

    assert buckets
    assert fault is not None
    assert (fault.wrong, fault.position) == (wrong, position)


def test_strands_that_balance_are_not_followed_again() -> None:
    lines, strands = journal([1, 2, 1, 2, 1, 2])
    del lines[0]

    assert suspects(lines, strands) == frozenset({1})


@pytest.mark.parametrize("kept", [{"number": 2}, {"number": 4}, {"hash": bytes(32)}, {"hash": b"\xff" * 32}])
def test_a_strand_is_kept_with_the_number_and_the_hash_of_its_last_line(kept: dict[str, Any]) -> None:
    lines, (strand,) = journal([1, 1, 1])
    other = msgspec.structs.replace(strand, **kept)

    fault = follow(lines, [other])

    assert suspects(lines, [other]) == frozenset({1})
    assert fault is not None
    assert (fault.wrong, fault.strand, fault.number) == (Wrong.STRAND_END, strand.strand, other.number)


def test_a_strand_is_not_blamed_for_another_that_it_is_counted_with() -> None:
    lines, strands = journal([1, 4097, 4097, 1])
    drop_last(lines)

    buckets = suspects(lines, strands)
    fault = follow(lines, strands[::-1], buckets)

    assert buckets == frozenset({1})
    assert fault is not None
    assert (fault.wrong, fault.strand, fault.number) == (Wrong.STRAND_END, UUID(int=1), 2)
