"""What a file is by its first bytes; what its sender says it is counts for nothing.

Own signatures, because puremagic knows neither plain text nor a CDA without XML declaration, and gives several
answers where one is needed.
"""

import re

from contracts.codes.formats import MediaType
from services.documents.text_encoding import decoded_head

_SIGNATURES = (
    (b"%PDF-", MediaType.PDF),
    (b"\xff\xd8\xff", MediaType.JPEG),
    (b"\x89PNG\r\n\x1a\n", MediaType.PNG),
    (b"II*\x00", MediaType.TIFF),
    (b"MM\x00*", MediaType.TIFF),
    # BigTIFF, of whole-slide scanners.
    (b"II+\x00\x08\x00\x00\x00", MediaType.TIFF),
    (b"MM\x00+\x00\x08\x00\x00", MediaType.TIFF),
    # XML in UTF-16 without a byte order mark (XML 1.0, appendix F).
    (b"<\x00?\x00x\x00m\x00l\x00", MediaType.CDA),
    (b"\x00<\x00?\x00x\x00m\x00l", MediaType.CDA),
)
_RTF = re.compile(rb"(?:\xef\xbb\xbf)?[ \t\r\n]*\{\\rtf")
_MARKUP = re.compile(r"\s*<[?!A-Za-z_]")
_TEXT_HEAD = 512
_PDF_LEAD = 1024
"""Readers look for the header of a PDF within its first 1024 bytes (ISO 32000-1, annex H, note 13 on 3.4.1)."""
_PDF_BEGINNING = re.compile(rb"%PDF-\d\.\d[^\r\n]{0,64}[\s\x00]+(?:%[^\r\n]*[\s\x00]+)*\d+\s+\d+\s+obj")
_OTHER_BEGINNING = re.compile(
    rb"(?:\xef\xbb\xbf)?[\s\x00]*<|MZ|PK|\x7fELF|#!|GIF8|Rar!|7z\xbc\xaf|\x1f\x8b|\xd0\xcf\x11\xe0|\xca\xfe\xba\xbe"
    rb"|\xcf\xfa\xed\xfe|%!PS|BM|RIFF|....ftyp",
    re.DOTALL,
)
"""A page, program, archive, picture or film that contains a PDF is not one."""

HEAD = 2048
"""How many bytes are looked at."""


class UnsupportedMedia(Exception):
    """None of the kinds of content a record takes."""


def sniff(head: bytes) -> MediaType:
    """The kind of a file from its first bytes; HEAD are enough, a shorter file comes whole.

    Any XML or HTML comes out as text/xml: whether it is a CDA is for its reader to say.

    Raises:
        UnsupportedMedia: none of the kinds of MediaType, or nothing at all.
    """
    head = head[:HEAD]
    for signature, media_type in _SIGNATURES:
        if head.startswith(signature):
            return media_type
    if _RTF.match(head):
        return MediaType.RTF
    if _is_pdf(head):
        return MediaType.PDF
    text = decoded_head(head[:_TEXT_HEAD])
    if text is None:
        raise UnsupportedMedia
    return MediaType.CDA if _MARKUP.match(text) else MediaType.TEXT


def _is_pdf(head: bytes) -> bool:
    """Whether a PDF begins behind other bytes, such as a printer's commands (PJL) or a byte order mark.

    Text that only mentions a header has no object behind it.
    """
    place = head.find(b"%PDF-", 0, _PDF_LEAD + len(b"%PDF-"))
    return place > 0 and not _OTHER_BEGINNING.match(head) and _PDF_BEGINNING.match(head, place) is not None
