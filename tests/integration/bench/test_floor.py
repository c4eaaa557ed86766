"""The frozen echo on a real broker: both hops reply, and refuse tokens of another signer."""

import asyncio
import socket
from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench.environment import start_echo
from bench.floor.client import EchoClient
from bench.floor.connection import connect
from bench.floor.launch import Launch
from bench.floor.messages import TOKEN_REFUSED, Refused
from deploy.dev.paths import Layout
from deploy.dev.processes import Processes
from tests.support.shared_servers import SharedServers


@pytest.fixture(scope="module")
def echo(tmp_path_factory: pytest.TempPathFactory, shared_servers: SharedServers) -> Iterator[Launch]:
    layout = Layout(tmp_path_factory.mktemp("floor"))
    layout.prepare()
    processes = Processes(layout)
    try:
        launch = Launch(shared_servers.amqp_url("bench"))
        start_echo(launch, processes)
        yield launch
    finally:
        processes.stop_all()


def replies(echo: Launch, token: str, *, hops: int) -> list[str]:
    """Replies to two concurrent requests."""

    async def ask() -> list[str]:
        client = await EchoClient.connect(echo.amqp_url, token)
        try:
            return await asyncio.gather(*(client.say(text, hops=hops) for text in ("ping", "pong")))
        finally:
            client.close()

    return asyncio.run(ask())


@pytest.mark.parametrize("hops", [1, 2])
def test_the_echo_returns_the_message(echo: Launch, hops: int) -> None:
    assert replies(echo, echo.token(seconds=60), hops=hops) == ["ping", "pong"]


@pytest.mark.parametrize("hops", [1, 2])
def test_a_token_signed_by_somebody_else_is_refused(echo: Launch, hops: int) -> None:
    forged = echo.token(seconds=60, key=Ed25519PrivateKey.generate())
    with pytest.raises(Refused, match=TOKEN_REFUSED):
        replies(echo, forged, hops=hops)


def test_the_connection_disables_nagles_algorithm(echo: Launch) -> None:
    connection = connect(echo.amqp_url)
    try:
        assert connection.sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    finally:
        connection.close()
