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


class FormatTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """formatCode by templateId root, and by media type of an embedded file."""

    templates: dict[str, str]
    media_types: dict[str, str]


@cache
def _formats() -> FormatTable:
    return load("formats", FormatTable)


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
