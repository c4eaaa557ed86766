"""Query parameters that a route does not declare are refused: a misspelt filter would answer everything."""

import re
from functools import cache
from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers import HTTPRouteHandler
from litestar.handlers.base import BaseRouteHandler
from litestar.params import ParameterKwarg
from litestar.typing import FieldDefinition

from contracts.errors.request import ParameterUnknown

_RESERVED = frozenset({"request", "data", "body", "headers", "cookies", "query", "state", "scope", "socket"})
_NAME = re.compile(r"[\w.:-]{1,64}", re.ASCII)
_OWN_RULES = ("/fhir", "/oauth")
"""FHIR says which parameters are ignored, OAuth that unknown ones are (RFC 6749, 3.1)."""


async def check_parameters(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Check that the route declares every query parameter of the request.

    Raises:
        ParameterUnknown: naming the first that it does not.
    """
    if not isinstance(handler, HTTPRouteHandler) or not connection.query_params:
        return
    if connection.url.path.startswith(_OWN_RULES) or handler.include_in_schema is False:
        return
    known = declared_by(handler) - connection.path_params.keys()
    for name in connection.query_params:
        if name not in known:
            raise ParameterUnknown(name=name if _NAME.fullmatch(name) else "?")


@cache
def declared_by(handler: HTTPRouteHandler) -> frozenset[str]:
    """Names of the parameters that a handler takes from the query, or from the path."""
    fields = handler.parsed_fn_signature.parameters.items()
    return frozenset(name for field, definition in fields if (name := _query_name(field, definition)))


def _query_name(field: str, definition: FieldDefinition) -> str | None:
    declared = definition.kwarg_definition
    if isinstance(declared, ParameterKwarg):
        if declared.header or declared.cookie:
            return None
        return declared.query or field
    return None if field in _RESERVED else field
