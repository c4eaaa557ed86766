"""The one table from refusals to HTTP, and the body every refusal is answered with."""

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

from chassis.logs import where_raised
from chassis.signatures import ALGORITHMS
from contracts import errors
from contracts.errors import Refusal
from gateway.request_state import RequestState, request_state_of

JSON_BODY_LIMIT = 64 * 1024
"""Bytes of a JSON or form body; documents travel otherwise."""

STATUS: dict[type[Refusal], int] = {
    errors.Malformed: 400,
    errors.Unauthenticated: 401,
    errors.Forbidden: 403,
    errors.Missing: 404,
    errors.Conflict: 409,
    errors.TooLarge: 413,
    errors.Unsupported: 415,
    errors.Contradiction: 422,
    errors.TooMany: 429,
    errors.Unavailable: 503,
    # Leaves for which HTTP has a word of its own.
    errors.MethodNotAllowed: 405,
    errors.ElementNotChangeable: 405,
    errors.NotAcceptable: 406,
    errors.VersionMoved: 412,
    errors.RangeBeyond: 416,
    errors.RequestStalled: 408,
    errors.LengthRequired: 411,
    errors.HeadersTooLarge: 431,
    errors.ServiceFault: 500,
}
"""Category of refusal -> status; a leaf that is listed itself goes before its category."""

_OAUTH: dict[type[Refusal], str] = {
    errors.GrantUnsupported: "unsupported_grant_type",
    errors.ResponseTypeUnsupported: "unsupported_response_type",
    errors.ScopeRefused: "invalid_scope",
    errors.GrantInvalid: "invalid_grant",
    errors.ClientNotAllowed: "unauthorized_client",
    errors.ClientUnknown: "invalid_client",
    errors.InteractionRequired: "interaction_required",
    errors.PossessionUnproven: "invalid_dpop_proof",
    errors.Malformed: "invalid_request",
    errors.Unsupported: "invalid_request",
    errors.TooLarge: "invalid_request",
    errors.Unavailable: "temporarily_unavailable",
    Refusal: "invalid_grant",
}

_RETRY_SECONDS = {429: "30", 503: "2"}
_CHALLENGE = {"www-authenticate": "Bearer"}
_CHALLENGE_OF_BOUND = {"www-authenticate": f'DPoP error="invalid_dpop_proof", algs="{" ".join(ALGORITHMS)}"'}
_LANGUAGE = re.compile(r"^\s*(fr|en|\*)(?:-[a-z0-9-]+)?\s*(?:;\s*q\s*=\s*([01](?:\.\d{0,3})?))?\s*$", re.IGNORECASE)


class Explained(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What every refusal says.

    `code` is stable; `message` is `fr` or `en`, by Accept-Language; `trace_id` finds it in the operator's logs.
    """

    code: str
    message: str
    fr: str
    en: str
    details: dict[str, str]
    trace_id: str
    error: str | None = None
    """OAuth's own word for it, at the token's address only."""


def status_of(refusal: Refusal) -> int:
    """The HTTP status of a refusal."""
    return next(STATUS[kind] for kind in type(refusal).__mro__ if kind in STATUS)


def preferred_language(accepted: str) -> str:
    """`fr` or `en`, by an Accept-Language header; French when in doubt."""
    best, language = 0.0, "fr"
    for match in filter(None, map(_LANGUAGE.match, accepted[:200].split(","))):
        weight = float(match[2] or 1)
        if weight > best:
            best, language = weight, match[1].lower().replace("*", "fr")
    return language


def explain(refusal: Refusal, language: str, trace_id: str, error: str | None = None) -> Explained:
    """The body of a refusal."""
    return Explained(
        code=refusal.code,
        message=refusal.text(language),
        fr=refusal.text("fr"),
        en=refusal.text("en"),
        details=refusal.details,
        trace_id=trace_id,
        error=error,
    )


def headers_of(refusal: Refusal, language: str) -> dict[str, str]:
    """The headers a refusal is answered with."""
    status = status_of(refusal)
    headers = {"content-language": language}
    if status in _RETRY_SECONDS:
        headers["retry-after"] = refusal.details.get("seconds", _RETRY_SECONDS[status])
    if isinstance(refusal, errors.RangeBeyond):
        headers["content-range"] = f"bytes */{refusal.details['size']}"
    if isinstance(refusal, errors.PossessionUnproven):
        headers |= _CHALLENGE_OF_BOUND
    elif isinstance(refusal, errors.Unauthenticated):
        headers |= _CHALLENGE
    return headers


def refuse(request: Request[Any, Any, Any], error: Exception) -> Response[Explained]:
    """Answer whatever was raised: a refusal as itself, the framework's complaints as ours, the rest as our fault."""
    return _answer(request, error, oauth_error=None)


def refuse_token(request: Request[Any, Any, Any], error: Exception) -> Response[Explained]:
    """The same, with the word RFC 6749 has for it."""
    return _answer(request, error, oauth_error=oauth_word(as_refusal(error)))


def oauth_word(refusal: Refusal) -> str:
    """OAuth's own word for a refusal."""
    return next(_OAUTH[kind] for kind in type(refusal).__mro__ if kind in _OAUTH)


def _answer(request: Request[Any, Any, Any], error: Exception, oauth_error: str | None) -> Response[Explained]:
    refusal = as_refusal(error)
    state = note_refusal(request, error, refusal)
    language = preferred_language(request.headers.get("accept-language", ""))
    headers = headers_of(refusal, language)
    if isinstance(error, MethodNotAllowedException) and error.headers:
        headers["allow"] = error.headers["allow"]
    return Response(
        explain(refusal, language, state.trace_id, oauth_error),
        status_code=status_of(refusal),
        headers=headers,
        media_type=MediaType.JSON,
    )


def note_refusal(request: Request[Any, Any, Any], error: Exception, refusal: Refusal) -> RequestState:
    """Note on the visit how it ended, and where, if the fault is ours."""
    state = request_state_of(request.scope)
    state.code = refusal.code
    if isinstance(refusal, errors.ServiceFault) and refusal is not error:
        state.code = f"{refusal.code}:{type(error).__name__}"
        state.where = where_raised(error)
    return state


def as_refusal(error: Exception) -> Refusal:
    """The refusal an exception amounts to; texts of the framework never leave, for they quote what was sent."""
    translate = next((found for kind, found in _COMPLAINTS if isinstance(error, kind)), None)
    return translate(error) if translate else errors.ServiceFault()


def _first_field(error: ValidationException) -> str:
    for message in error.extra if isinstance(error.extra, list) else []:
        if isinstance(message, dict) and message.get("key"):
            return "body" if message["key"] == "data" else str(message["key"])
    return "request"


def _of_http(error: HTTPException) -> Refusal:
    ours = error.status_code >= STATUS[errors.ServiceFault]
    return errors.ServiceFault() if ours else errors.InvalidRequest(field="request")


_COMPLAINTS: tuple[tuple[type[Exception], Callable[[Any], Refusal]], ...] = (
    (Refusal, lambda refusal: refusal),
    (NotFoundException, lambda _: errors.RouteNotFound()),
    (MethodNotAllowedException, lambda _: errors.MethodNotAllowed()),
    (RequestEntityTooLarge, lambda _: errors.RequestTooLarge(limit=str(JSON_BODY_LIMIT))),
    (ValidationException, lambda error: errors.InvalidRequest(field=_first_field(error))),
    (HTTPException, _of_http),
)
"""What the framework raises, the particular before the general."""
