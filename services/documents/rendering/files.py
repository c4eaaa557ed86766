"""Files that a browser shows as they are, under the type of their bytes and with a Content-Security-Policy."""

from typing import Final

import msgspec

from contracts.codes.formats import MediaType
from contracts.errors.execution import NotRenderable
from services.documents.file_errors import InconsistentContent
from services.documents.sniffing import HEAD, UnsupportedMedia, sniff
from services.documents.text_encoding import TextEncoding, encoding_of

MOST_BYTES: Final = 5_000_000
"""Of a document that is rendered; a larger one is only downloaded."""
_POLICY = (
    "default-src 'none'; object-src 'self'; img-src 'self'; style-src 'unsafe-inline'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
)
_SANDBOXED = f"{_POLICY}; sandbox"


class PageHead(msgspec.Struct, frozen=True):
    """Media type and Content-Security-Policy of what is sent as a page."""

    media_type: str
    policy: str


class Page(PageHead, frozen=True):
    """A page with its body."""

    body: bytes


CLINICAL_DATA = PageHead("application/json", "default-src 'none'; sandbox")


def head_of_file(beginning: bytes) -> PageHead:
    """The head of a file that is shown as it is.

    Args:
        beginning: HEAD bytes at least, or the whole file; a text whole.

    Raises:
        NotRenderable: it is none of the kinds that records accept, or markup, which a browser might execute.
    """
    try:
        kind = sniff(beginning[:HEAD])
    except UnsupportedMedia:
        raise NotRenderable from None
    if kind is MediaType.CDA:
        raise NotRenderable
    charset = f"; charset={_charset_of(beginning)}" if kind is MediaType.TEXT else ""
    # A sandbox would disable the browser's PDF viewer.
    return PageHead(kind + charset, _POLICY if kind is MediaType.PDF else _SANDBOXED)


def _charset_of(text: bytes) -> TextEncoding:
    try:
        return encoding_of(text)
    except InconsistentContent:
        # A file that a CDA wraps is not checked to its end.
        return TextEncoding.UTF_8
