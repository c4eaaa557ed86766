"""HTTP of a service: health, metrics, and the data plane where it has one."""

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


class _NoLog:
    """Discards eventlet's access log, which would contain paths; the unit's own log line is enough."""

    def write(self, _: str) -> None:
        return


class SmallServer(WebServer):
    """nameko's web server with TCP_NODELAY on every socket, and without access log."""

    _gt: Any

    def start(self) -> None:
        """Listen; accepted sockets inherit the options of the listening socket."""
        if self._gt is not None:
            return
        address = self.bind_addr
        self._sock = eventlet.listen((address.address, address.port), backlog=_LISTEN_BACKLOG)
        self._sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._sock.settimeout(None)
        self._serv = self.get_wsgi_server(self._sock, self.get_wsgi_app())
        self._gt = self.container.spawn_managed_thread(self.run)

    def get_wsgi_server(self, sock: Any, wsgi_app: Any, protocol: Any = HttpOnlyProtocol, debug: bool = False) -> Any:
        """A server that streams, keeps connections alive and does not log."""
        return wsgi.Server(
            sock, sock.getsockname(), wsgi_app, protocol=protocol, debug=debug, log=_NoLog(), socket_timeout=30
        )


class HttpEntrypoint(HttpRequestHandler):
    """A route of SmallServer."""

    server = SmallServer()

    def response_from_exception(self, exc: Exception) -> HttpResponse:
        """Status 500 without details."""
        structlog.get_logger().error("http_fault", error=type(exc).__name__, where=type(exc).__module__)
        return HttpResponse(status=500)


def http(method: str, url: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Serve a route in werkzeug's URL syntax; the method gets the request and the variables of the URL."""

    def decorate(do: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        return cast(Callable[..., HttpResponse], HttpEntrypoint.decorator(method, url)(do))

    return decorate
