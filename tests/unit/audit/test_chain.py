"""Who changes, removes or inserts a line breaks the chain."""

from datetime import timedelta, timezone
from hashlib import sha256
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.vocabulary import Act, DocumentId
from services.audit.domain.chain import Head, Sealed, continue_chain, hash_of, line_of
from tests.unit.audit.builders import AT, HOLDER, an_entry, arrived

ENTRIES = [arrived(an_entry(act=act), number) for number, act in enumerate(Act, start=1)]


def first_bad(sealed: list[Sealed]) -> int | None:
    """Number of the first line whose hash does not follow on the one before, or whose number does not."""
    previous, expected = Head().hash, 1
    for one in sealed:
        if one.line.number != expected or hash_of(one.line, previous) != one.hash:
            return expected
        previous, expected = one.hash, expected + 1
    return None


def test_numbers_run_without_a_gap_from_where_the_journal_ended() -> None:
    assert [one.line.number for one in continue_chain(Head(number=7), ENTRIES)] == list(range(8, 8 + len(ENTRIES)))


@given(st.integers(min_value=0, max_value=len(ENTRIES)))
def test_a_chain_is_the_same_in_one_go_and_in_two(cut: int) -> None:
    first = continue_chain(Head(), ENTRIES[:cut])
    head = Head(number=cut, hash=first[-1].hash) if first else Head()

    assert first + continue_chain(head, ENTRIES[cut:]) == continue_chain(Head(), ENTRIES)


@pytest.mark.parametrize("position", [0, 4, len(ENTRIES) - 1])
def test_a_changed_line_is_found(position: int) -> None:
    sealed = list(continue_chain(Head(), ENTRIES))
    changed = msgspec.structs.replace(sealed[position].line, actor="80000000027")
    sealed[position] = Sealed(changed, sealed[position].hash)

    assert first_bad(sealed) == position + 1


@pytest.mark.parametrize("position", [0, 4, len(ENTRIES) - 2])
def test_a_removed_line_is_found(position: int) -> None:
    sealed = list(continue_chain(Head(), ENTRIES))
    del sealed[position]

    assert first_bad(sealed) == position + 1


def test_a_hash_is_what_the_documentation_says() -> None:
    line = line_of(arrived(an_entry(HOLDER, Act.CONNEXION, "patient")), number=1)
    holder = "00000000-0000-0000-0000-000000000001"
    encoded = (
        f'{{"act":"connexion","actor":"{holder}","actor_name":"","actor_role":"patient",'
        f'"at":"2026-03-01T09:30:00.250000Z","event_id":"{holder}","mode":"normal","number":1,"outcome":"allowed",'
        f'"patient_id":"{holder}","reason":"patient"}}'
    )

    assert hash_of(line, bytes(32)) == sha256(bytes(32) + encoded.encode()).digest()


def test_a_moment_is_the_same_in_every_time_zone() -> None:
    entry = an_entry(document_id=DocumentId(UUID(int=4)))
    there = msgspec.structs.replace(arrived(entry), at=AT.astimezone(timezone(timedelta(hours=2))))

    assert line_of(there, number=1) == line_of(arrived(entry), number=1)
    assert hash_of(line_of(there, number=1), b"") == hash_of(line_of(arrived(entry), number=1), b"")
