"""Whatever is changed in the database, verification fails and says where."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import text

from contracts.vocabulary import Act, PatientId
from services.audit.domain.faults import Fault, FaultKind
from services.audit.domain.leaf import Leaf
from services.audit.domain.merkle import extend
from services.audit.domain.strands import hash_of
from services.audit.repositories.journal import JournalRepository
from services.audit.repositories.verification import VerificationRepository, snapshot
from services.audit.signing import HeadSigner
from services.audit.verification.inspection import TrustAnchors
from services.audit.verification.verify import verify_journal
from tests.integration.audit.ledger import HEADS, ORIGIN, PATIENTS, SIZE, Ledger, copy_of, database_of, new_ledger
from tests.integration.audit.stack import AuditStack

LATER = datetime(2026, 3, 1, 12, tzinfo=UTC)
AT = 300
"""The position that most tests change: in a second tile, under the second head."""


@pytest.fixture(scope="module")
def written(stack: AuditStack) -> Iterator[Ledger]:
    """A valid journal, never changed."""
    with database_of(stack.addresses.database_admin_url) as url:
        ledger = new_ledger(url)
        ledger.grow(SIZE, heads=HEADS)
        yield ledger


@pytest.fixture
def ledger(stack: AuditStack, written: Ledger) -> Iterator[Ledger]:
    """A copy of it, to be tampered with."""
    with database_of(stack.addresses.database_admin_url, template=written.url.rpartition("/")[2]) as url:
        yield copy_of(written, url)


def note_of(ledger: Ledger, size: int) -> str:
    return str(ledger.value("SELECT note FROM heads WHERE size = :size", size=size))


def patient_at(ledger: Ledger, position: int) -> PatientId:
    query = "SELECT patient_id FROM strands JOIN journal USING (strand) WHERE position = :position"
    return PatientId(ledger.value(query, position=position))


def line_at(ledger: Ledger, position: int) -> tuple[Any, int]:
    with ledger.transaction() as connection:
        row = connection.execute(
            text("SELECT strand, number FROM journal WHERE position = :position"), {"position": position}
        ).one()
    return row.strand, row.number


def kind_and_position(fault: Fault) -> tuple[FaultKind, int | None]:
    return fault.kind, fault.position


def forge_tree(ledger: Ledger) -> None:
    """Recompute hashes, strands and tiles from the lines as they are now, as a thorough attacker would."""
    with ledger.transaction() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        repository, hashes = VerificationRepository(connection), list[bytes]()
        ends: dict[UUID, tuple[int, bytes]] = {}
        for batch in repository.lines_in_order():
            for line in batch:
                number, previous = ends.get(line.leaf.strand, (0, bytes(32)))
                leaf = _renumbered(line.leaf, number + 1, previous)
                leaf_hash = hash_of(leaf)
                ends[leaf.strand] = number + 1, leaf_hash
                values = {"number": number + 1, "previous": previous, "hash": leaf_hash, "position": line.position}
                connection.execute(
                    text(
                        "UPDATE journal SET number = :number, previous = :previous, leaf_hash = :hash"
                        " WHERE position = :position"
                    ),
                    values,
                )
                hashes.append(leaf_hash)
        connection.execute(text("DELETE FROM tiles"))
        repository.put_tiles(extend(0, repository.tile, hashes))
        repository.move_end(len(hashes), LATER)
        for strand, (number, leaf_hash) in ends.items():
            connection.execute(
                text("UPDATE strands SET number = :number, hash = :hash WHERE strand = :strand"),
                {"number": number, "hash": leaf_hash, "strand": strand},
            )


def _renumbered(leaf: Leaf, number: int, previous: bytes) -> Leaf:
    values = {name: getattr(leaf, name) for name in leaf.__struct_fields__}
    return Leaf(**values | {"number": number, "previous": previous.hex()})


def truncate(ledger: Ledger, size: int) -> None:
    """Cut the journal to that size."""
    ledger.tamper("DELETE FROM journal WHERE position >= :size", "DELETE FROM heads WHERE size > :size", size=size)
    forge_tree(ledger)


def test_an_unchanged_journal_is_verified(written: Ledger) -> None:
    found = written.verify()

    assert (found.lines, found.heads, found.signed) == (SIZE, len(HEADS), HEADS[-1])
    assert (found.opened, found.closed) == (SIZE, 0)
    assert all(written.verify(patient_id).lines > 100 for patient_id in PATIENTS)
    assert written.verify(outside=note_of(written, HEADS[0])).lines == SIZE


def test_without_the_subject_key_everything_else_is_verified(written: Ledger) -> None:
    found = written.verify(sealed=True)

    assert (found.opened, found.closed) == (0, SIZE)


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ("act = 'connexion'", FaultKind.LEAF),
        ("outcome = 'refused'", FaultKind.LEAF),
        ("reason = 'consent.missing'", FaultKind.LEAF),
        ("mode = 'bris_de_glace'", FaultKind.LEAF),
        ("role = 'agent'", FaultKind.LEAF),
        ("at = at + interval '1 microsecond'", FaultKind.LEAF),
        ("event_id = gen_random_uuid()", FaultKind.LEAF),
        ("number = number + 1", FaultKind.LEAF),
        ("strand = (SELECT strand FROM journal WHERE position = 301)", FaultKind.LEAF),
        ("previous = set_byte(previous, 31, get_byte(previous, 31) # 1)", FaultKind.LEAF),
        ("commitment = set_byte(commitment, 0, get_byte(commitment, 0) # 1)", FaultKind.LEAF),
        ("leaf_hash = set_byte(leaf_hash, 5, get_byte(leaf_hash, 5) # 1)", FaultKind.LEAF),
        ("sealed = set_byte(sealed, 60, get_byte(sealed, 60) # 1)", FaultKind.OPENING),
        ("sealed = (SELECT sealed FROM journal WHERE position = 303)", FaultKind.OPENING),
        ("actor_mark = '\\x00'", FaultKind.STORED),
        ("document_mark = '\\x00'", FaultKind.STORED),
        ("recorded_at = recorded_at - interval '4 minutes'", FaultKind.RECORDED),
    ],
    ids=lambda value: value.name if isinstance(value, FaultKind) else str(value),
)
def test_a_changed_column_is_found_at_its_line(ledger: Ledger, change: str, kind: FaultKind) -> None:
    patient_id, (strand, number) = patient_at(ledger, AT), line_at(ledger, AT)
    ledger.tamper(f"UPDATE journal SET {change} WHERE position = {AT}")

    fault = ledger.fault()

    assert kind_and_position(fault) == (kind, AT)
    if "strand =" not in change and "number =" not in change:
        assert (fault.strand, fault.number) == (strand, number)
        assert kind is FaultKind.RECORDED or kind_and_position(ledger.fault(patient_id)) == (kind, AT)


def test_a_deleted_last_line_is_found(ledger: Ledger) -> None:
    patient_id = patient_at(ledger, SIZE - 1)
    ledger.tamper("DELETE FROM journal WHERE position = :last", last=SIZE - 1)

    assert kind_and_position(ledger.fault()) == (FaultKind.SIZE, SIZE - 1)
    assert ledger.fault(patient_id).kind is FaultKind.STRAND_END


def test_a_line_deleted_from_the_middle_is_found(ledger: Ledger) -> None:
    patient_id = patient_at(ledger, AT)
    ledger.tamper(f"DELETE FROM journal WHERE position = {AT}")

    assert kind_and_position(ledger.fault()) == (FaultKind.GAP, AT)
    assert ledger.fault(patient_id).kind is FaultKind.LINK


def test_a_line_added_between_others_is_found(ledger: Ledger) -> None:
    columns = (
        "strand, number, at, event_id, act, outcome, reason, mode, role, previous, commitment, sealed, leaf_hash"
    )
    ledger.tamper(
        f"INSERT INTO journal (position, recorded_at, {columns})"
        f" SELECT position, recorded_at + interval '1 microsecond', {columns} FROM journal WHERE position = {AT}"
    )

    assert kind_and_position(ledger.fault()) == (FaultKind.GAP, AT)


def test_two_swapped_lines_are_found(ledger: Ledger) -> None:
    ledger.tamper(
        f"UPDATE journal SET position = -1 WHERE position = {AT}",
        f"UPDATE journal SET position = {AT} WHERE position = {AT + 1}",
        f"UPDATE journal SET position = {AT + 1} WHERE position = -1",
    )

    assert kind_and_position(ledger.fault()) == (FaultKind.TILE, AT)
    assert kind_and_position(ledger.fault(patient_at(ledger, AT))) == (FaultKind.TILE, AT)


def test_a_line_rewritten_with_all_later_hashes_contradicts_the_next_signed_head(ledger: Ledger) -> None:
    ledger.tamper(f"UPDATE journal SET act = 'connexion' WHERE position = {AT}")
    forge_tree(ledger)

    assert kind_and_position(ledger.fault()) == (FaultKind.HEAD_ROOT, HEADS[1] - 1)
    assert kind_and_position(ledger.fault(patient_at(ledger, 0))) == (FaultKind.HEAD_ROOT, HEADS[-1] - 1)


def test_a_line_rewritten_with_an_unknown_role_is_found_at_its_position(ledger: Ledger) -> None:
    ledger.tamper(f"UPDATE journal SET role = 'nobody' WHERE position = {AT}")
    forge_tree(ledger)

    assert kind_and_position(ledger.fault()) == (FaultKind.STORED, AT)


def test_a_strand_that_begins_again_is_found_although_every_hash_is_right(ledger: Ledger) -> None:
    """By an attacker who has even the key of heads, but breaks the link within a strand."""
    ledger.tamper("DELETE FROM heads")
    with ledger.transaction() as connection:
        repository = JournalRepository(connection)
        strand, number = line_at(ledger, SIZE - 1)
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        [line] = [
            line for line in next(VerificationRepository(connection).lines_in_order()) if line.position == SIZE - 1
        ]
        leaf_hash = hash_of(_renumbered(line.leaf, number, bytes(32)))
        connection.execute(
            text("UPDATE journal SET previous = :previous, leaf_hash = :hash WHERE position = :position"),
            {"previous": bytes(32), "hash": leaf_hash, "position": SIZE - 1},
        )
        connection.execute(
            text("UPDATE strands SET hash = :hash WHERE strand = :strand"), {"hash": leaf_hash, "strand": strand}
        )
        repository.put_tiles(extend(SIZE - 1, repository.tile, [leaf_hash]))
    ledger.sign(LATER)

    fault = ledger.fault()

    assert (fault.kind, fault.position, fault.strand, fault.number) == (FaultKind.LINK, SIZE - 1, strand, number)


def test_a_strand_with_a_changed_end_is_found(ledger: Ledger) -> None:
    strand, _ = line_at(ledger, AT)
    ledger.tamper("UPDATE strands SET number = number + 1 WHERE strand = :strand", strand=strand)

    fault = ledger.fault()

    assert (fault.kind, fault.strand) == (FaultKind.STRAND_END, strand)


def test_a_strand_moved_to_another_patient_is_found(ledger: Ledger) -> None:
    strand, _ = line_at(ledger, AT)
    ledger.tamper("UPDATE strands SET patient_id = gen_random_uuid() WHERE strand = :strand", strand=strand)

    assert ledger.fault().kind is FaultKind.STORED


def test_a_removed_strand_is_found(ledger: Ledger) -> None:
    strand, _ = line_at(ledger, AT)
    ledger.tamper("DELETE FROM strands WHERE strand = :strand", strand=strand)

    assert ledger.fault().kind is FaultKind.UNKNOWN_STRAND


def test_lines_truncated_and_appended_again_contradict_the_heads_signed_over_them(ledger: Ledger) -> None:
    kept = note_of(ledger, HEADS[1])
    with ledger.transaction() as connection:
        heads = connection.execute(text("SELECT size, at, note FROM heads WHERE size > 250")).all()
    truncate(ledger, HEADS[0])
    ledger.grow(SIZE, act=Act.DEPOT_DOCUMENT, start=LATER)

    with ledger.transaction() as connection:
        for size, at, note in heads:
            connection.execute(
                text("INSERT INTO heads (size, at, note) VALUES (:size, :at, :note)"),
                {"size": size, "at": at, "note": note},
            )

    assert kind_and_position(ledger.fault()) == (FaultKind.HEAD_ROOT, HEADS[1] - 1)
    assert kind_and_position(ledger.fault(outside=kept)) == (FaultKind.OUTSIDE_HEAD, HEADS[1] - 1)


def test_a_history_rewritten_by_the_host_is_found_with_a_head_kept_outside(ledger: Ledger) -> None:
    kept = note_of(ledger, HEADS[1])
    truncate(ledger, HEADS[0])
    ledger.grow(SIZE, heads=HEADS, act=Act.DEPOT_DOCUMENT, start=LATER)
    assert ledger.verify().heads == len(HEADS)

    assert kind_and_position(ledger.fault(outside=kept)) == (FaultKind.OUTSIDE_HEAD, HEADS[1] - 1)
    assert kind_and_position(ledger.fault(PATIENTS[0], outside=kept)) == (FaultKind.OUTSIDE_HEAD, HEADS[1] - 1)


def test_a_restored_older_state_is_found_with_a_head_kept_outside(ledger: Ledger) -> None:
    kept = note_of(ledger, HEADS[-1])
    truncate(ledger, HEADS[0])
    assert ledger.verify().lines == HEADS[0]

    assert kind_and_position(ledger.fault(outside=kept)) == (FaultKind.OUTSIDE_HEAD, HEADS[0])
    assert kind_and_position(ledger.fault(PATIENTS[0], outside=kept)) == (FaultKind.OUTSIDE_HEAD, HEADS[0])


def test_a_head_longer_than_the_journal_is_found(ledger: Ledger) -> None:
    ledger.tamper("DELETE FROM journal WHERE position >= 590")
    forge_tree(ledger)

    assert kind_and_position(ledger.fault()) == (FaultKind.HEAD_BEYOND, 590)


def test_two_swapped_heads_are_found(ledger: Ledger) -> None:
    ledger.tamper(
        "UPDATE heads SET note = CASE size WHEN 250 THEN :second ELSE :first END WHERE size IN (250, 500)",
        first=note_of(ledger, 250),
        second=note_of(ledger, 500),
    )

    assert kind_and_position(ledger.fault()) == (FaultKind.HEAD_ORDER, HEADS[0] - 1)


def test_a_head_signed_by_another_key_is_found(ledger: Ledger) -> None:
    forger = HeadSigner(Ed25519PrivateKey.generate(), ORIGIN)
    ledger.tamper("DELETE FROM heads")
    ledger.sign(LATER, forger)

    assert kind_and_position(ledger.fault()) == (FaultKind.HEAD_UNSIGNED, SIZE - 1)
    assert kind_and_position(ledger.fault(PATIENTS[0])) == (FaultKind.HEAD_UNSIGNED, SIZE - 1)
    assert ledger.fault(outside=note_of(ledger, SIZE)).kind in {FaultKind.OUTSIDE_UNSIGNED, FaultKind.HEAD_UNSIGNED}


def test_a_head_with_another_time_is_found(ledger: Ledger) -> None:
    ledger.tamper("UPDATE heads SET at = at - interval '1 hour' WHERE size = 500")

    assert kind_and_position(ledger.fault()) == (FaultKind.HEAD_ORDER, HEADS[1] - 1)


@pytest.mark.parametrize(
    ("tile", "kind", "position"),
    [("level = 0 AND number = 1", FaultKind.TILE, 256), ("level = 1 AND number = 0", FaultKind.UPPER_TILE, 255)],
    ids=lambda value: value.name if isinstance(value, FaultKind) else str(value),
)
def test_a_changed_tile_is_found(ledger: Ledger, tile: str, kind: FaultKind, position: int) -> None:
    ledger.tamper(f"UPDATE tiles SET hashes = set_byte(hashes, 0, get_byte(hashes, 0) # 1) WHERE {tile}")

    assert kind_and_position(ledger.fault()) == (kind, position)
    assert ledger.fault(PATIENTS[0]).kind in {FaultKind.TILE, FaultKind.HEAD_ROOT}


def test_a_removed_or_surplus_tile_is_found(ledger: Ledger) -> None:
    ledger.tamper("INSERT INTO tiles (level, number, hashes) VALUES (0, 7, '\\x00')")
    assert ledger.fault().kind is FaultKind.UPPER_TILE

    ledger.tamper("DELETE FROM tiles WHERE level = 0 AND number IN (1, 7)")
    assert kind_and_position(ledger.fault()) == (FaultKind.TILE, 256)


def test_an_erased_identity_leaves_everything_else_verifiable(ledger: Ledger) -> None:
    with ledger.transaction() as connection:
        JournalRepository(connection).erase_keys(PATIENTS[1])

    found = ledger.verify()

    assert found.lines == SIZE
    assert found.closed == ledger.verify(PATIENTS[1]).lines > 100


def test_lines_appended_during_verification_are_ignored(ledger: Ledger) -> None:
    def grow(_done: int, _total: int) -> None:
        ledger.grow(SIZE + 30, start=LATER)
        ledger.sign(LATER)

    with snapshot(ledger.url) as repository:
        found = verify_journal(repository, None, TrustAnchors(verifier=ledger.signer.verifier), grow)

    assert found.lines == SIZE
    assert ledger.verify().signed == SIZE + 30
