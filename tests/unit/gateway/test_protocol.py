"""The options of every socket that clients come in by."""

import asyncio
import socket

import uvloop
from uvicorn import Config
from uvicorn.server import ServerState

from gateway.protocol import Connection, patient_for


def test_no_byte_waits_for_company_and_a_dead_line_is_found_out() -> None:
    uvloop.run(_accept_one())


async def _accept_one() -> None:
    config = Config(_nobody, ws="none", lifespan="off", log_config=None)
    accepted: asyncio.Future[Connection] = asyncio.get_running_loop().create_future()

    def accept() -> Connection:
        accepted.set_result(patient_for(7)(config=config, server_state=ServerState(), app_state={}))
        return accepted.result()

    server = await asyncio.get_running_loop().create_server(accept, "127.0.0.1", 0)
    _, client = await asyncio.open_connection(*server.sockets[0].getsockname())
    line: socket.socket = (await asyncio.wait_for(accepted, 5)).transport.get_extra_info("socket")
    assert line.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    assert line.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 7000
    client.close()
    server.close()


async def _nobody(_scope: object, _receive: object, _send: object) -> None:
    raise AssertionError("no request was sent")
