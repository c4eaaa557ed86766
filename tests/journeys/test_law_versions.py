"""Versions of a document: one is current, the replaced ones are found when asked for; metadata have versions too."""

import pytest

from cli.demo.client import ApiClient
from cli.demo.people import DemoPeople
from contracts.vocabulary import Visibility
from tests.support.people import Holder, activate, document_for, new_unique_id, open_record
from tests.support.refusing import expect
from tests.support.trails import line, told
from tests.support.ways import found


@pytest.fixture
def holder(demo: DemoPeople) -> Holder:
    return open_record(demo)


@pytest.fixture
def depositor(demo: DemoPeople) -> ApiClient:
    return demo.logged_in("hospital")


@pytest.fixture
def chain(demo: DemoPeople, holder: Holder, depositor: ApiClient) -> tuple[str, str, str]:
    """The uniqueId of a document, its id, and the id of the one that replaced it."""
    unique_id = new_unique_id()
    first = depositor.deposit(holder.record, document_for(demo, holder, unique_id=unique_id))
    second = depositor.deposit(holder.record, document_for(demo, holder, replaces=unique_id))
    assert second["replaces"] == unique_id
    return unique_id, str(first["document_id"]), str(second["document_id"])


def test_a_search_finds_the_newest_version_and_both_when_asked(
    demo: DemoPeople, holder: Holder, depositor: ApiClient, chain: tuple[str, str, str]
) -> None:
    _, first, second = chain
    for client in (depositor, activate(demo, holder)):
        assert found(client, holder.record) == [second]
        assert set(found(client, holder.record, superseded="true")) == {second, first}
        assert client.document(holder.record, first)["status"] == "superseded"
        assert client.document(holder.record, second)["status"] == "current"
        assert client.download(holder.record, first) != client.download(holder.record, second)


def test_replacing_what_was_replaced_is_refused(
    demo: DemoPeople, holder: Holder, depositor: ApiClient, chain: tuple[str, str, str]
) -> None:
    unique_id, first, second = chain
    expect(
        "document.not_current", 409, depositor.deposit, holder.record, document_for(demo, holder, replaces=unique_id)
    )
    assert set(found(depositor, holder.record, superseded="true", archived="true")) == {second, first}
    patient = activate(demo, holder)
    refused = line(patient, holder.record, act="depot_document", outcome="refused")
    assert refused["reason"] == "document.not_current"
    told(patient, holder.record, "AJOUT_DOCUMENT", times=2)


def test_only_the_author_or_the_same_organisation_replaces(
    demo: DemoPeople, holder: Holder, depositor: ApiClient
) -> None:
    unique_id = new_unique_id()
    depositor.deposit(holder.record, document_for(demo, holder, unique_id=unique_id))
    stranger, colleague = demo.logged_in("specialist"), demo.logged_in("emergency")
    by_stranger = document_for(demo, holder, by="specialist", replaces=unique_id)
    expect("document.not_author", 403, stranger.deposit, holder.record, by_stranger)
    by_colleague = document_for(demo, holder, by="emergency", replaces=unique_id)
    newest = colleague.deposit(holder.record, by_colleague)
    assert found(activate(demo, holder), holder.record) == [newest["document_id"]]


def test_neither_an_archived_nor_a_deleted_document_is_replaced(
    demo: DemoPeople, holder: Holder, depositor: ApiClient
) -> None:
    unique_id = new_unique_id()
    document = str(depositor.deposit(holder.record, document_for(demo, holder, unique_id=unique_id))["document_id"])
    depositor.set_archived(holder.record, document, True)
    expect(
        "document.not_current", 409, depositor.deposit, holder.record, document_for(demo, holder, replaces=unique_id)
    )
    depositor.delete_document(holder.record, document)
    expect(
        "document.not_current", 409, depositor.deposit, holder.record, document_for(demo, holder, replaces=unique_id)
    )


def test_a_change_of_metadata_is_a_new_entry_of_the_same_document(
    demo: DemoPeople, holder: Holder, depositor: ApiClient
) -> None:
    patient = activate(demo, holder)
    content = document_for(demo, holder)
    versions = [depositor.deposit(holder.record, content)]
    document = str(versions[0]["document_id"])
    versions.append(patient.set_masked(holder.record, document, True))
    versions.append(depositor.set_archived(holder.record, document, True))
    versions.append(depositor.set_archived(holder.record, document, False))
    assert [one["version"] for one in versions] == [1, 2, 3, 4]
    assert len({one["entry_uuid"] for one in versions}) == len(versions)
    assert {one["document_id"] for one in versions} == {document}
    assert {one["unique_id"] for one in versions} == {versions[0]["unique_id"]}
    assert versions[-1]["visibility"] == [Visibility.MASQUE_PS]
    assert patient.document(holder.record, document) == versions[-1]
    assert patient.download(holder.record, document) == content


def test_the_same_change_again_changes_nothing(demo: DemoPeople, holder: Holder, depositor: ApiClient) -> None:
    entry = depositor.deposit(holder.record, document_for(demo, holder))
    document = str(entry["document_id"])
    assert depositor.set_masked(holder.record, document, False) == entry
    assert depositor.set_archived(holder.record, document, False) == entry
    hidden = depositor.set_masked(holder.record, document, True)
    assert depositor.set_masked(holder.record, document, True) == hidden


def test_an_archived_document_is_found_when_asked_for(demo: DemoPeople, holder: Holder, depositor: ApiClient) -> None:
    document = str(depositor.deposit(holder.record, document_for(demo, holder))["document_id"])
    assert depositor.set_archived(holder.record, document, True)["status"] == "archived"
    for client in (depositor, activate(demo, holder)):
        assert found(client, holder.record) == found(client, holder.record, superseded="true") == []
        assert found(client, holder.record, archived="true") == [document]
    assert depositor.set_archived(holder.record, document, False)["status"] == "current"
    assert found(depositor, holder.record) == [document]
