"""Every connection to the broker sets TCP_NODELAY, so that no message waits for others (ADR 0004)."""

import asyncio
import socket

import uvloop

from chassis.bus import Bus
from chassis.publisher import Publisher
from chassis.rpc_client import connect
from deploy.dev.stack import Stack


def has_no_delay(connection: socket.socket) -> bool:
    return bool(connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))


def of(platform: Stack, process: str) -> tuple[str, str]:
    """URL of the broker and file of its authority, as a process is given them."""
    return platform.addresses.amqp_url_of(process), platform.addresses.amqp_ca_file


def test_the_rpc_connection_of_a_service_has_no_delay(platform: Stack) -> None:
    connection = connect(*of(platform, "records"))
    try:
        assert has_no_delay(connection.sock)
    finally:
        connection.close()


def test_the_publisher_connection_of_a_service_has_no_delay(platform: Stack) -> None:
    publisher = Publisher(*of(platform, "records"))
    channel = publisher._open()
    try:
        assert has_no_delay(channel.connection._impl._transport._sock)
    finally:
        publisher.close()


def test_the_rpc_connection_of_the_gateway_has_no_delay(platform: Stack) -> None:
    async def is_set() -> bool:
        url, ca_file = of(platform, "gateway")
        bus = await Bus.connect(url, ca_file=ca_file)
        assert bus._connection is not None
        found = has_no_delay(bus._connection._transport._sock)
        await bus.close()
        return found

    assert uvloop.run(is_set())


def test_a_request_of_the_gateway_is_written_before_the_loop_iterates(platform: Stack) -> None:
    async def bytes_left() -> int:
        url, ca_file = of(platform, "gateway")
        bus = await Bus.connect(url, ca_file=ca_file)
        assert bus._connection is not None
        pending = asyncio.ensure_future(bus.ask("records.status_of", b"{}", 1))
        # Both steps run in one iteration of the loop: it polls nothing in between.
        await asyncio.sleep(0)
        left: int = bus._connection._transport.get_write_buffer_size()
        await pending
        await bus.close()
        return left

    assert uvloop.run(bytes_left()) == 0
