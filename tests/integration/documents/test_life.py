"""Content is kept once a document holds it, destroyed when none will or its record is, and never forgotten."""

from uuid import uuid4

import msgspec
import pytest

from contracts.audit import JournalEntry
from contracts.documents import Receipt
from contracts.records import ContentAbandoned, DocumentDeposited, DocumentPurged
from contracts.vocabulary import Act, ContentId, DocumentId, Outcome, PatientId, Role
from tests.integration.documents.house import DEPOSITOR, House
from tests.integration.documents.papers import document
from tests.support.waiting import wait_until


def deposited(receipt: Receipt) -> DocumentDeposited:
    return DocumentDeposited(
        patient_id=receipt.patient_id,
        document_id=DocumentId(uuid4()),
        content_id=receipt.content_id,
        depositor=DEPOSITOR,
    )


def abandoned(receipt: Receipt) -> ContentAbandoned:
    return ContentAbandoned(patient_id=receipt.patient_id, content_id=receipt.content_id)


def purged(receipt: Receipt, document_id: DocumentId | None = None) -> DocumentPurged:
    return DocumentPurged(
        patient_id=receipt.patient_id,
        document_id=document_id or DocumentId(uuid4()),
        content_id=receipt.content_id,
    )


def destruction(receipt: Receipt, document_id: DocumentId) -> JournalEntry:
    """The line a destruction leaves."""
    return JournalEntry(
        patient_id=receipt.patient_id,
        act=Act.DESTRUCTION_CONTENU,
        outcome=Outcome.ALLOWED,
        reason="delai",
        actor_role=Role.SERVICE,
        actor="documents",
        document_id=document_id,
    )


def subscribed(house: House, event: DocumentPurged) -> None:
    """Tell the service, and wait until it has signed for it."""
    event_id = uuid4()
    house.tell(event, event_id)
    wait_until(lambda: bool(house.rows("SELECT 1 FROM inbox WHERE event_id = %s", str(event_id))), "not heard")


def purge_another(house: House) -> None:
    """Once its line is there, so is every line written before, for they leave in their order."""
    marker, document_id = house.deposit(document("small")), DocumentId(uuid4())
    house.tell(purged(marker, document_id))
    wait_until(lambda: house.journal(marker.patient_id) == [destruction(marker, document_id)], "not journalled")


def wait_for_state(house: House, receipt: Receipt, state: str) -> None:
    wait_until(lambda: house.state(receipt) == state, f"not {state}")


def wait_for_removal(house: House, *keys: str) -> None:
    wait_until(lambda: not house.objects() & set(keys), "an object is still there", seconds=40)


def unclaimed(house: House, key: str) -> bool:
    return bool(house.rows("SELECT 1 FROM unclaimed_objects WHERE object_key = %s", key))


def make_due(house: House, receipt: Receipt, *, staged_days_ago: int = 0) -> None:
    """Let time pass."""
    content_id = str(receipt.content_id)
    house.rows("UPDATE unclaimed_objects SET due_at = now() WHERE content_id = %s", content_id)
    house.rows(
        "UPDATE contents SET staged_at = now() - make_interval(days => %s) WHERE content_id = %s",
        staged_days_ago,
        content_id,
    )


def test_content_is_staged_and_can_be_read_before_the_news_arrives(house: House) -> None:
    receipt = house.deposit(document("small"))
    assert house.state(receipt) == "staged"
    assert house.read(receipt) == document("small")


def test_content_of_a_deposited_document_is_kept(house: House) -> None:
    receipt = house.deposit(document("small"))
    house.tell(deposited(receipt))
    wait_for_state(house, receipt, "kept")
    assert not unclaimed(house, house.content(receipt)["object_key"])
    assert house.read(receipt) == document("small")


def test_abandoned_content_loses_its_key_then_its_bytes_and_its_id_is_never_used_again(house: House) -> None:
    ticket = house.upload_ticket()
    receipt = house.opened(house.put(document("small"), ticket).json()["receipt"])
    key = house.content(receipt)["object_key"]
    house.tell(abandoned(receipt))
    wait_for_state(house, receipt, "destroyed")
    assert house.content(receipt)["wrapped_key"] is None
    assert house.get(house.download_ticket(receipt)).status_code == 404
    wait_for_removal(house, key)
    wait_until(lambda: not unclaimed(house, key), "the object is removed and still unclaimed")
    assert house.put(document("small"), ticket).status_code == 403


def test_kept_content_survives_late_news_of_its_abandonment(house: House) -> None:
    receipt = house.deposit(document("small"))
    house.tell(deposited(receipt))
    wait_for_state(house, receipt, "kept")
    marker = house.deposit(document("small"))
    house.tell(abandoned(receipt))
    house.tell(abandoned(marker))
    wait_for_state(house, marker, "destroyed")
    assert house.state(receipt) == "kept"
    assert house.read(receipt) == document("small")


def test_news_of_a_deposit_after_the_destruction_is_shown_to_the_operator(house: House) -> None:
    receipt = house.deposit(document("small"))
    house.tell(abandoned(receipt))
    wait_for_state(house, receipt, "destroyed")
    parked = house.parked()
    house.tell(deposited(receipt))
    wait_until(lambda: house.parked() > parked, "not parked")
    assert house.state(receipt) == "destroyed"


def test_news_that_come_twice_work_once(house: House) -> None:
    receipt, event_id = house.deposit(document("small")), uuid4()
    for _ in range(2):
        house.tell(deposited(receipt), event_id)
    house.tell(deposited(receipt))
    wait_for_state(house, receipt, "kept")
    assert house.read(receipt) == document("small")


@pytest.mark.parametrize("state", ["staged", "kept"])
def test_content_of_a_destroyed_record_loses_its_key_then_its_bytes_and_the_journal_has_it(
    house: House, state: str
) -> None:
    receipt, document_id = house.deposit(document("small")), DocumentId(uuid4())
    if state == "kept":
        house.tell(deposited(receipt))
    wait_for_state(house, receipt, state)
    key = house.content(receipt)["object_key"]
    house.tell(purged(receipt, document_id))
    wait_for_state(house, receipt, "destroyed")
    assert house.content(receipt)["wrapped_key"] is None
    answer = house.get(house.download_ticket(receipt))
    assert (answer.status_code, answer.json()["code"]) == (404, "document.not_found")
    wait_until(lambda: house.journal(receipt.patient_id) == [destruction(receipt, document_id)], "not journalled")
    wait_for_removal(house, key)
    wait_until(lambda: not unclaimed(house, key), "the object is removed and still unclaimed")


def test_a_ticket_given_before_the_destruction_opens_nothing_after_it(house: House) -> None:
    receipt = house.deposit(document("small"))
    ticket = house.download_ticket(receipt)
    house.tell(purged(receipt))
    wait_for_state(house, receipt, "destroyed")
    assert house.get(ticket).status_code == 404


def test_a_destruction_told_again_is_journalled_once(house: House) -> None:
    receipt, document_id, event_id = house.deposit(document("small")), DocumentId(uuid4()), uuid4()
    for _ in range(2):
        house.tell(purged(receipt, document_id), event_id)
    wait_for_state(house, receipt, "destroyed")
    subscribed(house, purged(receipt, document_id))
    purge_another(house)
    assert house.journal(receipt.patient_id) == [destruction(receipt, document_id)]


def test_the_destruction_of_content_that_is_not_there_is_no_fault_and_no_line(house: House) -> None:
    receipt, parked = house.deposit(document("small")), house.parked()
    house.tell(abandoned(receipt))
    wait_for_state(house, receipt, "destroyed")
    subscribed(house, purged(receipt))
    unknown = DocumentPurged(
        patient_id=PatientId(uuid4()), document_id=DocumentId(uuid4()), content_id=ContentId(uuid4())
    )
    subscribed(house, unknown)
    purge_another(house)
    assert house.journal(receipt.patient_id) == house.journal(unknown.patient_id) == []
    assert house.parked() == parked


def test_the_destruction_of_one_content_leaves_all_others(house: House) -> None:
    receipt, neighbour = (house.deposit(document("small")) for _ in range(2))
    for each in (receipt, neighbour):
        house.tell(deposited(each))
        wait_for_state(house, each, "kept")
    subscribed(house, purged(receipt))
    subscribed(house, msgspec.structs.replace(purged(neighbour), patient_id=receipt.patient_id))
    assert house.state(receipt) == "destroyed"
    assert house.read(neighbour) == document("small")


def test_the_sweep_removes_orphans_and_gives_up_nothing_records_was_not_asked_about(house: House) -> None:
    forgotten, waiting, kept, orphan = (house.deposit(document("small")) for _ in range(4))
    keys = {receipt: house.content(receipt)["object_key"] for receipt in (forgotten, waiting, kept, orphan)}
    house.tell(deposited(kept))
    wait_for_state(house, kept, "kept")
    house.rows("DELETE FROM contents WHERE content_id = %s", str(orphan.content_id))
    make_due(house, forgotten, staged_days_ago=8)
    make_due(house, waiting)
    make_due(house, orphan)
    wait_for_removal(house, keys[orphan])
    wait_until(lambda: not unclaimed(house, keys[orphan]), "the orphan is removed and still unclaimed")
    for receipt in (forgotten, waiting):
        assert house.state(receipt) == "staged"
        assert unclaimed(house, keys[receipt])
    for receipt in (forgotten, waiting, kept):
        assert house.read(receipt) == document("small")


def test_expired_tickets_are_forgotten(house: House) -> None:
    receipt = house.deposit(document("small"))
    house.read(receipt)
    house.rows("UPDATE spent_tickets SET spent_at = now() - interval '1 hour'")
    house.read(receipt)
    wait_until(
        lambda: not house.rows("SELECT 1 FROM spent_tickets WHERE spent_at < now() - interval '30 minutes'"),
        "still remembered",
        seconds=40,
    )
    assert house.rows("SELECT 1 FROM spent_tickets WHERE patient_id = %s", str(receipt.patient_id))
