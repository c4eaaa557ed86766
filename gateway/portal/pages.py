"""Rendering of the pages: templates in both languages, a strict content policy, compressed."""

from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from litestar import Response
from litestar.status_codes import HTTP_200_OK

from contracts.consent.authorisations import AuthorisationStatus
from contracts.dates import PARIS
from contracts.vocabulary import AccessMode, Section
from gateway.clients import ApiRequest
from gateway.compression import compressed, content_headers, encoding_for
from gateway.portal.documents_shown import spaced_ins
from gateway.portal.languages import PATH as LANGUAGE_PATH
from gateway.portal.languages import language_of
from gateway.portal.routes import FRAMES, site_of
from gateway.portal.static_files import address_of, icon
from gateway.request_state import request_state_of
from translations.catalogue import catalogue

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
    " frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
)
_TEXTS = catalogue("portal")
_SECTIONS = catalogue("pages").of_codes("section.{}", Section)
_MONTHS = _TEXTS.of_codes("month.{}", [str(month) for month in range(1, 13)])
_SEXES = _TEXTS.of_codes("sex.{}", ("F", "M"))
_STATUSES = _TEXTS.of_codes("standing.{}", AuthorisationStatus)
_REPEATED = {"mode": frozenset(AccessMode), "rubrique": frozenset(Section)}
_SAFE = frozenset({"GET", "HEAD"})
_OTHER = {"fr": "en", "en": "fr"}


def _day(moment: datetime, language: str) -> str:
    """A date in the words of a language, as in Paris: 24 nov. 2026."""
    local = moment.astimezone(PARIS)
    return f"{local.day} {_MONTHS.text(str(local.month), language)} {local.year}"


def _hour(moment: datetime) -> str:
    """A time of day, as in Paris."""
    return f"{moment.astimezone(PARIS):%H:%M}"


_TEMPLATES = Environment(
    loader=PackageLoader("gateway.portal"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.globals |= {"static": address_of, "icon": icon, "language_path": LANGUAGE_PATH, "frames": FRAMES}
_TEMPLATES.filters |= {"day": _day, "hour": _hour, "ins": spaced_ins}


@cache
def _words(language: str) -> dict[str, dict[Any, str]]:
    """Words for codes."""
    return {
        "sections": {section: section_name(section, language) for section in Section},
        "sexes": {sex: _SEXES.text(sex, language) for sex in _SEXES.keys},
        "statuses": {status: _STATUSES.text(status, language) for status in _STATUSES.keys},
    }


def render(request: ApiRequest, template: str, *, status: int = HTTP_200_OK, **values: Any) -> Response[bytes]:
    """A page, or a part of one, in its reader's language; `here`: its path, where a text in it is known."""
    language = language_of(request)
    text = _TEMPLATES.get_template(f"{template}.html").render(
        language=language,
        other_language=_OTHER[language],
        here=values.pop("here", "") or shown_address(request),
        site=site_of(request.url.path),
        tabs=values.pop("tabs", ()),
        live=values.pop("live", ""),
        browser=request_state_of(request.scope).browser,
        _=_TEXTS.in_language(language),
        **_words(language),
        **values,
    )
    body = text.encode()
    encoding = encoding_for(request.headers.get("accept-encoding", ""), len(body))
    headers = {
        "content-security-policy": POLICY,
        "content-language": language,
        # With no-referrer, browsers would send forms with `Origin: null`, which the guard refuses.
        "referrer-policy": "same-origin",
    }
    return Response(
        compressed(body, encoding),
        status_code=status,
        media_type="text/html; charset=utf-8",
        headers=headers | content_headers(encoding),
    )


def section_name(section: Section, language: str) -> str:
    """The name of a section in a language."""
    return _SECTIONS.text(section, language)


def is_part(request: ApiRequest) -> bool:
    """Whether a script asks for the part of a page that it replaces."""
    return "hx-request" in request.headers


def shown_address(request: ApiRequest) -> str:
    """The address of the page, for links back to it.

    Beside what is private, only parameters with values of ours, and no text in the path: another site must not
    choose what a compressed page repeats (see `gateway.compression`). Forms of other sites are refused before.
    """
    if request_state_of(request.scope).browser is None:
        query = request.url.query
    else:
        sent = request.query_params
        query = urlencode({name: sent[name] for name, values in _REPEATED.items() if sent.get(name) in values})
        if request.method in _SAFE and any(isinstance(each, str) for each in request.path_params.values()):
            return site_of(request.url.path)
    return f"{request.url.path}?{query}" if query else request.url.path
