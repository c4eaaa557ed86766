"""Deletion: only by the author, effective for everybody, and the bytes stay until the record is destroyed."""

from uuid import uuid4

import pytest

from client.patient import PatientClient
from client.people import DemoPeople
from contracts.vocabulary import Visibility
from deploy.dev.stack import Stack
from tests.support.document_access import ACCESS_BY_ID, listed_ids, lists_containing
from tests.support.journal_and_notices import expect_notices, notice_codes, wait_for_line
from tests.support.people import (
    Holder,
    activate_account,
    authorised_doctor,
    deposit_new,
    document_for,
    new_unique_id,
    open_record,
)
from tests.support.refusals import expect_refusal, refusal_of
from tests.support.stored_content import content_of, object_file_of, wrapped_key_of


@pytest.fixture
def holder(demo: DemoPeople) -> Holder:
    return open_record(demo)


@pytest.fixture
def patient(demo: DemoPeople, holder: Holder) -> PatientClient:
    return activate_account(demo, holder)


def test_a_reader_who_is_not_the_author_is_refused_deletion(
    demo: DemoPeople, holder: Holder, patient: PatientClient
) -> None:
    document = deposit_new(demo, holder)
    for client in (authorised_doctor(demo, holder), patient):
        expect_refusal("document.not_author", 403, client.delete_document, holder.record, document)
    assert patient.document(holder.record, document).status == "current"
    refused = wait_for_line(patient, holder.record, act="suppression_document", outcome="refused")
    assert "ni l'auteur ni sa structure" in refused.fr


def test_a_colleague_and_the_medecin_traitant_are_refused_deletion(
    demo: DemoPeople, holder: Holder, patient: PatientClient
) -> None:
    document = deposit_new(demo, holder)
    patient.name_medecin_traitant(holder.record, demo.professional("gp").rpps)
    for client in (demo.logged_in("gp"), authorised_doctor(demo, holder, "emergency")):
        expect_refusal("document.not_author", 403, client.delete_document, holder.record, document)


def test_deleting_a_document_one_cannot_see_is_not_found(demo: DemoPeople, holder: Holder) -> None:
    shown, masked = deposit_new(demo, holder), deposit_new(demo, holder, Visibility.MASQUE_PS)
    stranger, doctor = demo.logged_in("gp"), authorised_doctor(demo, holder)
    for document in (shown, masked, str(uuid4())):
        expect_refusal("document.not_found", 404, stranger.delete_document, holder.record, document)
    for document in (masked, str(uuid4())):
        expect_refusal("document.not_found", 404, doctor.delete_document, holder.record, document)


def test_a_patient_deleting_an_invisible_document_gets_not_found(
    demo: DemoPeople, holder: Holder, patient: PatientClient
) -> None:
    invisible = deposit_new(demo, holder, Visibility.INVISIBLE_PATIENT)
    expect_refusal("document.not_found", 404, patient.delete_document, holder.record, invisible)


def test_a_deleted_document_is_gone_for_everybody_in_every_way_of_access(
    platform: Stack, demo: DemoPeople, holder: Holder, patient: PatientClient
) -> None:
    author, doctor = demo.logged_in("hospital"), authorised_doctor(demo, holder)
    document, other = deposit_new(demo, holder), deposit_new(demo, holder)
    patient.name_medecin_traitant(holder.record, demo.professional("gp").rpps)
    author.delete_document(holder.record, document)
    for client in (author, doctor, patient, demo.logged_in("gp")):
        assert lists_containing(client, holder.record, document) == []
        assert lists_containing(client, holder.record, other)
        for name, reach in ACCESS_BY_ID.items():
            gone = refusal_of(lambda reach=reach: reach(client, holder.record, document))  # type: ignore[misc]  # noqa: B023
            never = refusal_of(lambda reach=reach: reach(client, holder.record, str(uuid4())))  # type: ignore[misc]  # noqa: B023
            assert gone == never, name
    expect_notices(patient, holder.record, "SUPP_DOC")
    deleted = wait_for_line(patient, holder.record, act="suppression_document", outcome="allowed")
    assert str(deleted.document_id) == document


def test_the_bytes_and_key_of_a_deleted_document_are_kept(platform: Stack, demo: DemoPeople, holder: Holder) -> None:
    document = deposit_new(demo, holder)
    content = content_of(platform, document)
    object_file = object_file_of(platform, content)
    demo.logged_in("hospital").delete_document(holder.record, document)
    assert object_file.exists()
    assert wrapped_key_of(platform, content)


def test_deleting_a_version_does_not_make_an_older_one_current(
    demo: DemoPeople, holder: Holder, patient: PatientClient
) -> None:
    author, unique_id = demo.logged_in("hospital"), new_unique_id()
    first = str(author.deposit(holder.record, document_for(demo, holder, unique_id=unique_id)).document_id)
    second = str(author.deposit(holder.record, document_for(demo, holder, replaces=unique_id)).document_id)
    author.delete_document(holder.record, second)
    for client in (author, patient):
        assert listed_ids(client, holder.record) == []
        assert listed_ids(client, holder.record, superseded="true") == [first]
    author.delete_document(holder.record, first)
    for client in (author, patient):
        assert listed_ids(client, holder.record, superseded="true", archived="true") == []
        expect_refusal("document.not_found", 404, client.download, holder.record, first)


def test_the_unique_id_of_a_deleted_document_stays_used(demo: DemoPeople, holder: Holder) -> None:
    author, unique_id = demo.logged_in("hospital"), new_unique_id()
    content = document_for(demo, holder, unique_id=unique_id)
    document = str(author.deposit(holder.record, content).document_id)
    author.delete_document(holder.record, document)
    other = document_for(demo, holder, unique_id=unique_id) + b"\n"
    expect_refusal("document.unique_id_taken", 409, author.deposit, holder.record, other)


def test_deleting_twice_gets_not_found_and_one_notice(
    demo: DemoPeople, holder: Holder, patient: PatientClient
) -> None:
    author, document = demo.logged_in("hospital"), deposit_new(demo, holder)
    author.delete_document(holder.record, document)
    expect_refusal("document.not_found", 404, author.delete_document, holder.record, document)
    expect_notices(patient, holder.record, "SUPP_DOC")
    assert notice_codes(patient, holder.record).count("SUPP_DOC") == 1
