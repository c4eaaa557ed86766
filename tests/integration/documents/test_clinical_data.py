"""Clinical data of many contents are read at once and kept, sealed, until their content or the code changes."""

import json
from typing import Any
from uuid import uuid4

import pytest
import requests

from contracts.documents import ClinicalDataTicket, Receipt
from contracts.records.events import ContentAbandoned, DocumentDeposited
from contracts.vocabulary import DocumentId, PatientId
from samples.heavy import cited_narrative
from services.documents.rendering.edition import reading_edition
from tests.integration.documents.stack import DEPOSITOR, DocumentsStack, SignedTicket, problem
from tests.integration.documents.test_rendering import renderings
from tests.support.waiting import wait_until
from tests.unit.documents.specimens import biology, every_kind, vsm

pytestmark = pytest.mark.usefixtures("records")

DONE = "done"


def coded_summary() -> bytes:
    return every_kind()["coded summary"]


def ticket_for(stack: DocumentsStack, *receipts: Receipt) -> SignedTicket:
    ticket = ClinicalDataTicket(
        id=str(uuid4()),
        patient_id=receipts[0].patient_id if receipts else PatientId(uuid4()),
        contents=tuple(receipt.content_id for receipt in receipts),
        owners=tuple(receipt.patient_id for receipt in receipts),
    )
    return stack.signed(ticket)


def ask(stack: DocumentsStack, ticket: SignedTicket) -> requests.Response:
    return requests.get(f"{stack.url}/clinical-data", headers=ticket.headers, timeout=60)


def read(stack: DocumentsStack, *receipts: Receipt) -> list[Any]:
    """The clinical data of each, None where they cannot be read."""
    answer = ask(stack, ticket_for(stack, *receipts))
    assert answer.status_code == 200, answer.text
    lines = [json.loads(line) for line in answer.iter_lines()]
    assert [line["content_id"] for line in lines] == [str(receipt.content_id) for receipt in receipts]
    return [line["facts"] for line in lines]


def kept(stack: DocumentsStack, receipt: Receipt) -> list[dict[str, Any]]:
    return stack.rows("SELECT * FROM clinical_data WHERE content_id = %s", str(receipt.content_id))


def test_data_of_several_contents_come_in_their_order_and_are_read_from_the_documents_once(
    stack: DocumentsStack,
) -> None:
    coded, empty = stack.deposit(coded_summary()), stack.deposit(vsm())
    before = renderings(stack, DONE)
    first = read(stack, coded, empty)
    assert first[0]["allergies"] and first[1] == {}
    assert renderings(stack, DONE) == before + 2
    assert read(stack, empty, coded) == first[::-1]
    assert renderings(stack, DONE) == before + 2
    [row] = kept(stack, coded)
    name = first[0]["allergies"][0]["agent"].encode()
    assert name not in bytes(row["sealed"])


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE clinical_data SET edition = 'of another release' WHERE content_id = %s",
        "UPDATE clinical_data SET sealed = substr(sealed, 1, 40) WHERE content_id = %s",
        "UPDATE clinical_data SET sealed = '' WHERE content_id = %s",
        "UPDATE clinical_data AS one SET sealed = (SELECT sealed FROM clinical_data AS other"
        " WHERE other.content_id <> one.content_id LIMIT 1) WHERE content_id = %s",
    ],
    ids=["read by other code", "cut", "emptied", "of another content"],
)
def test_what_was_kept_is_read_again_where_it_does_not_fit(stack: DocumentsStack, change: str) -> None:
    coded, other = stack.deposit(coded_summary()), stack.deposit(vsm())
    expected = read(stack, coded, other)
    stack.rows(change, str(coded.content_id))
    before = renderings(stack, DONE)
    assert read(stack, coded) == expected[:1]
    assert renderings(stack, DONE) == before + 1
    assert [row["edition"] for row in kept(stack, coded)] == [reading_edition()]


def test_what_cannot_be_read_hides_nothing_of_the_others(stack: DocumentsStack) -> None:
    coded, heavy = stack.deposit(coded_summary()), stack.deposit(cited_narrative(vsm(), 2_000, 6_000_000))
    found = read(stack, heavy, coded)
    assert found[0] is None and found[1]["allergies"]
    assert kept(stack, heavy) == []


def test_a_deposit_is_read_before_anybody_asks(stack: DocumentsStack) -> None:
    coded = stack.deposit(coded_summary())
    stack.publish(
        DocumentDeposited(
            patient_id=coded.patient_id,
            document_id=DocumentId(uuid4()),
            content_id=coded.content_id,
            depositor=DEPOSITOR,
        )
    )
    wait_until(lambda: kept(stack, coded) != [], "nothing is kept of the deposit")
    before = renderings(stack, DONE)
    assert read(stack, coded)[0]["allergies"]
    assert renderings(stack, DONE) == before


def test_nothing_is_left_of_a_destroyed_content(stack: DocumentsStack) -> None:
    coded, other = stack.deposit(coded_summary()), stack.deposit(vsm())
    read(stack, coded, other)
    stack.publish(ContentAbandoned(patient_id=coded.patient_id, content_id=coded.content_id))
    wait_until(lambda: stack.state(coded) == "destroyed", "the content is not destroyed")
    assert kept(stack, coded) == []
    assert problem(ask(stack, ticket_for(stack, other, coded))) == (404, "document.not_found")


def test_a_ticket_is_for_one_reading_of_its_contents(stack: DocumentsStack) -> None:
    coded = stack.deposit(biology())
    ticket = ticket_for(stack, coded)
    assert ask(stack, ticket).status_code == 200
    of_another = ClinicalDataTicket(
        id=str(uuid4()),
        patient_id=coded.patient_id,
        contents=(coded.content_id,),
        owners=(PatientId(uuid4()),),
    )
    refused = {
        "spent": ticket,
        "for nothing": ticket_for(stack),
        "for too much": ticket_for(stack, *(coded,) * 51),
        "for a download": stack.download_ticket(coded),
        "by another service": stack.signed(of_another, to=("records",)),
    }
    assert {name: problem(ask(stack, each)) for name, each in refused.items()} == dict.fromkeys(
        refused, (403, "ticket.invalid")
    )
    assert problem(ask(stack, stack.signed(of_another)))[0] == 404
    assert stack.get(ticket_for(stack, coded)).status_code == 403
