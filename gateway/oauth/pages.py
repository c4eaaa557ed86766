"""Rendering of the login and consent pages: HTML, one script for passkeys, no external resources."""

from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from litestar import MediaType, Response
from litestar.status_codes import HTTP_200_OK

from chassis.static import csp_hash, read_style, read_text
from contracts.vocabulary import Section
from gateway.clients import ApiRequest
from gateway.errors import preferred_language
from translations.catalogue import catalogue

_STYLE = read_style("gateway.oauth", "static/pages.css")
_SCRIPT = read_text("gateway.oauth", "static/passkey.js")
"""The only script: browsers offer passkeys only to scripts."""
_STYLE_HASH, _SCRIPT_HASH = csp_hash(_STYLE), csp_hash(_SCRIPT)
_SCRIPTED_TEMPLATE = "passkey"
_TEXTS = catalogue("pages")
_SECTIONS = _TEXTS.of_codes("section.{}", Section)
_TEMPLATES = Environment(
    loader=PackageLoader("gateway.oauth"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)


def page(
    request: ApiRequest,
    template: str,
    *,
    status: int = HTTP_200_OK,
    redirects_to: str = "",
    error_text: str = "",
    **values: Any,
) -> Response[str]:
    """Render a page in the browser's language; `redirects_to`: an app's URL to which a form may lead."""
    language = preferred_language(request.headers.get("accept-language", ""))
    text = _TEMPLATES.get_template(f"{template}.html").render(
        language=language,
        style=_STYLE,
        script=_SCRIPT,
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
    scripts = f" script-src {_SCRIPT_HASH};" if is_scripted else ""
    return (
        f"default-src 'none'; style-src {_STYLE_HASH};{scripts} base-uri 'none'; frame-ancestors 'none';"
        f" form-action 'self'{_source_of(redirects_to)}"
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
