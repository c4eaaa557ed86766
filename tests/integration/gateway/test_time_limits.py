"""A request has a time in all: who sends or reads a little now and then holds no connection for long."""

import socket
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from contracts.records.api import Records
from tests.integration.gateway.builders import TICKET, TokenHolders, content_of, deposited
from tests.integration.gateway.fake_documents import FakeDocuments
from tests.integration.gateway.fake_services import FakeServices
from tests.integration.gateway.process import HOST, Gateway
from tests.integration.gateway.transfers import MEGABYTE, download_head, receive_all, upload_head
from tests.support.waiting import wait_until

_JSON_HEAD = (
    f"POST /sessions HTTP/1.1\r\nHost: {HOST}\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n"
).encode()


@pytest.fixture(scope="module")
def hurried_process(
    broker: str, session_services: FakeServices, session_documents: FakeDocuments, trusted_keys: Path
) -> Iterator[Gateway]:
    gateway = Gateway(
        amqp_url=broker, documents_url=session_documents.url, trusted_keys=trusted_keys, request_seconds=1
    )
    try:
        yield gateway.wait_until()
    finally:
        gateway.end()


@pytest.fixture
def hurried(hurried_process: Gateway, services: FakeServices, documents: FakeDocuments) -> Gateway:
    """A gateway that gives each request one second, and waits long for who stalls."""
    services.answer(Records.prepare_deposit, TICKET)
    services.answer(Records.deposit_document, deposited())
    return hurried_process


def answer_to_drip(connection: socket.socket) -> bytes:
    """What the gateway answers while it is sent a byte now and then."""
    connection.settimeout(0.1)
    while True:
        try:
            return connection.recv(65_536)
        except TimeoutError:
            connection.sendall(b" ")


@pytest.mark.parametrize("kind", ["body", "upload"])
def test_a_body_that_drips_in_is_refused(hurried: Gateway, people: TokenHolders, kind: str) -> None:
    with hurried.connect() as connection:
        connection.sendall(_JSON_HEAD if kind == "body" else upload_head(people.doctor, 60_000))
        assert answer_to_drip(connection).startswith(b"HTTP/1.1 408")


def test_an_upload_that_moves_has_more_time(hurried: Gateway, documents: FakeDocuments, people: TokenHolders) -> None:
    with hurried.connect() as connection:
        connection.sendall(upload_head(people.doctor, MEGABYTE + 16) + b"x" * MEGABYTE)
        connection.settimeout(0.1)
        for _ in range(16):
            with pytest.raises(TimeoutError):
                connection.recv(1)
            connection.sendall(b"x")
        connection.settimeout(10)
        assert connection.recv(65_536).startswith(b"HTTP/1.1 201")
    assert documents.uploads[0].complete


def test_a_reader_of_a_little_now_and_then_is_disconnected(
    hurried: Gateway, documents: FakeDocuments, services: FakeServices, people: TokenHolders
) -> None:
    documents.content = bytes(50 * MEGABYTE)
    services.answer(Records.open_content, content_of(len(documents.content)))
    process = psutil.Process(hurried.process.pid)
    with socket.socket() as connection:
        # The window opens again and again, so that no limit of stalls ends the connection.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect((HOST, hurried.port))
        own_port = connection.getsockname()[1]
        connection.sendall(download_head(people.doctor))

        def is_disconnected() -> bool:
            connection.recv(100)
            return not any(peer.raddr and peer.raddr.port == own_port for peer in process.net_connections())

        wait_until(is_disconnected, "the end of the connection", 20)


def test_requests_one_after_another_have_each_their_time(hurried: Gateway) -> None:
    with hurried.connect() as connection:
        connection.settimeout(0.3)
        for _ in range(6):
            connection.sendall(f"GET /health/live HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
            assert connection.recv(65_536).startswith(b"HTTP/1.1 200")
            with pytest.raises(TimeoutError):
                receive_all(connection)
