"""The FHIR API in the OpenAPI description, from the same declarations as the CapabilityStatement."""

from collections.abc import Iterator
from typing import Any

from litestar.handlers import HTTPRouteHandler

from gateway.fhir.capability import DECLARATIONS, ROUTES
from gateway.fhir.resources import ResourceDeclaration
from gateway.fhir.responses import FHIR_JSON
from gateway.fhir.search import SearchResource

TAG = "FHIR"
_VERBS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_BODY = {"content": {FHIR_JSON: {"schema": {"type": "object"}}}}
_PATCHES = {"content": {"application/json-patch+json": {"schema": {"type": "array", "items": {"type": "object"}}}}}
_FORM = {"content": {"application/x-www-form-urlencoded": {"schema": {"type": "object"}}}}
_ANSWER = {"description": "FHIR R4", "content": {FHIR_JSON: {"schema": {"type": "object"}}}}
_REFUSED = {"description": "OperationOutcome", "content": {FHIR_JSON: {"schema": {"type": "object"}}}}


def fhir_paths() -> dict[str, dict[str, Any]]:
    """Path -> verb -> operation, of every route of the FHIR API that needs a token."""
    paths: dict[str, dict[str, Any]] = {}
    by_type = {declaration.type: declaration for declaration in DECLARATIONS}
    for handler in ROUTES:
        for path in sorted(handler.paths):
            plain = path.rstrip("/").replace(":str}", "}").replace(":uuid}", "}")
            for verb in sorted(handler.http_methods & set(_VERBS)):
                found = by_type.get(plain.removeprefix("/fhir/").partition("/")[0])
                paths.setdefault(plain, {})[verb.lower()] = _operation(handler, plain, verb, found)
    return paths


def _operation(
    handler: HTTPRouteHandler, path: str, verb: str, declaration: ResourceDeclaration | None
) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "tags": [TAG],
        "summary": f"{declaration.type if declaration else 'Bundle'} : {verb} {path}",
        "description": (handler.fn.__doc__ or "").strip() or (declaration.documentation if declaration else ""),
        "operationId": f"Fhir{verb.title()}{''.join(part.title() for part in path.split('/')[2:])}",
        "security": [{"bearer": []}],
        "parameters": [*_in_path(path), *_searched(path, verb, declaration)],
        "responses": {"200": _ANSWER, "400": _REFUSED, "401": _REFUSED, "403": _REFUSED, "404": _REFUSED},
    }
    if verb != "GET":
        is_search = path.endswith("/_search")
        operation["requestBody"] = _FORM if is_search else _PATCHES if verb == "PATCH" else _BODY
    return operation


def _in_path(path: str) -> Iterator[dict[str, Any]]:
    for part in path.split("/"):
        if part.startswith("{"):
            yield {"name": part.strip("{}"), "in": "path", "required": True, "schema": {"type": "string"}}


def _searched(path: str, verb: str, declaration: ResourceDeclaration | None) -> Iterator[dict[str, Any]]:
    """The search parameters, where the path is that of a search."""
    if isinstance(declaration, SearchResource) and verb == "GET" and path == f"/fhir/{declaration.type}":
        for parameter in declaration.parameters:
            documentation = f"{parameter.documentation} ({parameter.kind.value})"
            schema = {"type": "string"}
            yield {"name": parameter.name, "in": "query", "description": documentation, "schema": schema}
