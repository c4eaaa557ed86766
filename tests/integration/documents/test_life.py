"""Content is kept once a document holds it, destroyed when none will, and nothing in the bucket is forgotten."""

from uuid import uuid4

from contracts.documents import Receipt
from contracts.records import ContentAbandoned, DocumentDeposited
from contracts.vocabulary import DocumentId
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
