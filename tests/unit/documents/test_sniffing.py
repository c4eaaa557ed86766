"""The media type of a file is known by its first bytes alone."""

import io

import pytest
from PIL import Image

from contracts.codes.formats import MediaType
from samples.cda import self_presenting
from samples.pdf import biology_report
from samples.people import BIOLOGIST, CAMILLE
from services.documents.sniffing import HEAD, UnsupportedMedia, sniff
from tests.unit.documents.specimens import WHEN, vsm


def picture(kind: str) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (8, 8)).save(file, kind)
    return file.getvalue()


@pytest.mark.parametrize(
    ("file", "media_type"),
    [
        (biology_report(patient=CAMILLE, author=BIOLOGIST, effective_time=WHEN), MediaType.PDF),
        (picture("JPEG"), MediaType.JPEG),
        (picture("PNG"), MediaType.PNG),
        (picture("TIFF"), MediaType.TIFF),
        (b"MM\x00*\x00\x00\x00\x08", MediaType.TIFF),
        (rb"{\rtf1\ansi Bonjour}", MediaType.RTF),
        ("Tout va bien, 37,2 °C.\r\n\tÀ revoir.".encode(), MediaType.TEXT),
        ("\ufeffTout va bien".encode(), MediaType.TEXT),
        (vsm(), MediaType.CDA),
        (self_presenting(vsm()), MediaType.CDA),
        (b'\n <ClinicalDocument xmlns="urn:hl7-org:v3">', MediaType.CDA),
        (vsm().decode().encode("utf-16"), MediaType.CDA),
        (b"\xef\xbb\xbf" + vsm(), MediaType.CDA),
        (b"<html><script>alert(1)</script></html>", MediaType.CDA),
    ],
)
def test_each_type_is_recognised_by_its_first_bytes(file: bytes, media_type: MediaType) -> None:
    assert sniff(file[:HEAD]) is sniff(file) is media_type


def test_a_character_cut_at_the_end_of_the_head_is_still_text() -> None:
    assert sniff(("a" * (HEAD - 1) + "é").encode()[:HEAD]) is MediaType.TEXT


@pytest.mark.parametrize(
    "file",
    [
        b"",
        b"   \n",
        b"MZ\x90\x00\x03",
        b"PK\x03\x04\x14\x00",
        b"GIF89a\x01\x00\x01\x00\x80\x00",
        b"\x7fELF\x02\x01\x01",
        b"\x00\x00\x00\x18ftypmp42",
        b"text with \x07 a bell",
    ],
)
def test_other_types_are_refused(file: bytes) -> None:
    with pytest.raises(UnsupportedMedia):
        sniff(file)
