"""What a file is by its first bytes; what its sender says it is counts for nothing.

Own signatures, because puremagic knows neither plain text nor a CDA without XML declaration, and gives several
answers where one is needed.
"""

import codecs
import re

from contracts.codes.formats import MediaType

_SIGNATURES = (
    (b"%PDF-", MediaType.PDF),
    (b"\xff\xd8\xff", MediaType.JPEG),
    (b"\x89PNG\r\n\x1a\n", MediaType.PNG),
    (b"II*\x00", MediaType.TIFF),
    (b"MM\x00*", MediaType.TIFF),
    (b"{\\rtf", MediaType.RTF),
)
_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_MARKUP = re.compile(r"\s*<[?!A-Za-z_]")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")

HEAD = 512
"""How many bytes are looked at."""


class UnsupportedMedia(Exception):
    """None of the kinds of content a record takes."""


def sniff(head: bytes) -> MediaType:
    """The kind of a file from its first bytes; 512 are enough, a shorter file comes whole.

    Any XML or HTML comes out as text/xml: whether it is a CDA is for its reader to say.

    Raises:
        UnsupportedMedia: none of the kinds of MediaType, or nothing at all.
    """
    head = head[:HEAD]
    for signature, media_type in _SIGNATURES:
        if head.startswith(signature):
            return media_type
    text = _text(head)
    return MediaType.CDA if _MARKUP.match(text) else MediaType.TEXT


def _text(head: bytes) -> str:
    """The head as text: UTF-8, or UTF-16 that turns out to be markup; its last character may be cut."""
    wide = head.startswith(_UTF16_MARKS)
    decoder = codecs.getincrementaldecoder("utf-16" if wide else "utf-8-sig")()
    try:
        text = decoder.decode(head)
    except UnicodeDecodeError:
        raise UnsupportedMedia from None
    if not text.strip() or _UNPRINTABLE.search(text) or (wide and not _MARKUP.match(text)):
        raise UnsupportedMedia
    return text
