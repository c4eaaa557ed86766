"""The store away, silent or lying, clients that stand still, a crash: an answer in time, and recovery."""

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
from tests.integration.documents.house import House, Pass
from tests.integration.documents.papers import document
from tests.support.waiting import wait_until

AT_ONCE = 64


@pytest.fixture
def store_away(house: House) -> Iterator[None]:
    house.stack.halt("object-store")
    yield
    house.stack.launch("object-store")


@pytest.fixture
def store_silent(house: House) -> Iterator[None]:
    house.signal_store(signal.SIGSTOP)
    yield
    house.signal_store(signal.SIGCONT)


def is_ready(house: House) -> bool:
    return is_http_ready(house.addresses.ports["documents"])


def test_with_the_store_away_the_answer_is_503_at_once_and_all_is_well_when_it_is_back(house: House) -> None:
    receipt = house.deposit(document("139 kB"))
    house.stack.halt("object-store")
    try:
        for answer in (house.put(document("139 kB")), house.get(house.download_ticket(receipt))):
            assert (answer.status_code, answer.json()["code"]) == (503, "service.unavailable")
            assert answer.elapsed.total_seconds() < 3
        wait_until(lambda: house.missing() == ["object_store"], "the missing store is not told")
    finally:
        house.stack.launch("object-store")
    assert house.read(receipt) == document("139 kB")
    assert house.read(house.deposit(document("5 MB"))) == document("5 MB")
    wait_until(lambda: is_ready(house), "not ready again")


def test_with_the_database_away_the_answer_is_503_and_nothing_reaches_the_store(house: House) -> None:
    receipt = house.deposit(document("small"))
    before = house.objects()
    house.stack.halt("postgres")
    try:
        for answer in (house.put(document("small")), house.get(house.download_ticket(receipt))):
            assert (answer.status_code, answer.json()["code"]) == (503, "service.unavailable")
            assert answer.elapsed.total_seconds() < 5
    finally:
        house.stack.launch("postgres")
    assert house.objects() == before
    wait_until(lambda: is_ready(house), "not ready again")
    assert house.read(house.deposit(document("small"))) == document("small")


def test_a_refusal_that_cannot_be_journalled_is_not_given(house: House) -> None:
    patient_id = PatientId(uuid4())
    house.stack.halt("postgres")
    try:
        answer = house.put(b"<note/>", house.upload_ticket(patient_id=patient_id))
        assert (answer.status_code, answer.json()["code"]) == (503, "service.unavailable")
    finally:
        house.stack.launch("postgres")
    wait_until(lambda: is_ready(house), "not ready again")
    assert house.put(b"<note/>", house.upload_ticket(patient_id=patient_id)).status_code == 422
    wait_until(lambda: [line.reason for line in house.journal(patient_id)] == ["document.not_a_cda"], "no line")


def test_an_upload_stopped_by_a_part_that_is_away_is_no_refusal_to_journal(house: House) -> None:
    patient_id = PatientId(uuid4())
    house.stack.halt("object-store")
    try:
        assert house.put(document("small"), house.upload_ticket(patient_id=patient_id)).status_code == 503
    finally:
        house.stack.launch("object-store")
    house.put(b"<note/>", house.upload_ticket(patient_id=patient_id))
    wait_until(lambda: [line.reason for line in house.journal(patient_id)] == ["document.not_a_cda"], "no line")


@pytest.mark.usefixtures("store_silent")
def test_a_silent_store_keeps_nobody_waiting_longer_than_the_gateway_does(house: House) -> None:
    start = monotonic()
    answer = house.put(document("139 kB"))
    assert answer.status_code == 503
    assert monotonic() - start < 10


def test_news_are_taken_while_the_store_is_away(house: House, store_away: None) -> None:
    [rows] = house.rows("SELECT count(*) AS many FROM contents")
    assert house.put(document("small")).status_code == 503
    assert house.rows("SELECT count(*) AS many FROM contents") == [rows]
    [waiting] = house.rows("SELECT object_key FROM unclaimed_objects ORDER BY due_at DESC LIMIT 1")
    house.rows("UPDATE unclaimed_objects SET due_at = now() WHERE object_key = %s", waiting["object_key"])
    house.stack.launch("object-store")
    wait_until(
        lambda: not house.rows("SELECT 1 FROM unclaimed_objects WHERE object_key = %s", waiting["object_key"]),
        "what may have been stored is not swept",
        seconds=40,
    )
    house.stack.halt("object-store")


def damaged(house: House, receipt: Receipt, place: int) -> None:
    """Turn one bit of an object."""
    key = house.content(receipt)["object_key"]
    rests = bytearray(house.object(key))
    rests[place] ^= 1
    house.bucket.put_object(house.addresses.object_store.bucket, key, BytesIO(bytes(rests)), len(rests))


def test_a_bit_turned_in_the_first_frame_is_told_before_any_byte_leaves(house: House) -> None:
    receipt = house.deposit(document("5 MB"))
    damaged(house, receipt, 1000)
    answer = house.get(house.download_ticket(receipt))
    assert (answer.status_code, answer.json()["code"]) == (503, "document.damaged")
    assert house.log()[-1]["code"] == "document.damaged"


@pytest.mark.parametrize("place", [2_000_000, -1], ids=["in the middle", "at the end"])
def test_a_bit_turned_later_cuts_the_line_before_the_damaged_frame(house: House, place: int) -> None:
    receipt = house.deposit(document("5 MB"))
    damaged(house, receipt, place)
    ticket, out = house.download_ticket(receipt), bytearray()
    broken = (requests.exceptions.ChunkedEncodingError, requests.exceptions.ConnectionError)
    answer = requests.get(house.place(ticket.content_id), headers=ticket.headers, stream=True, timeout=30)
    with answer, pytest.raises(broken):
        for chunk in answer.iter_content(FRAME_SIZE):
            out += chunk
    assert len(out) < len(document("5 MB"))
    assert document("5 MB").startswith(bytes(out))
    wait_until(lambda: "transfer_cut" in {line["event"] for line in house.log()}, "no line about it")


def test_objects_cannot_be_exchanged(house: House) -> None:
    first, second = (house.deposit(document("small")) for _ in range(2))
    other = house.content(second)["object_key"]
    house.rows("UPDATE contents SET object_key = %s WHERE content_id = %s", other, str(first.content_id))
    assert house.get(house.download_ticket(first)).json()["code"] == "document.damaged"


def test_a_lost_object_is_told_as_damage(house: House) -> None:
    receipt = house.deposit(document("small"))
    key = house.content(receipt)["object_key"]
    house.bucket.remove_object(house.addresses.object_store.bucket, key)
    assert house.get(house.download_ticket(receipt)).json()["code"] == "document.damaged"


def stalled(house: House, ticket: Pass) -> HTTPConnection:
    """A client that sends half of its document and then nothing."""
    connection = house.connect()
    connection.putrequest("PUT", f"/contents/{ticket.content_id}")
    for name, value in {**ticket.headers, "Content-Length": str(len(document("small")))}.items():
        connection.putheader(name, value)
    connection.endheaders(document("small")[:5_000])
    return connection


def test_clients_that_stand_still_keep_nobody_else_out(house: House) -> None:
    receipt = house.deposit(document("small"))
    with ExitStack() as lines:
        for _ in range(AT_ONCE - 1):
            lines.enter_context(closing(stalled(house, house.upload_ticket())))
        assert is_ready(house)
        assert house.read(receipt) == document("small")
        lines.enter_context(closing(stalled(house, house.upload_ticket())))
        wait_until(lambda: house.get(house.download_ticket(receipt)).status_code == 503, "no limit")
        assert is_ready(house)
    wait_until(lambda: house.get(house.download_ticket(receipt)).status_code == 200, "the limit stays")


def test_a_reader_that_leaves_gives_everything_back(house: House) -> None:
    receipt = house.deposit(document("20 MB"))
    for _ in range(AT_ONCE + 1):
        connection, ticket = house.connect(), house.download_ticket(receipt)
        connection.request("GET", f"/contents/{ticket.content_id}", headers=ticket.headers)
        connection.getresponse().read(1000)
        connection.close()
    wait_until(lambda: house.get(house.download_ticket(receipt)).status_code == 200, "nothing was given back")
    assert house.read(receipt) == document("20 MB")


def test_a_stop_lets_a_transfer_finish(house: House) -> None:
    ticket = house.upload_ticket()
    connection = stalled(house, ticket)
    stopping = house.stop_later()
    connection.send(document("small")[5_000:])
    assert connection.getresponse().status == 201
    stopping.join()
    house.start()
    assert house.rows("SELECT state FROM contents WHERE content_id = %s", str(ticket.content_id))


def test_a_crash_while_the_store_writes_leaves_nothing_behind(house: House) -> None:
    before, ticket = house.objects(), house.upload_ticket()
    house.signal_store(signal.SIGSTOP)
    connection = stalled(house, ticket)
    connection.send(document("small")[5_000:])
    announced = "SELECT object_key FROM unclaimed_objects WHERE content_id = %s"
    wait_until(lambda: bool(house.rows(announced, str(ticket.content_id))), "not announced")
    house.kill()
    house.signal_store(signal.SIGCONT)
    house.start()
    assert not house.rows("SELECT 1 FROM contents WHERE content_id = %s", str(ticket.content_id))
    house.rows("UPDATE unclaimed_objects SET due_at = now() WHERE content_id = %s", str(ticket.content_id))
    wait_until(lambda: not house.rows(announced, str(ticket.content_id)), "not swept", seconds=40)
    assert house.objects() <= before
