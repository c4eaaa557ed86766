"""Liveness, readiness and metrics."""

import msgspec
from litestar import MediaType, Response, get

from chassis import metrics
from contracts.errors.execution import ServiceUnavailable
from gateway.clients import ApiRequest
from gateway.guards import PUBLIC, ROLES


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """The gateway can serve."""

    service: str
    missing: tuple[str, ...] = ()


@get("/health/live", opt={ROLES: PUBLIC}, tags=["Exploitation"], summary="Le processus répond")
async def live() -> str:
    """Answers as long as the process runs."""
    return "live\n"


@get("/health/ready", opt={ROLES: PUBLIC}, tags=["Exploitation"], summary="La passerelle peut servir")
async def ready(request: ApiRequest) -> Health:
    """Ready when the broker is reachable, else 503; requests that need a service named in `missing` answer 503."""
    if not request.clients.bus.ready:
        raise ServiceUnavailable(missing="broker")
    return Health(service=request.clients.settings.service, missing=await request.clients.missing_parts())


@get("/metrics", opt={ROLES: PUBLIC}, media_type=MediaType.TEXT, tags=["Exploitation"], summary="Mesures")
async def figures() -> Response[bytes]:
    """Metrics in the Prometheus text format."""
    return Response(metrics.exposition(), headers={"content-type": metrics.CONTENT_TYPE})


PUBLIC_ROUTES = [live, ready, figures]
