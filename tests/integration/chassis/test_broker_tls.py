"""Whoever cannot show a certificate of the right authority and name gets neither a password nor a message."""

import asyncio
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import kombu
import pytest

from chassis.broker_address import tls_of
from chassis.bus import Bus
from chassis.publisher import Publisher
from chassis.rpc_client import connect
from deploy.keys.certificates import make_certificates
from deploy.keys.files import KeyFiles

Client = Callable[[str, str], object]


def _gateway(url: str, ca_file: str) -> None:
    async def reach() -> None:
        bus = await Bus.connect(url, ca_file=ca_file, seconds=1)
        await bus.close()

    asyncio.run(reach())


CLIENTS: dict[str, Client] = {
    "calls of the gateway": _gateway,
    "calls of a service": connect,
    "consumers of a service": lambda url, ca_file: kombu.Connection(url, ssl=tls_of(url, ca_file)).connect(),
    "events of a service": lambda url, ca_file: Publisher(url, ca_file)._open(),
}


@contextmanager
def server(directory: Path, *names: str) -> Iterator[tuple[int, list[bytes]]]:
    """The port of a server with a certificate for these names, and what it was sent first on each connection."""
    make_certificates(KeyFiles(directory), "tls", "tls", names, datetime.now(UTC))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(directory / "tls" / "server.pem", directory / "tls" / "server-key.pem")
    received: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            while True:
                try:
                    accepted = listening.accept()[0]
                except OSError:
                    return
                with accepted, suppress(OSError), context.wrap_socket(accepted, server_side=True) as connection:
                    received.append(connection.recv(4))

        thread = Thread(target=serve)
        thread.start()
        try:
            yield listening.getsockname()[1], received
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            thread.join()


@pytest.mark.parametrize("client", CLIENTS.values(), ids=list(CLIENTS))
@pytest.mark.parametrize(
    ("names", "is_own_authority", "is_reached"),
    [(("127.0.0.1",), True, True), (("127.0.0.1",), False, False), (("broker.example",), True, False)],
    ids=["as it must be", "another authority", "another name"],
)
def test_only_the_broker_that_was_meant_is_spoken_to(
    tmp_path: Path, client: Client, names: tuple[str, ...], is_own_authority: bool, is_reached: bool
) -> None:
    own = tmp_path / ("own" if is_own_authority else "other")
    make_certificates(KeyFiles(own), "tls", "tls", ("127.0.0.1",), datetime.now(UTC))
    with server(tmp_path / "own", *names) as (port, received), suppress(Exception):
        client(f"amqps://records:password@127.0.0.1:{port}/%2F", str(own / "tls" / "ca.pem"))
    assert set(received) - {b""} == ({b"AMQP"} if is_reached else set())
