"""Socket options of client connections."""

import asyncio
import socket

import msgspec
import uvloop
from uvicorn import Config
from uvicorn.server import ServerState

from gateway.protocol import Connection, connection_class
from tests.unit.gateway.test_structure import SETTINGS

_SETTINGS = msgspec.structs.replace(SETTINGS, stall_seconds=7)


def test_sockets_have_nodelay_and_user_timeout() -> None:
    uvloop.run(_check_accepted_socket())


async def _check_accepted_socket() -> None:
    config = Config(_unused_app, ws="none", lifespan="off", log_config=None)
    accepted: asyncio.Future[Connection] = asyncio.get_running_loop().create_future()

    def accept() -> Connection:
        accepted.set_result(connection_class(_SETTINGS)(config=config, server_state=ServerState(), app_state={}))
        return accepted.result()

    server = await asyncio.get_running_loop().create_server(accept, "127.0.0.1", 0)
    _, client = await asyncio.open_connection(*server.sockets[0].getsockname())
    accepted_socket: socket.socket = (await asyncio.wait_for(accepted, 5)).transport.get_extra_info("socket")
    assert accepted_socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    assert accepted_socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 7000
    client.close()
    server.close()


async def _unused_app(_scope: object, _receive: object, _send: object) -> None:
    raise AssertionError("no request was sent")
