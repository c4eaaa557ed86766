"""The journal stores each entry once, in order, unchanged, and shows each patient their own lines."""

from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from client.waiting import wait_for
from contracts.audit import Audit, ReadJournal, ReadProofs
from contracts.envelope import Actor
from contracts.errors.request import InvalidRequest, RecordNotFound, TokenInvalid
from contracts.vocabulary import AccessMode, Act, DocumentId, Outcome, PatientId, Role
from services.audit.domain.leaf import NO_HASH
from services.audit.domain.merkle import Frontier
from services.audit.domain.notes import note_from
from services.audit.domain.strands import StoredLine, hash_of
from services.audit.repositories.journal import JournalRepository
from services.audit.repositories.lines import LineFilter
from services.audit.tables import partitions
from tests.integration.audit.stack import AuditStack, holder
from tests.unit.audit.builders import DOCTOR, HOLDER, an_entry

SOMEBODY_ELSE = Actor(role=Role.PROFESSIONAL, subject="80000000027", name="Dr Iris Sand", profession="10")


def check_journal(stack: AuditStack) -> None:
    """Positions and numbers have no gap, hashes and links are right, the tree is over all lines."""
    with stack.database("audit") as connection:
        repository = JournalRepository(connection)
        repository.lock_end()
        lines = repository.lines(LineFilter(), 1_000_000)[::-1]
        root = repository.tree(repository.end().size).root()
    assert [line.position for line in lines] == list(range(len(lines)))
    assert [line.recorded_at for line in lines] == sorted(line.recorded_at for line in lines)
    assert all(line.leaf_hash == hash_of(line.leaf) for line in lines)
    frontier = Frontier()
    for line in lines:
        frontier.append(line.leaf_hash)
    assert frontier.root() == root
    for _, strand in groupby(sorted(lines, key=_strand_of), _strand_of):
        previous = NO_HASH
        for number, line in enumerate(strand, start=1):
            assert (line.leaf.number, line.leaf.previous) == (number, previous.hex())
            previous = line.leaf_hash


def _strand_of(line: StoredLine) -> UUID:
    return line.leaf.strand


def test_what_was_done_and_refused_is_read_back_newest_first(stack: AuditStack) -> None:
    patient_id = PatientId(uuid4())
    document_id = DocumentId(uuid4())
    stack.append(
        an_entry(patient_id=patient_id, reason="consent.missing", outcome=Outcome.REFUSED),
        an_entry(patient_id=patient_id, reason="bris_de_glace", mode=AccessMode.BRIS_DE_GLACE),
        an_entry(act=Act.CONSULTATION_DOCUMENT, patient_id=patient_id, document_id=document_id),
    )

    document, glass, refused = stack.read(patient_id)

    assert [document.number, glass.number, refused.number] == [3, 2, 1]
    assert document.document_id == document_id
    assert glass.fr == "Dr Rosa Lind, médecin, a consulté la liste des documents (bris de glace)."
    assert refused.outcome is Outcome.REFUSED
    assert refused.fr.endswith(": pas d'autorisation.")
    wait_for(lambda: stack.lines_about(patient_id) == 4)
    check_journal(stack)


def test_reading_the_journal_is_a_line_of_it(stack: AuditStack) -> None:
    patient_id = PatientId(uuid4())
    assert stack.read(patient_id) == ()
    wait_for(lambda: stack.lines_about(patient_id) == 1)

    [line] = stack.read(patient_id)

    assert (line.act, line.who) == (Act.LECTURE_JOURNAL, "vous")


def test_another_patients_journal_is_not_found_and_the_attempt_is_a_line_of_it(stack: AuditStack) -> None:
    patient_id, stranger = PatientId(uuid4()), PatientId(uuid4())
    with pytest.raises(RecordNotFound):
        stack.call(Audit.read_journal, ReadJournal(patient_id=patient_id), holder(stranger))
    wait_for(lambda: stack.lines_about(patient_id) == 1)

    [line] = stack.read(patient_id)

    assert (line.outcome, line.reason, line.actor) == (Outcome.REFUSED, "record.not_found", "")


def test_a_professionals_token_is_not_accepted(stack: AuditStack) -> None:
    with pytest.raises(TokenInvalid):
        stack.call(Audit.read_journal, ReadJournal(patient_id=PatientId(uuid4())), DOCTOR)


def test_pages_are_consecutive(stack: AuditStack) -> None:
    patient_id = PatientId(uuid4())
    stack.append(*(an_entry(patient_id=patient_id) for _ in range(5)))

    first = stack.read(patient_id, count=2)
    second = stack.read(patient_id, count=2, before=first[-1].position)

    assert [line.number for line in (*first, *second)] == [5, 4, 3, 2]


@pytest.mark.parametrize("count", [0, 101])
def test_an_invalid_count_is_refused(stack: AuditStack, count: int) -> None:
    with pytest.raises(InvalidRequest):
        stack.read(PatientId(uuid4()), count=count)


def test_an_event_delivered_twice_is_one_line(stack: AuditStack) -> None:
    patient_id = PatientId(uuid4())
    entries = [an_entry(patient_id=patient_id) for _ in range(3)]
    ids = stack.deliver("audit", entries)
    stack.deliver("audit", [*entries, an_entry(patient_id=patient_id)], ids=[*ids, uuid4()])
    wait_for(lambda: stack.lines_about(patient_id) == 4)

    check_journal(stack)


def test_simultaneous_bundles_about_the_same_patients_leave_no_gap(stack: AuditStack) -> None:
    patients = [PatientId(uuid4()) for _ in range(5)]
    bundles = [
        [an_entry(patient_id=patient) for patient in patients[turn:] + patients[:turn]] * 4 for turn in range(5)
    ]
    with ThreadPoolExecutor(5) as pool:
        list(pool.map(lambda bundle: stack.deliver("audit", bundle), bundles * 4))

    for patient_id in patients:
        wait_for(lambda patient_id=patient_id: stack.lines_about(patient_id) == 80)  # type: ignore[misc]
    check_journal(stack)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE journal SET reason = 'patient'",
        "DELETE FROM journal",
        "TRUNCATE journal",
        "DELETE FROM journal WHERE number < 0",
        "DELETE FROM journal_{month}",
        "TRUNCATE journal_{month}",
        "DELETE FROM heads",
        "UPDATE heads SET note = ''",
    ],
    ids=["update", "delete", "truncate", "delete nothing", "delete below", "truncate below", "heads", "notes"],
)
def test_a_line_is_never_changed_or_removed(stack: AuditStack, change: str) -> None:
    patient_id = PatientId(uuid4())
    stack.append(an_entry(patient_id=patient_id))

    with pytest.raises(DBAPIError, match="only ever added to"), stack.database("audit") as connection:
        month = connection.execute(select(partitions.c.month)).scalars().all()[-1]
        connection.execute(text(change.format(month=f"{month:%Y_%m}")))

    assert stack.lines_about(patient_id) == 1


def test_lines_are_partitioned_by_month(stack: AuditStack) -> None:
    stack.append(an_entry(patient_id=PatientId(uuid4())))

    with stack.database("audit") as connection:
        [month] = connection.execute(select(partitions)).all()
        stored = connection.execute(text(f"SELECT count(*) FROM journal_{month.month:%Y_%m}")).scalar_one()

    assert (month.first_position, month.last_position, month.state) == (0, None, "attached")
    assert stored == stack.size()


def test_a_service_killed_while_appending_loses_and_doubles_nothing(stack: AuditStack) -> None:
    patient_id = PatientId(uuid4())
    for _ in range(30):
        stack.deliver("audit", [an_entry(patient_id=patient_id) for _ in range(20)])
    stack.kill("audit")
    stack.start("audit")
    wait_for(lambda: stack.lines_about(patient_id) == 600, seconds=40)

    check_journal(stack)


def test_memory_stays_small_and_the_log_names_nobody(stack: AuditStack) -> None:
    patient_id = PatientId(uuid4())
    stack.append(an_entry(patient_id=patient_id))
    stack.read(patient_id)

    log = stack.log_of("audit")

    assert stack.memory("audit") // 1024 <= 120
    assert str(patient_id) not in log
    assert "Lind" not in log


def test_proofs_come_with_the_lines_that_the_newest_head_covers(stack: AuditStack) -> None:
    patient_id = PatientId(uuid4())
    stack.append(an_entry(patient_id=patient_id), an_entry(HOLDER, patient_id=patient_id))
    stack.head_over_all()

    plain, proven = stack.page(patient_id, count=2), stack.page(patient_id, count=100, proofs=True)

    assert (plain.head, plain.proofs, plain.ids) == ("", (), ())
    size = note_from(proven.head).head.size
    assert [proof.position for proof in proven.proofs] == [
        line.position for line in proven.lines if line.position < size
    ]
    assert {line.position for line in plain.lines} <= {proof.position for proof in proven.proofs}
    assert proven.ids == (patient_id,)
    apart = stack.call(Audit.read_proofs, ReadProofs(patient_id=patient_id), holder(patient_id))
    assert {proof.position: proof.leaf for proof in proven.proofs}.items() <= {
        proof.position: proof.leaf for proof in apart.lines
    }.items()


def test_lines_are_found_by_who_acted_but_never_by_a_patient(stack: AuditStack) -> None:
    patient_id = PatientId(uuid4())
    stack.append(an_entry(patient_id=patient_id), an_entry(SOMEBODY_ELSE, patient_id=patient_id))

    [line] = stack.read(patient_id, actor=DOCTOR.subject)

    assert line.by is not None
    assert (line.by.name, line.by.profession, line.actor) == (DOCTOR.name, "10", DOCTOR.subject)
    assert stack.read(patient_id, actor=str(patient_id)) == ()
