"""Folders and pins: the holder's own arrangement, which widens nobody's sight and which professionals never see."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from cli.demo.client import ApiClient
from cli.demo.people import DemoPeople
from contracts.vocabulary import Visibility
from deploy.dev.stack import Stack
from tests.support.people import (
    Holder,
    activate,
    authorised,
    deposit,
    deposited,
    document_for,
    new_unique_id,
    open_record,
)
from tests.support.refusing import expect
from tests.support.trails import line


@pytest.fixture
def holder(demo: DemoPeople) -> Holder:
    return open_record(demo)


@pytest.fixture
def patient(demo: DemoPeople, holder: Holder) -> Iterator[ApiClient]:
    yield activate(demo, holder)


def new_folder(patient: ApiClient, holder: Holder, name: str = "Dos") -> str:
    return str(patient.save_folder(holder.record, str(uuid4()), name)["folder_id"])


def ids(page: dict[str, list[dict[str, str]]]) -> set[str]:
    return {one["document_id"] for one in page["documents"]}


def test_documents_are_put_in_folders_pinned_and_taken_out(
    demo: DemoPeople, holder: Holder, patient: ApiClient
) -> None:
    first, second = deposited(demo, holder), deposited(demo, holder)
    back, heart = new_folder(patient, holder), new_folder(patient, holder, "Cœur")
    patient.arrange(holder.record, first, back, heart, back, pinned=True)
    patient.arrange(holder.record, second, back)
    found = patient.folders(holder.record)
    assert [(one["name"], one["documents"]) for one in found["folders"]] == [("Cœur", 1), ("Dos", 2)]
    assert found["pinned"] == [first]
    assert ids(patient.list_documents(holder.record, folder=back)) == {first, second}
    assert ids(patient.list_documents(holder.record, folder=back, pinned="true")) == {first}
    patient.arrange(holder.record, first, heart)
    assert ids(patient.list_documents(holder.record, folder=back)) == {second}
    assert patient.folders(holder.record)["pinned"] == []
    assert line(patient, holder.record, "rangement")["outcome"] == "allowed"


def test_a_folder_is_renamed_and_taken_off_and_its_documents_stay(
    demo: DemoPeople, holder: Holder, patient: ApiClient
) -> None:
    document, folder = deposited(demo, holder), new_folder(patient, holder)
    patient.arrange(holder.record, document, folder)
    assert patient.save_folder(holder.record, folder, " Lombalgie ")["name"] == "Lombalgie"
    assert patient.folders(holder.record)["folders"][0]["documents"] == 1
    for _ in range(2):
        patient.delete_folder(holder.record, folder)
    assert patient.folders(holder.record)["folders"] == []
    assert ids(patient.list_documents(holder.record)) == {document}
    assert ids(patient.list_documents(holder.record, folder=folder)) == set()


def test_a_version_that_replaces_another_lies_where_that_one_lay(
    demo: DemoPeople, holder: Holder, patient: ApiClient
) -> None:
    unique_id, author = new_unique_id(), demo.logged_in("hospital")
    older = str(deposit(author, holder, document_for(demo, holder, unique_id=unique_id))["document_id"])
    folder = new_folder(patient, holder)
    patient.arrange(holder.record, older, folder, pinned=True)
    newer = str(deposit(author, holder, document_for(demo, holder, replaces=unique_id))["document_id"])
    assert ids(patient.list_documents(holder.record, folder=folder)) == {newer}
    assert patient.folders(holder.record)["pinned"] == [newer]


def test_what_may_not_be_seen_is_neither_arranged_nor_counted(
    demo: DemoPeople, holder: Holder, patient: ApiClient
) -> None:
    hidden = deposited(demo, holder, Visibility.INVISIBLE_PATIENT)
    folder = new_folder(patient, holder)
    for document in (hidden, str(uuid4())):
        expect("document.not_found", 404, patient.arrange, holder.record, document, folder)
    document = deposited(demo, holder)
    patient.arrange(holder.record, document, folder, pinned=True)
    demo.logged_in("hospital").delete_document(holder.record, document)
    found = patient.folders(holder.record)
    assert (found["folders"][0]["documents"], found["pinned"]) == (0, [])


def test_professionals_and_strangers_do_not_see_the_arrangement(
    platform: Stack, demo: DemoPeople, holder: Holder, patient: ApiClient
) -> None:
    folder = new_folder(patient, holder)
    doctor = authorised(demo, holder)
    expect("access.role", 403, doctor.folders, holder.record)
    expect("access.role", 403, doctor.list_documents, holder.record, folder=folder)
    expect("access.role", 403, doctor.list_documents, holder.record, pinned="true")
    stranger = activate(demo, open_record(demo))
    expect("record.not_found", 404, stranger.folders, holder.record)
    expect("record.not_found", 404, stranger.save_folder, holder.record, folder, "Autre")


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "a\u0000b", "a\u202eb"])
def test_a_folder_has_a_name_one_can_read(holder: Holder, patient: ApiClient, name: str) -> None:
    expect("request.invalid", 400, patient.save_folder, holder.record, str(uuid4()), name)


def test_names_are_given_once_and_there_are_limits(demo: DemoPeople, holder: Holder, patient: ApiClient) -> None:
    new_folder(patient, holder, "Dos")
    expect("folder.name_taken", 409, patient.save_folder, holder.record, str(uuid4()), "DOS")
    for number in range(49):
        new_folder(patient, holder, f"n{number}")
    expect("folder.full", 409, patient.save_folder, holder.record, str(uuid4()), "un de trop")
    document = deposited(demo, holder)
    expect("folder.not_found", 404, patient.arrange, holder.record, document, str(uuid4()))
