"""The frozen echo on a real broker: both hops reply, and refuse tokens of another signer."""

import asyncio
import os
import socket
from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench.environment import start_echo
from bench.floor.client import EchoClient
from bench.floor.connection import connect
from bench.floor.launch import Launch
from bench.floor.messages import TOKEN_REFUSED, Refused
from deploy.dev.external import external_servers_from
from deploy.dev.processes import Processes
from deploy.dev.stack import Stack

_BASE_PORT = 29_400


@pytest.fixture(scope="module")
def echo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Launch]:
    stack = Stack(tmp_path_factory.mktemp("floor"), _BASE_PORT, external_servers_from(os.environ))
    stack.start_servers()
    try:
        launch = Launch(stack.addresses.amqp_url)
        start_echo(launch, Processes(stack.layout))
        yield launch
    finally:
        stack.stop()


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
