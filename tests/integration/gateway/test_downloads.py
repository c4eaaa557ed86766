"""Download of documents: byte-identical, by ranges and conditions, and aborted when either side fails."""

import hashlib
import http.client
import threading
from uuid import uuid4

import msgspec
import psutil
import pytest
from aiohttp import web

from contracts.clinical_data import ClinicalData, LabResult
from contracts.documents import TICKET_HEADER, ReadClinicalData
from contracts.errors.execution import TicketInvalid
from contracts.errors.request import RecordNotActive
from contracts.records.api import Records
from contracts.records.documents import ClinicalDataOpened, DocumentList, ReadDocument
from contracts.vocabulary import Coded, ContentId
from tests.integration.gateway.builders import (
    CONTENT_PATH,
    DOCUMENT,
    DOCUMENTS,
    PAGE_PATH,
    PATIENT,
    RECORD_DATA_PATHS,
    TITLE,
    TokenHolders,
    content_of,
)
from tests.integration.gateway.fake_documents import FakeDocuments, refusing
from tests.integration.gateway.fake_services import FakeServices
from tests.integration.gateway.process import Gateway
from tests.integration.gateway.transfers import ETAG, MEGABYTE, download_head, receive_all, serve
from tests.support.content_policy import blocked_inline
from tests.support.waiting import wait_until


def test_download_is_byte_identical_and_reveals_no_title(
    gateway: Gateway, documents: FakeDocuments, services: FakeServices, people: TokenHolders
) -> None:
    documents.content = hashlib.sha512(b"seed").digest() * 80_000
    services.answer(Records.open_content, content_of(len(documents.content)))
    reply = gateway.request("GET", f"{CONTENT_PATH}?secret=true", token=people.patient)
    assert services.last(Records.open_content).message == ReadDocument(
        patient_id=PATIENT, document_id=DOCUMENT, secret=True
    )
    assert reply.body == documents.content
    assert reply.headers["content-type"] == "text/xml"
    assert reply.headers["accept-ranges"] == "bytes"
    assert reply.headers["content-disposition"] == f'attachment; filename="{DOCUMENT}.xml"'
    assert reply.headers["cache-control"] == "private, no-store"
    assert TITLE not in str(reply.headers)
    assert documents.fetched == ["a.signed.ticket"]


def test_range_headers_are_forwarded_to_documents(
    gateway: Gateway, documents: FakeDocuments, services: FakeServices, people: TokenHolders
) -> None:
    content = hashlib.sha512(b"seed").digest() * 1_000
    requests = serve(content, documents)
    services.answer(Records.open_content, content_of(len(content)))
    headers = {"Range": "bytes=100-199", "If-Range": ETAG}
    reply = gateway.request("GET", CONTENT_PATH, token=people.doctor, headers=headers)
    assert (reply.status, reply.body) == (206, content[100:200])
    assert reply.headers["content-range"] == f"bytes 100-199/{len(content)}"
    assert reply.headers["content-length"] == "100"
    assert reply.headers["content-type"] == "text/xml"
    assert reply.headers["etag"] == ETAG
    assert {name: requests[0].headers[name] for name in headers} == headers


def test_every_request_is_a_separate_reading_with_its_own_ticket(
    gateway: Gateway, documents: FakeDocuments, services: FakeServices, people: TokenHolders
) -> None:
    requests = serve(bytes(1_000), documents)
    services.answer(Records.open_content, content_of(1_000))
    for headers in ({"Range": "bytes=0-1"}, {"Range": "bytes=5000-"}, {"If-None-Match": ETAG}, {}):
        gateway.request("GET", CONTENT_PATH, token=people.patient, headers=headers)
    gateway.request("HEAD", CONTENT_PATH, token=people.patient)
    messages = [received.message for received in services.received]
    assert messages == [ReadDocument(patient_id=PATIENT, document_id=DOCUMENT)] * 5
    assert [request.headers[TICKET_HEADER] for request in requests] == ["a.signed.ticket"] * 5


def test_range_beyond_the_end_is_416_with_the_size(
    gateway: Gateway, documents: FakeDocuments, services: FakeServices, people: TokenHolders
) -> None:
    serve(bytes(1_000), documents)
    services.answer(Records.open_content, content_of(1_000))
    reply = gateway.request("GET", CONTENT_PATH, token=people.doctor, headers={"Range": "bytes=1000-"})
    assert (reply.status, reply.json()["code"]) == (416, "document.range_beyond")
    assert reply.headers["content-range"] == "bytes */1000"


@pytest.mark.parametrize("verb", ["GET", "HEAD"])
def test_matching_etag_is_304_without_a_body(
    gateway: Gateway, documents: FakeDocuments, services: FakeServices, people: TokenHolders, verb: str
) -> None:
    serve(bytes(1_000), documents)
    services.answer(Records.open_content, content_of(1_000))
    reply = gateway.request(verb, CONTENT_PATH, token=people.doctor, headers={"If-None-Match": ETAG})
    assert (reply.status, reply.body) == (304, b"")
    assert reply.headers["etag"] == ETAG
    assert "content-length" not in reply.headers


def test_head_has_the_headers_of_get_and_no_body(
    gateway: Gateway, documents: FakeDocuments, services: FakeServices, people: TokenHolders
) -> None:
    requests = serve(bytes(1_000), documents)
    services.answer(Records.open_content, content_of(1_000))
    head = gateway.request("HEAD", CONTENT_PATH, token=people.doctor, headers={"Range": "bytes=500-"})
    got = gateway.request("GET", CONTENT_PATH, token=people.doctor)
    assert (head.status, head.body, got.status) == (200, b"", 200)
    assert head.headers.keys() == got.headers.keys()
    for name in ("etag", "accept-ranges", "content-length", "content-type", "content-disposition"):
        assert head.headers[name] == got.headers[name]
    assert requests[0].headers["Range"] == "bytes=0-0"


def test_connection_is_reusable_after_responses_without_a_body(
    gateway: Gateway, documents: FakeDocuments, services: FakeServices, people: TokenHolders
) -> None:
    serve(bytes(1_000), documents)
    services.answer(Records.open_content, content_of(1_000))
    connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=10)
    authorization = {"Authorization": f"Bearer {people.doctor}"}
    requests = [("HEAD", {}), ("GET", {"If-None-Match": ETAG}), ("GET", {"Range": "bytes=1000-"}), ("GET", {})]
    statuses = []
    for verb, headers in requests:
        connection.request(verb, CONTENT_PATH, headers=authorization | headers)
        response = connection.getresponse()
        body = response.read()
        statuses.append((response.status, 0 if response.status == 416 else len(body)))
    connection.close()
    assert statuses == [(200, 0), (304, 0), (416, 0), (200, 1_000)]


def test_refused_reading_is_403_for_conditional_requests_too(
    gateway: Gateway, documents: FakeDocuments, services: FakeServices, people: TokenHolders
) -> None:
    services.answer(Records.open_content, RecordNotActive())
    for verb, headers in (("GET", {"If-None-Match": "*"}), ("GET", {"Range": "bytes=0-1"}), ("HEAD", {})):
        assert gateway.request(verb, CONTENT_PATH, token=people.doctor, headers=headers).status == 403
    assert documents.fetched == []


def test_invalid_ticket_is_503(
    gateway: Gateway, documents: FakeDocuments, services: FakeServices, people: TokenHolders
) -> None:
    services.answer(Records.open_content, content_of(4))
    documents.on_get = refusing(TicketInvalid(), status=403)
    reply = gateway.request("GET", CONTENT_PATH, token=people.doctor)
    assert (reply.status, reply.json()["code"]) == (503, "service.unavailable")


def test_failed_download_is_aborted(
    gateway: Gateway, documents: FakeDocuments, services: FakeServices, people: TokenHolders
) -> None:
    async def break_off(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": str(MEGABYTE)})
        await response.prepare(request)
        await response.write(b"x" * 1000)
        assert request.transport
        request.transport.close()
        return response

    documents.on_get = break_off
    services.answer(Records.open_content, content_of(MEGABYTE))
    with gateway.connect() as connection:
        connection.sendall(download_head(people.doctor))
        answer = receive_all(connection)
    assert b"200 OK" in answer
    assert len(answer) < 5000
    wait_until(lambda: any(line.get("outcome") == "cut" for line in gateway.log()))


def test_disconnected_reader_closes_the_source(
    gateway: Gateway, documents: FakeDocuments, services: FakeServices, people: TokenHolders
) -> None:
    ended = threading.Event()

    async def send_endlessly(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": str(1 << 40)})
        await response.prepare(request)
        try:
            while True:
                await response.write(bytes(65536))
        finally:
            ended.set()

    documents.on_get = send_endlessly
    services.answer(Records.open_content, content_of(1 << 40))
    with gateway.connect() as connection:
        connection.sendall(download_head(people.doctor))
        connection.recv(65536)
    assert ended.wait(5)


def test_stalled_reader_is_disconnected(
    gateway: Gateway, documents: FakeDocuments, services: FakeServices, people: TokenHolders
) -> None:
    documents.content = bytes(50 * MEGABYTE)
    services.answer(Records.open_content, content_of(len(documents.content)))
    with gateway.connect() as connection:
        connection.sendall(download_head(people.doctor))
        connection.recv(100)
        process = psutil.Process(gateway.process.pid)
        own_port = connection.getsockname()[1]
        wait_until(lambda: not any(peer.raddr and peer.raddr.port == own_port for peer in process.net_connections()))
    services.answer(Records.list_documents, DocumentList(documents=()))
    assert gateway.request("GET", DOCUMENTS, token=people.doctor).status == 200


@pytest.mark.parametrize(
    ("media_type", "disposition"),
    [
        ("text/html; charset=utf-8", "inline"),
        ("text/plain; charset=utf-8", "inline"),
        ("application/pdf", "inline"),
        ("image/png", "inline"),
        ("image/tiff", f'attachment; filename="{DOCUMENT}.tiff"'),
        ("text/rtf", f'attachment; filename="{DOCUMENT}.rtf"'),
        ("image/svg+xml", f'attachment; filename="{DOCUMENT}.svg"'),
        ("text/xml", f'attachment; filename="{DOCUMENT}.xml"'),
    ],
)
def test_a_page_is_shown_only_if_browsers_show_its_type_safely(
    gateway: Gateway,
    documents: FakeDocuments,
    services: FakeServices,
    people: TokenHolders,
    media_type: str,
    disposition: str,
) -> None:
    async def send(_: web.Request) -> web.Response:
        return web.Response(body=b"x", headers={"Content-Type": media_type, "Content-Security-Policy": "sandbox"})

    documents.on_get = send
    services.answer(Records.open_content, content_of(1))
    reply = gateway.request("GET", PAGE_PATH, token=people.patient)
    assert (reply.status, reply.headers["content-type"]) == (200, media_type)
    assert reply.headers["content-disposition"] == disposition
    assert reply.headers["content-security-policy"] == "sandbox"
    assert reply.headers["x-content-type-options"] == "nosniff"


def results_of(size: int) -> bytes:
    """Clinical data of about that many bytes: the results of one analyte."""
    result = LabResult(name="x" * 100, analyte=Coded("2276-4"), value="30", number=30.0)
    return msgspec.json.encode(ClinicalData(results=(result,) * (size // 160)))


def test_clinical_data_too_large_for_the_gateway_are_left_unread_and_named(
    gateway: Gateway, documents: FakeDocuments, services: FakeServices, people: TokenHolders
) -> None:
    services.answer(Records.open_content, content_of(1))
    contents = tuple(
        msgspec.structs.replace(content_of(1), content_id=ContentId(uuid4()), ticket="") for _ in range(12)
    )
    services.answer(Records.open_facts, ClinicalDataOpened(contents=contents, ticket="of all"))
    documents.content = results_of(1_100_000)
    reply = gateway.request("GET", f"{PAGE_PATH.removesuffix('page')}facts", token=people.patient)
    assert (reply.status, reply.json()["code"]) == (413, "document.too_large")

    facts, trends, page = RECORD_DATA_PATHS
    facts_of_one = msgspec.Raw(results_of(700_000))
    lines = (ReadClinicalData(content_id=content.content_id, facts=facts_of_one) for content in contents)
    documents.content = b"".join(msgspec.json.encode(line) + b"\n" for line in lines)
    read = gateway.request("GET", facts, token=people.patient).json()
    assert len(read["sources"]) < 10
    assert len(read["sources"]) + len(read["unread"]) == 12
    assert gateway.request("GET", trends, token=people.patient).json()["unread"]
    shown = gateway.request("GET", page, token=people.patient, headers={"accept-language": "en"})
    assert b"does not show all results" in shown.body
    assert blocked_inline(shown.body.decode(), shown.headers["content-security-policy"]) == []
    assert "form-action 'none'; base-uri 'none'" in shown.headers["content-security-policy"]
