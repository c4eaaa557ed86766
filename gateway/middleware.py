"""The outermost middleware: trace, security headers, metric and one log line for every request."""

from time import perf_counter
from typing import Any

import structlog
from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send
from opentelemetry import trace

from chassis import metrics, tracing
from gateway.request_state import RequestState, open_request_state

_KIND = "request"
_UNMATCHED = "unmatched"

Headers = tuple[tuple[bytes, bytes], ...]

_SECURITY_HEADERS: Headers = (
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-resource-policy", b"same-origin"),
)

_TRANSPORT_SECURITY = ((b"strict-transport-security", b"max-age=31536000"),)


_DEFAULT_HEADERS: Headers = (
    (b"cache-control", b"private, no-store"),
    (b"referrer-policy", b"no-referrer"),
    (
        b"content-security-policy",
        b"default-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
    ),
)
"""On every response whose route does not set them: public data may be cached, a page has its own policy."""


def security_headers(public_url: str) -> Headers:
    """On every response; under an https address also HSTS, so that browsers ask by https only."""
    return _SECURITY_HEADERS + (_TRANSPORT_SECURITY if public_url.startswith("https://") else ())


class ObservabilityMiddleware:
    def __init__(self, app: ASGIApp, public_url: str) -> None:
        self._app = app
        self._security_headers = security_headers(public_url)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; other protocols pass through unchanged."""
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return
        started = perf_counter()
        with tracing.span(_KIND, _traceparent_in(scope)) as trace_id:
            state = open_request_state(scope, trace_id)
            try:
                await self._app(scope, receive, self._with_headers(state, send))
            except BaseException as error:
                state.exception = type(error).__name__
                raise
            finally:
                name = _name_of(scope)
                trace.get_current_span().update_name(name)
                _observe(state, name, perf_counter() - started)

    def _with_headers(self, state: RequestState, send: Send) -> Send:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                state.status = message["status"]
                names = {name for name, _ in message["headers"]}
                message["headers"] = [
                    *message["headers"],
                    *self._security_headers,
                    *(header for header in _DEFAULT_HEADERS if header[0] not in names),
                    (b"x-trace-id", state.trace_id.encode()),
                ]
            await send(message)

        return send_with_headers


def _traceparent_in(scope: HTTPScope) -> str:
    for name, value in scope["headers"]:
        if name == b"traceparent":
            return value.decode("latin-1")
    return ""


def _name_of(scope: HTTPScope) -> str:
    """Method and route template; the path itself would put ids into metrics and logs."""
    template: Any = scope.get("path_template")
    return f"{scope['method']} {template}" if template else _UNMATCHED


def _outcome(state: RequestState) -> str:
    if state.exception:
        return "cut"
    if state.where:
        return "failed"
    return "refused" if state.code else "done"


def _observe(state: RequestState, name: str, seconds: float) -> None:
    outcome = _outcome(state)
    metrics.UNIT_SECONDS.labels(_KIND, name, outcome).observe(seconds)
    structlog.get_logger().info(
        "unit",
        kind=_KIND,
        name=name,
        outcome=outcome,
        status=state.status,
        code=state.code,
        where=state.where,
        error=state.exception,
        role=state.actor.role.value if state.actor else "",
        ms=round(seconds * 1000, 2),
        trace_id=state.trace_id,
    )
