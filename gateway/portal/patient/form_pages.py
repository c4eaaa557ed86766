"""A page with a form, and the same page again with what was wrong, in words beside the field."""

from collections.abc import Mapping
from typing import Any

from litestar import Response
from litestar.status_codes import HTTP_200_OK, HTTP_422_UNPROCESSABLE_ENTITY

from contracts.errors.base import Refusal
from gateway.clients import ApiRequest
from gateway.errors import record_refusal, status_of
from gateway.forms import single_value
from gateway.portal.errors import text_of
from gateway.portal.languages import language_of
from gateway.portal.pages import render
from translations.catalogue import catalogue

_TEXTS = catalogue("portal")
_MISSING = _TEXTS.of_codes(
    "account.missing.{}", ("identifier", "password", "current", "code", "proof", "email", "mobile")
)
_WRONG = _TEXTS.of_codes("account.wrong.{}", ("identifier", "password", "email", "mobile"))
_BY_FIELD = "field"


def values_of(sent: dict[str, list[str]], names: tuple[str, ...]) -> dict[str, str]:
    """The values of these fields, without spaces around; raises InvalidRequest."""
    return {name: single_value(sent, name).strip() for name in names}


def missing_of(request: ApiRequest, fields: Mapping[str, str], *names: str) -> dict[str, str]:
    """What to write in each of these fields that is empty."""
    language = language_of(request)
    return {name: _MISSING.text(name, language) for name in names if not fields[name]}


def form_page(
    request: ApiRequest, template: str, *, errors: Mapping[str, str] | None = None, **values: Any
) -> Response[bytes]:
    """The page; with errors by field, it says so."""
    status = HTTP_422_UNPROCESSABLE_ENTITY if errors else HTTP_200_OK
    return render(request, template, status=status, errors=errors or {}, **values)


def refused_page(request: ApiRequest, template: str, refusal: Refusal, field: str, **values: Any) -> Response[bytes]:
    """The page with the text of a refusal, beside the field that it names, or else this one."""
    record_refusal(request, refusal, refusal)
    named = refusal.details.get(_BY_FIELD, "")
    if named in _WRONG:
        errors = {named: _WRONG.text(named, language_of(request))}
    else:
        errors = {field: text_of(request, refusal)}
    return render(request, template, status=status_of(refusal), errors=errors, **values)
