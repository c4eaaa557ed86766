"""Services or broker unavailable: 503 with Retry-After, no hanging, recovery without a restart."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from contracts.errors.execution import ServiceFault
from contracts.identity.api import Identity
from contracts.records.api import Records
from contracts.records.documents import DocumentList, ListDocuments
from tests.integration.gateway.builders import DOCUMENTS, PATIENT, TokenHolders
from tests.integration.gateway.cuttable_proxy import CuttableProxy
from tests.integration.gateway.fake_documents import FakeDocuments
from tests.integration.gateway.fake_services import FakeServices
from tests.integration.gateway.process import Gateway
from tests.support.waiting import wait_until


@pytest.fixture
def proxy(broker: str) -> Iterator[CuttableProxy]:
    proxy = CuttableProxy(broker)
    yield proxy
    proxy.cut()


@pytest.fixture
def cuttable(
    proxy: CuttableProxy, services: FakeServices, documents: FakeDocuments, trusted_keys: Path
) -> Iterator[Gateway]:
    """A gateway that is connected to the broker through the proxy."""
    gateway = Gateway(amqp_url=proxy.url, documents_url=documents.url, trusted_keys=trusted_keys)
    yield gateway
    gateway.end()


def test_silent_service_is_503_after_the_deadline_of_the_method(gateway: Gateway, people: TokenHolders) -> None:
    started = time.monotonic()
    reply = gateway.request("GET", DOCUMENTS, token=people.doctor)
    assert (reply.status, reply.json()["code"]) == (503, "service.deadline")
    assert reply.headers["retry-after"] == "2"
    assert Records.list_documents.seconds <= time.monotonic() - started < Records.list_documents.seconds + 1


def test_deadline_is_sent_to_the_service(gateway: Gateway, services: FakeServices, people: TokenHolders) -> None:
    services.answer(Records.list_documents, DocumentList(documents=()))
    gateway.request("GET", DOCUMENTS, token=people.doctor)
    left = services.last(Records.list_documents).context.deadline - time.time()
    assert Records.list_documents.seconds - 1 < left <= Records.list_documents.seconds


def test_service_fault_is_500_without_details(gateway: Gateway, services: FakeServices, people: TokenHolders) -> None:
    services.answer(Records.list_documents, ServiceFault())
    reply = gateway.request("GET", DOCUMENTS, token=people.doctor)
    assert (reply.status, reply.json()["code"], reply.json()["details"]) == (500, "service.fault", {})


def test_invalid_reply_is_500_and_located_in_the_log(
    gateway: Gateway, services: FakeServices, people: TokenHolders
) -> None:
    services.answer(Records.list_documents, ListDocuments(patient_id=PATIENT))
    reply = gateway.request("GET", DOCUMENTS, token=people.doctor)
    assert (reply.status, reply.json()["code"]) == (500, "service.fault")
    trace = reply.headers["x-trace-id"]
    wait_until(lambda: any(line.get("trace_id") == trace for line in gateway.log()))
    [line] = [line for line in gateway.log() if line.get("trace_id") == trace]
    assert (line["outcome"], line["code"]) == ("failed", "service.fault:ValidationError")
    assert line["where"].startswith("chassis.bus:call:")


def test_unbound_service_is_503_at_once(
    proxy: CuttableProxy, documents: FakeDocuments, services: FakeServices, trusted_keys: Path, cuttable: Gateway
) -> None:
    cuttable.wait_until()
    with services.unbound():
        started = time.monotonic()
        reply = cuttable.request("POST", "/sessions/abc/code", json_body={"code": "1"})
        assert (reply.status, reply.json()["code"]) == (503, "service.unavailable")
        assert time.monotonic() - started < Identity.finish_login.seconds / 2


def test_cut_broker_connection_is_503_at_once_for_pending_and_new_requests(
    proxy: CuttableProxy, cuttable: Gateway, services: FakeServices, people: TokenHolders
) -> None:
    cuttable.wait_until()
    replies = []
    waiting = threading.Thread(target=lambda: replies.append(cuttable.request("GET", DOCUMENTS, token=people.doctor)))
    started = time.monotonic()
    waiting.start()
    wait_until(lambda: services.received)
    proxy.cut()
    waiting.join()
    replies.append(cuttable.request("GET", DOCUMENTS, token=people.doctor))
    assert [(reply.status, reply.json()["code"]) for reply in replies] == [(503, "service.unavailable")] * 2
    assert time.monotonic() - started < 2
    assert cuttable.missing() == ["broker"]
    proxy.mend()
    services.answer(Records.list_documents, DocumentList(documents=()))
    wait_until(lambda: cuttable.request("GET", DOCUMENTS, token=people.doctor).status == 200)


def test_gateway_starts_without_a_broker_and_connects_later(
    proxy: CuttableProxy, cuttable: Gateway, services: FakeServices, people: TokenHolders
) -> None:
    proxy.cut()
    cuttable.wait_until("/health/live")
    assert cuttable.request("GET", DOCUMENTS, token=people.doctor).status == 503
    proxy.mend()
    cuttable.wait_until("/health/ready")


def test_sigterm_lets_requests_in_progress_finish(
    cuttable: Gateway, services: FakeServices, people: TokenHolders
) -> None:
    cuttable.wait_until()
    release = threading.Event()

    def answer_late(_: object) -> DocumentList:
        release.wait(5)
        return DocumentList(documents=())

    services.answer(Records.list_documents, answer_late)
    replies = []
    waiting = threading.Thread(target=lambda: replies.append(cuttable.request("GET", DOCUMENTS, token=people.doctor)))
    waiting.start()
    wait_until(lambda: services.received)
    cuttable.process.terminate()
    wait_until(lambda: not _listens(cuttable))
    release.set()
    waiting.join()
    assert replies[0].status == 200
    assert cuttable.process.wait(10) == 0


def _listens(gateway: Gateway) -> bool:
    try:
        gateway.connect().close()
    except ConnectionRefusedError:
        return False
    return True
