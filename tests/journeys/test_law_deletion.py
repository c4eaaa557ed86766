"""Deleting: by its author only, gone for everybody by every way, the bytes kept until the record is destroyed."""

from uuid import uuid4

import pytest

from cli.demo.client import ApiClient
from cli.demo.people import DemoPeople
from contracts.vocabulary import Visibility
from deploy.dev.stack import Stack
from tests.support.contents import content_of, key_of, object_of
from tests.support.people import Holder, activate, authorised, deposited, document_for, new_unique_id, open_record
from tests.support.refusing import answer_to, expect
from tests.support.trails import line, notices, told
from tests.support.ways import BY_ID, comes_across, found


@pytest.fixture
def holder(demo: DemoPeople) -> Holder:
    return open_record(demo)


@pytest.fixture
def patient(demo: DemoPeople, holder: Holder) -> ApiClient:
    return activate(demo, holder)


def test_who_sees_it_and_did_not_write_it_learns_that_they_did_not(
    demo: DemoPeople, holder: Holder, patient: ApiClient
) -> None:
    document = deposited(demo, holder)
    for client in (authorised(demo, holder), patient):
        expect("document.not_author", 403, client.delete_document, holder.record, document)
    assert patient.document(holder.record, document)["status"] == "current"
    refused = line(patient, holder.record, act="suppression_document", outcome="refused")
    assert "ni l'auteur ni sa structure" in refused["fr"]


def test_not_even_a_colleague_or_the_medecin_traitant_deletes_it(
    demo: DemoPeople, holder: Holder, patient: ApiClient
) -> None:
    document = deposited(demo, holder)
    patient.name_medecin_traitant(holder.record, demo.professional("gp").rpps)
    for client in (demo.logged_in("gp"), authorised(demo, holder, "emergency")):
        expect("document.not_author", 403, client.delete_document, holder.record, document)


def test_who_cannot_see_it_learns_nothing(demo: DemoPeople, holder: Holder) -> None:
    shown, masked = deposited(demo, holder), deposited(demo, holder, Visibility.MASQUE_PS)
    stranger, doctor = demo.logged_in("gp"), authorised(demo, holder)
    for document in (shown, masked, str(uuid4())):
        expect("document.not_found", 404, stranger.delete_document, holder.record, document)
    for document in (masked, str(uuid4())):
        expect("document.not_found", 404, doctor.delete_document, holder.record, document)


def test_a_patient_does_not_delete_what_they_cannot_see(demo: DemoPeople, holder: Holder, patient: ApiClient) -> None:
    invisible = deposited(demo, holder, Visibility.INVISIBLE_PATIENT)
    expect("document.not_found", 404, patient.delete_document, holder.record, invisible)


def test_deleted_by_its_author_it_is_gone_for_everybody_by_every_way(
    platform: Stack, demo: DemoPeople, holder: Holder, patient: ApiClient
) -> None:
    author, doctor = demo.logged_in("hospital"), authorised(demo, holder)
    document, other = deposited(demo, holder), deposited(demo, holder)
    patient.name_medecin_traitant(holder.record, demo.professional("gp").rpps)
    author.delete_document(holder.record, document)
    for client in (author, doctor, patient, demo.logged_in("gp")):
        assert comes_across(client, holder.record, document) == []
        assert comes_across(client, holder.record, other)
        for name, reach in BY_ID.items():
            gone = answer_to(lambda reach=reach: reach(client, holder.record, document))  # type: ignore[misc]  # noqa: B023
            never = answer_to(lambda reach=reach: reach(client, holder.record, str(uuid4())))  # type: ignore[misc]  # noqa: B023
            assert gone == never, name
    told(patient, holder.record, "SUPP_DOC")
    assert line(patient, holder.record, act="suppression_document", outcome="allowed")["document_id"] == document


def test_its_bytes_are_kept_under_their_key(platform: Stack, demo: DemoPeople, holder: Holder) -> None:
    document = deposited(demo, holder)
    content = content_of(platform, document)
    resting = object_of(platform, content)
    demo.logged_in("hospital").delete_document(holder.record, document)
    assert resting.exists()
    assert key_of(platform, content)


def test_a_version_deleted_out_of_a_chain_brings_none_back(
    demo: DemoPeople, holder: Holder, patient: ApiClient
) -> None:
    author, unique_id = demo.logged_in("hospital"), new_unique_id()
    first = str(author.deposit(holder.record, document_for(demo, holder, unique_id=unique_id))["document_id"])
    second = str(author.deposit(holder.record, document_for(demo, holder, replaces=unique_id))["document_id"])
    author.delete_document(holder.record, second)
    for client in (author, patient):
        assert found(client, holder.record) == []
        assert found(client, holder.record, superseded="true") == [first]
    author.delete_document(holder.record, first)
    for client in (author, patient):
        assert found(client, holder.record, superseded="true", archived="true") == []
        expect("document.not_found", 404, client.download, holder.record, first)


def test_its_unique_id_stays_taken(demo: DemoPeople, holder: Holder) -> None:
    author, unique_id = demo.logged_in("hospital"), new_unique_id()
    content = document_for(demo, holder, unique_id=unique_id)
    document = str(author.deposit(holder.record, content)["document_id"])
    author.delete_document(holder.record, document)
    other = document_for(demo, holder, unique_id=unique_id) + b"\n"
    expect("document.unique_id_taken", 409, author.deposit, holder.record, other)


def test_deleting_twice_is_deleting_what_is_not_there(demo: DemoPeople, holder: Holder, patient: ApiClient) -> None:
    author, document = demo.logged_in("hospital"), deposited(demo, holder)
    author.delete_document(holder.record, document)
    expect("document.not_found", 404, author.delete_document, holder.record, document)
    told(patient, holder.record, "SUPP_DOC")
    assert notices(patient, holder.record).count("SUPP_DOC") == 1
