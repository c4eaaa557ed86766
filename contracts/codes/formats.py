"""formatCode of a document, from its CDA template (ASS_A11) or its embedded media type (ASS_A12)."""

from enum import StrEnum
from functools import cache

import msgspec

from contracts.codes.tables import UnknownCode, find, load


class MediaType(StrEnum):
    """Media types a record accepts; text/xml stands for CDA R2."""

    CDA = "text/xml"
    PDF = "application/pdf"
    TEXT = "text/plain"
    RTF = "text/rtf"
    JPEG = "image/jpeg"
    TIFF = "image/tiff"
    PNG = "image/png"


_ALIASES = {
    "application/xml": MediaType.CDA,
    "application/cda+xml": MediaType.CDA,
    "application/hl7-cda+xml": MediaType.CDA,
    "application/hl7-sda+xml": MediaType.CDA,
    "application/x-pdf": MediaType.PDF,
    "application/acrobat": MediaType.PDF,
    "application/vnd.pdf": MediaType.PDF,
    "text/pdf": MediaType.PDF,
    "text/x-pdf": MediaType.PDF,
    "text/txt": MediaType.TEXT,
    "text/x-plain": MediaType.TEXT,
    "application/txt": MediaType.TEXT,
    "application/rtf": MediaType.RTF,
    "application/x-rtf": MediaType.RTF,
    "text/richtext": MediaType.RTF,
    "text/x-rtf": MediaType.RTF,
    "application/msword": MediaType.RTF,
    "image/jpg": MediaType.JPEG,
    "image/jpe": MediaType.JPEG,
    "image/pjpeg": MediaType.JPEG,
    "image/pjpg": MediaType.JPEG,
    "image/x-jpeg": MediaType.JPEG,
    "image/x-jpg": MediaType.JPEG,
    "image/jfif": MediaType.JPEG,
    "image/x-citrix-jpeg": MediaType.JPEG,
    "image/tif": MediaType.TIFF,
    "image/x-tif": MediaType.TIFF,
    "image/x-tiff": MediaType.TIFF,
    "image/tiff-fx": MediaType.TIFF,
    "image/tiff-multipage": MediaType.TIFF,
    "application/tif": MediaType.TIFF,
    "application/tiff": MediaType.TIFF,
    "image/x-png": MediaType.PNG,
    "image/apng": MediaType.PNG,
    "image/vnd.mozilla.apng": MediaType.PNG,
    "image/x-citrix-png": MediaType.PNG,
}
"""Other names under which software sends these types; word processors save RTF as `application/msword`."""
_UNSTATED = frozenset(
    {"application/octet-stream", "binary/octet-stream", "application/unknown", "application/binary"}
)


class FormatTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """formatCode by templateId root, and by media type of an embedded file."""

    templates: dict[str, str]
    media_types: dict[str, str]


@cache
def _formats() -> FormatTable:
    return load("formats", FormatTable)


def stated_media_type(sent: str | None) -> str | None:
    """The type that a sender states, by its usual name; None if they state none, or bytes of any kind.

    Args:
        sent: a media type (RFC 9110, 8.3.1), whose case and parameters do not count.
    """
    plain = (sent or "").partition(";")[0].strip().lower()
    return None if not plain or plain in _UNSTATED else _ALIASES.get(plain, plain)


def format_of_templates(template_ids: tuple[str, ...]) -> str:
    """formatCode of a structured CDA (level 3).

    Args:
        template_ids: as the header lists them, `root` or `root:extension`. The last one known decides, because
            headers go from the general model to the particular one.

    Raises:
        UnknownCode: no template is known.
    """
    templates = _formats().templates
    for template_id in reversed(template_ids):
        known = templates.get(template_id.partition(":")[0])
        if known is not None:
            return known
    raise UnknownCode("formats", " ".join(template_ids))


def format_of_media_type(media_type: str) -> str:
    """formatCode of a CDA that embeds a file of this media type (level 1); raises UnknownCode."""
    return find("formats", _formats().media_types, media_type)
