"""Liveness and readiness, for anybody; metrics and what is missing, for the port of metrics."""

import msgspec
from litestar import MediaType, Response, get
from litestar.status_codes import HTTP_200_OK, HTTP_503_SERVICE_UNAVAILABLE

from chassis import metrics
from contracts.errors.execution import ServiceUnavailable
from gateway.clients import ApiRequest
from gateway.guards import PUBLIC, ROLES


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """The gateway can serve."""

    service: str


class DetailedHealth(msgspec.Struct, frozen=True, kw_only=True):
    """What is missing: without `documents` no transfer works, without anything else the gateway is not ready."""

    service: str
    missing: tuple[str, ...]


@get("/health/live", opt={ROLES: PUBLIC}, tags=["Exploitation"], summary="Le processus répond")
async def live() -> str:
    """Answers as long as the process runs."""
    return "live\n"


@get("/health/ready", opt={ROLES: PUBLIC}, tags=["Exploitation"], summary="La passerelle peut servir")
async def ready(request: ApiRequest) -> Health:
    """Ready when the gateway can serve, else 503."""
    if request.clients.readiness.missing():
        raise ServiceUnavailable
    return Health(service=request.clients.settings.service)


@get("/health/ready")
async def ready_in_detail(request: ApiRequest) -> Response[DetailedHealth]:
    """As `ready`, with what is missing."""
    clients = request.clients
    health = DetailedHealth(service=clients.settings.service, missing=await clients.readiness.missing_in_all())
    missing = clients.readiness.missing()
    return Response(health, status_code=HTTP_503_SERVICE_UNAVAILABLE if missing else HTTP_200_OK)


@get("/metrics", media_type=MediaType.TEXT)
async def figures(request: ApiRequest) -> Response[bytes]:
    """Metrics in the Prometheus text format; those of readiness as they are now."""
    await request.clients.readiness.missing_in_all()
    return Response(metrics.exposition(), headers={"content-type": metrics.CONTENT_TYPE})


PUBLIC_ROUTES = [live, ready]
