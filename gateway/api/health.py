"""Whether the gateway lives, whether it can serve, and its figures."""

import msgspec
from litestar import MediaType, Response, get

from chassis import metrics
from contracts.errors import ServiceUnavailable
from gateway.clients import Caller
from gateway.guards import PUBLIC, ROLES


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """Everything needed is there."""

    service: str
    missing: tuple[str, ...] = ()


@get("/health/live", opt={ROLES: PUBLIC}, tags=["Exploitation"], summary="Le processus répond")
async def live() -> str:
    """The process answers."""
    return "live\n"


@get("/health/ready", opt={ROLES: PUBLIC}, tags=["Exploitation"], summary="La passerelle peut servir")
async def ready(request: Caller) -> Health:
    """The broker is reached, else a refusal; `missing` names what only some requests need, and they answer 503."""
    if not request.clients.bus.ready:
        raise ServiceUnavailable(missing="broker")
    return Health(service=request.clients.settings.service, missing=await request.clients.missing_parts())


@get("/metrics", opt={ROLES: PUBLIC}, media_type=MediaType.TEXT, tags=["Exploitation"], summary="Mesures")
async def figures() -> Response[bytes]:
    """Prometheus figures."""
    return Response(metrics.exposition(), headers={"content-type": metrics.CONTENT_TYPE})


PUBLIC_ROUTES = [live, ready, figures]
