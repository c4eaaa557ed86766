"""HTTP of a service: health, metrics, and the data plane where it has one."""

import socket
from collections.abc import Callable
from typing import Any, cast

import eventlet
import structlog
from eventlet import greenio, wsgi
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
    _serv: Any

    def __init__(self) -> None:
        super().__init__()
        self._connections: list[list[Any]] = []
        self._accepts = True

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

    def process_request(self, sock: Any, address: Any) -> None:
        """Serve one connection, known while it is open."""
        connection = [address, sock, wsgi.STATE_IDLE]
        self._connections.append(connection)
        try:
            self._serv.process_request(connection)
        except OSError as error:
            # eventlet's error for a client that disconnects early.
            if "raw readinto() returned invalid length" not in str(error):
                raise
        finally:
            self._connections.remove(connection)

    def stop_accepting(self) -> None:
        """Close the port and idle connections; each of the others is closed behind its next answer."""
        if not self._accepts:
            return
        self._accepts = False
        self._gt.kill()
        self._sock.close()
        self._serv.keepalive = False
        for connection in self._connections:
            state, connection[2] = connection[2], wsgi.STATE_CLOSE
            if state == wsgi.STATE_IDLE:
                greenio.shutdown_safe(connection[1])

    def stop(self) -> None:
        """As `stop_accepting`."""
        self.stop_accepting()

    def get_wsgi_server(self, sock: Any, wsgi_app: Any, protocol: Any = HttpOnlyProtocol, debug: bool = False) -> Any:
        """A server that streams, keeps connections alive and does not log."""
        return wsgi.Server(
            sock, sock.getsockname(), wsgi_app, protocol=protocol, debug=debug, log=_NoLog(), socket_timeout=30
        )


class HttpEntrypoint(HttpRequestHandler):
    """A route of SmallServer."""

    server = SmallServer()

    def stop(self) -> None:
        """Take no further request."""
        self.server.stop_accepting()

    def response_from_exception(self, exc: Exception) -> HttpResponse:
        """Status 500 without details."""
        structlog.get_logger().error("http_fault", error=type(exc).__name__, where=type(exc).__module__)
        return HttpResponse(status=500)


def listen(address: str) -> Any:
    """A socket that listens at host:port; raises OSError if it is taken."""
    host, _, port = address.rpartition(":")
    return eventlet.listen((host, int(port)))


def serve_apart(listening: Any, answer: Callable[[str], HttpResponse]) -> None:
    """Serve a port apart from the service's own until the green thread is killed; `answer` is given the path."""

    def application(environ: Any, start_response: Any) -> Any:
        return answer(environ["PATH_INFO"])(environ, start_response)

    wsgi.server(listening, application, log=_NoLog(), debug=False, socket_timeout=30)


def http(method: str, url: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Serve a route in werkzeug's URL syntax; the method gets the request and the variables of the URL."""

    def decorate(do: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        return cast(Callable[..., HttpResponse], HttpEntrypoint.decorator(method, url)(do))

    return decorate
