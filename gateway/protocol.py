"""The HTTP/1.1 connection: limits on request heads and time, socket options, error responses before routing."""

import asyncio
import fcntl
import socket
import struct
import termios
from typing import Any, cast

import msgspec
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from contracts.errors.base import Refusal
from contracts.errors.execution import DeadlineExceeded
from contracts.errors.request import HeadersTooLarge, InvalidRequest, RequestStalled
from gateway.errors import error_body, error_headers, status_of
from gateway.middleware import Headers, security_headers
from gateway.request_state import is_lasting
from gateway.settings import GatewaySettings
from gateway.time_limit import TimeLimit

HEAD_LIMIT = 64 * 1024
"""Maximum bytes of request line and headers."""
HEAD_SECONDS = 10.0
"""Maximum time for request line and headers to arrive."""
_LINGER_SECONDS = 2.0
_RESPONSE_START = b"HTTP/1.1 "


class _CoalescingTransport:
    """A transport that sends the head of a response together with its first body chunk, in one packet."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._held = b""
        self.written = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Send; a response head is held until the next write or the next iteration of the event loop."""
        self.written += len(data)
        if self._held:
            held, self._held = self._held, b""
            self._transport.writelines([held, data])
        elif data.startswith(_RESPONSE_START):
            self._held = data
            self._loop.call_soon(self._flush)
        else:
            self._transport.write(data)

    def close(self) -> None:
        self._flush()
        self._transport.close()

    def write_eof(self) -> None:
        self._flush()
        self._transport.write_eof()

    def _flush(self) -> None:
        if self._held:
            held, self._held = self._held, b""
            self._transport.write(held)


class Connection(HttpToolsProtocol):
    """One client's connection; a malformed or oversized head is refused with the same body as any other error."""

    stall_seconds = 30.0
    """How long sent bytes may stay unacknowledged before the connection counts as lost."""

    request_seconds = 60.0
    """How long a request may take, from its head to the last byte of its response, beside what moves bytes."""

    security_headers: Headers = security_headers("")

    _head_is_open = True
    _body_bytes = 0
    _time_limit: TimeLimit
    _heads_read = 0
    _head_bytes = 0
    _head_deadline: asyncio.TimerHandle | None = None
    _is_refused = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        client: socket.socket = transport.get_extra_info("socket")
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(self.stall_seconds * 1000))
        self.transport = cast(asyncio.Transport, _CoalescingTransport(transport, self.loop))
        self._time_limit = TimeLimit(self.loop, self.request_seconds, self._moved, self._end_request)
        self._head_deadline = self.loop.call_later(HEAD_SECONDS, self._give_up)

    def connection_lost(self, exc: Exception | None) -> None:
        self._drop_deadline()
        self._time_limit.stop()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse; data that ends inside a head counts against the limit of heads."""
        if self._is_refused:
            return
        was_in_head, heads_read = self._head_is_open, self._heads_read
        super().data_received(data)
        if not self._head_is_open or not was_in_head or self._heads_read != heads_read or self.transport.is_closing():
            return
        self._head_bytes += len(data)
        if self._head_bytes > HEAD_LIMIT:
            self._refuse(HeadersTooLarge())
        elif self._head_deadline is None:
            self._head_deadline = self.loop.call_later(HEAD_SECONDS, self._give_up)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header; trailers after a body are dropped."""
        if self._head_is_open:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._head_is_open = False
        self._heads_read += 1
        self._head_bytes = 0
        self._drop_deadline()
        is_first = self.cycle is None or self.cycle.response_complete
        super().on_headers_complete()
        if is_first and not self._unsent():
            self._time_limit.start()

    def on_body(self, body: bytes) -> None:
        self._body_bytes += len(body)
        super().on_body(body)

    def on_response_complete(self) -> None:
        """Time goes on while the client has not read the response."""
        is_followed = bool(self.pipeline)
        super().on_response_complete()
        if not self._unsent():
            self._time_limit.start() if is_followed else self._time_limit.stop()

    def on_message_complete(self) -> None:
        self._head_is_open = True
        super().on_message_complete()

    def send_400_response(self, _msg: str) -> None:
        self._refuse(InvalidRequest(field="HTTP"))

    def _unsent(self) -> int:
        return self.transport.get_write_buffer_size()

    def _moved(self) -> int:
        """Bytes of bodies received, and bytes sent that the client has acknowledged."""
        written = cast(_CoalescingTransport, self.transport).written
        descriptor = self.transport.get_extra_info("socket").fileno()
        (unacknowledged,) = struct.unpack("i", fcntl.ioctl(descriptor, termios.TIOCOUTQ, bytes(4)))
        return self._body_bytes + written - self._unsent() - int(unacknowledged)

    def _end_request(self) -> None:
        cycle = self.cycle
        if cycle.response_complete and not self._unsent():
            return
        if is_lasting(cycle.scope) and not self.pipeline:
            self._time_limit.start()
            return
        if cycle.response_started or self.pipeline:
            self.transport.abort()
            return
        # The handler learns that the client is gone; what it still sends is dropped.
        cycle.disconnected = True
        cycle.message_event.set()
        self._refuse(RequestStalled() if cycle.more_body else DeadlineExceeded())

    def _refuse(self, refusal: Refusal) -> None:
        body = msgspec.json.encode(error_body(refusal, "fr", ""))
        headers: list[tuple[bytes, bytes]] = [
            *((name.encode(), value.encode()) for name, value in error_headers(refusal, "fr").items()),
            *self.security_headers,
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
            (b"connection", b"close"),
        ]
        lines = [b"%s: %s\r\n" % header for header in headers]
        self.transport.write(b"".join([STATUS_LINE[status_of(refusal)], *lines, b"\r\n", body]))
        self._linger()

    def _linger(self) -> None:
        # Closing while the client still sends would reset the connection, and the client would lose the response.
        self._is_refused = True
        self._drop_deadline()
        self.transport.write_eof()
        self._head_deadline = self.loop.call_later(_LINGER_SECONDS, self._give_up)

    def _drop_deadline(self) -> None:
        if self._head_deadline is not None:
            self._head_deadline.cancel()
            self._head_deadline = None

    def _give_up(self) -> None:
        self._head_deadline = None
        if not self.transport.is_closing():
            self.transport.close()


def connection_class(settings: GatewaySettings) -> type[Connection]:
    """A connection class with the limits of time, and the headers, that the operator's settings give."""
    options: dict[str, Any] = {
        "stall_seconds": settings.stall_seconds,
        "request_seconds": settings.request_seconds,
        "security_headers": security_headers(settings.public_url),
    }
    return type("ConfiguredConnection", (Connection,), options)
