"""Documents on their way in and out: byte for byte, never whole, and cut where something is cut."""

import asyncio
import hashlib
import http.client
import socket
import threading
import time
from datetime import UTC, datetime

import psutil
import pytest
from aiohttp import web

from contracts.documents import TICKET_HEADER
from contracts.errors import ContentTooLarge, NotACda, RecordNotActive, TicketInvalid
from contracts.records import DepositDocument, DocumentList, PrepareDeposit, ReadDocument, Records
from contracts.vocabulary import Visibility
from tests.integration.gateway.builders import (
    BYTES,
    CONTENT,
    DOCUMENT,
    DOCUMENTS,
    PATIENT,
    TICKET,
    TITLE,
    People,
    a_document,
    content_of,
    deposited,
)
from tests.integration.gateway.fake_documents import RECEIPT, FakeDocuments, refusing
from tests.integration.gateway.fake_services import FakeServices
from tests.integration.gateway.process import Gateway, eventually

MEGABYTE = 1 << 20
ETAG = '"9f2c4e"'


@pytest.fixture(autouse=True)
def _records_says_yes(services: FakeServices) -> None:
    services.answer(Records.prepare_deposit, TICKET)
    services.answer(Records.deposit_document, deposited())


def upload_head(token: str, length: int) -> bytes:
    return (
        f"POST {DOCUMENTS} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Length: {length}\r\n"
        "Connection: close\r\n\r\n"
    ).encode()


def download_head(token: str) -> bytes:
    return f"GET {BYTES} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n".encode()


def everything_from(line: socket.socket) -> bytes:
    found = b""
    while chunk := line.recv(65536):
        found += chunk
    return found


def serving(content: bytes, documents: FakeDocuments) -> list[web.Request]:
    """Let documents give content with a tag, and parts of it; what it is asked for."""
    asked: list[web.Request] = []

    async def give(request: web.Request) -> web.Response:
        asked.append(request)
        size, said = len(content), {"ETag": ETAG}
        if request.headers.get("If-None-Match") == ETAG:
            return web.Response(status=304, headers=said)
        if "Range" not in request.headers:
            return web.Response(body=content, headers=said)
        first, _, last = request.headers["Range"].removeprefix("bytes=").partition("-")
        if int(first) >= size:
            return web.Response(status=416, headers=said | {"Content-Range": f"bytes */{size}"})
        said["Content-Range"] = f"bytes {first}-{last}/{size}"
        return web.Response(status=206, body=content[int(first) : int(last) + 1], headers=said)

    documents.give = give
    return asked


def was_entered(services: FakeServices) -> bool:
    return any(one.route == Records.deposit_document.route for one in services.asked)


def test_a_deposit_is_prepared_brought_in_and_entered(
    gateway: Gateway, services: FakeServices, documents: FakeDocuments, people: People
) -> None:
    body = hashlib.sha512(b"seed").digest() * 40_000
    reply = gateway.ask("POST", f"{DOCUMENTS}?visibility=MASQUE_PS", token=people.doctor, body=body)
    assert reply.status == 201
    assert Records.get_document.decode_response(reply.body) == a_document()
    [arrived] = documents.arrived
    assert (arrived.complete, bytes(arrived.body), arrived.content_id) == (True, body, str(CONTENT))
    assert arrived.headers["x-carnet-ticket"] == TICKET.ticket
    assert arrived.headers["traceparent"].split("-")[1] == reply.headers["x-trace-id"]
    assert [one.question for one in services.asked] == [
        PrepareDeposit(patient_id=PATIENT),
        DepositDocument(patient_id=PATIENT, receipt=RECEIPT, visibility=(Visibility.MASQUE_PS,)),
    ]


def test_a_deposit_says_until_when_it_is_kept_from_the_patient_and_that_it_is_secret(
    gateway: Gateway, services: FakeServices, people: People
) -> None:
    marks = "visibility=INVISIBLE_PATIENT&visibility=INVISIBLE_REPRESENTANTS_LEGAUX&secret=true"
    query = f"{marks}&invisible_until=2027-06-30T00:00:00%2B02:00"
    assert gateway.ask("POST", f"{DOCUMENTS}?{query}", token=people.doctor, body=b"<x/>").status == 201
    assert [one.question for one in services.asked] == [
        PrepareDeposit(patient_id=PATIENT, secret=True),
        DepositDocument(
            patient_id=PATIENT,
            receipt=RECEIPT,
            visibility=(Visibility.INVISIBLE_PATIENT, Visibility.INVISIBLE_REPRESENTANTS_LEGAUX),
            invisible_until=datetime(2027, 6, 29, 22, tzinfo=UTC),
        ),
    ]


def test_the_same_deposit_again_answers_200(gateway: Gateway, services: FakeServices, people: People) -> None:
    services.answer(Records.deposit_document, deposited(created=False))
    assert gateway.ask("POST", DOCUMENTS, token=people.doctor, body=b"<x/>").status == 200


def test_a_deposit_that_may_not_be_made_brings_no_byte_in(
    gateway: Gateway, services: FakeServices, documents: FakeDocuments, people: People
) -> None:
    services.answer(Records.prepare_deposit, RecordNotActive())
    reply = gateway.ask("POST", DOCUMENTS, token=people.doctor, body=b"x" * 5 * MEGABYTE)
    assert (reply.status, reply.json()["code"]) == (403, "record.not_active")
    assert documents.arrived == []


def test_a_deposit_of_unstated_length_is_refused(gateway: Gateway, documents: FakeDocuments, people: People) -> None:
    head = f"POST {DOCUMENTS} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {people.doctor}\r\nConnection: close\r\n"
    answer = gateway.raw(head.encode() + b"Transfer-Encoding: chunked\r\n\r\n4\r\n<x/>\r\n0\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 411")
    assert b"document.length_required" in answer
    assert documents.arrived == []


def test_what_documents_refuses_comes_out_as_it_is(
    gateway: Gateway, services: FakeServices, documents: FakeDocuments, people: People
) -> None:
    async def refuse_at_the_end(request: web.Request) -> web.StreamResponse:
        await request.read()
        return await refusing(NotACda())(request)

    documents.take = refuse_at_the_end
    reply = gateway.ask("POST", DOCUMENTS, token=people.doctor, body=b"%PDF-1.7")
    assert (reply.status, reply.json()["code"]) == (422, "document.not_a_cda")
    assert not was_entered(services)


def test_an_upload_that_is_refused_early_is_carried_no_further(
    gateway: Gateway, services: FakeServices, documents: FakeDocuments, people: People
) -> None:
    documents.take = refusing(ContentTooLarge(limit="20000000"), status=413)
    with gateway.connect() as line:
        line.sendall(upload_head(people.doctor, 500 * MEGABYTE) + b"x" * 1000)
        answer = everything_from(line)
    assert answer.startswith(b"HTTP/1.1 413")
    assert b'"limit":"20000000"' in answer
    assert not was_entered(services)


def test_one_who_sends_everything_before_listening_hears_the_refusal_too(
    gateway: Gateway, documents: FakeDocuments, people: People
) -> None:
    documents.take = refusing(ContentTooLarge(limit="20000000"), status=413)
    reply = gateway.ask("POST", DOCUMENTS, token=people.doctor, body=b"x" * 30 * MEGABYTE)
    assert (reply.status, reply.json()["code"]) == (413, "document.too_large")


def test_a_client_that_leaves_in_the_middle_leaves_a_cut_upload_and_nothing_entered(
    gateway: Gateway, services: FakeServices, documents: FakeDocuments, people: People
) -> None:
    with gateway.connect() as line:
        line.sendall(upload_head(people.doctor, 5 * MEGABYTE) + b"x" * 2 * MEGABYTE)
        eventually(lambda: documents.arrived and len(documents.arrived[0].body) > MEGABYTE)
    assert documents.arrived[0].ended.wait(5)
    assert not documents.arrived[0].complete
    eventually(lambda: any(line.get("code") == "document.truncated" for line in gateway.log()))
    assert not was_entered(services)


def test_a_client_that_stands_still_is_given_up(
    gateway: Gateway, services: FakeServices, documents: FakeDocuments, people: People
) -> None:
    answer = gateway.raw(upload_head(people.doctor, 5 * MEGABYTE) + b"x" * MEGABYTE)
    assert answer.startswith(b"HTTP/1.1 408")
    assert b"request.stalled" in answer
    assert documents.arrived[0].ended.wait(5)
    assert not documents.arrived[0].complete
    assert not was_entered(services)


def test_a_slow_client_that_keeps_sending_is_waited_for(
    gateway: Gateway, documents: FakeDocuments, people: People
) -> None:
    with gateway.connect() as line:
        line.sendall(upload_head(people.doctor, 40))
        for _ in range(4):
            time.sleep(0.6)
            line.sendall(b"x" * 10)
        assert everything_from(line).startswith(b"HTTP/1.1 201")
    assert documents.arrived[0].complete


def test_a_documents_that_stands_still_is_given_up_and_it_is_no_fault_of_the_client(
    gateway: Gateway, documents: FakeDocuments, people: People
) -> None:
    release = asyncio.Event()

    async def stand_still(_: web.Request) -> web.StreamResponse:
        await release.wait()
        return web.Response()

    documents.take = stand_still
    started = time.monotonic()
    reply = gateway.ask("POST", DOCUMENTS, token=people.doctor, body=b"x" * 30 * MEGABYTE)
    documents.loop.call_soon_threadsafe(release.set)
    assert (reply.status, reply.json()["code"]) == (503, "service.deadline")
    assert time.monotonic() - started < 5


def test_documents_away_is_a_503_and_comes_back_without_a_restart(
    gateway: Gateway, documents: FakeDocuments, services: FakeServices, people: People
) -> None:
    services.answer(Records.open_content, content_of(4))
    documents.content = b"<x/>"
    documents.shut()
    try:
        for verb, path, body in (("POST", DOCUMENTS, b"x" * MEGABYTE), ("GET", BYTES, None)):
            reply = gateway.ask(verb, path, token=people.doctor, body=body)
            assert (reply.status, reply.json()["code"]) == (503, "service.unavailable")
            assert "retry-after" in reply.headers
        assert gateway.ask("GET", "/health/ready").json()["missing"] == ["documents"]
    finally:
        documents.open()
    assert gateway.ask("GET", "/health/ready").json()["missing"] == []
    assert gateway.ask("POST", DOCUMENTS, token=people.doctor, body=b"<x/>").status == 201
    assert gateway.ask("GET", BYTES, token=people.doctor).body == b"<x/>"


def test_an_upload_that_documents_drops_is_not_sent_again_from_its_middle(
    gateway: Gateway, documents: FakeDocuments, services: FakeServices, people: People
) -> None:
    assert gateway.ask("POST", DOCUMENTS, token=people.doctor, body=b"<x/>").status == 201
    tries = []

    async def drop(request: web.Request) -> web.StreamResponse:
        tries.append(await request.content.readany())
        assert request.transport
        request.transport.close()
        return web.Response()

    documents.take = drop
    started = time.monotonic()
    reply = gateway.ask("POST", DOCUMENTS, token=people.doctor, body=b"x" * 5 * MEGABYTE)
    assert (reply.status, reply.json()["code"]) == (503, "service.unavailable")
    assert len(tries) == 1
    assert time.monotonic() - started < 1


def test_a_large_upload_and_download_are_never_held_whole(
    gateway: Gateway, documents: FakeDocuments, services: FakeServices, people: People
) -> None:
    size = 200 * MEGABYTE
    process = psutil.Process(gateway.process.pid)
    before = process.memory_info().rss
    highest = [before]
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.01):
            highest.append(process.memory_info().rss)

    watcher = threading.Thread(target=watch)
    watcher.start()
    documents.content = bytes(size)
    services.answer(Records.open_content, content_of(size))
    try:
        assert gateway.ask("POST", DOCUMENTS, token=people.doctor, body=documents.content).status == 201
        assert len(gateway.ask("GET", BYTES, token=people.doctor).body) == size
    finally:
        done.set()
        watcher.join()
    assert max(highest) - before < 16 * MEGABYTE


def test_a_download_is_byte_identical_and_names_no_title(
    gateway: Gateway, documents: FakeDocuments, services: FakeServices, people: People
) -> None:
    documents.content = hashlib.sha512(b"seed").digest() * 80_000
    services.answer(Records.open_content, content_of(len(documents.content)))
    reply = gateway.ask("GET", f"{BYTES}?secret=true", token=people.patient)
    assert services.last(Records.open_content).question == ReadDocument(
        patient_id=PATIENT, document_id=DOCUMENT, secret=True
    )
    assert reply.body == documents.content
    assert reply.headers["content-type"] == "text/xml"
    assert reply.headers["accept-ranges"] == "bytes"
    assert reply.headers["content-disposition"] == f'attachment; filename="{DOCUMENT}.xml"'
    assert reply.headers["cache-control"] == "private, no-store"
    assert TITLE not in str(reply.headers)
    assert documents.fetched == ["a.signed.ticket"]


def test_a_part_is_asked_of_documents_in_the_words_of_the_client(
    gateway: Gateway, documents: FakeDocuments, services: FakeServices, people: People
) -> None:
    content = hashlib.sha512(b"seed").digest() * 1_000
    asked = serving(content, documents)
    services.answer(Records.open_content, content_of(len(content)))
    wish = {"Range": "bytes=100-199", "If-Range": ETAG}
    reply = gateway.ask("GET", BYTES, token=people.doctor, headers=wish)
    assert (reply.status, reply.body) == (206, content[100:200])
    assert reply.headers["content-range"] == f"bytes 100-199/{len(content)}"
    assert reply.headers["content-length"] == "100"
    assert reply.headers["content-type"] == "text/xml"
    assert reply.headers["etag"] == ETAG
    assert {name: asked[0].headers[name] for name in wish} == wish


def test_each_answer_is_a_reading_of_its_own_with_a_ticket_of_its_own(
    gateway: Gateway, documents: FakeDocuments, services: FakeServices, people: People
) -> None:
    fetched = serving(bytes(1_000), documents)
    services.answer(Records.open_content, content_of(1_000))
    for wish in ({"Range": "bytes=0-1"}, {"Range": "bytes=5000-"}, {"If-None-Match": ETAG}, {}):
        gateway.ask("GET", BYTES, token=people.patient, headers=wish)
    gateway.ask("HEAD", BYTES, token=people.patient)
    asked = [one.question for one in services.asked]
    assert asked == [ReadDocument(patient_id=PATIENT, document_id=DOCUMENT)] * 5
    assert [one.headers[TICKET_HEADER] for one in fetched] == ["a.signed.ticket"] * 5


def test_a_part_that_is_not_there_is_a_416_with_the_size(
    gateway: Gateway, documents: FakeDocuments, services: FakeServices, people: People
) -> None:
    serving(bytes(1_000), documents)
    services.answer(Records.open_content, content_of(1_000))
    reply = gateway.ask("GET", BYTES, token=people.doctor, headers={"Range": "bytes=1000-"})
    assert (reply.status, reply.json()["code"]) == (416, "document.range_beyond")
    assert reply.headers["content-range"] == "bytes */1000"


@pytest.mark.parametrize("verb", ["GET", "HEAD"])
def test_what_the_client_has_is_a_304_without_a_body(
    gateway: Gateway, documents: FakeDocuments, services: FakeServices, people: People, verb: str
) -> None:
    serving(bytes(1_000), documents)
    services.answer(Records.open_content, content_of(1_000))
    reply = gateway.ask(verb, BYTES, token=people.doctor, headers={"If-None-Match": ETAG})
    assert (reply.status, reply.body) == (304, b"")
    assert reply.headers["etag"] == ETAG
    assert "content-length" not in reply.headers


def test_a_head_says_what_a_get_would_and_carries_nothing(
    gateway: Gateway, documents: FakeDocuments, services: FakeServices, people: People
) -> None:
    asked = serving(bytes(1_000), documents)
    services.answer(Records.open_content, content_of(1_000))
    head = gateway.ask("HEAD", BYTES, token=people.doctor, headers={"Range": "bytes=500-"})
    got = gateway.ask("GET", BYTES, token=people.doctor)
    assert (head.status, head.body, got.status) == (200, b"", 200)
    assert head.headers.keys() == got.headers.keys()
    for name in ("etag", "accept-ranges", "content-length", "content-type", "content-disposition"):
        assert head.headers[name] == got.headers[name]
    assert asked[0].headers["Range"] == "bytes=0-0"


def test_a_connection_goes_on_after_answers_without_a_body(
    gateway: Gateway, documents: FakeDocuments, services: FakeServices, people: People
) -> None:
    serving(bytes(1_000), documents)
    services.answer(Records.open_content, content_of(1_000))
    connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=10)
    mine = {"Authorization": f"Bearer {people.doctor}"}
    asks = [("HEAD", {}), ("GET", {"If-None-Match": ETAG}), ("GET", {"Range": "bytes=1000-"}), ("GET", {})]
    statuses = []
    for verb, wish in asks:
        connection.request(verb, BYTES, headers=mine | wish)
        answer = connection.getresponse()
        body = answer.read()
        statuses.append((answer.status, 0 if answer.status == 416 else len(body)))
    connection.close()
    assert statuses == [(200, 0), (304, 0), (416, 0), (200, 1_000)]


def test_a_reading_that_is_refused_is_refused_whatever_the_client_has(
    gateway: Gateway, documents: FakeDocuments, services: FakeServices, people: People
) -> None:
    services.answer(Records.open_content, RecordNotActive())
    for verb, wish in (("GET", {"If-None-Match": "*"}), ("GET", {"Range": "bytes=0-1"}), ("HEAD", {})):
        assert gateway.ask(verb, BYTES, token=people.doctor, headers=wish).status == 403
    assert documents.fetched == []


def test_a_spent_ticket_is_no_matter_of_the_client(
    gateway: Gateway, documents: FakeDocuments, services: FakeServices, people: People
) -> None:
    services.answer(Records.open_content, content_of(4))
    documents.give = refusing(TicketInvalid(), status=403)
    reply = gateway.ask("GET", BYTES, token=people.doctor)
    assert (reply.status, reply.json()["code"]) == (503, "service.unavailable")


def test_a_download_that_breaks_off_inside_is_cut_outside(
    gateway: Gateway, documents: FakeDocuments, services: FakeServices, people: People
) -> None:
    async def break_off(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": str(MEGABYTE)})
        await response.prepare(request)
        await response.write(b"x" * 1000)
        assert request.transport
        request.transport.close()
        return response

    documents.give = break_off
    services.answer(Records.open_content, content_of(MEGABYTE))
    with gateway.connect() as line:
        line.sendall(download_head(people.doctor))
        answer = everything_from(line)
    assert b"200 OK" in answer
    assert len(answer) < 5000
    eventually(lambda: any(line.get("outcome") == "cut" for line in gateway.log()))


def test_a_reader_that_leaves_lets_go_of_the_source(
    gateway: Gateway, documents: FakeDocuments, services: FakeServices, people: People
) -> None:
    ended = threading.Event()

    async def give_for_ever(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": str(1 << 40)})
        await response.prepare(request)
        try:
            while True:
                await response.write(bytes(65536))
        finally:
            ended.set()

    documents.give = give_for_ever
    services.answer(Records.open_content, content_of(1 << 40))
    with gateway.connect() as line:
        line.sendall(download_head(people.doctor))
        line.recv(65536)
    assert ended.wait(5)


def test_a_reader_that_stands_still_is_given_up(
    gateway: Gateway, documents: FakeDocuments, services: FakeServices, people: People
) -> None:
    documents.content = bytes(50 * MEGABYTE)
    services.answer(Records.open_content, content_of(len(documents.content)))
    with gateway.connect() as line:
        line.sendall(download_head(people.doctor))
        line.recv(100)
        process = psutil.Process(gateway.process.pid)
        mine = line.getsockname()[1]
        eventually(lambda: not any(one.raddr and one.raddr.port == mine for one in process.net_connections()))
    services.answer(Records.list_documents, DocumentList(documents=()))
    assert gateway.ask("GET", DOCUMENTS, token=people.doctor).status == 200
