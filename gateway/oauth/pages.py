"""Rendering of the login and consent pages, in the frame of the portal: no script but one for passkeys."""

from typing import Any
from urllib.parse import urlsplit

from jinja2 import ChoiceLoader, Environment, PackageLoader, PrefixLoader, StrictUndefined
from litestar import MediaType, Response
from litestar.status_codes import HTTP_200_OK

from contracts.vocabulary import Section
from gateway.clients import ApiRequest
from gateway.portal.languages import PATH as LANGUAGE_PATH
from gateway.portal.languages import language_of
from gateway.portal.static_files import address_of, icon
from translations.catalogue import catalogue

_SCRIPTED_TEMPLATE = "passkey"
"""Browsers offer passkeys only to scripts."""
_OF_ONE_ANSWER = frozenset({"error", "structure"})
"""Pages that answer one request and have no address of their own: the language cannot be changed on them."""
_OTHER = {"fr": "en", "en": "fr"}
_TEXTS = catalogue("pages")
_SECTIONS = _TEXTS.of_codes("section.{}", Section)
_TEMPLATES = Environment(
    loader=ChoiceLoader([PackageLoader("gateway.oauth"), PrefixLoader({"portal": PackageLoader("gateway.portal")})]),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.globals |= {"static": address_of, "icon": icon, "language_path": LANGUAGE_PATH}


def page(
    request: ApiRequest,
    template: str,
    *,
    status: int = HTTP_200_OK,
    redirects_to: str = "",
    error_text: str = "",
    here: str = "",
    **values: Any,
) -> Response[str]:
    """Render a page in its reader's language.

    Args:
        redirects_to: an app's URL to which a form may lead.
        here: the address of the authorization request.
    """
    language = language_of(request)
    text = _TEMPLATES.get_template(f"{template}.html").render(
        language=language,
        other_language=_OTHER[language],
        shown_at="" if template in _OF_ONE_ANSWER else request.url.path if template == "code" else here,
        here=here,
        error_text=error_text,
        _=_TEXTS.in_language(language),
        sections={section: _SECTIONS.text(section, language) for section in Section},
        **values,
    )
    headers = {
        "content-security-policy": _policy(redirects_to, is_scripted=template == _SCRIPTED_TEMPLATE),
        "content-language": language,
        # With no-referrer, browsers would send forms with `Origin: null`, which check_own_form refuses.
        "referrer-policy": "same-origin",
    }
    return Response(text, status_code=status, media_type=MediaType.HTML, headers=headers)


def _policy(redirects_to: str, *, is_scripted: bool) -> str:
    scripts = " script-src 'self';" if is_scripted else ""
    return (
        f"default-src 'none'; style-src 'self'; img-src 'self' data:;{scripts} base-uri 'none';"
        f" frame-ancestors 'none'; form-action 'self'{_source_of(redirects_to)}"
    )


def _source_of(uri: str) -> str:
    """Source expression for form-action, which browsers also apply to redirects after a form."""
    parts = urlsplit(uri)
    if not parts.scheme:
        return ""
    if "[" in parts.netloc:
        # Content Security Policy knows no IPv6 addresses (CSP3, 2.3.1: host-source).
        return f" {parts.scheme}:"
    return f" {parts.scheme}://{parts.netloc}" if parts.scheme in {"http", "https"} else f" {parts.scheme}:"
