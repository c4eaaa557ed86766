"""Refusals as pages: what happened, what to do next, and the number to tell the operator."""

from typing import Any
from urllib.parse import urlencode

from litestar import Response
from litestar.response import Redirect
from litestar.status_codes import HTTP_303_SEE_OTHER

from contracts.errors.base import Refusal
from contracts.errors.request import LoginTooOld, TokenInvalid, TokenMissing
from gateway.clients import ApiRequest
from gateway.errors import error_headers, record_refusal, status_of, to_refusal
from gateway.forms import MULTIPART
from gateway.portal.languages import language_of
from gateway.portal.pages import render, shown_address
from gateway.portal.routes import login_path, site_of
from gateway.request_state import request_state_of
from translations.catalogue import catalogue
from translations.refusals import refusal_text

_STATUSES = ("400", "401", "403", "404", "405", "408", "409", "413", "415", "422", "429", "500", "503")
_TEXTS = catalogue("portal")
_TITLES = _TEXTS.of_codes("error.title.{}", _STATUSES)
_NEXT = _TEXTS.of_codes("error.next.{}", _STATUSES)
_LOGS_IN_AGAIN = (TokenMissing, TokenInvalid)
_SAFE = frozenset({"GET", "HEAD"})
_KEPT = frozenset({"retry-after"})
_SECRETS = frozenset({"password", "current"})
"""Fields of forms that no page repeats."""


def error_page(request: ApiRequest, error: Exception) -> Response[Any]:
    """The answer to any exception; whoever is not logged in is sent to the login, and comes back.

    An act on an account that asks for a recent login says so, and what was filled in is kept in the page until then.
    Pages that show refusals beside their fields leave LoginTooOld to this.
    """
    refusal = to_refusal(error)
    record_refusal(request, error, refusal)
    if isinstance(refusal, _LOGS_IN_AGAIN):
        return _login_first(request, refusal)
    if isinstance(refusal, LoginTooOld):
        return _confirm_first(request, refusal)
    language, status = language_of(request), status_of(refusal)
    named = str(status) if str(status) in _STATUSES else "400"
    response = render(
        request,
        "error",
        status=status,
        title=_TITLES.text(named, language),
        next_step=_NEXT.text(named, language),
        refusal_text=refusal_text(refusal, language),
        trace_id=request_state_of(request.scope).trace_id,
    )
    response.headers |= {name: value for name, value in error_headers(refusal, "").items() if name in _KEPT}
    return response


def text_of(request: ApiRequest, refusal: Refusal) -> str:
    """The text of a refusal in the language of the page."""
    return refusal_text(refusal, language_of(request))


def login_address(site: str, path: str) -> str:
    """The login of a site, which leads back to a path."""
    return f"{login_path(site)}?{urlencode({'suite': path})}"


def _login_first(request: ApiRequest, refusal: Refusal) -> Response[Any]:
    if request.method in _SAFE:
        return Redirect(_login_and_back(request), status_code=HTTP_303_SEE_OTHER)
    return render(
        request,
        "logged_out",
        status=status_of(refusal),
        login=_login_in_another_window(request),
        # A browser keeps no file that was chosen; the rest stays on the page before this one.
        has_file=request.route_handler.opt.get("takes") == MULTIPART,
        fields=_kept_fields(request),
    )


def _confirm_first(request: ApiRequest, refusal: Refusal) -> Response[bytes]:
    is_form, site = request.method not in _SAFE, site_of(request.url.path)
    return render(
        request,
        "confirm_login",
        status=status_of(refusal),
        is_form=is_form,
        login=_login_in_another_window(request) if is_form else login_address(site, shown_address(request)),
        fields=_kept_fields(request),
    )


def _kept_fields(request: ApiRequest) -> dict[str, list[str]]:
    return {name: sent for name, sent in request_state_of(request.scope).form.items() if name not in _SECRETS}


def _login_and_back(request: ApiRequest) -> str:
    query = request.url.query
    here = f"{request.url.path}?{query}" if query else request.url.path
    return login_address(site_of(request.url.path), here)


def _login_in_another_window(request: ApiRequest) -> str:
    """A login that ends with a page of its own: the form waits in the first window."""
    site = site_of(request.url.path)
    return login_address(site, f"{login_path(site)}/faite")


PAGE_ROUTE: dict[str, Any] = {"include_in_schema": False, "exception_handlers": {Exception: error_page}}
