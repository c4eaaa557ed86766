"""Putting the gateway together: routes, guard, refusals, lines into the house, and the threshold around it all."""

from typing import Any

from litestar import Litestar, Request, Response
from litestar.config.cors import CORSConfig
from litestar.datastructures import State
from litestar.types import ASGIApp

from gateway.clients import Caller, connected
from gateway.errors import JSON_BODY_LIMIT, refuse
from gateway.fhir import answers as fhir
from gateway.guards import admit
from gateway.middleware import ObservabilityMiddleware
from gateway.openapi import describe
from gateway.routing import ROUTES
from gateway.settings import GatewaySettings

FHIR = "/fhir/"
CORS = CORSConfig(
    allow_origins=["*"],
    allow_methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
    allow_headers=["authorization", "dpop", "content-type", "accept", "prefer", "if-match", "if-none-match", "range"],
    expose_headers=[
        "www-authenticate",
        "etag",
        "location",
        "content-location",
        "content-range",
        "retry-after",
        "x-trace-id",
    ],
    max_age=600,
)
"""Apps run in browsers, on whatever site; who asks is told by their token, and no cookie is ever taken from there."""


def answer_refusal(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """Whatever was raised, in the words of the door it was raised at."""
    return fhir.refuse(request, error) if f"{request.url.path}/".startswith(FHIR) else refuse(request, error)


def make_app(settings: GatewaySettings) -> ASGIApp:
    """The whole ASGI application."""
    return ObservabilityMiddleware(make_inner_app(settings))


def make_inner_app(settings: GatewaySettings) -> Litestar:
    """The application without the threshold, as structural tests read it."""
    return Litestar(
        route_handlers=ROUTES,
        request_class=Caller,
        guards=[admit],
        exception_handlers={Exception: answer_refusal},
        lifespan=[connected],
        cors_config=CORS,
        state=State({"settings": settings}),
        openapi_config=describe(settings.public_url),
        request_max_body_size=JSON_BODY_LIMIT,
        logging_config=None,
        debug=False,
    )
