"""Assembly of the ASGI application: routes, guard, error handling, RPC clients and the outermost middleware."""

from typing import Any, cast

from litestar import Litestar, Request, Response
from litestar.config.cors import CORSConfig
from litestar.datastructures import State
from litestar.types import ASGIApp

from gateway.clients import ApiRequest, open_clients
from gateway.declared_parameters import check_parameters
from gateway.errors import JSON_BODY_LIMIT, error_response
from gateway.fhir import responses as fhir_responses
from gateway.fhir.request_parsing import MODE_HEADER
from gateway.guards import authenticate
from gateway.metrics_server import serve_metrics
from gateway.middleware import ObservabilityMiddleware
from gateway.openapi import describe
from gateway.portal.errors import error_page
from gateway.portal.routes import SITES
from gateway.request_bounds import BoundedStructs
from gateway.routing import ROUTES
from gateway.settings import GatewaySettings
from translations.catalogue import load_catalogues

_FHIR_PREFIX, _PAGES_PREFIXES = "/fhir/", tuple(f"{site}/" for site in SITES)
_CORS = CORSConfig(
    allow_origins=["*"],
    allow_methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
    allow_headers=[
        *("authorization", "dpop", "content-type", "accept", "accept-language", "prefer", MODE_HEADER),
        *("if-match", "if-none-match", "if-range", "range", "traceparent", "tracestate"),
    ],
    expose_headers=[
        "www-authenticate",
        "etag",
        "location",
        "content-location",
        "content-range",
        "content-disposition",
        "accept-ranges",
        "allow",
        "warning",
        "retry-after",
        "x-trace-id",
    ],
    max_age=600,
)
"""Browser apps call from any origin. The token alone authenticates them: no cookie is accepted across origins."""


def handle_error(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """Answer an exception: as an OperationOutcome under /fhir, as a page on a site, as an ErrorBody elsewhere."""
    path = f"{request.url.path}/"
    if path.startswith(_PAGES_PREFIXES):
        return error_page(cast(ApiRequest, request), error)
    return (
        fhir_responses.error_response(request, error)
        if path.startswith(_FHIR_PREFIX)
        else error_response(request, error)
    )


def observed(app: ASGIApp, settings: GatewaySettings) -> ASGIApp:
    """The application within its outermost middleware."""
    return ObservabilityMiddleware(app, settings.public_url)


def make_inner_app(settings: GatewaySettings) -> Litestar:
    """The application without its middleware; structural tests read its routes.

    Raises:
        CatalogueError: a text is missing.
    """
    load_catalogues()
    return Litestar(
        route_handlers=ROUTES,
        request_class=ApiRequest,
        guards=[authenticate, check_parameters],
        exception_handlers={Exception: handle_error},
        lifespan=[open_clients, serve_metrics],
        cors_config=_CORS,
        state=State({"settings": settings}),
        openapi_config=describe(settings.public_url),
        plugins=[BoundedStructs()],
        request_max_body_size=JSON_BODY_LIMIT,
        logging_config=None,
        debug=False,
    )
