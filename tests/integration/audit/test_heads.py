"""Signed heads: at most one for each size, each consistent with the one before."""

from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
import requests
from sqlalchemy import select, text

from client.waiting import wait_for
from contracts.audit import Audit, GetHead, GetVerifierKey, ListHeads, ProveConsistency
from contracts.errors.request import HeadNotFound, InvalidRequest
from contracts.vocabulary import PatientId
from services.audit.domain.merkle import is_consistent
from services.audit.domain.notes import note_from, verifier_from
from services.audit.repositories.journal import JournalRepository
from services.audit.signing import is_signed_by
from services.audit.tables import heads
from tests.integration.audit.stack import AuditStack
from tests.support.metrics import metric
from tests.support.waiting import wait_until
from tests.unit.audit.builders import OPERATOR, an_entry


def grow(stack: AuditStack, lines: int = 1) -> int:
    """Append lines and wait for a head over them; returns its size."""
    patient_id = PatientId(uuid4())
    stack.append(*(an_entry(patient_id=patient_id) for _ in range(lines)))
    return stack.head_over_all().head.size


def missing_parts(stack: AuditStack) -> list[str]:
    answer = requests.get(f"{stack.addresses.url('audit')}/health/ready", timeout=5)
    missing: list[str] = answer.json()["missing"]
    assert answer.status_code == (503 if missing else 200)
    return missing


def refusals_logged(stack: AuditStack) -> int:
    """How often the process logged that it does not sign."""
    return stack.log_of("audit").count("journal_head_refused")


@contextmanager
def tampered(stack: AuditStack, change: str, back: str) -> Iterator[None]:
    """Within, the database is changed as somebody with all rights could."""
    with stack.database("audit") as connection:
        connection.execute(text(change))
    try:
        yield
    finally:
        with stack.database("audit") as connection:
            connection.execute(text(back))


def test_a_head_is_signed_over_all_lines(stack: AuditStack) -> None:
    grow(stack)
    note = stack.latest_head()
    verifier = verifier_from(stack.call(Audit.key_of_heads, GetVerifierKey(), OPERATOR).key)

    with stack.database("audit") as connection:
        repository = JournalRepository(connection)
        root = repository.tree(note.head.size).root()

    assert note.head.root == root
    assert is_signed_by(note, verifier)
    assert verifier.name == note.head.origin == "carnet.example/journal"


def test_any_two_heads_are_consistent(stack: AuditStack) -> None:
    sizes = [grow(stack), grow(stack, 3)]
    first, second = (note_from(stack.head_of(size)).head for size in sizes)

    proof = stack.call(Audit.prove_consistency, ProveConsistency(first=sizes[0], second=sizes[1]), OPERATOR)

    hashes = [b64decode(value) for value in proof.hashes]
    assert is_consistent(first.size, second.size, first.root, second.root, hashes)


def test_heads_are_listed_newest_first_and_found_by_size(stack: AuditStack) -> None:
    older, newer = grow(stack), grow(stack)

    listed = stack.call(Audit.list_heads, ListHeads(count=2), OPERATOR).heads
    below = stack.call(Audit.list_heads, ListHeads(before=newer), OPERATOR).heads

    assert [head.size for head in listed] == [newer, older]
    assert below[0].size == older
    assert note_from(stack.head_of(older)).head.at == listed[1].at


@pytest.mark.parametrize(
    ("first", "second", "refusal"),
    [(0, 1, InvalidRequest), (2, 1, InvalidRequest), (1, 10**9, HeadNotFound)],
)
def test_sizes_without_a_head_are_not_proven(stack: AuditStack, first: int, second: int, refusal: Any) -> None:
    grow(stack)
    with pytest.raises(refusal):
        stack.call(Audit.prove_consistency, ProveConsistency(first=first, second=second), OPERATOR)
    with pytest.raises(HeadNotFound):
        stack.call(Audit.head_of, GetHead(size=10**9), OPERATOR)
    with pytest.raises(InvalidRequest):
        stack.call(Audit.list_heads, ListHeads(count=0), OPERATOR)


def test_no_head_is_signed_while_nothing_was_added(stack: AuditStack) -> None:
    size = grow(stack)
    with stack.database("audit") as connection:
        query = select(heads.c.size).where(heads.c.size >= size)
        assert connection.execute(query).scalars().all() == [size]


def test_a_second_process_does_not_sign_at_the_same_time(stack: AuditStack) -> None:
    before = grow(stack)
    with stack.database("audit") as connection:
        assert JournalRepository(connection).lock_signing()
        with stack.database("audit") as other:
            assert not JournalRepository(other).lock_signing()
    assert grow(stack) > before


def test_a_tree_inconsistent_with_the_last_head_is_not_signed(stack: AuditStack) -> None:
    stack.restart(head_grace_seconds="1")
    size = grow(stack)
    before, number = refusals_logged(stack), (size - 1) // 256
    forge = "UPDATE tiles SET hashes = set_byte(hashes, 5, get_byte(hashes, 5) # 1) WHERE level = 0 AND number = "
    with tampered(stack, f"{forge}{number}", f"{forge}{number}"):
        stack.append(an_entry(patient_id=PatientId(uuid4())))
        wait_for(lambda: missing_parts(stack) == ["journal_heads"])
        wait_for(lambda: refusals_logged(stack) > before)
        assert stack.latest_head().head.size == size
    wait_for(lambda: stack.latest_head().head.size == size + 1)
    assert missing_parts(stack) == []


def test_a_tree_that_became_smaller_is_not_signed_and_the_service_is_not_ready(stack: AuditStack) -> None:
    size = grow(stack)
    before = refusals_logged(stack)
    with tampered(stack, "UPDATE tree SET size = size - 1", "UPDATE tree SET size = size + 1"):
        assert missing_parts(stack) == ["journal_heads"]
        wait_for(lambda: refusals_logged(stack) > before)
        assert stack.latest_head().head.size == size
    assert missing_parts(stack) == []


def test_nothing_is_signed_after_a_last_head_with_a_forged_signature(stack: AuditStack) -> None:
    size = grow(stack)
    before = refusals_logged(stack)
    forged = note_from(stack.head_of(size)).text + "\n— carnet.example/journal AAAAAAAA\n"
    with stack.database("audit") as connection:
        connection.execute(text("ALTER TABLE heads DISABLE TRIGGER heads_stay"))
        stored = connection.execute(select(heads.c.note).where(heads.c.size == size)).scalar_one()
        connection.execute(heads.update().where(heads.c.size == size).values(note=forged))
    stack.append(an_entry(patient_id=PatientId(uuid4())))
    wait_for(lambda: refusals_logged(stack) > before)
    with stack.database("audit") as connection:
        connection.execute(heads.update().where(heads.c.size == size).values(note=stored))
        connection.execute(text("ALTER TABLE heads ENABLE TRIGGER heads_stay"))
    wait_for(lambda: stack.latest_head().head.size == size + 1)
    assert missing_parts(stack) == []


def test_the_age_of_heads_and_of_lines_without_one_is_counted(stack: AuditStack) -> None:
    url = stack.addresses.url("audit")
    grow(stack)
    wait_until(lambda: bool(metric(url, "carnet_journal_head_timestamp_seconds")), "the newest head is counted")
    wait_until(lambda: metric(url, "carnet_journal_unsigned_seconds") == 0, "no line waits")
