"""Whatever is changed in the database behind audit's back, verification fails and says where."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import text

from contracts.vocabulary import Act, PatientId
from services.audit.domain.faults import Fault, Wrong
from services.audit.domain.leaf import Leaf
from services.audit.domain.merkle import extend
from services.audit.domain.strands import hash_of
from services.audit.handlers.inspection import Trust
from services.audit.handlers.verification import verify_journal
from services.audit.repositories import AuditRepository
from services.audit.repositories.verification import VerificationRepository, snapshot
from services.audit.signing import HeadSigner
from tests.integration.audit.ledger import HEADS, ORIGIN, PATIENTS, SIZE, Ledger, database_of, new_ledger
from tests.integration.audit.stack import AuditStack

LATER = datetime(2026, 3, 1, 12, tzinfo=UTC)
AT = 300
"""The position that most tests change: in a second tile, under the second head."""


@pytest.fixture(scope="module")
def written(stack: AuditStack) -> Iterator[Ledger]:
    """A good journal, which stays so."""
    with database_of(stack.addresses.database_admin_url) as url:
        ledger = new_ledger(url)
        ledger.grow(SIZE, heads=HEADS)
        yield ledger


@pytest.fixture
def ledger(stack: AuditStack, written: Ledger) -> Iterator[Ledger]:
    """A copy of it, to be tampered with."""
    with database_of(stack.addresses.database_admin_url, template=written.url.rpartition("/")[2]) as url:
        yield Ledger(url, written.sealer, written.signer)


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


def render(fault: Fault) -> tuple[Wrong, int | None]:
    return fault.wrong, fault.position


def forge_tree(ledger: Ledger) -> None:
    """Make hashes, strands and tiles fit the lines as they are now, as somebody thorough would."""
    with ledger.transaction() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        repository, hashes = VerificationRepository(connection), list[bytes]()
        ends: dict[UUID, tuple[int, bytes]] = {}
        for batch in repository.lines_in_order():
            for line in batch:
                number, previous = ends.get(line.leaf.strand, (0, bytes(32)))
                leaf = _renumbered(line.leaf, number + 1, previous)
                its_hash = hash_of(leaf)
                ends[leaf.strand] = number + 1, its_hash
                values = {"number": number + 1, "previous": previous, "hash": its_hash, "position": line.position}
                connection.execute(
                    text(
                        "UPDATE journal SET number = :number, previous = :previous, leaf_hash = :hash"
                        " WHERE position = :position"
                    ),
                    values,
                )
                hashes.append(its_hash)
        connection.execute(text("DELETE FROM tiles"))
        repository.put_tiles(extend(0, repository.tile, hashes))
        repository.move_end(len(hashes), LATER)
        for strand, (number, its_hash) in ends.items():
            connection.execute(
                text("UPDATE strands SET number = :number, hash = :hash WHERE strand = :strand"),
                {"number": number, "hash": its_hash, "strand": strand},
            )


def _renumbered(leaf: Leaf, number: int, previous: bytes) -> Leaf:
    values = {name: getattr(leaf, name) for name in leaf.__struct_fields__}
    return Leaf(**values | {"number": number, "previous": previous.hex()})


def truncate(ledger: Ledger, size: int) -> None:
    """Make the journal what it was at that size."""
    ledger.tamper("DELETE FROM journal WHERE position >= :size", "DELETE FROM heads WHERE size > :size", size=size)
    forge_tree(ledger)


def test_a_journal_as_it_was_written_holds(written: Ledger) -> None:
    found = written.verify()

    assert (found.lines, found.heads, found.signed) == (SIZE, len(HEADS), HEADS[-1])
    assert (found.opened, found.closed) == (SIZE, 0)
    assert all(written.verify(patient_id).lines > 100 for patient_id in PATIENTS)
    assert written.verify(outside=note_of(written, HEADS[0])).lines == SIZE


def test_without_the_key_of_names_everything_else_is_verified(written: Ledger) -> None:
    found = written.verify(sealed=True)

    assert (found.opened, found.closed) == (0, SIZE)


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ("act = 'connexion'", Wrong.LEAF),
        ("outcome = 'refused'", Wrong.LEAF),
        ("reason = 'consent.missing'", Wrong.LEAF),
        ("mode = 'bris_de_glace'", Wrong.LEAF),
        ("role = 'agent'", Wrong.LEAF),
        ("at = at + interval '1 microsecond'", Wrong.LEAF),
        ("event_id = gen_random_uuid()", Wrong.LEAF),
        ("number = number + 1", Wrong.LEAF),
        ("strand = (SELECT strand FROM journal WHERE position = 301)", Wrong.LEAF),
        ("previous = set_byte(previous, 31, get_byte(previous, 31) # 1)", Wrong.LEAF),
        ("commitment = set_byte(commitment, 0, get_byte(commitment, 0) # 1)", Wrong.LEAF),
        ("leaf_hash = set_byte(leaf_hash, 5, get_byte(leaf_hash, 5) # 1)", Wrong.LEAF),
        ("sealed = set_byte(sealed, 60, get_byte(sealed, 60) # 1)", Wrong.OPENING),
        ("sealed = (SELECT sealed FROM journal WHERE position = 303)", Wrong.OPENING),
        ("actor_mark = '\\x00'", Wrong.STORED),
        ("document_mark = '\\x00'", Wrong.STORED),
        ("recorded_at = recorded_at - interval '4 minutes'", Wrong.RECORDED),
    ],
    ids=lambda value: value.name if isinstance(value, Wrong) else str(value),
)
def test_a_changed_column_is_found_at_its_line(ledger: Ledger, change: str, wrong: Wrong) -> None:
    patient_id, (strand, number) = patient_at(ledger, AT), line_at(ledger, AT)
    ledger.tamper(f"UPDATE journal SET {change} WHERE position = {AT}")

    fault = ledger.fault()

    assert render(fault) == (wrong, AT)
    if "strand =" not in change and "number =" not in change:
        assert (fault.strand, fault.number) == (strand, number)
        assert wrong is Wrong.RECORDED or render(ledger.fault(patient_id)) == (wrong, AT)


def test_the_last_line_deleted_is_missed(ledger: Ledger) -> None:
    patient_id = patient_at(ledger, SIZE - 1)
    ledger.tamper("DELETE FROM journal WHERE position = :last", last=SIZE - 1)

    assert render(ledger.fault()) == (Wrong.SIZE, SIZE - 1)
    assert ledger.fault(patient_id).wrong is Wrong.STRAND_END


def test_a_line_deleted_from_the_middle_is_missed(ledger: Ledger) -> None:
    patient_id = patient_at(ledger, AT)
    ledger.tamper(f"DELETE FROM journal WHERE position = {AT}")

    assert render(ledger.fault()) == (Wrong.GAP, AT)
    assert ledger.fault(patient_id).wrong is Wrong.LINK


def test_a_line_added_between_others_is_found(ledger: Ledger) -> None:
    columns = (
        "strand, number, at, event_id, act, outcome, reason, mode, role, previous, commitment, sealed, leaf_hash"
    )
    ledger.tamper(
        f"INSERT INTO journal (position, recorded_at, {columns})"
        f" SELECT position, recorded_at + interval '1 microsecond', {columns} FROM journal WHERE position = {AT}"
    )

    assert render(ledger.fault()) == (Wrong.GAP, AT)


def test_two_lines_in_each_others_place_are_found(ledger: Ledger) -> None:
    ledger.tamper(
        f"UPDATE journal SET position = -1 WHERE position = {AT}",
        f"UPDATE journal SET position = {AT} WHERE position = {AT + 1}",
        f"UPDATE journal SET position = {AT + 1} WHERE position = -1",
    )

    assert render(ledger.fault()) == (Wrong.TILE, AT)
    assert render(ledger.fault(patient_at(ledger, AT))) == (Wrong.TILE, AT)


def test_a_line_rewritten_with_all_hashes_after_it_breaks_the_next_signed_head(ledger: Ledger) -> None:
    ledger.tamper(f"UPDATE journal SET act = 'connexion' WHERE position = {AT}")
    forge_tree(ledger)

    assert render(ledger.fault()) == (Wrong.HEAD_ROOT, HEADS[1] - 1)
    assert render(ledger.fault(patient_at(ledger, 0))) == (Wrong.HEAD_ROOT, HEADS[-1] - 1)


def test_a_line_rewritten_as_no_line_can_be_is_found_where_it_is(ledger: Ledger) -> None:
    ledger.tamper(f"UPDATE journal SET role = 'nobody' WHERE position = {AT}")
    forge_tree(ledger)

    assert render(ledger.fault()) == (Wrong.STORED, AT)


def test_a_strand_that_begins_again_is_found_though_every_hash_fits(ledger: Ledger) -> None:
    """Somebody who has even the key of heads, but forgets how strands go on."""
    ledger.tamper("DELETE FROM heads")
    with ledger.transaction() as connection:
        repository = AuditRepository(connection)
        strand, number = line_at(ledger, SIZE - 1)
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        [line] = [
            line for line in next(VerificationRepository(connection).lines_in_order()) if line.position == SIZE - 1
        ]
        its_hash = hash_of(_renumbered(line.leaf, number, bytes(32)))
        connection.execute(
            text("UPDATE journal SET previous = :previous, leaf_hash = :hash WHERE position = :position"),
            {"previous": bytes(32), "hash": its_hash, "position": SIZE - 1},
        )
        connection.execute(
            text("UPDATE strands SET hash = :hash WHERE strand = :strand"), {"hash": its_hash, "strand": strand}
        )
        repository.put_tiles(extend(SIZE - 1, repository.tile, [its_hash]))
    ledger.sign(LATER)

    fault = ledger.fault()

    assert (fault.wrong, fault.position, fault.strand, fault.number) == (Wrong.LINK, SIZE - 1, strand, number)


def test_a_strand_kept_with_another_end_is_found(ledger: Ledger) -> None:
    strand, _ = line_at(ledger, AT)
    ledger.tamper("UPDATE strands SET number = number + 1 WHERE strand = :strand", strand=strand)

    fault = ledger.fault()

    assert (fault.wrong, fault.strand) == (Wrong.STRAND_END, strand)


def test_a_strand_filed_for_another_patient_is_found(ledger: Ledger) -> None:
    strand, _ = line_at(ledger, AT)
    ledger.tamper("UPDATE strands SET patient_id = gen_random_uuid() WHERE strand = :strand", strand=strand)

    assert ledger.fault().wrong is Wrong.STORED


def test_a_strand_removed_is_missed(ledger: Ledger) -> None:
    strand, _ = line_at(ledger, AT)
    ledger.tamper("DELETE FROM strands WHERE strand = :strand", strand=strand)

    assert ledger.fault().wrong is Wrong.UNKNOWN_STRAND


def test_lines_truncated_and_added_again_break_the_heads_that_were_signed_over_them(ledger: Ledger) -> None:
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

    assert render(ledger.fault()) == (Wrong.HEAD_ROOT, HEADS[1] - 1)
    assert render(ledger.fault(outside=kept)) == (Wrong.OUTSIDE_HEAD, HEADS[1] - 1)


def test_even_the_host_cannot_tell_history_anew_to_who_kept_a_head(ledger: Ledger) -> None:
    kept = note_of(ledger, HEADS[1])
    truncate(ledger, HEADS[0])
    ledger.grow(SIZE, heads=HEADS, act=Act.DEPOT_DOCUMENT, start=LATER)
    assert ledger.verify().heads == len(HEADS)

    assert render(ledger.fault(outside=kept)) == (Wrong.OUTSIDE_HEAD, HEADS[1] - 1)
    assert render(ledger.fault(PATIENTS[0], outside=kept)) == (Wrong.OUTSIDE_HEAD, HEADS[1] - 1)


def test_going_back_to_an_older_state_is_found_by_who_kept_a_head(ledger: Ledger) -> None:
    kept = note_of(ledger, HEADS[-1])
    truncate(ledger, HEADS[0])
    assert ledger.verify().lines == HEADS[0]

    assert render(ledger.fault(outside=kept)) == (Wrong.OUTSIDE_HEAD, HEADS[0])
    assert render(ledger.fault(PATIENTS[0], outside=kept)) == (Wrong.OUTSIDE_HEAD, HEADS[0])


def test_a_head_longer_than_the_journal_is_found(ledger: Ledger) -> None:
    ledger.tamper("DELETE FROM journal WHERE position >= 590")
    forge_tree(ledger)

    assert render(ledger.fault()) == (Wrong.HEAD_BEYOND, 590)


def test_two_heads_in_each_others_place_are_found(ledger: Ledger) -> None:
    ledger.tamper(
        "UPDATE heads SET note = CASE size WHEN 250 THEN :second ELSE :first END WHERE size IN (250, 500)",
        first=note_of(ledger, 250),
        second=note_of(ledger, 500),
    )

    assert render(ledger.fault()) == (Wrong.HEAD_ORDER, HEADS[0] - 1)


def test_a_head_signed_by_another_key_is_found(ledger: Ledger) -> None:
    forger = HeadSigner(Ed25519PrivateKey.generate(), ORIGIN)
    ledger.tamper("DELETE FROM heads")
    ledger.sign(LATER, forger)

    assert render(ledger.fault()) == (Wrong.HEAD_UNSIGNED, SIZE - 1)
    assert render(ledger.fault(PATIENTS[0])) == (Wrong.HEAD_UNSIGNED, SIZE - 1)
    assert ledger.fault(outside=note_of(ledger, SIZE)).wrong in {Wrong.OUTSIDE_UNSIGNED, Wrong.HEAD_UNSIGNED}


def test_a_head_with_another_time_is_found(ledger: Ledger) -> None:
    ledger.tamper("UPDATE heads SET at = at - interval '1 hour' WHERE size = 500")

    assert render(ledger.fault()) == (Wrong.HEAD_ORDER, HEADS[1] - 1)


@pytest.mark.parametrize(
    ("tile", "wrong", "position"),
    [("level = 0 AND number = 1", Wrong.TILE, 256), ("level = 1 AND number = 0", Wrong.UPPER_TILE, 255)],
    ids=lambda value: value.name if isinstance(value, Wrong) else str(value),
)
def test_a_changed_tile_is_found(ledger: Ledger, tile: str, wrong: Wrong, position: int) -> None:
    ledger.tamper(f"UPDATE tiles SET hashes = set_byte(hashes, 0, get_byte(hashes, 0) # 1) WHERE {tile}")

    assert render(ledger.fault()) == (wrong, position)
    assert ledger.fault(PATIENTS[0]).wrong in {Wrong.TILE, Wrong.HEAD_ROOT}


def test_a_tile_removed_or_too_many_is_found(ledger: Ledger) -> None:
    ledger.tamper("INSERT INTO tiles (level, number, hashes) VALUES (0, 7, '\\x00')")
    assert ledger.fault().wrong is Wrong.UPPER_TILE

    ledger.tamper("DELETE FROM tiles WHERE level = 0 AND number IN (1, 7)")
    assert render(ledger.fault()) == (Wrong.TILE, 256)


def test_names_erased_leave_everything_else_verifiable(ledger: Ledger) -> None:
    with ledger.transaction() as connection:
        AuditRepository(connection).erase_keys(PATIENTS[1])

    found = ledger.verify()

    assert found.lines == SIZE
    assert found.closed == ledger.verify(PATIENTS[1]).lines > 100


def test_what_is_added_while_it_is_read_does_not_disturb(ledger: Ledger) -> None:
    def grow(_done: int, _total: int) -> None:
        ledger.grow(SIZE + 30, start=LATER)
        ledger.sign(LATER)

    with snapshot(ledger.url) as repository:
        found = verify_journal(repository, None, Trust(verifier=ledger.signer.verifier), grow)

    assert found.lines == SIZE
    assert ledger.verify().signed == SIZE + 30
