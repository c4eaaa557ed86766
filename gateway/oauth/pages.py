"""The pages on which a patient logs in and consents: plain HTML, one script for passkeys, nothing from elsewhere."""

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
"""The one script of these pages: a browser uses a passkey for nobody but a script."""


def _hash_of(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


_STYLE_HASH, _SCRIPT_HASH = _hash_of(_STYLE), _hash_of(_SCRIPT)
_SCRIPTED = "passkey"
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
        script=_SCRIPT,
        trouble=trouble,
        t=WORDS[language],
        sections=SECTIONS[language],
        **facts,
    )
    headers = {
        "content-security-policy": _policy(goes_on_to, is_scripted=template == _SCRIPTED),
        "content-language": language,
        # Without it a browser would say nothing of where a form comes from, and no form would be taken.
        "referrer-policy": "same-origin",
    }
    return Response(text, status_code=status, media_type=MediaType.HTML, headers=headers)


def _policy(goes_on_to: str, *, is_scripted: bool) -> str:
    scripts = f" script-src {_SCRIPT_HASH};" if is_scripted else ""
    return (
        f"default-src 'none'; style-src {_STYLE_HASH};{scripts} base-uri 'none'; frame-ancestors 'none';"
        f" form-action 'self'{_source_of(goes_on_to)}"
    )


def _source_of(uri: str) -> str:
    """Browsers hold redirects after a form to its policy too."""
    parts = urlsplit(uri)
    if not parts.scheme:
        return ""
    return f" {parts.scheme}://{parts.netloc}" if parts.scheme in {"http", "https"} else f" {parts.scheme}:"
