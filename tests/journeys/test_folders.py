"""Folders and pins: the holder's own arrangement, which gives no access and which professionals never see."""

from uuid import UUID, uuid4

import pytest

from client.patient import PatientClient
from client.people import DemoPeople
from contracts.records.documents import DocumentList
from contracts.vocabulary import Visibility
from deploy.dev.stack import Stack
from tests.support.journal_and_notices import wait_for_line
from tests.support.people import (
    Holder,
    activate_account,
    authorised_doctor,
    deposit,
    deposit_new,
    document_for,
    new_unique_id,
    open_record,
)
from tests.support.refusals import expect_refusal


@pytest.fixture
def holder(demo: DemoPeople) -> Holder:
    return open_record(demo)


@pytest.fixture
def patient(demo: DemoPeople, holder: Holder) -> PatientClient:
    return activate_account(demo, holder)


def new_folder(patient: PatientClient, holder: Holder, name: str = "Dos") -> str:
    return str(patient.save_folder(holder.record, str(uuid4()), name).folder_id)


def document_ids(page: DocumentList) -> set[str]:
    return {str(document.document_id) for document in page.documents}


def test_documents_are_put_in_folders_pinned_and_taken_out(
    demo: DemoPeople, holder: Holder, patient: PatientClient
) -> None:
    first, second = deposit_new(demo, holder), deposit_new(demo, holder)
    back, heart = new_folder(patient, holder), new_folder(patient, holder, "Cœur")
    patient.arrange(holder.record, first, back, heart, back, pinned=True)
    patient.arrange(holder.record, second, back)
    found = patient.folders(holder.record)
    assert [(folder.name, folder.documents) for folder in found.folders] == [("Cœur", 1), ("Dos", 2)]
    assert found.pinned == (UUID(first),)
    assert document_ids(patient.list_documents(holder.record, folder=back)) == {first, second}
    assert document_ids(patient.list_documents(holder.record, folder=back, pinned="true")) == {first}
    patient.arrange(holder.record, first, heart)
    assert document_ids(patient.list_documents(holder.record, folder=back)) == {second}
    assert patient.folders(holder.record).pinned == ()
    assert wait_for_line(patient, holder.record, "rangement").outcome == "allowed"


def test_a_folder_is_renamed_and_deleted_and_its_documents_stay(
    demo: DemoPeople, holder: Holder, patient: PatientClient
) -> None:
    document, folder = deposit_new(demo, holder), new_folder(patient, holder)
    patient.arrange(holder.record, document, folder)
    assert patient.save_folder(holder.record, folder, " Lombalgie ").name == "Lombalgie"
    assert patient.folders(holder.record).folders[0].documents == 1
    for _ in range(2):
        patient.delete_folder(holder.record, folder)
    assert patient.folders(holder.record).folders == ()
    assert document_ids(patient.list_documents(holder.record)) == {document}
    assert document_ids(patient.list_documents(holder.record, folder=folder)) == set()


def test_a_replacement_takes_over_folders_and_pin(demo: DemoPeople, holder: Holder, patient: PatientClient) -> None:
    unique_id, author = new_unique_id(), demo.logged_in("hospital")
    older = str(deposit(author, holder, document_for(demo, holder, unique_id=unique_id)).document_id)
    folder = new_folder(patient, holder)
    patient.arrange(holder.record, older, folder, pinned=True)
    newer = str(deposit(author, holder, document_for(demo, holder, replaces=unique_id)).document_id)
    assert document_ids(patient.list_documents(holder.record, folder=folder)) == {newer}
    assert patient.folders(holder.record).pinned == (UUID(newer),)


def test_a_version_put_away_while_its_replacement_is_hidden_is_followed_by_it(
    platform: Stack, demo: DemoPeople, holder: Holder, patient: PatientClient
) -> None:
    unique_id, author = new_unique_id(), demo.logged_in("hospital")
    older = str(deposit(author, holder, document_for(demo, holder, unique_id=unique_id)).document_id)
    before, after = new_folder(patient, holder), new_folder(patient, holder, "Cœur")
    patient.arrange(holder.record, older, before, pinned=True)
    content = document_for(demo, holder, replaces=unique_id)
    newer = str(deposit(author, holder, content, Visibility.INVISIBLE_PATIENT).document_id)
    assert document_ids(patient.list_documents(holder.record, folder=before)) == {older}
    assert patient.folders(holder.record).pinned == (UUID(older),)
    patient.arrange(holder.record, older, after)
    author.announce(holder.record, newer)
    assert document_ids(patient.list_documents(holder.record, folder=after)) == {newer}
    assert document_ids(patient.list_documents(holder.record, folder=before)) == set()
    assert patient.folders(holder.record).pinned == ()


def test_hidden_and_deleted_documents_are_neither_arranged_nor_counted(
    demo: DemoPeople, holder: Holder, patient: PatientClient
) -> None:
    hidden = deposit_new(demo, holder, Visibility.INVISIBLE_PATIENT)
    folder = new_folder(patient, holder)
    for document in (hidden, str(uuid4())):
        expect_refusal("document.not_found", 404, patient.arrange, holder.record, document, folder)
    document = deposit_new(demo, holder)
    patient.arrange(holder.record, document, folder, pinned=True)
    demo.logged_in("hospital").delete_document(holder.record, document)
    found = patient.folders(holder.record)
    assert (found.folders[0].documents, found.pinned) == (0, ())


def test_professionals_and_other_patients_do_not_see_the_folders(
    platform: Stack, demo: DemoPeople, holder: Holder, patient: PatientClient
) -> None:
    folder = new_folder(patient, holder)
    doctor = authorised_doctor(demo, holder)
    expect_refusal("access.role", 403, doctor.folders, holder.record)
    expect_refusal("access.role", 403, doctor.list_documents, holder.record, folder=folder)
    expect_refusal("access.role", 403, doctor.list_documents, holder.record, pinned="true")
    stranger = activate_account(demo, open_record(demo))
    expect_refusal("record.not_found", 404, stranger.folders, holder.record)
    expect_refusal("record.not_found", 404, stranger.save_folder, holder.record, folder, "Autre")


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "a\u0000b", "a\u202eb"])
def test_an_unreadable_folder_name_is_refused(holder: Holder, patient: PatientClient, name: str) -> None:
    expect_refusal("request.invalid", 400, patient.save_folder, holder.record, str(uuid4()), name)


def test_folder_names_are_unique_and_their_number_is_limited(
    demo: DemoPeople, holder: Holder, patient: PatientClient
) -> None:
    new_folder(patient, holder, "Dos")
    expect_refusal("folder.name_taken", 409, patient.save_folder, holder.record, str(uuid4()), "DOS")
    for number in range(49):
        new_folder(patient, holder, f"n{number}")
    expect_refusal("folder.full", 409, patient.save_folder, holder.record, str(uuid4()), "un de trop")
    document = deposit_new(demo, holder)
    expect_refusal("folder.not_found", 404, patient.arrange, holder.record, document, str(uuid4()))
