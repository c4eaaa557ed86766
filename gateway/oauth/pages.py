"""The pages on which a patient logs in and consents: plain HTML, no script, nothing from elsewhere."""

from base64 import b64encode
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from litestar import MediaType, Response
from litestar.status_codes import HTTP_200_OK

from gateway.clients import Caller
from gateway.errors import preferred_language
from gateway.oauth.words import SECTIONS, WORDS

_STYLE = (
    ":root{color-scheme:light dark}body{margin:0;font:1.1rem/1.5 system-ui,sans-serif}"
    "main{max-width:34rem;margin:2rem auto;padding:0 1rem}.brand{font-weight:700;letter-spacing:.05em}"
    "h1{font-size:1.6rem;line-height:1.2}.small{font-size:.95rem}"
    "label{display:block;margin:.5rem 0}input:not([type=radio]):not([type=checkbox])"
    "{display:block;width:100%;box-sizing:border-box;font:inherit;padding:.6rem;margin-top:.2rem}"
    "fieldset{border:1px solid GrayText;border-radius:.4rem;margin:1rem 0}"
    "button{font:inherit;padding:.7rem 1.4rem;margin:.5rem .5rem .5rem 0;border:1px solid;border-radius:.4rem}"
    "button.main{background:#0b5cad;color:#fff;border-color:#0b5cad}"
    ".trouble{border-left:.3rem solid #c00;padding:.5rem 1rem}"
)
_STYLE_HASH = b64encode(sha256(_STYLE.encode()).digest()).decode()
_TEMPLATES = Environment(
    loader=PackageLoader("gateway.oauth"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)


def page(
    request: Caller,
    template: str,
    *,
    status: int = HTTP_200_OK,
    goes_on_to: str = "",
    trouble: str = "",
    **facts: Any,
) -> Response[str]:
    """One page in the browser's language; `goes_on_to`: an app's address that a form here may lead to."""
    language = preferred_language(request.headers.get("accept-language", ""))
    text = _TEMPLATES.get_template(f"{template}.html").render(
        language=language,
        style=_STYLE,
        trouble=trouble,
        t=WORDS[language],
        sections=SECTIONS[language],
        **facts,
    )
    headers = {
        "content-security-policy": _policy(goes_on_to),
        "content-language": language,
        # Without it a browser would say nothing of where a form comes from, and no form would be taken.
        "referrer-policy": "same-origin",
    }
    return Response(text, status_code=status, media_type=MediaType.HTML, headers=headers)


def _policy(goes_on_to: str) -> str:
    return (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; frame-ancestors 'none';"
        f" form-action 'self'{_source_of(goes_on_to)}"
    )


def _source_of(uri: str) -> str:
    """Browsers hold redirects after a form to its policy too."""
    parts = urlsplit(uri)
    if not parts.scheme:
        return ""
    return f" {parts.scheme}://{parts.netloc}" if parts.scheme in {"http", "https"} else f" {parts.scheme}:"
