"""Shared by the authorization pages: route options, form parsing, error pages."""

from typing import Any
from urllib.parse import urlencode

from litestar import Response

from contracts.errors.base import Refusal
from gateway.clients import ApiRequest
from gateway.errors import error_headers, record_refusal, status_of, to_refusal
from gateway.forms import FORM
from gateway.guards import PUBLIC, ROLES
from gateway.oauth.pages import page
from gateway.portal.languages import language_of
from translations.refusals import refusal_text


def error_page(request: ApiRequest, error: Exception) -> Response[str]:
    """The response to any exception, as a page."""
    refusal = to_refusal(error)
    record_refusal(request, error, refusal)
    response = page(request, "error", status=status_of(refusal), error_text=text_of(request, refusal))
    return with_headers(response, refusal)


PAGE_OPT: dict[str, Any] = {ROLES: PUBLIC}
FORM_OPT: dict[str, Any] = {ROLES: PUBLIC, "takes": FORM}
PAGE_ROUTE: dict[str, Any] = {"include_in_schema": False, "exception_handlers": {Exception: error_page}}


def text_of(request: ApiRequest, refusal: Refusal) -> str:
    """The text of a refusal in the language of the page."""
    return refusal_text(refusal, language_of(request))


def with_headers(response: Response[str], refusal: Refusal) -> Response[str]:
    """Add the headers of a refusal that browsers use."""
    kept = {"retry-after"}
    for name, value in error_headers(refusal, "").items():
        if name in kept:
            response.headers[name] = value
    return response


def client_redirect(request: ApiRequest, redirect_uri: str, state: str, **result: str) -> str:
    """The client's redirect URI with the result; `iss` prevents mix-up attacks (RFC 9207)."""
    query = result | ({"state": state} if state else {}) | {"iss": request.clients.settings.public_url}
    return f"{redirect_uri}{'&' if '?' in redirect_uri else '?'}{urlencode(query)}"
