"""Links of correct lines balance, whatever the order of strands; a wrong link is found at its line."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.audit.domain.faults import Fault, FaultKind
from services.audit.domain.leaf import NO_HASH, Leaf
from services.audit.domain.links import LinkCheck, LinkSums
from services.audit.domain.strands import Strand, StrandKey, hash_of
from tests.unit.audit.builders import PATIENT, a_leaf, an_entry

Journal = tuple[list[tuple[Leaf, bytes]], list[Strand]]


def journal(strands: list[int]) -> Journal:
    """One line for each strand number, in this order, and the strands with their ends."""
    lines: list[tuple[Leaf, bytes]] = []
    ends: dict[int, Strand] = {}
    for strand in strands:
        end = ends.get(strand) or Strand(id=UUID(int=strand), strand_key=StrandKey(PATIENT))
        leaf = a_leaf(an_entry(), number=end.number + 1, previous=end.hash)
        leaf = msgspec.structs.replace(leaf, strand=UUID(int=strand))
        ends[strand] = end.after(leaf, hash_of(leaf))
        lines.append((leaf, hash_of(leaf)))
    return lines, list(ends.values())


def suspects(lines: list[tuple[Leaf, bytes]], strands: list[Strand]) -> frozenset[int]:
    links = LinkSums(b"a key nobody knew")
    for leaf, line_hash in lines:
        links.add(leaf, line_hash)
    for strand in strands:
        links.close(strand)
    return links.suspects()


def fault_in(
    lines: list[tuple[Leaf, bytes]], strands: list[Strand], buckets: frozenset[int] | None = None
) -> Fault | None:
    check = LinkCheck(buckets)
    try:
        for position, (leaf, line_hash) in enumerate(lines):
            check.add(position, leaf, line_hash)
        for strand in strands:
            check.close(strand)
    except Fault as fault:
        return fault
    return None


@given(st.lists(st.integers(0, 5000), max_size=30))
def test_links_of_correct_lines_balance(strands: list[int]) -> None:
    assert suspects(*journal(strands)) == frozenset()


@given(st.lists(st.integers(0, 5000), max_size=30))
def test_correct_lines_have_no_fault(strands: list[int]) -> None:
    assert fault_in(*journal(strands)) is None


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
    ("change", "kind", "position"),
    [
        (drop_middle, FaultKind.LINK, 3),
        (drop_last, FaultKind.STRAND_END, None),
        (double, FaultKind.LINK, 6),
        (begin_again, FaultKind.LINK, 5),
    ],
)
def test_a_wrong_link_is_found(
    change: Callable[[list[tuple[Leaf, bytes]]], None], kind: FaultKind, position: int | None
) -> None:
    lines, strands = journal([1, 2, 1, 2, 1, 2])
    change(lines)

    buckets = suspects(lines, strands)
    fault = fault_in(lines, strands, buckets)

    assert buckets
    assert fault is not None
    assert (fault.kind, fault.position) == (kind, position)


def test_balanced_strands_are_not_suspects() -> None:
    lines, strands = journal([1, 2, 1, 2, 1, 2])
    del lines[0]

    assert suspects(lines, strands) == frozenset({1})


@pytest.mark.parametrize("end", [{"number": 2}, {"number": 4}, {"hash": bytes(32)}, {"hash": b"\xff" * 32}])
def test_a_strand_with_another_number_or_hash_than_its_last_line_is_a_fault(end: dict[str, Any]) -> None:
    lines, (strand,) = journal([1, 1, 1])
    other = msgspec.structs.replace(strand, **end)

    fault = fault_in(lines, [other])

    assert suspects(lines, [other]) == frozenset({1})
    assert fault is not None
    assert (fault.kind, fault.strand, fault.number) == (FaultKind.STRAND_END, strand.id, other.number)


def test_a_correct_strand_in_the_bucket_of_a_faulty_one_is_not_reported() -> None:
    lines, strands = journal([1, 4097, 4097, 1])
    drop_last(lines)

    buckets = suspects(lines, strands)
    fault = fault_in(lines, strands[::-1], buckets)

    assert buckets == frozenset({1})
    assert fault is not None
    assert (fault.kind, fault.strand, fault.number) == (FaultKind.STRAND_END, UUID(int=1), 2)
