"""Rendering of the login and consent pages: HTML, one script for passkeys, no external resources."""

from base64 import b64encode
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from litestar import MediaType, Response
from litestar.status_codes import HTTP_200_OK

from gateway.clients import ApiRequest
from gateway.errors import preferred_language
from gateway.oauth.texts import SECTIONS, TEXTS

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
_SCRIPT = """\
const form = document.getElementById("answer");
async function use() {
  try {
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(JSON.parse(form.dataset.options));
    const found = await navigator.credentials.get({ publicKey });
    form.elements.credential.value = JSON.stringify(found.toJSON());
    form.submit();
  } catch {
    document.getElementById("failed").hidden = false;
  }
}
document.getElementById("go").addEventListener("click", use);
use();
"""
"""The only script: browsers offer passkeys only to scripts."""


def _hash_of(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


_STYLE_HASH, _SCRIPT_HASH = _hash_of(_STYLE), _hash_of(_SCRIPT)
_SCRIPTED_TEMPLATE = "passkey"
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
        t=TEXTS[language],
        sections=SECTIONS[language],
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
    return f" {parts.scheme}://{parts.netloc}" if parts.scheme in {"http", "https"} else f" {parts.scheme}:"
