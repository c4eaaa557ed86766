"""The life of content: kept once a document holds it, destroyed when none will or its record is, and swept."""

from uuid import uuid4

import msgspec
import pytest

from chassis.topology import event_queue
from contracts.audit import JournalEntry
from contracts.documents import Receipt
from contracts.records.events import ContentAbandoned, DocumentDeposited, DocumentPurged
from contracts.vocabulary import Act, ContentId, DocumentId, Outcome, PatientId, Role
from tests.integration.documents.fake_records import FakeHeldContents
from tests.integration.documents.papers import document
from tests.integration.documents.stack import DEPOSITOR, SERVICE, DocumentsStack
from tests.support.waiting import wait_until

pytestmark = pytest.mark.usefixtures("records")


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
    """The journal entry of a destruction."""
    return JournalEntry(
        patient_id=receipt.patient_id,
        act=Act.DESTRUCTION_CONTENU,
        outcome=Outcome.ALLOWED,
        reason="delai",
        actor_role=Role.SERVICE,
        actor="documents",
        document_id=document_id,
    )


def publish_and_wait(stack: DocumentsStack, event: DocumentPurged) -> None:
    """Send the service an event, and wait until its receipt is in the inbox."""
    event_id = uuid4()
    stack.publish(event, event_id)
    wait_until(lambda: bool(stack.rows("SELECT 1 FROM inbox WHERE event_id = %s", str(event_id))), "not received")


def purge_another(stack: DocumentsStack) -> None:
    """Purge another content and wait for its entry; entries are sent in order, so all earlier ones are there too."""
    marker, document_id = stack.deposit(document("small")), DocumentId(uuid4())
    stack.publish(purged(marker, document_id))
    wait_until(lambda: stack.journal(marker.patient_id) == [destruction(marker, document_id)], "not journalled")


def wait_for_state(stack: DocumentsStack, receipt: Receipt, state: str) -> None:
    wait_until(lambda: stack.state(receipt) == state, f"not {state}")


def wait_for_removal(stack: DocumentsStack, *keys: str) -> None:
    wait_until(lambda: not stack.objects() & set(keys), "an object is still there")


def unclaimed(stack: DocumentsStack, key: str) -> bool:
    return bool(stack.rows("SELECT 1 FROM unclaimed_objects WHERE object_key = %s", key))


def make_due(stack: DocumentsStack, receipt: Receipt, *, staged_days_ago: int = 0) -> None:
    """Move the times of a content into the past."""
    content_id = str(receipt.content_id)
    stack.rows("UPDATE unclaimed_objects SET due_at = now() WHERE content_id = %s", content_id)
    stack.rows(
        "UPDATE contents SET staged_at = now() - make_interval(days => %s) WHERE content_id = %s",
        staged_days_ago,
        content_id,
    )


def test_content_is_staged_and_can_be_downloaded_before_the_event_of_its_deposit(stack: DocumentsStack) -> None:
    receipt = stack.deposit(document("small"))
    assert stack.state(receipt) == "staged"
    assert stack.read(receipt) == document("small")


def test_content_of_a_deposited_document_is_kept(stack: DocumentsStack) -> None:
    receipt = stack.deposit(document("small"))
    stack.publish(deposited(receipt))
    wait_for_state(stack, receipt, "kept")
    assert not unclaimed(stack, stack.content(receipt)["object_key"])
    assert stack.read(receipt) == document("small")


def test_abandoned_content_loses_its_key_then_its_object_and_its_id_is_never_used_again(
    stack: DocumentsStack,
) -> None:
    ticket = stack.upload_ticket()
    receipt = stack.opened(stack.put(document("small"), ticket).json()["receipt"])
    key = stack.content(receipt)["object_key"]
    stack.publish(abandoned(receipt))
    wait_for_state(stack, receipt, "destroyed")
    assert stack.content(receipt)["wrapped_key"] is None
    assert stack.get(stack.download_ticket(receipt)).status_code == 404
    wait_for_removal(stack, key)
    wait_until(lambda: not unclaimed(stack, key), "the object is removed and still unclaimed")
    assert stack.put(document("small"), ticket).status_code == 403


def test_kept_content_survives_a_late_event_of_its_abandonment(stack: DocumentsStack) -> None:
    receipt = stack.deposit(document("small"))
    stack.publish(deposited(receipt))
    wait_for_state(stack, receipt, "kept")
    marker = stack.deposit(document("small"))
    stack.publish(abandoned(receipt))
    stack.publish(abandoned(marker))
    wait_for_state(stack, marker, "destroyed")
    assert stack.state(receipt) == "kept"
    assert stack.read(receipt) == document("small")


def test_a_deposit_after_the_destruction_becomes_a_dead_letter(stack: DocumentsStack) -> None:
    receipt = stack.deposit(document("small"))
    stack.publish(abandoned(receipt))
    wait_for_state(stack, receipt, "destroyed")
    before = stack.dead_letters(SERVICE)
    stack.publish(deposited(receipt))
    wait_until(lambda: stack.dead_letters(SERVICE) > before, "no dead letter")
    assert stack.state(receipt) == "destroyed"


def test_an_event_received_twice_takes_effect_once(stack: DocumentsStack) -> None:
    receipt, event_id = stack.deposit(document("small")), uuid4()
    for _ in range(2):
        stack.publish(deposited(receipt), event_id)
    stack.publish(deposited(receipt))
    wait_for_state(stack, receipt, "kept")
    assert stack.read(receipt) == document("small")


@pytest.mark.parametrize("state", ["staged", "kept"])
def test_content_of_a_destroyed_record_loses_its_key_then_its_object_and_is_journalled(
    stack: DocumentsStack, state: str
) -> None:
    receipt, document_id = stack.deposit(document("small")), DocumentId(uuid4())
    if state == "kept":
        stack.publish(deposited(receipt))
    wait_for_state(stack, receipt, state)
    key = stack.content(receipt)["object_key"]
    stack.publish(purged(receipt, document_id))
    wait_for_state(stack, receipt, "destroyed")
    assert stack.content(receipt)["wrapped_key"] is None
    answer = stack.get(stack.download_ticket(receipt))
    assert (answer.status_code, answer.json()["code"]) == (404, "document.not_found")
    wait_until(lambda: stack.journal(receipt.patient_id) == [destruction(receipt, document_id)], "not journalled")
    wait_for_removal(stack, key)
    wait_until(lambda: not unclaimed(stack, key), "the object is removed and still unclaimed")


def test_a_ticket_from_before_the_destruction_is_useless_after_it(stack: DocumentsStack) -> None:
    receipt = stack.deposit(document("small"))
    ticket = stack.download_ticket(receipt)
    stack.publish(purged(receipt))
    wait_for_state(stack, receipt, "destroyed")
    assert stack.get(ticket).status_code == 404


def test_a_repeated_destruction_is_journalled_once(stack: DocumentsStack) -> None:
    receipt, document_id, event_id = stack.deposit(document("small")), DocumentId(uuid4()), uuid4()
    for _ in range(2):
        stack.publish(purged(receipt, document_id), event_id)
    wait_for_state(stack, receipt, "destroyed")
    publish_and_wait(stack, purged(receipt, document_id))
    purge_another(stack)
    assert stack.journal(receipt.patient_id) == [destruction(receipt, document_id)]


def test_the_destruction_of_missing_content_is_neither_an_error_nor_journalled(stack: DocumentsStack) -> None:
    receipt, before = stack.deposit(document("small")), stack.dead_letters(SERVICE)
    stack.publish(abandoned(receipt))
    wait_for_state(stack, receipt, "destroyed")
    publish_and_wait(stack, purged(receipt))
    unknown = DocumentPurged(
        patient_id=PatientId(uuid4()), document_id=DocumentId(uuid4()), content_id=ContentId(uuid4())
    )
    publish_and_wait(stack, unknown)
    purge_another(stack)
    assert stack.journal(receipt.patient_id) == stack.journal(unknown.patient_id) == []
    assert stack.dead_letters(SERVICE) == before


def test_the_destruction_of_one_content_leaves_all_others(stack: DocumentsStack) -> None:
    receipt, neighbour = (stack.deposit(document("small")) for _ in range(2))
    for each in (receipt, neighbour):
        stack.publish(deposited(each))
        wait_for_state(stack, each, "kept")
    publish_and_wait(stack, purged(receipt))
    publish_and_wait(stack, msgspec.structs.replace(purged(neighbour), patient_id=receipt.patient_id))
    assert stack.state(receipt) == "destroyed"
    assert stack.read(neighbour) == document("small")


def test_content_that_a_document_holds_is_not_destroyed_whatever_an_event_says(
    stack: DocumentsStack, records: FakeHeldContents
) -> None:
    kept, staged = (stack.deposit(document("small")) for _ in range(2))
    records.held |= {kept.content_id, staged.content_id}
    stack.publish(deposited(kept))
    wait_for_state(stack, kept, "kept")
    before = stack.dead_letters(SERVICE)
    stack.publish(purged(kept))
    stack.publish(abandoned(staged))
    wait_until(lambda: stack.dead_letters(SERVICE) == before + 2, "both events are dead letters")
    for receipt in (kept, staged):
        assert stack.read(receipt) == document("small")


def test_nothing_is_destroyed_before_records_answers(stack: DocumentsStack, records: FakeHeldContents) -> None:
    receipt, queue = stack.deposit(document("small")), event_queue(SERVICE, DocumentPurged)

    def refusals() -> int:
        return sum(1 for line in stack.log() if line.get("name") == queue and line.get("outcome") == "refused")

    before = refusals()
    with records.unbound():
        stack.publish(purged(receipt))
        wait_until(lambda: refusals() > before, "the destruction was refused")
        assert stack.read(receipt) == document("small")
    wait_for_state(stack, receipt, "destroyed")


def test_the_sweep_removes_orphans_and_keeps_staged_content_while_records_does_not_answer(
    stack: DocumentsStack, records: FakeHeldContents
) -> None:
    with records.unbound():
        check_sweep_without_records(stack)


def check_sweep_without_records(stack: DocumentsStack) -> None:
    forgotten, waiting, kept, orphan = (stack.deposit(document("small")) for _ in range(4))
    keys = {receipt: stack.content(receipt)["object_key"] for receipt in (forgotten, waiting, kept, orphan)}
    stack.publish(deposited(kept))
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
    )
    assert stack.rows("SELECT 1 FROM spent_tickets WHERE patient_id = %s", str(receipt.patient_id))
