"""What every call leaves behind, as calls of any service here do: a span, a figure and a line in the log."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Any

import msgspec
import structlog
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ParentBased
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from prometheus_client import Histogram

_SECONDS = Histogram("bench_floor_call_seconds", "Time of one call.", ["name", "outcome"])

_propagator = TraceContextTextMapPropagator()
# Made once: it finds the provider that is installed later.
_tracer = trace.get_tracer("bench.floor")


def configure(service: str) -> None:
    """Trace ids that travel, spans that do not leave the process, lines as JSON on standard output."""
    trace.set_tracer_provider(TracerProvider(sampler=ParentBased(ALWAYS_OFF)))
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", key="at"),
            lambda _, __, line: {"service": service, **line},
            structlog.processors.JSONRenderer(serializer=_as_json),
        ],
        logger_factory=structlog.WriteLoggerFactory(sys.stdout),
        cache_logger_on_first_use=True,
    )


@contextmanager
def observed(name: str, role: str, traceparent: str) -> Iterator[None]:
    """A call, begun and ended; the span is a child of `traceparent`."""
    started = perf_counter()
    outcome = "failed"
    parent = _propagator.extract({"traceparent": traceparent}) if traceparent else None
    with _tracer.start_as_current_span(name, context=parent, record_exception=False) as current:
        try:
            yield
            outcome = "done"
        finally:
            seconds = perf_counter() - started
            _SECONDS.labels(name, outcome).observe(seconds)
            structlog.get_logger().info(
                "call",
                name=name,
                outcome=outcome,
                role=role,
                ms=round(seconds * 1000, 2),
                trace_id=trace.format_trace_id(current.get_span_context().trace_id),
            )


def current_traceparent() -> str:
    """The W3C header of the span in force, empty where there is none."""
    carrier: dict[str, str] = {}
    _propagator.inject(carrier)
    return carrier.get("traceparent", "")


def _as_json(line: Any, **_: Any) -> str:
    return msgspec.json.encode(line).decode()
