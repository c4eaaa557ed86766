"""The journal signs for what it holds: one head for each size, each going on from the last, or none."""

from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
import requests
from sqlalchemy import select, text

from contracts.audit import Audit, HeadOf, KeyOfHeads, ListHeads, ProveConsistency
from contracts.errors import HeadNotFound, InvalidRequest
from contracts.vocabulary import PatientId
from services.audit.domain.merkle import is_consistent
from services.audit.domain.notes import note_from, verifier_from
from services.audit.signing import is_signed_by
from services.audit.store import AuditStore
from services.audit.tables import heads
from tests.integration.audit.house import House
from tests.integration.notify.house import wait_for
from tests.unit.audit.builders import OPERATOR, an_entry


def grow(house: House, lines: int = 1) -> int:
    """Lines more, and a head over them; answers its size."""
    patient_id = PatientId(uuid4())
    house.write(*(an_entry(patient_id=patient_id) for _ in range(lines)))
    return house.head_over_all().head.size


def missing_parts(house: House) -> list[str]:
    answer = requests.get(f"{house.addresses.url('audit')}/health/ready", timeout=5)
    missing: list[str] = answer.json()["missing"]
    assert answer.status_code == (503 if missing else 200)
    return missing


def refused(house: House) -> int:
    """How often the process has told that it does not sign."""
    return house.log_of("audit").count("journal_head_refused")


@contextmanager
def tampered(house: House, change: str, back: str) -> Iterator[None]:
    """The database as somebody with all rights over it leaves it, until it is put right."""
    with house.database("audit") as connection:
        connection.execute(text(change))
    try:
        yield
    finally:
        with house.database("audit") as connection:
            connection.execute(text(back))


def test_a_head_is_signed_over_what_is_there(house: House) -> None:
    grow(house)
    note = house.latest_head()
    verifier = verifier_from(house.call(Audit.key_of_heads, KeyOfHeads(), OPERATOR).key)

    with house.database("audit") as connection:
        store = AuditStore(connection)
        root = store.tree(note.head.size).root()

    assert note.head.root == root
    assert is_signed_by(note, verifier)
    assert verifier.name == note.head.origin == "carnet.example/journal"


def test_any_two_heads_go_on_from_each_other(house: House) -> None:
    sizes = [grow(house), grow(house, 3)]
    first, second = (note_from(house.head_of(size)).head for size in sizes)

    proof = house.call(Audit.prove_consistency, ProveConsistency(first=sizes[0], second=sizes[1]), OPERATOR)

    hashes = [b64decode(one) for one in proof.hashes]
    assert is_consistent(first.size, second.size, first.root, second.root, hashes)


def test_heads_are_listed_newest_first_and_found_by_size(house: House) -> None:
    older, newer = grow(house), grow(house)

    listed = house.call(Audit.list_heads, ListHeads(count=2), OPERATOR).heads
    below = house.call(Audit.list_heads, ListHeads(before=newer), OPERATOR).heads

    assert [head.size for head in listed] == [newer, older]
    assert below[0].size == older
    assert note_from(house.head_of(older)).head.at == listed[1].at


@pytest.mark.parametrize(
    ("first", "second", "refusal"),
    [(0, 1, InvalidRequest), (2, 1, InvalidRequest), (1, 10**9, HeadNotFound)],
)
def test_what_was_never_signed_is_not_proven(house: House, first: int, second: int, refusal: Any) -> None:
    grow(house)
    with pytest.raises(refusal):
        house.call(Audit.prove_consistency, ProveConsistency(first=first, second=second), OPERATOR)
    with pytest.raises(HeadNotFound):
        house.call(Audit.head_of, HeadOf(size=10**9), OPERATOR)
    with pytest.raises(InvalidRequest):
        house.call(Audit.list_heads, ListHeads(count=0), OPERATOR)


def test_no_head_is_signed_while_nothing_was_added(house: House) -> None:
    size = grow(house)
    with house.database("audit") as connection:
        query = select(heads.c.size).where(heads.c.size >= size)
        assert connection.execute(query).scalars().all() == [size]


def test_a_second_process_signs_no_second_head(house: House) -> None:
    before = grow(house)
    with house.database("audit") as connection:
        assert AuditStore(connection).may_sign()
        with house.database("audit") as other:
            assert not AuditStore(other).may_sign()
    assert grow(house) > before


def test_a_tree_that_does_not_go_on_from_the_last_head_is_not_signed(house: House) -> None:
    house.restart(head_grace_seconds="1")
    size = grow(house)
    before, number = refused(house), (size - 1) // 256
    forge = "UPDATE tiles SET hashes = set_byte(hashes, 5, get_byte(hashes, 5) # 1) WHERE level = 0 AND number = "
    with tampered(house, f"{forge}{number}", f"{forge}{number}"):
        house.write(an_entry(patient_id=PatientId(uuid4())))
        wait_for(lambda: missing_parts(house) == ["journal_heads"])
        wait_for(lambda: refused(house) > before)
        assert house.latest_head().head.size == size
    wait_for(lambda: house.latest_head().head.size == size + 1)
    assert missing_parts(house) == []


def test_a_tree_that_became_smaller_is_not_signed_and_is_told_at_once(house: House) -> None:
    size = grow(house)
    before = refused(house)
    with tampered(house, "UPDATE tree SET size = size - 1", "UPDATE tree SET size = size + 1"):
        assert missing_parts(house) == ["journal_heads"]
        wait_for(lambda: refused(house) > before)
        assert house.latest_head().head.size == size
    assert missing_parts(house) == []


def test_a_last_head_somebody_else_wrote_is_not_gone_on_from(house: House) -> None:
    size = grow(house)
    before = refused(house)
    forged = note_from(house.head_of(size)).text + "\n— carnet.example/journal AAAAAAAA\n"
    with house.database("audit") as connection:
        connection.execute(text("ALTER TABLE heads DISABLE TRIGGER heads_stay"))
        kept = connection.execute(select(heads.c.note).where(heads.c.size == size)).scalar_one()
        connection.execute(heads.update().where(heads.c.size == size).values(note=forged))
    house.write(an_entry(patient_id=PatientId(uuid4())))
    wait_for(lambda: refused(house) > before)
    with house.database("audit") as connection:
        connection.execute(heads.update().where(heads.c.size == size).values(note=kept))
        connection.execute(text("ALTER TABLE heads ENABLE TRIGGER heads_stay"))
    wait_for(lambda: house.latest_head().head.size == size + 1)
    assert missing_parts(house) == []
