"""Deleting: by its author only, gone for everybody by every way, the bytes kept until the record is destroyed."""

from uuid import uuid4

import pytest

from cli.demo.cast import Cast
from cli.demo.visitor import Visitor
from contracts.vocabulary import Visibility
from deploy.dev.stack import Stack
from tests.support.contents import content_of, key_of, object_of
from tests.support.people import Holder, activate, authorised, deposited, document_for, new_unique_id, open_record
from tests.support.refusing import answer_to, expect
from tests.support.trails import line, notices, told
from tests.support.ways import BY_ID, comes_across, found


@pytest.fixture
def holder(cast: Cast) -> Holder:
    return open_record(cast)


@pytest.fixture
def patient(cast: Cast, holder: Holder) -> Visitor:
    return activate(cast, holder)


def test_who_sees_it_and_did_not_write_it_learns_that_they_did_not(
    cast: Cast, holder: Holder, patient: Visitor
) -> None:
    document = deposited(cast, holder)
    for visitor in (authorised(cast, holder), patient):
        expect("document.not_author", 403, visitor.delete_document, holder.record, document)
    assert patient.document(holder.record, document)["status"] == "current"
    refused = line(patient, holder.record, act="suppression_document", outcome="refused")
    assert "ni l'auteur ni sa structure" in refused["fr"]


def test_not_even_a_colleague_or_the_medecin_traitant_deletes_it(
    cast: Cast, holder: Holder, patient: Visitor
) -> None:
    document = deposited(cast, holder)
    patient.name_medecin_traitant(holder.record, cast.professional("gp").rpps)
    for visitor in (cast.logged_in("gp"), authorised(cast, holder, "emergency")):
        expect("document.not_author", 403, visitor.delete_document, holder.record, document)


def test_who_cannot_see_it_learns_nothing(cast: Cast, holder: Holder) -> None:
    shown, masked = deposited(cast, holder), deposited(cast, holder, Visibility.MASQUE_PS)
    stranger, doctor = cast.logged_in("gp"), authorised(cast, holder)
    for document in (shown, masked, str(uuid4())):
        expect("document.not_found", 404, stranger.delete_document, holder.record, document)
    for document in (masked, str(uuid4())):
        expect("document.not_found", 404, doctor.delete_document, holder.record, document)


def test_a_patient_does_not_delete_what_they_cannot_see(cast: Cast, holder: Holder, patient: Visitor) -> None:
    invisible = deposited(cast, holder, Visibility.INVISIBLE_PATIENT)
    expect("document.not_found", 404, patient.delete_document, holder.record, invisible)


def test_deleted_by_its_author_it_is_gone_for_everybody_by_every_way(
    platform: Stack, cast: Cast, holder: Holder, patient: Visitor
) -> None:
    author, doctor = cast.logged_in("hospital"), authorised(cast, holder)
    document, other = deposited(cast, holder), deposited(cast, holder)
    patient.name_medecin_traitant(holder.record, cast.professional("gp").rpps)
    author.delete_document(holder.record, document)
    for visitor in (author, doctor, patient, cast.logged_in("gp")):
        assert comes_across(visitor, holder.record, document) == []
        assert comes_across(visitor, holder.record, other)
        for name, reach in BY_ID.items():
            gone = answer_to(lambda reach=reach: reach(visitor, holder.record, document))  # type: ignore[misc]  # noqa: B023
            never = answer_to(lambda reach=reach: reach(visitor, holder.record, str(uuid4())))  # type: ignore[misc]  # noqa: B023
            assert gone == never, name
    told(patient, holder.record, "SUPP_DOC")
    assert line(patient, holder.record, act="suppression_document", outcome="allowed")["document_id"] == document


def test_its_bytes_are_kept_under_their_key(platform: Stack, cast: Cast, holder: Holder) -> None:
    document = deposited(cast, holder)
    content = content_of(platform, document)
    resting = object_of(platform, content)
    cast.logged_in("hospital").delete_document(holder.record, document)
    assert resting.exists()
    assert key_of(platform, content)


def test_a_version_deleted_out_of_a_chain_brings_none_back(cast: Cast, holder: Holder, patient: Visitor) -> None:
    author, unique_id = cast.logged_in("hospital"), new_unique_id()
    first = str(author.deposit(holder.record, document_for(cast, holder, unique_id=unique_id))["document_id"])
    second = str(author.deposit(holder.record, document_for(cast, holder, replaces=unique_id))["document_id"])
    author.delete_document(holder.record, second)
    for visitor in (author, patient):
        assert found(visitor, holder.record) == []
        assert found(visitor, holder.record, superseded="true") == [first]
    author.delete_document(holder.record, first)
    for visitor in (author, patient):
        assert found(visitor, holder.record, superseded="true", archived="true") == []
        expect("document.not_found", 404, visitor.download, holder.record, first)


def test_its_unique_id_stays_taken(cast: Cast, holder: Holder) -> None:
    author, unique_id = cast.logged_in("hospital"), new_unique_id()
    content = document_for(cast, holder, unique_id=unique_id)
    document = str(author.deposit(holder.record, content)["document_id"])
    author.delete_document(holder.record, document)
    other = document_for(cast, holder, unique_id=unique_id) + b"\n"
    expect("document.unique_id_taken", 409, author.deposit, holder.record, other)


def test_deleting_twice_is_deleting_what_is_not_there(cast: Cast, holder: Holder, patient: Visitor) -> None:
    author, document = cast.logged_in("hospital"), deposited(cast, holder)
    author.delete_document(holder.record, document)
    expect("document.not_found", 404, author.delete_document, holder.record, document)
    told(patient, holder.record, "SUPP_DOC")
    assert notices(patient, holder.record).count("SUPP_DOC") == 1
