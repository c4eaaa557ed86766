"""Style sheets, scripts and icons of the pages, under names that change with their content."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from hashlib import sha256
from importlib.resources import files

from litestar import Response, get

from contracts.errors.request import RouteNotFound
from gateway.clients import ApiRequest
from gateway.compression import compressed, content_headers, encoding_for
from gateway.guards import PUBLIC, ROLES
from gateway.portal.proof_texts import texts_of_proofs
from translations.catalogue import LANGUAGES

_PATH = "/static"
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
}
_FILES: dict[str, tuple[str, ...]] = {
    "pages.css": ("vendor/govuk-frontend.min.css", "portal.css"),
    "govuk-frontend.js": ("vendor/govuk-frontend.min.js",),
    "htmx.js": ("vendor/htmx.min.js",),
    # One request for both.
    "portal.js": ("live.js", "portal.js"),
    "journal-proofs.js": ("journal_checks.js", "journal_words.js", "journal_heads.js", "journal_proofs.js"),
    "passkey.js": ("passkey.js",),
    "deposit.js": ("deposit.js",),
    "icons.svg": ("vendor/icons.svg",),
    "favicon.svg": ("favicon.svg",),
}
"""The files that are served, each made of these."""
_MADE: dict[str, Callable[[], bytes]] = {
    f"journal-texts-{language}.json": partial(texts_of_proofs, language) for language in LANGUAGES
}
"""The files that are made of texts."""
_FONT = re.compile(rb"@font-face\{[^}]*\}")
"""The style sheet of others names fonts of their own, which the pages neither use nor ship."""
_YEAR = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class StaticFile:
    """One file: the name in its address, which holds a part of its hash, type and content."""

    name: str
    media_type: str
    content: bytes


@cache
def _by_title() -> dict[str, StaticFile]:
    read = {title: _read(title, sources) for title, sources in _FILES.items()}
    return read | {title: _named(title, make()) for title, make in _MADE.items()}


@cache
def _by_name() -> dict[str, StaticFile]:
    return {file.name: file for file in _by_title().values()}


@cache
def _encoded(name: str, encoding: str) -> bytes:
    return compressed(_by_name()[name].content, encoding, once=True)


def file_of(title: str) -> StaticFile:
    """A file by the name that the pages call it by; raises KeyError."""
    return _by_title()[title]


def address_of(title: str) -> str:
    """The address of a file, which changes with its content; raises KeyError."""
    return f"{_PATH}/{file_of(title).name}"


class Drawing(str):
    """Markup of ours, which templates do not escape."""

    __slots__ = ()

    def __html__(self) -> str:
        return self


@cache
def icon(name: str) -> Drawing:
    """A drawing, which says nothing that words beside it do not say; raises KeyError: there is none of this name."""
    if name not in _drawings():
        raise KeyError(name)
    address = f"{address_of('icons.svg')}#{name}"
    return Drawing(f'<svg class="icon" aria-hidden="true" focusable="false"><use href="{address}"></use></svg>')


@cache
def _drawings() -> frozenset[str]:
    return frozenset(re.findall(r'<symbol id="([^"]+)"', _by_title()["icons.svg"].content.decode()))


@get(f"{_PATH}/{{file_name:str}}", opt={ROLES: PUBLIC}, include_in_schema=False)
async def read_static_file(request: ApiRequest, file_name: str) -> Response[bytes]:
    """One file, which a browser keeps for a year: another content has another name."""
    file = _by_name().get(file_name)
    if file is None:
        raise RouteNotFound
    encoding = encoding_for(request.headers.get("accept-encoding", ""), len(file.content))
    headers = {"cache-control": _YEAR} | content_headers(encoding)
    content = await asyncio.to_thread(_encoded, file_name, encoding)
    return Response(content, media_type=file.media_type, headers=headers)


def _read(title: str, sources: tuple[str, ...]) -> StaticFile:
    content = b"\n".join(files(__package__).joinpath("static", source).read_bytes() for source in sources)
    return _named(title, _FONT.sub(b"", content))


def _named(title: str, content: bytes) -> StaticFile:
    stem, _, ending = title.rpartition(".")
    name = f"{stem}.{sha256(content).hexdigest()[:16]}.{ending}"
    return StaticFile(name, _TYPES[f".{ending}"], content)


PUBLIC_ROUTES = [read_static_file]
