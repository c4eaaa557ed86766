"""The journal keeps everything once, in order, unaltered, and shows each patient their own."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import DBAPIError

from contracts.audit import Audit, JournalEntry, JournalLine, ReadJournal
from contracts.envelope import Actor
from contracts.errors import InvalidRequest, RecordNotFound, RoleForbidden
from contracts.vocabulary import AccessMode, Act, DocumentId, Outcome, PatientId, Role
from services.audit.domain.chain import Head, hash_of
from services.audit.store import AuditStore
from services.audit.tables import heads, journal
from tests.integration.notify.house import House, wait_for
from tests.unit.audit.builders import DOCTOR, an_entry


def holder(patient_id: PatientId) -> Actor:
    return Actor(role=Role.PATIENT, subject=str(patient_id))


def read(house: House, patient_id: PatientId, **options: Any) -> tuple[JournalLine, ...]:
    question = ReadJournal(patient_id=patient_id, **options)
    return house.call(Audit.read_journal, question, holder(patient_id)).lines


def written(house: House, patient_id: PatientId) -> int:
    with house.database("audit") as connection:
        query = select(func.count()).select_from(journal).where(journal.c.patient_id == patient_id)
        return int(connection.execute(query).scalar_one())


def write(house: House, patient_id: PatientId, *entries: JournalEntry) -> None:
    """Deliver entries and wait until they stand in the journal."""
    before = written(house, patient_id)
    house.deliver("audit", entries)
    wait_for(lambda: written(house, patient_id) == before + len(entries))


def check_chain(house: House, patient_id: PatientId, length: int) -> None:
    """Numbers from 1 without a gap, every hash right, the head at the end."""
    with house.database("audit") as connection:
        lines = list(AuditStore(connection).page(patient_id, count=length + 1, before=None))[::-1]
        query = select(journal.c.hash).where(journal.c.patient_id == patient_id).order_by(journal.c.number)
        hashes = [bytes(one) for one in connection.execute(query).scalars()]
        head = connection.execute(select(heads).where(heads.c.patient_id == patient_id)).one()
    previous = Head().hash
    for number, (line, kept) in enumerate(zip(lines, hashes, strict=True), start=1):
        assert line.number == number
        previous = hash_of(line, previous)
        assert previous == kept
    assert (head.number, bytes(head.hash)) == (length, previous)
    assert len(lines) == length


def test_what_was_done_and_refused_is_read_back_newest_first(house: House) -> None:
    patient_id = PatientId(uuid4())
    document_id = DocumentId(uuid4())
    write(
        house,
        patient_id,
        an_entry(patient_id=patient_id, reason="consent.missing", outcome=Outcome.REFUSED),
        an_entry(patient_id=patient_id, reason="bris_de_glace", mode=AccessMode.BRIS_DE_GLACE),
        an_entry(act=Act.CONSULTATION_DOCUMENT, patient_id=patient_id, document_id=document_id),
    )

    document, glass, refused = read(house, patient_id)

    assert [document.number, glass.number, refused.number] == [3, 2, 1]
    assert document.document_id == document_id
    assert glass.fr == "Dr Rosa Lind, médecin, a consulté la liste des documents (bris de glace)."
    assert refused.outcome is Outcome.REFUSED
    assert refused.fr.endswith(": pas d'autorisation.")
    check_chain(house, patient_id, wait_for(lambda: written(house, patient_id) == 4) and 4)


def test_reading_the_journal_is_a_line_of_it(house: House) -> None:
    patient_id = PatientId(uuid4())
    assert read(house, patient_id) == ()
    wait_for(lambda: written(house, patient_id) == 1)

    [line] = read(house, patient_id)

    assert (line.act, line.who) == (Act.LECTURE_JOURNAL, "vous")


def test_another_patients_journal_might_as_well_not_exist_and_the_try_is_noted_there(house: House) -> None:
    patient_id, stranger = PatientId(uuid4()), PatientId(uuid4())
    with pytest.raises(RecordNotFound):
        house.call(Audit.read_journal, ReadJournal(patient_id=patient_id), holder(stranger))
    wait_for(lambda: written(house, patient_id) == 1)

    [line] = read(house, patient_id)

    assert (line.outcome, line.reason, line.actor) == (Outcome.REFUSED, "record.not_found", "")


def test_a_professional_does_not_read_it(house: House) -> None:
    with pytest.raises(RoleForbidden):
        house.call(Audit.read_journal, ReadJournal(patient_id=PatientId(uuid4())), DOCTOR)


def test_pages_follow_on_each_other(house: House) -> None:
    patient_id = PatientId(uuid4())
    write(house, patient_id, *(an_entry(patient_id=patient_id) for _ in range(5)))

    first = read(house, patient_id, count=2)
    second = read(house, patient_id, count=2, before=first[-1].number)

    assert [line.number for line in (*first, *second)] == [5, 4, 3, 2]


@pytest.mark.parametrize("count", [0, 101])
def test_a_page_that_cannot_be_is_refused(house: House, count: int) -> None:
    with pytest.raises(InvalidRequest):
        read(house, PatientId(uuid4()), count=count)


def test_an_event_delivered_twice_is_one_line(house: House) -> None:
    patient_id = PatientId(uuid4())
    entries = [an_entry(patient_id=patient_id) for _ in range(3)]
    ids = house.deliver("audit", entries)
    house.deliver("audit", [*entries, an_entry(patient_id=patient_id)], ids=[*ids, uuid4()])
    wait_for(lambda: written(house, patient_id) == 4)

    check_chain(house, patient_id, 4)


def test_bundles_about_the_same_patients_at_once_leave_no_gap(house: House) -> None:
    patients = [PatientId(uuid4()) for _ in range(5)]
    bundles = [
        [an_entry(patient_id=patient) for patient in patients[turn:] + patients[:turn]] * 4 for turn in range(5)
    ]
    with ThreadPoolExecutor(5) as pool:
        list(pool.map(lambda bundle: house.deliver("audit", bundle), bundles * 4))

    for patient_id in patients:
        wait_for(lambda patient_id=patient_id: written(house, patient_id) == 80)  # type: ignore[misc]
        check_chain(house, patient_id, 80)


@pytest.mark.parametrize(
    "change",
    [
        update(journal).values(reason="patient"),
        delete(journal),
        text("TRUNCATE journal"),
        delete(journal).where(journal.c.number < 0),
    ],
    ids=["update", "delete", "truncate", "delete nothing"],
)
def test_a_line_is_never_changed_or_removed(house: House, change: Any) -> None:
    patient_id = PatientId(uuid4())
    write(house, patient_id, an_entry(patient_id=patient_id))

    with pytest.raises(DBAPIError, match="only ever added to"), house.database("audit") as connection:
        connection.execute(change)

    assert written(house, patient_id) == 1


def test_a_service_killed_at_its_work_loses_and_doubles_nothing(house: House) -> None:
    patient_id = PatientId(uuid4())
    for _ in range(30):
        house.deliver("audit", [an_entry(patient_id=patient_id) for _ in range(20)])
    house.kill("audit")
    house.start("audit")
    wait_for(lambda: written(house, patient_id) == 600, seconds=40)

    check_chain(house, patient_id, 600)


def test_the_process_stays_small_and_names_nobody_in_its_log(house: House) -> None:
    patient_id = PatientId(uuid4())
    write(house, patient_id, an_entry(patient_id=patient_id))
    read(house, patient_id)

    log = house.log_of("audit")

    assert house.memory("audit") <= 120
    assert str(patient_id) not in log
    assert "Lind" not in log
