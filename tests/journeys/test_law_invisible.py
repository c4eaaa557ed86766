"""A document invisible to the patient leaves no trace until its date, or until its author announces it."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import uuid4

import pytest

from client.patient import PatientClient
from client.people import DemoPeople
from contracts.vocabulary import Visibility
from deploy.dev.stack import Stack
from tests.support.clock import due_and_locked, make_document_due
from tests.support.document_access import lists_containing
from tests.support.journal_and_notices import (
    expect_notices,
    is_gapless,
    journal_lines,
    notice_codes,
    wait_for_line,
    whole_journal,
)
from tests.support.people import (
    Holder,
    activate_account,
    authorised_doctor,
    deposit,
    deposit_new,
    document_for,
    open_record,
)
from tests.support.refusals import expect_refusal, refusal_of
from tests.support.waiting import wait_until

INVISIBLE = Visibility.INVISIBLE_PATIENT


@pytest.fixture
def holder(demo: DemoPeople) -> Holder:
    return open_record(demo)


@pytest.fixture
def patient(demo: DemoPeople, holder: Holder) -> PatientClient:
    return activate_account(demo, holder)


class DueDocuments(NamedTuple):
    """Two documents that became due, one of them deleted before."""

    holder: Holder
    patient: PatientClient
    visible: str
    entry_uuid: str
    deleted: str


@pytest.fixture(scope="module")
def due(platform: Stack, demo: DemoPeople) -> DueDocuments:
    """A timer publishes the events."""
    holder = open_record(demo)
    patient, doctor = activate_account(demo, holder), authorised_doctor(demo, holder)
    visible, deleted = deposit_new(demo, holder, INVISIBLE), deposit_new(demo, holder, INVISIBLE)
    entry_uuid = str(doctor.document(holder.record, visible).entry_uuid)
    demo.logged_in("hospital").delete_document(holder.record, deleted)
    for document in (visible, deleted):
        make_document_due(platform, document)
    return DueDocuments(holder, patient, visible, entry_uuid, deleted)


def test_hiding_a_document_from_patient_and_professionals_both_is_refused(
    demo: DemoPeople, holder: Holder, patient: PatientClient
) -> None:
    author, content = demo.logged_in("hospital"), document_for(demo, holder)
    expect_refusal(
        "document.visibility_forbidden", 400, deposit, author, holder, content, INVISIBLE, Visibility.MASQUE_PS
    )
    document = str(deposit(author, holder, content := document_for(demo, holder), INVISIBLE).document_id)
    expect_refusal("document.visibility_forbidden", 400, author.set_masked, holder.record, document, True)
    assert author.document(holder.record, document).visibility == (INVISIBLE,)
    assert author.download(holder.record, document) == content
    assert lists_containing(patient, holder.record, document) == []


def test_an_invisible_deposit_is_not_masked_by_the_patients_default(
    demo: DemoPeople, holder: Holder, patient: PatientClient
) -> None:
    patient.set_default_masked(holder.record, True)
    author = demo.logged_in("hospital")
    entry = deposit(author, holder, document_for(demo, holder), INVISIBLE)
    assert entry.visibility == (INVISIBLE,)


def test_it_becomes_visible_after_fourteen_days_or_at_an_earlier_date_set(demo: DemoPeople, holder: Holder) -> None:
    author = demo.logged_in("hospital")
    usual = deposit(author, holder, document_for(demo, holder), INVISIBLE)
    assert usual.invisible_until
    assert usual.invisible_until - usual.deposited_at == timedelta(days=14)
    soon = datetime.now(UTC) + timedelta(days=2)
    sooner = deposit(author, holder, document_for(demo, holder), INVISIBLE, invisible_until=soon.isoformat())
    assert sooner.invisible_until == soon
    for days in (-1, 15):
        wrong = (datetime.now(UTC) + timedelta(days=days)).isoformat()
        content = document_for(demo, holder)
        expect_refusal("request.invalid", 400, deposit, author, holder, content, INVISIBLE, invisible_until=wrong)


def test_an_invisible_document_leaves_no_trace_in_the_patients_view(
    demo: DemoPeople, holder: Holder, patient: PatientClient
) -> None:
    hidden = deposit_new(demo, holder, INVISIBLE)
    author, doctor = demo.logged_in("hospital"), authorised_doctor(demo, holder)
    assert doctor.download(holder.record, hidden)
    author.set_archived(holder.record, hidden, True)
    author.set_archived(holder.record, hidden, False)
    expect_refusal("document.not_author", 403, doctor.delete_document, holder.record, hidden)
    expect_refusal("document.not_author", 403, doctor.announce, holder.record, hidden)
    expect_refusal("consent.missing", 403, demo.logged_in("gp").download, holder.record, hidden)
    shown = deposit_new(demo, holder)
    wait_for_line(patient, holder.record, act="depot_document", document_id=shown)
    expect_notices(patient, holder.record, "AJOUT_DOCUMENT")
    read = whole_journal(patient, holder.record)
    assert hidden not in str(read)
    assert is_gapless(read)
    assert [str(line.document_id) for line in journal_lines(patient, holder.record, act="depot_document")] == [shown]
    assert journal_lines(patient, holder.record, act="remise_visibilite") == []
    assert {"SUPP_DOC", "MODIF_DOCUMENT", "REMISE_VISIBILITE_AUTO"}.isdisjoint(notice_codes(patient, holder.record))
    assert patient.journal(holder.record, document_id=hidden) == ()
    assert hidden not in str(patient.proofs(holder.record))
    assert lists_containing(patient, holder.record, hidden) == []
    assert lists_containing(patient, holder.record, shown)
    unknown = refusal_of(lambda: patient.document(holder.record, str(uuid4())))
    assert refusal_of(lambda: patient.document(holder.record, hidden)) == unknown


def test_who_reads_a_withheld_document_first_is_not_announced_before_they_read_another(
    demo: DemoPeople, holder: Holder, patient: PatientClient
) -> None:
    hidden, doctor = deposit_new(demo, holder, INVISIBLE), authorised_doctor(demo, holder)
    assert doctor.download(holder.record, hidden)
    shown = deposit_new(demo, holder)
    expect_notices(patient, holder.record, "AJOUT_DOCUMENT")
    assert "ACCES_DMP_PS" not in notice_codes(patient, holder.record)
    assert doctor.download(holder.record, shown)
    expect_notices(patient, holder.record, "ACCES_DMP_PS")


def test_only_its_author_announces_it_earlier(demo: DemoPeople, holder: Holder, patient: PatientClient) -> None:
    hidden, doctor = deposit_new(demo, holder, INVISIBLE), authorised_doctor(demo, holder)
    patient.name_medecin_traitant(holder.record, demo.professional("gp").rpps)
    for client in (doctor, demo.logged_in("gp")):
        expect_refusal("document.not_author", 403, client.announce, holder.record, hidden)
    expect_refusal("document.not_found", 404, demo.logged_in("nurse").announce, holder.record, hidden)
    expect_refusal("access.role", 403, patient.announce, holder.record, hidden)
    assert lists_containing(patient, holder.record, hidden) == []
    announced = demo.logged_in("hospital").announce(holder.record, hidden)
    assert (announced.version, announced.visibility) == (2, ())
    assert patient.download(holder.record, hidden)
    expect_notices(patient, holder.record, "REMISE_VISIBILITE_AUTO")
    expect_notices(patient, holder.record, "AJOUT_DOCUMENT", times=0)
    assert (
        wait_for_line(patient, holder.record, act="remise_visibilite", outcome="allowed").actor_role == "professional"
    )
    assert journal_lines(patient, holder.record, act="depot_document", document_id=hidden)
    assert is_gapless(whole_journal(patient, holder.record))


def test_on_its_date_it_becomes_visible_with_its_earlier_journal_lines(due: DueDocuments) -> None:
    holder, patient, hidden = due.holder, due.patient, due.visible
    expect_notices(patient, holder.record, "REMISE_VISIBILITE_AUTO")
    expect_notices(patient, holder.record, "AJOUT_DOCUMENT", times=0)
    appeared = wait_for_line(patient, holder.record, "remise_visibilite", document_id=hidden)
    assert appeared.actor_role == "service"
    assert "automatique, à la date prévue" in appeared.fr
    assert journal_lines(patient, holder.record, "depot_document", document_id=hidden)
    assert journal_lines(
        patient, holder.record, "consultation_document", document_id=hidden, actor_role="professional"
    )
    assert is_gapless(whole_journal(patient, holder.record))
    now = patient.document(holder.record, hidden)
    assert (now.version, now.visibility, now.invisible_until) == (2, (), None)
    assert str(now.document_id) == hidden
    assert now.entry_uuid != due.entry_uuid


def test_it_is_visible_from_its_date_even_before_the_event_is_published(
    platform: Stack, demo: DemoPeople, holder: Holder, patient: PatientClient
) -> None:
    def is_seen_before_the_timer_runs() -> bool:
        document = deposit_new(demo, holder, INVISIBLE)
        with due_and_locked(platform, document) as is_locked:
            if is_locked:
                assert lists_containing(patient, holder.record, document)
                assert patient.document(holder.record, document).version == 1
            return is_locked

    wait_until(is_seen_before_the_timer_runs, "a document that the timer has not shown")


def test_if_deleted_before_its_date_no_notice_is_sent_and_its_lines_become_readable(due: DueDocuments) -> None:
    holder, patient = due.holder, due.patient
    wait_for_line(patient, holder.record, "suppression_document", document_id=due.deleted)
    expect_refusal("document.not_found", 404, patient.document, holder.record, due.deleted)
    expect_notices(patient, holder.record, "REMISE_VISIBILITE_AUTO", times=1)
    assert {"SUPP_DOC", "AJOUT_DOCUMENT"}.isdisjoint(notice_codes(patient, holder.record))
