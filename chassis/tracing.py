"""OpenTelemetry: W3C trace context of calls and events; spans are exported where an endpoint is set."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ALWAYS_ON, ParentBased
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
"""OpenTelemetry's variable; without it trace ids are passed on and logged, and no span is exported."""

_propagator = TraceContextTextMapPropagator()
# Created once: it uses the provider that is installed later, and `get_tracer` costs more than a span.
_tracer = trace.get_tracer("carnet")


def configure(service: str) -> None:
    """Install the tracer provider of this process."""
    exporting = bool(os.environ.get(ENDPOINT))
    provider = TracerProvider(
        resource=Resource.create({"service.name": service}),
        sampler=ParentBased(ALWAYS_ON if exporting else ALWAYS_OFF),
    )
    if exporting:
        # Imported only where spans are exported.
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)


@contextmanager
def span(name: str, traceparent: str = "") -> Iterator[str]:
    """A span of a unit of work, child of `traceparent`; yields the trace id in hex."""
    parent = _propagator.extract({"traceparent": traceparent}) if traceparent else None
    with _tracer.start_as_current_span(name, context=parent, record_exception=False) as current:
        yield trace.format_trace_id(current.get_span_context().trace_id)


def current_traceparent() -> str:
    """The W3C header of the current span, empty where there is none."""
    carrier: dict[str, str] = {}
    _propagator.inject(carrier)
    return carrier.get("traceparent", "")
