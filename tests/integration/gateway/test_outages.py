"""The house or the broker away: a 503 that says when to try again, no hang, and recovery without a restart."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from contracts.errors import ServiceFault
from contracts.identity import Identity
from contracts.records import DocumentList, ListDocuments, Records
from tests.integration.gateway.builders import DOCUMENTS, PATIENT, People
from tests.integration.gateway.cuttable_proxy import CuttableProxy
from tests.integration.gateway.fake_documents import FakeDocuments
from tests.integration.gateway.fake_services import FakeServices
from tests.integration.gateway.process import Gateway, eventually


@pytest.fixture
def proxy(broker: str) -> Iterator[CuttableProxy]:
    proxy = CuttableProxy(broker)
    yield proxy
    proxy.cut()


@pytest.fixture
def cuttable(
    proxy: CuttableProxy, services: FakeServices, documents: FakeDocuments, trusted_keys: Path
) -> Iterator[Gateway]:
    """A gateway whose line to the broker leads through the relay."""
    gateway = Gateway(amqp_url=proxy.url, documents_url=documents.url, trusted_keys=trusted_keys)
    yield gateway
    gateway.end()


def test_a_service_that_does_not_answer_is_waited_for_as_long_as_its_method_says(
    gateway: Gateway, people: People
) -> None:
    started = time.monotonic()
    reply = gateway.ask("GET", DOCUMENTS, token=people.doctor)
    assert (reply.status, reply.json()["code"]) == (503, "service.deadline")
    assert reply.headers["retry-after"] == "2"
    assert Records.list_documents.seconds <= time.monotonic() - started < Records.list_documents.seconds + 1


def test_the_service_is_told_until_when_somebody_waits(
    gateway: Gateway, services: FakeServices, people: People
) -> None:
    services.answer(Records.list_documents, DocumentList(documents=()))
    gateway.ask("GET", DOCUMENTS, token=people.doctor)
    left = services.last(Records.list_documents).context.deadline - time.time()
    assert Records.list_documents.seconds - 1 < left <= Records.list_documents.seconds


def test_a_fault_inside_says_only_that(gateway: Gateway, services: FakeServices, people: People) -> None:
    services.answer(Records.list_documents, ServiceFault())
    reply = gateway.ask("GET", DOCUMENTS, token=people.doctor)
    assert (reply.status, reply.json()["code"], reply.json()["details"]) == (500, "service.fault", {})


def test_an_answer_that_breaks_the_contract_is_our_fault_and_is_located_in_the_log(
    gateway: Gateway, services: FakeServices, people: People
) -> None:
    services.answer(Records.list_documents, ListDocuments(patient_id=PATIENT))
    reply = gateway.ask("GET", DOCUMENTS, token=people.doctor)
    assert (reply.status, reply.json()["code"]) == (500, "service.fault")
    trace = reply.headers["x-trace-id"]
    eventually(lambda: any(line.get("trace_id") == trace for line in gateway.log()))
    [line] = [line for line in gateway.log() if line.get("trace_id") == trace]
    assert (line["outcome"], line["code"]) == ("failed", "service.fault:ValidationError")
    assert line["where"].startswith("chassis.bus:call:")


def test_without_any_service_the_answer_comes_at_once(
    proxy: CuttableProxy, documents: FakeDocuments, services: FakeServices, trusted_keys: Path, cuttable: Gateway
) -> None:
    cuttable.wait_until()
    with services.gone():
        started = time.monotonic()
        reply = cuttable.ask("POST", "/sessions/abc/code", json_body={"code": "1"})
        assert (reply.status, reply.json()["code"]) == (503, "service.unavailable")
        assert time.monotonic() - started < Identity.finish_login.seconds / 2


def test_a_cut_line_is_a_503_at_once_for_those_who_wait_and_those_who_come(
    proxy: CuttableProxy, cuttable: Gateway, services: FakeServices, people: People
) -> None:
    cuttable.wait_until()
    replies = []
    waiting = threading.Thread(target=lambda: replies.append(cuttable.ask("GET", DOCUMENTS, token=people.doctor)))
    started = time.monotonic()
    waiting.start()
    eventually(lambda: services.asked)
    proxy.cut()
    waiting.join()
    replies.append(cuttable.ask("GET", DOCUMENTS, token=people.doctor))
    assert [(reply.status, reply.json()["code"]) for reply in replies] == [(503, "service.unavailable")] * 2
    assert time.monotonic() - started < 2
    assert cuttable.ask("GET", "/health/ready").json()["details"] == {"missing": "broker"}
    proxy.mend()
    services.answer(Records.list_documents, DocumentList(documents=()))
    eventually(lambda: cuttable.ask("GET", DOCUMENTS, token=people.doctor).status == 200)


def test_it_starts_without_a_broker_and_finds_it_later(
    proxy: CuttableProxy, cuttable: Gateway, services: FakeServices, people: People
) -> None:
    proxy.cut()
    cuttable.wait_until("/health/live")
    assert cuttable.ask("GET", DOCUMENTS, token=people.doctor).status == 503
    proxy.mend()
    cuttable.wait_until("/health/ready")


def test_told_to_stop_it_finishes_what_it_has_begun(
    cuttable: Gateway, services: FakeServices, people: People
) -> None:
    cuttable.wait_until()
    go_on = threading.Event()

    def answer_late(_: object) -> DocumentList:
        go_on.wait(5)
        return DocumentList(documents=())

    services.answer(Records.list_documents, answer_late)
    replies = []
    waiting = threading.Thread(target=lambda: replies.append(cuttable.ask("GET", DOCUMENTS, token=people.doctor)))
    waiting.start()
    eventually(lambda: services.asked)
    cuttable.process.terminate()
    eventually(lambda: not _listens(cuttable))
    go_on.set()
    waiting.join()
    assert replies[0].status == 200
    assert cuttable.process.wait(10) == 0


def _listens(gateway: Gateway) -> bool:
    try:
        gateway.connect().close()
    except ConnectionRefusedError:
        return False
    return True
