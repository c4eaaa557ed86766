"""Files that a browser shows as they are, under the type of their bytes and with a Content-Security-Policy."""

from typing import Final

import msgspec

from contracts.codes.formats import MediaType
from contracts.errors.execution import NotRenderable
from services.documents.sniffing import HEAD, UnsupportedMedia, sniff

MOST_BYTES: Final = 5_000_000
"""Of a document that is rendered; a larger one is only downloaded."""
_POLICY = (
    "default-src 'none'; object-src 'self'; img-src 'self'; style-src 'unsafe-inline'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
)
_SANDBOXED = f"{_POLICY}; sandbox"


class Page(msgspec.Struct, frozen=True):
    """A body with its media type and its Content-Security-Policy."""

    media_type: str
    body: bytes
    policy: str


def file_page(body: bytes) -> Page:
    """A file, or the beginning of one, as a page.

    Raises:
        NotRenderable: it is none of the kinds that records accept, or markup, which a browser might execute.
    """
    try:
        kind = sniff(body[:HEAD])
    except UnsupportedMedia:
        raise NotRenderable from None
    if kind is MediaType.CDA:
        raise NotRenderable
    charset = "; charset=utf-8" if kind is MediaType.TEXT else ""
    # A sandbox would disable the browser's PDF viewer.
    return Page(kind + charset, body, _POLICY if kind is MediaType.PDF else _SANDBOXED)
