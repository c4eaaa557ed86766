"""What the pages of the authorization server share: their routes, the forms they take, and how they refuse."""

from typing import Any
from urllib.parse import parse_qs, urlencode

from litestar import Response

from contracts.errors import InvalidRequest, Refusal
from gateway.clients import Caller
from gateway.errors import as_refusal, headers_of, note_refusal, preferred_language, status_of
from gateway.guards import PUBLIC, ROLES
from gateway.oauth.pages import page

FORM = "application/x-www-form-urlencoded"
_MOST_FIELDS = 40


def refuse_page(request: Caller, error: Exception) -> Response[str]:
    """A refusal as a page."""
    refusal = as_refusal(error)
    note_refusal(request, error, refusal)
    shown = page(request, "trouble", status=status_of(refusal), trouble=text_of(request, refusal))
    return with_headers(shown, refusal)


SEEN: dict[str, Any] = {ROLES: PUBLIC}
SENT: dict[str, Any] = {ROLES: PUBLIC, "takes": FORM}
ROUTE: dict[str, Any] = {"include_in_schema": False, "exception_handlers": {Exception: refuse_page}}


def text_of(request: Caller, refusal: Refusal) -> str:
    """A refusal in the browser's language."""
    return refusal.text(preferred_language(request.headers.get("accept-language", "")))


def with_headers(shown: Response[str], refusal: Refusal) -> Response[str]:
    """The page, with the headers of its refusal that a browser understands."""
    kept = {"retry-after"}
    for name, value in headers_of(refusal, "").items():
        if name in kept:
            shown.headers[name] = value
    return shown


def back_to(request: Caller, redirect_uri: str, state: str, **answer: str) -> str:
    """The client's address with its answer; `iss` keeps it from being taken for another server's (RFC 9207)."""
    said = answer | ({"state": state} if state else {}) | {"iss": request.clients.settings.public_url}
    return f"{redirect_uri}{'&' if '?' in redirect_uri else '?'}{urlencode(said)}"


async def form_of(request: Caller) -> dict[str, list[str]]:
    """The fields of a form; raises InvalidRequest."""
    try:
        body = (await request.body()).decode()
        return parse_qs(body, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise InvalidRequest(field="body") from None


def one(fields: dict[str, list[str]], name: str) -> str:
    """The one value of a field, empty where there is none; raises InvalidRequest where there are two."""
    values = fields.get(name, [""])
    if len(values) != 1:
        raise InvalidRequest(field=name)
    return values[0]
