"""The OpenAPI description: as JSON, and as a page to read."""

import asyncio
import html
from collections.abc import Iterator
from typing import Any

import msgspec
from litestar import MediaType, Request, Response, route
from litestar.enums import HttpMethod
from litestar.serialization import encode_json, get_serializer

from chassis.static import csp_hash, read_style, read_text
from gateway.compression import compressed, content_headers, encoding_for
from gateway.fhir.described import fhir_paths
from gateway.guards import PUBLIC, ROLES
from gateway.openapi import TAGS
from gateway.shared_responses import with_shared_responses
from translations.catalogue import catalogue

_TEXTS = catalogue("pages")
_STYLE = read_style("gateway.api", "static/description.css")
_PAGE = read_text("gateway.api", "templates/description.html")
_POLICY = (
    f"default-src 'none'; style-src {csp_hash(_STYLE)}; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
_DESCRIPTION = "openapi_description"
_READ = [HttpMethod.GET, HttpMethod.HEAD]


@route(["/openapi", "/openapi/openapi.json"], http_method=_READ, opt={ROLES: PUBLIC}, include_in_schema=False)
async def describe_interface(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The description as JSON."""
    body = description_of(request)
    encoding = encoding_for(request.headers.get("accept-encoding", ""), len(body))
    if encoding:
        body = await _compressed(request, body, encoding)
    return Response(body, media_type=MediaType.JSON, headers=content_headers(encoding))


@route("/openapi/page", http_method=_READ, opt={ROLES: PUBLIC}, include_in_schema=False)
async def show_interface(request: Request[Any, Any, Any]) -> Response[str]:
    """The description for people, without a script."""
    description = msgspec.json.decode(description_of(request))
    sections = "".join(_section(tag, description) for tag in TAGS)
    page = _PAGE.format(style=_STYLE, sections=sections, fr=_texts("fr"), en=_texts("en"))
    return Response(page, media_type=MediaType.HTML, headers={"content-security-policy": _POLICY})


def description_of(request: Request[Any, Any, Any]) -> bytes:
    """The description as JSON, which a process makes once."""
    if _DESCRIPTION not in request.app.state:
        schema = request.app.openapi_schema.to_schema()
        serializer = get_serializer(request.route_handler.resolve_type_encoders())
        plain = msgspec.json.decode(encode_json(schema, serializer=serializer))
        plain["paths"] |= fhir_paths()
        request.app.state[_DESCRIPTION] = msgspec.json.encode(with_shared_responses(plain))
    return bytes(request.app.state[_DESCRIPTION])


async def _compressed(request: Request[Any, Any, Any], body: bytes, encoding: str) -> bytes:
    """The description in this encoding, which a process makes once."""
    key = f"{_DESCRIPTION}.{encoding}"
    if key not in request.app.state:
        request.app.state[key] = await asyncio.to_thread(compressed, body, encoding)
    return bytes(request.app.state[key])


def _texts(language: str) -> tuple[str, str]:
    _ = _TEXTS.in_language(language)
    return _("description.what"), _("description.standards")


def _section(tag: str, description: dict[str, Any]) -> str:
    operations = "".join(_operations(tag, description))
    return f"<section><h2>{_text(tag)}</h2><p>{_text(TAGS[tag])}</p>{operations}</section>"


def _operations(tag: str, description: dict[str, Any]) -> Iterator[str]:
    for path, item in description["paths"].items():
        for verb, operation in item.items():
            if tag in operation.get("tags", ()):
                yield _operation(verb, path, operation)


def _operation(verb: str, path: str, operation: dict[str, Any]) -> str:
    rows = "".join(
        f"<tr><td><code>{_text(each['name'])}</code></td><td>{_text(each.get('in', ''))}</td>"
        f"<td>{_text(each.get('description', ''))}</td></tr>"
        for each in operation.get("parameters", ())
    )
    examples = "".join(f"<pre>{_text(found)}</pre>" for found in _examples(operation))
    statuses = ", ".join(sorted(operation.get("responses", {})))
    return (
        f"<details><summary><b>{verb.upper()}</b> <code>{_text(path)}</code> {_text(operation.get('summary', ''))}"
        f"</summary><p>{_text(operation.get('description', ''))}</p>"
        f"{f'<table>{rows}</table>' if rows else ''}{examples}<p>{statuses}</p></details>"
    )


def _examples(operation: dict[str, Any]) -> Iterator[str]:
    """Of the body that is sent."""
    for content in operation.get("requestBody", {}).get("content", {}).values():
        examples = content.get("examples") or {}
        for found in examples.values() if isinstance(examples, dict) else examples:
            value = found.get("value") if isinstance(found, dict) else found
            yield msgspec.json.format(msgspec.json.encode(value), indent=2).decode()


def _text(plain: str) -> str:
    return html.escape(str(plain))


PUBLIC_ROUTES = [describe_interface, show_interface]
