"""The HTTP server of the gateway: what clients sent before the port closed is answered."""

import asyncio
import os
import socket
from collections.abc import Callable
from contextlib import suppress

import uvicorn

_READ_SECONDS = 0.2
"""Within which requests that were sent are read, before connections without one are closed."""


class GatewayServer(uvicorn.Server):
    """Told to stop, uvicorn resets connections that wait to be accepted, and those whose request it has not read."""

    def __init__(self, config: uvicorn.Config, end_streams: Callable[[], None]) -> None:
        """`end_streams`: ends the responses that would last longer than a stop."""
        super().__init__(config)
        self._end_streams = end_streams

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Accept no more, but what waits; read; then finish what is in progress, as uvicorn does."""
        self._end_streams()
        ports = [
            # A copy keeps the port open while the server that accepts from it is closed.
            socket.socket(fileno=os.dup(port.fileno()))
            for server in self.servers
            for port in server.sockets
        ]
        for server in self.servers:
            server.close()
        for port in ports:
            with port, suppress(BlockingIOError):
                port.setblocking(False)
                while True:
                    await self._take(port.accept()[0])
        await asyncio.sleep(_READ_SECONDS)
        await super().shutdown(sockets)

    async def _take(self, client: socket.socket) -> None:
        client.setblocking(False)
        await asyncio.get_running_loop().connect_accepted_socket(self._connection, client)

    def _connection(self) -> asyncio.Protocol:
        make = self.config.http_protocol_class
        return make(config=self.config, server_state=self.server_state, app_state=self.lifespan.state)  # type: ignore[call-arg]
