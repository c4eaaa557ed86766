"""Content is kept once a document holds it, destroyed when none will or its record is, and never forgotten."""

from uuid import uuid4

import msgspec
import pytest

from contracts.audit import JournalEntry
from contracts.documents import Receipt
from contracts.records import ContentAbandoned, DocumentDeposited, DocumentPurged
from contracts.vocabulary import Act, ContentId, DocumentId, Outcome, PatientId, Role
from tests.integration.documents.papers import document
from tests.integration.documents.stack import DEPOSITOR, DocumentsStack
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


def subscribed(stack: DocumentsStack, event: DocumentPurged) -> None:
    """Tell the service, and wait until it has signed for it."""
    event_id = uuid4()
    stack.tell(event, event_id)
    wait_until(lambda: bool(stack.rows("SELECT 1 FROM inbox WHERE event_id = %s", str(event_id))), "not heard")


def purge_another(stack: DocumentsStack) -> None:
    """Once its line is there, so is every line written before, for they leave in their order."""
    marker, document_id = stack.deposit(document("small")), DocumentId(uuid4())
    stack.tell(purged(marker, document_id))
    wait_until(lambda: stack.journal(marker.patient_id) == [destruction(marker, document_id)], "not journalled")


def wait_for_state(stack: DocumentsStack, receipt: Receipt, state: str) -> None:
    wait_until(lambda: stack.state(receipt) == state, f"not {state}")


def wait_for_removal(stack: DocumentsStack, *keys: str) -> None:
    wait_until(lambda: not stack.objects() & set(keys), "an object is still there", seconds=40)


def unclaimed(stack: DocumentsStack, key: str) -> bool:
    return bool(stack.rows("SELECT 1 FROM unclaimed_objects WHERE object_key = %s", key))


def make_due(stack: DocumentsStack, receipt: Receipt, *, staged_days_ago: int = 0) -> None:
    """Let time pass."""
    content_id = str(receipt.content_id)
    stack.rows("UPDATE unclaimed_objects SET due_at = now() WHERE content_id = %s", content_id)
    stack.rows(
        "UPDATE contents SET staged_at = now() - make_interval(days => %s) WHERE content_id = %s",
        staged_days_ago,
        content_id,
    )


def test_content_is_staged_and_can_be_read_before_the_news_arrives(stack: DocumentsStack) -> None:
    receipt = stack.deposit(document("small"))
    assert stack.state(receipt) == "staged"
    assert stack.read(receipt) == document("small")


def test_content_of_a_deposited_document_is_kept(stack: DocumentsStack) -> None:
    receipt = stack.deposit(document("small"))
    stack.tell(deposited(receipt))
    wait_for_state(stack, receipt, "kept")
    assert not unclaimed(stack, stack.content(receipt)["object_key"])
    assert stack.read(receipt) == document("small")


def test_abandoned_content_loses_its_key_then_its_bytes_and_its_id_is_never_used_again(stack: DocumentsStack) -> None:
    ticket = stack.upload_ticket()
    receipt = stack.opened(stack.put(document("small"), ticket).json()["receipt"])
    key = stack.content(receipt)["object_key"]
    stack.tell(abandoned(receipt))
    wait_for_state(stack, receipt, "destroyed")
    assert stack.content(receipt)["wrapped_key"] is None
    assert stack.get(stack.download_ticket(receipt)).status_code == 404
    wait_for_removal(stack, key)
    wait_until(lambda: not unclaimed(stack, key), "the object is removed and still unclaimed")
    assert stack.put(document("small"), ticket).status_code == 403


def test_kept_content_survives_late_news_of_its_abandonment(stack: DocumentsStack) -> None:
    receipt = stack.deposit(document("small"))
    stack.tell(deposited(receipt))
    wait_for_state(stack, receipt, "kept")
    marker = stack.deposit(document("small"))
    stack.tell(abandoned(receipt))
    stack.tell(abandoned(marker))
    wait_for_state(stack, marker, "destroyed")
    assert stack.state(receipt) == "kept"
    assert stack.read(receipt) == document("small")


def test_news_of_a_deposit_after_the_destruction_is_shown_to_the_operator(stack: DocumentsStack) -> None:
    receipt = stack.deposit(document("small"))
    stack.tell(abandoned(receipt))
    wait_for_state(stack, receipt, "destroyed")
    parked = stack.parked()
    stack.tell(deposited(receipt))
    wait_until(lambda: stack.parked() > parked, "not parked")
    assert stack.state(receipt) == "destroyed"


def test_news_that_come_twice_work_once(stack: DocumentsStack) -> None:
    receipt, event_id = stack.deposit(document("small")), uuid4()
    for _ in range(2):
        stack.tell(deposited(receipt), event_id)
    stack.tell(deposited(receipt))
    wait_for_state(stack, receipt, "kept")
    assert stack.read(receipt) == document("small")


@pytest.mark.parametrize("state", ["staged", "kept"])
def test_content_of_a_destroyed_record_loses_its_key_then_its_bytes_and_the_journal_has_it(
    stack: DocumentsStack, state: str
) -> None:
    receipt, document_id = stack.deposit(document("small")), DocumentId(uuid4())
    if state == "kept":
        stack.tell(deposited(receipt))
    wait_for_state(stack, receipt, state)
    key = stack.content(receipt)["object_key"]
    stack.tell(purged(receipt, document_id))
    wait_for_state(stack, receipt, "destroyed")
    assert stack.content(receipt)["wrapped_key"] is None
    answer = stack.get(stack.download_ticket(receipt))
    assert (answer.status_code, answer.json()["code"]) == (404, "document.not_found")
    wait_until(lambda: stack.journal(receipt.patient_id) == [destruction(receipt, document_id)], "not journalled")
    wait_for_removal(stack, key)
    wait_until(lambda: not unclaimed(stack, key), "the object is removed and still unclaimed")


def test_a_ticket_given_before_the_destruction_opens_nothing_after_it(stack: DocumentsStack) -> None:
    receipt = stack.deposit(document("small"))
    ticket = stack.download_ticket(receipt)
    stack.tell(purged(receipt))
    wait_for_state(stack, receipt, "destroyed")
    assert stack.get(ticket).status_code == 404


def test_a_destruction_told_again_is_journalled_once(stack: DocumentsStack) -> None:
    receipt, document_id, event_id = stack.deposit(document("small")), DocumentId(uuid4()), uuid4()
    for _ in range(2):
        stack.tell(purged(receipt, document_id), event_id)
    wait_for_state(stack, receipt, "destroyed")
    subscribed(stack, purged(receipt, document_id))
    purge_another(stack)
    assert stack.journal(receipt.patient_id) == [destruction(receipt, document_id)]


def test_the_destruction_of_content_that_is_not_there_is_no_fault_and_no_line(stack: DocumentsStack) -> None:
    receipt, parked = stack.deposit(document("small")), stack.parked()
    stack.tell(abandoned(receipt))
    wait_for_state(stack, receipt, "destroyed")
    subscribed(stack, purged(receipt))
    unknown = DocumentPurged(
        patient_id=PatientId(uuid4()), document_id=DocumentId(uuid4()), content_id=ContentId(uuid4())
    )
    subscribed(stack, unknown)
    purge_another(stack)
    assert stack.journal(receipt.patient_id) == stack.journal(unknown.patient_id) == []
    assert stack.parked() == parked


def test_the_destruction_of_one_content_leaves_all_others(stack: DocumentsStack) -> None:
    receipt, neighbour = (stack.deposit(document("small")) for _ in range(2))
    for each in (receipt, neighbour):
        stack.tell(deposited(each))
        wait_for_state(stack, each, "kept")
    subscribed(stack, purged(receipt))
    subscribed(stack, msgspec.structs.replace(purged(neighbour), patient_id=receipt.patient_id))
    assert stack.state(receipt) == "destroyed"
    assert stack.read(neighbour) == document("small")


def test_the_sweep_removes_orphans_and_gives_up_nothing_records_was_not_asked_about(stack: DocumentsStack) -> None:
    forgotten, waiting, kept, orphan = (stack.deposit(document("small")) for _ in range(4))
    keys = {receipt: stack.content(receipt)["object_key"] for receipt in (forgotten, waiting, kept, orphan)}
    stack.tell(deposited(kept))
    wait_for_state(stack, kept, "kept")
    stack.rows("DELETE FROM contents WHERE content_id = %s", str(orphan.content_id))
    make_due(stack, forgotten, staged_days_ago=8)
    make_due(stack, waiting)
    make_due(stack, orphan)
    wait_for_removal(stack, keys[orphan])
    wait_until(lambda: not unclaimed(stack, keys[orphan]), "the orphan is removed and still unclaimed")
    for receipt in (forgotten, waiting):
        assert stack.state(receipt) == "staged"
        assert unclaimed(stack, keys[receipt])
    for receipt in (forgotten, waiting, kept):
        assert stack.read(receipt) == document("small")


def test_expired_tickets_are_forgotten(stack: DocumentsStack) -> None:
    receipt = stack.deposit(document("small"))
    stack.read(receipt)
    stack.rows("UPDATE spent_tickets SET spent_at = now() - interval '1 hour'")
    stack.read(receipt)
    wait_until(
        lambda: not stack.rows("SELECT 1 FROM spent_tickets WHERE spent_at < now() - interval '30 minutes'"),
        "still remembered",
        seconds=40,
    )
    assert stack.rows("SELECT 1 FROM spent_tickets WHERE patient_id = %s", str(receipt.patient_id))
