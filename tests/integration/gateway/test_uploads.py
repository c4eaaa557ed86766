"""Upload of documents: byte-identical, streamed, and aborted when either side fails."""

import asyncio
import hashlib
import threading
import time
from datetime import UTC, datetime

import psutil
import pytest
from aiohttp import web

from contracts.errors.execution import ContentTooLarge, NotACda
from contracts.errors.request import RecordNotActive
from contracts.records.api import Records
from contracts.records.deposits import DepositDocument, PrepareDeposit
from contracts.vocabulary import Visibility
from tests.integration.gateway.builders import (
    CONTENT_ID,
    CONTENT_PATH,
    DOCUMENTS,
    PATIENT,
    TICKET,
    TokenHolders,
    a_document,
    content_of,
    deposited,
)
from tests.integration.gateway.fake_documents import RECEIPT, FakeDocuments, refusing
from tests.integration.gateway.fake_services import FakeServices
from tests.integration.gateway.process import Gateway
from tests.integration.gateway.transfers import (
    MEGABYTE,
    receive_all,
    upload_head,
    was_registered,
)
from tests.support.waiting import wait_until


@pytest.fixture(autouse=True)
def _records_allows_deposits(services: FakeServices) -> None:
    services.answer(Records.prepare_deposit, TICKET)
    services.answer(Records.deposit_document, deposited())


def test_deposit_is_prepared_uploaded_and_registered(
    gateway: Gateway, services: FakeServices, documents: FakeDocuments, people: TokenHolders
) -> None:
    body = hashlib.sha512(b"seed").digest() * 40_000
    reply = gateway.request("POST", f"{DOCUMENTS}?visibility=MASQUE_PS", token=people.doctor, body=body)
    assert reply.status == 201
    assert Records.get_document.decode_response(reply.body) == a_document()
    [upload] = documents.uploads
    assert (upload.complete, bytes(upload.body), upload.content_id) == (True, body, str(CONTENT_ID))
    assert upload.headers["x-carnet-ticket"] == TICKET.ticket
    assert upload.headers["traceparent"].split("-")[1] == reply.headers["x-trace-id"]
    assert [received.message for received in services.received] == [
        PrepareDeposit(patient_id=PATIENT),
        DepositDocument(patient_id=PATIENT, receipt=RECEIPT, visibility=(Visibility.MASQUE_PS,)),
    ]


def test_deposit_passes_on_visibility_date_and_secrecy(
    gateway: Gateway, services: FakeServices, people: TokenHolders
) -> None:
    visibility = "visibility=INVISIBLE_PATIENT&visibility=INVISIBLE_REPRESENTANTS_LEGAUX&secret=true"
    query = f"{visibility}&invisible_until=2027-06-30T00:00:00%2B02:00"
    assert gateway.request("POST", f"{DOCUMENTS}?{query}", token=people.doctor, body=b"<x/>").status == 201
    assert [received.message for received in services.received] == [
        PrepareDeposit(patient_id=PATIENT, secret=True),
        DepositDocument(
            patient_id=PATIENT,
            receipt=RECEIPT,
            visibility=(Visibility.INVISIBLE_PATIENT, Visibility.INVISIBLE_REPRESENTANTS_LEGAUX),
            invisible_until=datetime(2027, 6, 29, 22, tzinfo=UTC),
        ),
    ]


def test_repeated_deposit_is_200(gateway: Gateway, services: FakeServices, people: TokenHolders) -> None:
    services.answer(Records.deposit_document, deposited(created=False))
    assert gateway.request("POST", DOCUMENTS, token=people.doctor, body=b"<x/>").status == 200


def test_refused_deposit_uploads_nothing(
    gateway: Gateway, services: FakeServices, documents: FakeDocuments, people: TokenHolders
) -> None:
    services.answer(Records.prepare_deposit, RecordNotActive())
    reply = gateway.request("POST", DOCUMENTS, token=people.doctor, body=b"x" * 5 * MEGABYTE)
    assert (reply.status, reply.json()["code"]) == (403, "record.not_active")
    assert documents.uploads == []


def test_deposit_without_content_length_is_refused(
    gateway: Gateway, documents: FakeDocuments, people: TokenHolders
) -> None:
    head = f"POST {DOCUMENTS} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {people.doctor}\r\nConnection: close\r\n"
    answer = gateway.raw(head.encode() + b"Transfer-Encoding: chunked\r\n\r\n4\r\n<x/>\r\n0\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 411")
    assert b"document.length_required" in answer
    assert documents.uploads == []


def test_refusal_of_documents_is_passed_on(
    gateway: Gateway, services: FakeServices, documents: FakeDocuments, people: TokenHolders
) -> None:
    async def refuse_at_the_end(request: web.Request) -> web.StreamResponse:
        await request.read()
        return await refusing(NotACda())(request)

    documents.on_put = refuse_at_the_end
    reply = gateway.request("POST", DOCUMENTS, token=people.doctor, body=b"%PDF-1.7")
    assert (reply.status, reply.json()["code"]) == (422, "document.not_a_cda")
    assert not was_registered(services)


def test_early_refusal_stops_the_upload(
    gateway: Gateway, services: FakeServices, documents: FakeDocuments, people: TokenHolders
) -> None:
    documents.on_put = refusing(ContentTooLarge(limit="20000000"), status=413)
    with gateway.connect() as connection:
        connection.sendall(upload_head(people.doctor, 500 * MEGABYTE) + b"x" * 1000)
        answer = receive_all(connection)
    assert answer.startswith(b"HTTP/1.1 413")
    assert b'"limit":"20000000"' in answer
    assert not was_registered(services)


def test_client_that_sends_everything_first_receives_the_refusal(
    gateway: Gateway, documents: FakeDocuments, people: TokenHolders
) -> None:
    documents.on_put = refusing(ContentTooLarge(limit="20000000"), status=413)
    reply = gateway.request("POST", DOCUMENTS, token=people.doctor, body=b"x" * 30 * MEGABYTE)
    assert (reply.status, reply.json()["code"]) == (413, "document.too_large")


def test_disconnected_client_aborts_the_upload_and_registers_nothing(
    gateway: Gateway, services: FakeServices, documents: FakeDocuments, people: TokenHolders
) -> None:
    with gateway.connect() as connection:
        connection.sendall(upload_head(people.doctor, 5 * MEGABYTE) + b"x" * 2 * MEGABYTE)
        wait_until(lambda: documents.uploads and len(documents.uploads[0].body) > MEGABYTE)
    assert documents.uploads[0].ended.wait(5)
    assert not documents.uploads[0].complete
    wait_until(lambda: any(line.get("code") == "document.truncated" for line in gateway.log()))
    assert not was_registered(services)


def test_stalled_client_is_408(
    gateway: Gateway, services: FakeServices, documents: FakeDocuments, people: TokenHolders
) -> None:
    answer = gateway.raw(upload_head(people.doctor, 5 * MEGABYTE) + b"x" * MEGABYTE)
    assert answer.startswith(b"HTTP/1.1 408")
    assert b"request.stalled" in answer
    assert documents.uploads[0].ended.wait(5)
    assert not documents.uploads[0].complete
    assert not was_registered(services)


def test_slow_client_that_keeps_sending_succeeds(
    gateway: Gateway, documents: FakeDocuments, people: TokenHolders
) -> None:
    with gateway.connect() as connection:
        connection.sendall(upload_head(people.doctor, 40))
        for _ in range(4):
            time.sleep(0.6)
            connection.sendall(b"x" * 10)
        assert receive_all(connection).startswith(b"HTTP/1.1 201")
    assert documents.uploads[0].complete


def test_stalled_documents_service_is_503(gateway: Gateway, documents: FakeDocuments, people: TokenHolders) -> None:
    release = asyncio.Event()

    async def stall(_: web.Request) -> web.StreamResponse:
        await release.wait()
        return web.Response()

    documents.on_put = stall
    started = time.monotonic()
    reply = gateway.request("POST", DOCUMENTS, token=people.doctor, body=b"x" * 30 * MEGABYTE)
    documents.loop.call_soon_threadsafe(release.set)
    assert (reply.status, reply.json()["code"]) == (503, "service.deadline")
    assert time.monotonic() - started < 5


def test_unreachable_documents_service_is_503_and_recovers_without_a_restart(
    gateway: Gateway, documents: FakeDocuments, services: FakeServices, people: TokenHolders
) -> None:
    services.answer(Records.open_content, content_of(4))
    documents.content = b"<x/>"
    documents.shut()
    try:
        for verb, path, body in (("POST", DOCUMENTS, b"x" * MEGABYTE), ("GET", CONTENT_PATH, None)):
            reply = gateway.request(verb, path, token=people.doctor, body=body)
            assert (reply.status, reply.json()["code"]) == (503, "service.unavailable")
            assert "retry-after" in reply.headers
        assert gateway.missing() == ["documents"]
    finally:
        documents.open()
    assert gateway.missing() == []
    assert gateway.request("POST", DOCUMENTS, token=people.doctor, body=b"<x/>").status == 201
    assert gateway.request("GET", CONTENT_PATH, token=people.doctor).body == b"<x/>"


def test_dropped_upload_is_not_retried(
    gateway: Gateway, documents: FakeDocuments, services: FakeServices, people: TokenHolders
) -> None:
    assert gateway.request("POST", DOCUMENTS, token=people.doctor, body=b"<x/>").status == 201
    attempts = []

    async def drop(request: web.Request) -> web.StreamResponse:
        attempts.append(await request.content.readany())
        assert request.transport
        request.transport.close()
        return web.Response()

    documents.on_put = drop
    started = time.monotonic()
    reply = gateway.request("POST", DOCUMENTS, token=people.doctor, body=b"x" * 5 * MEGABYTE)
    assert (reply.status, reply.json()["code"]) == (503, "service.unavailable")
    assert len(attempts) == 1
    assert time.monotonic() - started < 1


def test_large_transfers_are_streamed_in_constant_memory(
    gateway: Gateway, documents: FakeDocuments, services: FakeServices, people: TokenHolders
) -> None:
    size = 200 * MEGABYTE
    process = psutil.Process(gateway.process.pid)
    before = process.memory_info().rss
    samples = [before]
    done = threading.Event()

    def sample_memory() -> None:
        while not done.wait(0.01):
            samples.append(process.memory_info().rss)

    sampler = threading.Thread(target=sample_memory)
    sampler.start()
    documents.content = bytes(size)
    services.answer(Records.open_content, content_of(size))
    try:
        assert gateway.request("POST", DOCUMENTS, token=people.doctor, body=documents.content).status == 201
        assert len(gateway.request("GET", CONTENT_PATH, token=people.doctor).body) == size
    finally:
        done.set()
        sampler.join()
    assert max(samples) - before < 16 * MEGABYTE
