"""Outages, a silent or damaged store, stalled clients, a crash: an answer in time, and recovery."""

import signal
from collections.abc import Iterator
from contextlib import ExitStack, closing
from http.client import HTTPConnection
from io import BytesIO
from time import monotonic
from uuid import uuid4

import pytest
import requests

from contracts.documents import Receipt
from contracts.vocabulary import PatientId
from deploy.dev.readiness import is_http_ready
from services.documents.vault import FRAME_SIZE
from tests.integration.documents.papers import document
from tests.integration.documents.stack import DocumentsStack, SignedTicket
from tests.support.waiting import wait_until

MAX_TRANSFERS = 64
"""The default of CARNET_TRANSFERS_AT_ONCE."""


@pytest.fixture
def store_away(stack: DocumentsStack) -> Iterator[None]:
    stack.servers.halt("object-store")
    yield
    stack.servers.launch("object-store")


@pytest.fixture
def store_silent(stack: DocumentsStack) -> Iterator[None]:
    stack.signal_store(signal.SIGSTOP)
    yield
    stack.signal_store(signal.SIGCONT)


def is_ready(stack: DocumentsStack) -> bool:
    return is_http_ready(stack.addresses.ports["documents"])


def test_without_the_store_the_answer_is_an_immediate_503_until_it_is_back(stack: DocumentsStack) -> None:
    receipt = stack.deposit(document("139 kB"))
    stack.servers.halt("object-store")
    try:
        for answer in (stack.put(document("139 kB")), stack.get(stack.download_ticket(receipt))):
            assert (answer.status_code, answer.json()["code"]) == (503, "service.unavailable")
            assert answer.elapsed.total_seconds() < 3
        wait_until(lambda: stack.missing() == ["object_store"], "the missing store is not reported")
    finally:
        stack.servers.launch("object-store")
    assert stack.read(receipt) == document("139 kB")
    assert stack.read(stack.deposit(document("5 MB"))) == document("5 MB")
    wait_until(lambda: is_ready(stack), "not ready again")


def test_without_the_database_the_answer_is_503_and_nothing_is_stored(stack: DocumentsStack) -> None:
    receipt = stack.deposit(document("small"))
    before = stack.objects()
    stack.servers.halt("postgres")
    try:
        for answer in (stack.put(document("small")), stack.get(stack.download_ticket(receipt))):
            assert (answer.status_code, answer.json()["code"]) == (503, "service.unavailable")
            assert answer.elapsed.total_seconds() < 5
    finally:
        stack.servers.launch("postgres")
    assert stack.objects() == before
    wait_until(lambda: is_ready(stack), "not ready again")
    assert stack.read(stack.deposit(document("small"))) == document("small")


def test_a_refusal_that_cannot_be_journalled_becomes_503(stack: DocumentsStack) -> None:
    patient_id = PatientId(uuid4())
    stack.servers.halt("postgres")
    try:
        answer = stack.put(b"<note/>", stack.upload_ticket(patient_id=patient_id))
        assert (answer.status_code, answer.json()["code"]) == (503, "service.unavailable")
    finally:
        stack.servers.launch("postgres")
    wait_until(lambda: is_ready(stack), "not ready again")
    assert stack.put(b"<note/>", stack.upload_ticket(patient_id=patient_id)).status_code == 422
    wait_until(lambda: [line.reason for line in stack.journal(patient_id)] == ["document.not_a_cda"], "no line")


def test_an_upload_stopped_by_an_outage_is_not_journalled(stack: DocumentsStack) -> None:
    patient_id = PatientId(uuid4())
    stack.servers.halt("object-store")
    try:
        assert stack.put(document("small"), stack.upload_ticket(patient_id=patient_id)).status_code == 503
    finally:
        stack.servers.launch("object-store")
    stack.put(b"<note/>", stack.upload_ticket(patient_id=patient_id))
    wait_until(lambda: [line.reason for line in stack.journal(patient_id)] == ["document.not_a_cda"], "no line")


@pytest.mark.usefixtures("store_silent")
def test_a_silent_store_is_given_up_before_the_gateway_gives_up(stack: DocumentsStack) -> None:
    start = monotonic()
    answer = stack.put(document("139 kB"))
    assert answer.status_code == 503
    assert monotonic() - start < 10


def test_an_upload_that_failed_at_the_store_is_swept_once_it_is_back(stack: DocumentsStack, store_away: None) -> None:
    [before] = stack.rows("SELECT count(*) AS contents FROM contents")
    assert stack.put(document("small")).status_code == 503
    assert stack.rows("SELECT count(*) AS contents FROM contents") == [before]
    [announced] = stack.rows("SELECT object_key FROM unclaimed_objects ORDER BY due_at DESC LIMIT 1")
    stack.rows("UPDATE unclaimed_objects SET due_at = now() WHERE object_key = %s", announced["object_key"])
    stack.servers.launch("object-store")
    wait_until(
        lambda: not stack.rows("SELECT 1 FROM unclaimed_objects WHERE object_key = %s", announced["object_key"]),
        "what may have been stored is not swept",
    )
    stack.servers.halt("object-store")


def flip_bit(stack: DocumentsStack, receipt: Receipt, position: int) -> None:
    """Change one bit of an object."""
    key = stack.content(receipt)["object_key"]
    sealed = bytearray(stack.object(key))
    sealed[position] ^= 1
    stack.bucket.put_object(stack.addresses.object_store.bucket, key, BytesIO(bytes(sealed)), len(sealed))


def test_damage_in_the_first_frame_is_answered_with_503(stack: DocumentsStack) -> None:
    receipt = stack.deposit(document("5 MB"))
    flip_bit(stack, receipt, 1000)
    answer = stack.get(stack.download_ticket(receipt))
    assert (answer.status_code, answer.json()["code"]) == (503, "document.damaged")
    assert stack.log()[-1]["code"] == "document.damaged"


@pytest.mark.parametrize("position", [2_000_000, -1], ids=["in the middle", "at the end"])
def test_damage_in_a_later_frame_cuts_the_connection_before_that_frame(stack: DocumentsStack, position: int) -> None:
    receipt = stack.deposit(document("5 MB"))
    flip_bit(stack, receipt, position)
    ticket, out = stack.download_ticket(receipt), bytearray()
    broken = (requests.exceptions.ChunkedEncodingError, requests.exceptions.ConnectionError)
    answer = requests.get(stack.url_of(ticket.content_id), headers=ticket.headers, stream=True, timeout=30)
    with answer, pytest.raises(broken):
        for chunk in answer.iter_content(FRAME_SIZE):
            out += chunk
    assert len(out) < len(document("5 MB"))
    assert document("5 MB").startswith(bytes(out))
    wait_until(lambda: "transfer_cut" in {line["event"] for line in stack.log()}, "no line about it")


def test_the_object_of_another_content_is_damage(stack: DocumentsStack) -> None:
    first, second = (stack.deposit(document("small")) for _ in range(2))
    other = stack.content(second)["object_key"]
    stack.rows("UPDATE contents SET object_key = %s WHERE content_id = %s", other, str(first.content_id))
    assert stack.get(stack.download_ticket(first)).json()["code"] == "document.damaged"


def test_a_lost_object_is_damage(stack: DocumentsStack) -> None:
    receipt = stack.deposit(document("small"))
    key = stack.content(receipt)["object_key"]
    stack.bucket.remove_object(stack.addresses.object_store.bucket, key)
    assert stack.get(stack.download_ticket(receipt)).json()["code"] == "document.damaged"


def stalled(stack: DocumentsStack, ticket: SignedTicket) -> HTTPConnection:
    """A client that sends half of its document and then nothing."""
    connection = stack.connect()
    connection.putrequest("PUT", f"/contents/{ticket.content_id}")
    for name, value in {**ticket.headers, "Content-Length": str(len(document("small")))}.items():
        connection.putheader(name, value)
    connection.endheaders(document("small")[:5_000])
    return connection


def test_stalled_clients_block_nobody_else_up_to_the_limit(stack: DocumentsStack) -> None:
    receipt = stack.deposit(document("small"))
    with ExitStack() as connections:
        for _ in range(MAX_TRANSFERS - 1):
            connections.enter_context(closing(stalled(stack, stack.upload_ticket())))
        wait_until(lambda: is_ready(stack), "the service is not ready")
        assert stack.read(receipt) == document("small")
        connections.enter_context(closing(stalled(stack, stack.upload_ticket())))
        wait_until(lambda: stack.get(stack.download_ticket(receipt)).status_code == 503, "no limit")
        wait_until(lambda: is_ready(stack), "the service is not ready")
    wait_until(lambda: stack.get(stack.download_ticket(receipt)).status_code == 200, "the limit stays")


def test_a_client_that_disconnects_frees_its_transfer(stack: DocumentsStack) -> None:
    receipt = stack.deposit(document("20 MB"))
    for _ in range(MAX_TRANSFERS + 1):
        connection, ticket = stack.connect(), stack.download_ticket(receipt)
        connection.request("GET", f"/contents/{ticket.content_id}", headers=ticket.headers)
        connection.getresponse().read(1000)
        connection.close()
    wait_until(lambda: stack.get(stack.download_ticket(receipt)).status_code == 200, "nothing was freed")
    assert stack.read(receipt) == document("20 MB")


def test_a_stop_lets_a_transfer_finish(stack: DocumentsStack) -> None:
    ticket = stack.upload_ticket()
    connection = stalled(stack, ticket)
    stopping = stack.stop_later()
    connection.send(document("small")[5_000:])
    assert connection.getresponse().status == 201
    stopping.join()
    stack.start()
    assert stack.rows("SELECT state FROM contents WHERE content_id = %s", str(ticket.content_id))


def test_a_crash_while_the_store_writes_leaves_nothing_behind(stack: DocumentsStack) -> None:
    before, ticket = stack.objects(), stack.upload_ticket()
    stack.signal_store(signal.SIGSTOP)
    connection = stalled(stack, ticket)
    connection.send(document("small")[5_000:])
    announced = "SELECT object_key FROM unclaimed_objects WHERE content_id = %s"
    wait_until(lambda: bool(stack.rows(announced, str(ticket.content_id))), "not announced")
    stack.kill()
    stack.signal_store(signal.SIGCONT)
    stack.start()
    assert not stack.rows("SELECT 1 FROM contents WHERE content_id = %s", str(ticket.content_id))
    stack.rows("UPDATE unclaimed_objects SET due_at = now() WHERE content_id = %s", str(ticket.content_id))
    wait_until(lambda: not stack.rows(announced, str(ticket.content_id)), "not swept")
    assert stack.objects() <= before
