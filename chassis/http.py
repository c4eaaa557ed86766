"""The small HTTP side of a service: health, figures, and streamed content where a service has a data plane."""

import socket
from collections.abc import Callable
from typing import Any, cast

import eventlet
import structlog
from eventlet import wsgi
from nameko.web.handlers import HttpRequestHandler
from nameko.web.server import HttpOnlyProtocol, WebServer
from werkzeug.wrappers import Request as HttpRequest
from werkzeug.wrappers import Response as HttpResponse

__all__ = ["HttpRequest", "HttpResponse", "http"]

_LISTEN_BACKLOG = 256


class _Silent:
    """eventlet's access log would name paths; the unit's own line says what may be said."""

    def write(self, _: str) -> None:
        return


class SmallServer(WebServer):
    """nameko's web server with TCP_NODELAY on every socket and no access log."""

    _gt: Any

    def start(self) -> None:
        """Listen; accepted sockets inherit the options of this one."""
        if self._gt is not None:
            return
        address = self.bind_addr
        self._sock = eventlet.listen((address.address, address.port), backlog=_LISTEN_BACKLOG)
        self._sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._sock.settimeout(None)
        self._serv = self.get_wsgi_server(self._sock, self.get_wsgi_app())
        self._gt = self.container.spawn_managed_thread(self.run)

    def get_wsgi_server(self, sock: Any, wsgi_app: Any, protocol: Any = HttpOnlyProtocol, debug: bool = False) -> Any:
        """A server that writes headers and body as they come, keeps connections, and does not log."""
        return wsgi.Server(
            sock, sock.getsockname(), wsgi_app, protocol=protocol, debug=debug, log=_Silent(), socket_timeout=30
        )


class HttpEntrypoint(HttpRequestHandler):
    """One route of the small server."""

    server = SmallServer()

    def response_from_exception(self, exc: Exception) -> HttpResponse:
        """A fault of ours: the caller learns only that."""
        structlog.get_logger().error("http_fault", error=type(exc).__name__, where=type(exc).__module__)
        return HttpResponse(status=500)


def http(method: str, url: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Serve one route, werkzeug's URL syntax; the method is handed the request and the URL's parts."""

    def decorate(do: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        return cast(Callable[..., HttpResponse], HttpEntrypoint.decorator(method, url)(do))

    return decorate
