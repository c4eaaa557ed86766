"""Metrics, and readiness with what is missing, on a port of their own, which strangers do not reach (ADR 0054)."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator

import uvicorn
from litestar import Litestar
from litestar.datastructures import State

from gateway.api.health import figures, live, ready_in_detail
from gateway.clients import ApiRequest, clients_of


class _Server(uvicorn.Server):
    """Leaves the signals to the server of the public port, in whose event loop it runs."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextlib.asynccontextmanager
async def serve_metrics(app: Litestar) -> AsyncIterator[None]:
    """Lifespan of the application: serve CARNET_METRICS_ADDRESS if it is set; raises OSError if it is taken."""
    address = clients_of(app).settings.metrics_address
    if not address:
        yield
        return
    host, _, port = address.rpartition(":")
    with socket.create_server((host, int(port))) as listening:
        server = _Server(uvicorn.Config(_application(app), lifespan="off", log_config=None, access_log=False))
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            yield
        finally:
            server.should_exit = True
            await serving


def _application(app: Litestar) -> Litestar:
    return Litestar(
        route_handlers=[live, ready_in_detail, figures],
        request_class=ApiRequest,
        state=State({"clients": clients_of(app)}),
        openapi_config=None,
        logging_config=None,
    )
