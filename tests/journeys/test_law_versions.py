"""Versions of documents and of metadata: one is current, superseded and archived ones are found on request."""

import pytest

from client.people import DemoPeople
from client.professional import ProfessionalClient
from contracts.vocabulary import Visibility
from tests.support.document_access import listed_ids
from tests.support.journal_and_notices import expect_notices, wait_for_line
from tests.support.people import Holder, activate_account, authorised_doctor, document_for, new_unique_id, open_record
from tests.support.refusals import expect_refusal


@pytest.fixture
def holder(demo: DemoPeople) -> Holder:
    return open_record(demo)


@pytest.fixture
def depositor(demo: DemoPeople) -> ProfessionalClient:
    return demo.logged_in("hospital")


@pytest.fixture
def chain(demo: DemoPeople, holder: Holder, depositor: ProfessionalClient) -> tuple[str, str, str]:
    """Unique id and id of a document, and the id of its replacement."""
    unique_id = new_unique_id()
    first = depositor.deposit(holder.record, document_for(demo, holder, unique_id=unique_id))
    second = depositor.deposit(holder.record, document_for(demo, holder, replaces=unique_id))
    assert second.replaces == unique_id
    return unique_id, str(first.document_id), str(second.document_id)


def test_a_list_has_the_newest_version_and_on_request_the_superseded_one(
    demo: DemoPeople, holder: Holder, depositor: ProfessionalClient, chain: tuple[str, str, str]
) -> None:
    _, first, second = chain
    for client in (depositor, activate_account(demo, holder)):
        assert listed_ids(client, holder.record) == [second]
        assert set(listed_ids(client, holder.record, superseded="true")) == {second, first}
        assert client.document(holder.record, first).status == "superseded"
        assert client.document(holder.record, second).status == "current"
        assert client.download(holder.record, first) != client.download(holder.record, second)


def test_replacing_a_superseded_document_is_refused(
    demo: DemoPeople, holder: Holder, depositor: ProfessionalClient, chain: tuple[str, str, str]
) -> None:
    unique_id, first, second = chain
    expect_refusal(
        "document.not_current", 409, depositor.deposit, holder.record, document_for(demo, holder, replaces=unique_id)
    )
    assert set(listed_ids(depositor, holder.record, superseded="true", archived="true")) == {second, first}
    patient = activate_account(demo, holder)
    refused = wait_for_line(patient, holder.record, act="depot_document", outcome="refused")
    assert refused.reason == "document.not_current"
    expect_notices(patient, holder.record, "AJOUT_DOCUMENT", times=2)


def test_only_the_author_or_the_same_organisation_replaces_a_document(
    demo: DemoPeople, holder: Holder, depositor: ProfessionalClient
) -> None:
    unique_id = new_unique_id()
    depositor.deposit(holder.record, document_for(demo, holder, unique_id=unique_id))
    stranger, colleague = authorised_doctor(demo, holder), demo.logged_in("emergency")
    by_stranger = document_for(demo, holder, by="specialist", replaces=unique_id)
    expect_refusal("document.not_author", 403, stranger.deposit, holder.record, by_stranger)
    by_colleague = document_for(demo, holder, by="emergency", replaces=unique_id)
    newest = colleague.deposit(holder.record, by_colleague)
    assert listed_ids(activate_account(demo, holder), holder.record) == [str(newest.document_id)]


def test_archived_and_deleted_documents_cannot_be_replaced(
    demo: DemoPeople, holder: Holder, depositor: ProfessionalClient
) -> None:
    unique_id = new_unique_id()
    document = str(depositor.deposit(holder.record, document_for(demo, holder, unique_id=unique_id)).document_id)
    depositor.set_archived(holder.record, document, True)
    expect_refusal(
        "document.not_current", 409, depositor.deposit, holder.record, document_for(demo, holder, replaces=unique_id)
    )
    depositor.delete_document(holder.record, document)
    expect_refusal(
        "document.not_current", 409, depositor.deposit, holder.record, document_for(demo, holder, replaces=unique_id)
    )


def test_a_change_of_metadata_is_a_new_version_of_the_same_document(
    demo: DemoPeople, holder: Holder, depositor: ProfessionalClient
) -> None:
    patient = activate_account(demo, holder)
    content = document_for(demo, holder)
    versions = [depositor.deposit(holder.record, content)]
    document = str(versions[0].document_id)
    versions.append(patient.set_masked(holder.record, document, True))
    versions.append(depositor.set_archived(holder.record, document, True))
    versions.append(depositor.set_archived(holder.record, document, False))
    assert [entry.version for entry in versions] == [1, 2, 3, 4]
    assert len({entry.entry_uuid for entry in versions}) == len(versions)
    assert {str(entry.document_id) for entry in versions} == {document}
    assert {entry.unique_id for entry in versions} == {versions[0].unique_id}
    assert versions[-1].visibility == (Visibility.MASQUE_PS,)
    assert patient.document(holder.record, document) == versions[-1]
    assert patient.download(holder.record, document) == content


def test_repeating_a_change_is_idempotent(demo: DemoPeople, holder: Holder, depositor: ProfessionalClient) -> None:
    entry = depositor.deposit(holder.record, document_for(demo, holder))
    document = str(entry.document_id)
    assert depositor.set_masked(holder.record, document, False) == entry
    assert depositor.set_archived(holder.record, document, False) == entry
    hidden = depositor.set_masked(holder.record, document, True)
    assert depositor.set_masked(holder.record, document, True) == hidden


def test_an_archived_document_is_listed_only_on_request(
    demo: DemoPeople, holder: Holder, depositor: ProfessionalClient
) -> None:
    document = str(depositor.deposit(holder.record, document_for(demo, holder)).document_id)
    assert depositor.set_archived(holder.record, document, True).status == "archived"
    for client in (depositor, activate_account(demo, holder)):
        assert listed_ids(client, holder.record) == listed_ids(client, holder.record, superseded="true") == []
        assert listed_ids(client, holder.record, archived="true") == [document]
    assert depositor.set_archived(holder.record, document, False).status == "current"
    assert listed_ids(depositor, holder.record) == [document]
