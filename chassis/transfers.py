"""Long HTTP exchanges, which run on the connection's own green thread, so that a slow client occupies no worker."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from functools import partial
from itertools import chain
from time import time
from typing import Any, cast

import eventlet
import msgspec
import structlog
from nameko.extensions import DependencyProvider

from chassis import units
from chassis.context import RequestContext, UnitOfWork
from chassis.handlers import TransferHandler
from chassis.http import HttpRequest, HttpResponse, http
from chassis.runtime import Runtime
from chassis.settings import load
from contracts.errors.base import Refusal
from contracts.errors.execution import DeadlineExceeded, ServiceUnavailable

Refused = Callable[[Refusal], HttpResponse]


class TransferSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Read from CARNET_* variables."""

    transfers_at_once: int = 64
    """Maximum number of concurrent transfers; further ones are refused."""
    transfer_seconds: float = 300.0
    """Timeout of a transfer."""


class _Deferred(HttpResponse):
    """Returned by the worker at once; the exchange runs when the server writes the response."""

    def __init__(self, serve: Callable[[Any, Any], Iterable[bytes]]) -> None:
        super().__init__()
        self._serve = serve

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        return self._serve(environ, start_response)


class Transfers(DependencyProvider):
    """The transfers of a process; each is a unit of work that ends with the last byte of its response."""

    runtime = Runtime()

    def setup(self) -> None:
        """Read the settings."""
        self._settings = load(TransferSettings)
        self._running = 0

    def get_dependency(self, worker_ctx: Any) -> "Transfers":
        """The same object for every worker."""
        return self

    def stop(self) -> None:
        """Wait for running transfers; slow ones are cut with the process."""
        while self._running and time() < self.runtime.stop_by:
            eventlet.sleep(0.05)

    def later(
        self,
        request: HttpRequest,
        name: str,
        handler: TransferHandler,
        exchange: Callable[[UnitOfWork], HttpResponse],
    ) -> HttpResponse:
        """Run an exchange after the worker has been released.

        Args:
            exchange: makes the response; its writes are single statements, each durable at once, and its events those
                of refusals only. A body that streams may refuse before its first byte; a later refusal cuts the
                connection.
        """
        if request.method == "HEAD":
            return HttpResponse(status=405)
        work = UnitOfWork(
            kind="transfer",
            name=name,
            deadline=time() + self._settings.transfer_seconds,
            traceparent=request.headers.get("traceparent", ""),
            rule=handler.access,
            reading=True,
        )
        return _Deferred(partial(self._serve, work, partial(exchange, work), handler.refused))

    def _serve(
        self,
        work: UnitOfWork,
        respond: Callable[[], HttpResponse],
        refused: Refused,
        environ: Any,
        start_response: Any,
    ) -> Iterator[bytes]:
        sending = False
        self._running += 1
        try:
            for chunk in self._chunks(work, respond, environ, start_response):
                sending = True
                yield chunk
        except Refusal as refusal:
            if sending:
                structlog.get_logger().error("transfer_cut", name=work.name, code=refusal.code)
                raise
            yield from refused(refusal)(environ, start_response)
        finally:
            self._running -= 1

    def _chunks(
        self, work: UnitOfWork, respond: Callable[[], HttpResponse], environ: Any, start_response: Any
    ) -> Iterator[bytes]:
        with units.observed(work, units.service_actor(self.runtime)):
            self.runtime.check_sound()
            if self._running > self._settings.transfers_at_once:
                raise ServiceUnavailable
            response = respond()
            with closing(response):
                body = response.iter_encoded()
                first = next(body, b"")
                start_response(response.status, response.get_wsgi_headers(environ).to_wsgi_list())
                for chunk in chain((first,), body):
                    yield chunk
                    if time() > work.deadline:
                        raise DeadlineExceeded


def transfer_route(service: str, handler: TransferHandler) -> Callable[..., HttpResponse]:
    """The HTTP entrypoint of a transfer, a method of chassis.service.Service."""

    def serve(self: Any, http_request: HttpRequest, **parts: Any) -> HttpResponse:
        request = handler.read(http_request, **parts)

        def handle(ctx: RequestContext[Any], request: Any) -> HttpResponse:
            return handler.answer(handler.handle(ctx, request))

        def exchange(work: UnitOfWork) -> HttpResponse:
            actor = units.service_actor(self.runtime)
            return units.transact(self.context, work, actor, request, handle)

        name = f"{service}.{handler.name}"
        return cast(HttpResponse, self.transfers.later(http_request, name, handler, exchange))

    serve.__name__ = handler.name
    return http(handler.verb, handler.url)(serve)
