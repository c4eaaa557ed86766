"""Refusals as HTTP responses: their status, headers and body."""

import re
from collections.abc import Callable
from typing import Any

import msgspec
from litestar import MediaType, Request, Response
from litestar.exceptions import (
    HTTPException,
    MethodNotAllowedException,
    NotFoundException,
    ValidationException,
)
from litestar.exceptions.http_exceptions import RequestEntityTooLarge

from chassis.jose import ALGORITHMS
from chassis.logs import where_raised
from contracts.errors.base import (
    Conflict,
    Contradiction,
    Forbidden,
    Malformed,
    Missing,
    Refusal,
    TooLarge,
    TooMany,
    Unauthenticated,
    Unavailable,
    Unsupported,
)
from contracts.errors.execution import LengthRequired, RangeBeyond, RequestTooLarge, ServiceFault, VersionMoved
from contracts.errors.request import (
    ClientNotAllowed,
    ClientUnknown,
    ElementNotChangeable,
    GrantInvalid,
    GrantUnsupported,
    HeadersTooLarge,
    InteractionRequired,
    InvalidRequest,
    MethodNotAllowed,
    NotAcceptable,
    PossessionUnproven,
    RequestStalled,
    ResponseTypeUnsupported,
    RouteNotFound,
    ScopeRefused,
    TokenInvalid,
)
from gateway.request_state import RequestState, request_state_of
from translations.refusals import refusal_text

JSON_BODY_LIMIT = 64 * 1024
"""Maximum bytes of a JSON or form body; the bytes of documents are streamed, without this limit."""

STATUS: dict[type[Refusal], int] = {
    Malformed: 400,
    Unauthenticated: 401,
    Forbidden: 403,
    Missing: 404,
    Conflict: 409,
    TooLarge: 413,
    Unsupported: 415,
    Contradiction: 422,
    TooMany: 429,
    Unavailable: 503,
    # Leaf refusals for which HTTP has a specific status.
    MethodNotAllowed: 405,
    ElementNotChangeable: 405,
    NotAcceptable: 406,
    VersionMoved: 412,
    RangeBeyond: 416,
    RequestStalled: 408,
    LengthRequired: 411,
    HeadersTooLarge: 431,
    ServiceFault: 500,
}
"""Category of refusal, or leaf refusal, -> status; the entry of a leaf takes precedence over its category's."""

_OAUTH: dict[type[Refusal], str] = {
    GrantUnsupported: "unsupported_grant_type",
    ResponseTypeUnsupported: "unsupported_response_type",
    ScopeRefused: "invalid_scope",
    GrantInvalid: "invalid_grant",
    ClientNotAllowed: "unauthorized_client",
    ClientUnknown: "invalid_client",
    InteractionRequired: "interaction_required",
    PossessionUnproven: "invalid_dpop_proof",
    Malformed: "invalid_request",
    Unsupported: "invalid_request",
    TooLarge: "invalid_request",
    Unavailable: "temporarily_unavailable",
    Refusal: "invalid_grant",
}

_RETRY_SECONDS = {429: "30", 503: "2"}
_DPOP = f'DPoP error="{{}}", algs="{" ".join(ALGORITHMS)}"'
_CHALLENGES: tuple[tuple[type[Refusal], str], ...] = (
    (PossessionUnproven, _DPOP.format("invalid_dpop_proof")),
    (TokenInvalid, f'Bearer error="invalid_token", {_DPOP.format("invalid_token")}'),
    (Unauthenticated, "Bearer"),
)
"""Class of refusal -> WWW-Authenticate (RFC 6750, 3; RFC 9449, 7.1); the first match wins."""
_LANGUAGE = re.compile(r"^\s*(fr|en|\*)(?:-[a-z0-9-]+)?\s*(?:;\s*q\s*=\s*([01](?:\.\d{0,3})?))?\s*$", re.IGNORECASE)


class ErrorBody(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Body of every error response.

    `code` is stable; `message` is `fr` or `en`, by Accept-Language; `trace_id` is also in the operator's logs.
    """

    code: str
    message: str
    fr: str
    en: str
    details: dict[str, str]
    trace_id: str
    error: str | None = None
    """The OAuth error code; only from the OAuth endpoints."""


def status_of(refusal: Refusal) -> int:
    return next(STATUS[kind] for kind in type(refusal).__mro__ if kind in STATUS)


def preferred_language(accepted: str) -> str:
    """`fr` or `en`, by an Accept-Language header; `fr` by default."""
    best, language = 0.0, "fr"
    for match in filter(None, map(_LANGUAGE.match, accepted[:200].split(","))):
        weight = float(match[2] or 1)
        if weight > best:
            best, language = weight, match[1].lower().replace("*", "fr")
    return language


def error_body(refusal: Refusal, language: str, trace_id: str, error: str | None = None) -> ErrorBody:
    return ErrorBody(
        code=refusal.code,
        message=refusal_text(refusal, language),
        fr=refusal_text(refusal, "fr"),
        en=refusal_text(refusal, "en"),
        details=refusal.details,
        trace_id=trace_id,
        error=error,
    )


def error_headers(refusal: Refusal, language: str) -> dict[str, str]:
    status = status_of(refusal)
    headers = {"content-language": language}
    if status in _RETRY_SECONDS:
        headers["retry-after"] = refusal.details.get("seconds", _RETRY_SECONDS[status])
    if isinstance(refusal, RangeBeyond):
        headers["content-range"] = f"bytes */{refusal.details['size']}"
    for kind, challenge in _CHALLENGES:
        if isinstance(refusal, kind):
            return headers | {"www-authenticate": challenge}
    return headers


def error_response(request: Request[Any, Any, Any], error: Exception) -> Response[ErrorBody]:
    """The response to any exception: see `to_refusal`."""
    return _respond(request, error, oauth_error=None)


def oauth_error_response(request: Request[Any, Any, Any], error: Exception) -> Response[ErrorBody]:
    """The response to any exception, with the error code of RFC 6749."""
    return _respond(request, error, oauth_error=oauth_error_code(to_refusal(error)))


def oauth_error_code(refusal: Refusal) -> str:
    return next(_OAUTH[kind] for kind in type(refusal).__mro__ if kind in _OAUTH)


def _respond(request: Request[Any, Any, Any], error: Exception, oauth_error: str | None) -> Response[ErrorBody]:
    refusal = to_refusal(error)
    state = record_refusal(request, error, refusal)
    language = preferred_language(request.headers.get("accept-language", ""))
    headers = error_headers(refusal, language)
    if isinstance(error, MethodNotAllowedException) and error.headers:
        headers["allow"] = error.headers["allow"]
    return Response(
        error_body(refusal, language, state.trace_id, oauth_error),
        status_code=status_of(refusal),
        headers=headers,
        media_type=MediaType.JSON,
    )


def record_refusal(request: Request[Any, Any, Any], error: Exception, refusal: Refusal) -> RequestState:
    """Record the code on the request's state, and for an internal fault where it was raised."""
    state = request_state_of(request.scope)
    state.code = refusal.code
    if isinstance(refusal, ServiceFault) and refusal is not error:
        state.code = f"{refusal.code}:{type(error).__name__}"
        state.where = where_raised(error)
    return state


def to_refusal(error: Exception) -> Refusal:
    """The refusal for an exception: a refusal as it is, a framework error translated, anything else ServiceFault.

    The texts of framework errors are dropped, since they quote what was sent.
    """
    translate = next((translation for kind, translation in _TRANSLATIONS if isinstance(error, kind)), None)
    return translate(error) if translate else ServiceFault()


def _first_field(error: ValidationException) -> str:
    for message in error.extra if isinstance(error.extra, list) else []:
        if isinstance(message, dict) and message.get("key"):
            return "body" if message["key"] == "data" else str(message["key"])
    return "request"


def _from_http(error: HTTPException) -> Refusal:
    is_server_error = error.status_code >= STATUS[ServiceFault]
    return ServiceFault() if is_server_error else InvalidRequest(field="request")


_TRANSLATIONS: tuple[tuple[type[Exception], Callable[[Any], Refusal]], ...] = (
    (Refusal, lambda refusal: refusal),
    (NotFoundException, lambda _: RouteNotFound()),
    (MethodNotAllowedException, lambda _: MethodNotAllowed()),
    (RequestEntityTooLarge, lambda _: RequestTooLarge(limit=str(JSON_BODY_LIMIT))),
    (ValidationException, lambda error: InvalidRequest(field=_first_field(error))),
    (HTTPException, _from_http),
)
"""Exception class -> its refusal; subclasses before their base classes."""
