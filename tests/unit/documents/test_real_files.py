"""Files are taken as scanners, phones, printers and laboratories write them; a second document behind one is not."""

from base64 import b64encode
from io import BytesIO
from uuid import uuid4

import pytest
from fpdf.enums import EncryptionMethod

from contracts.cda import NonXmlBody
from contracts.codes.formats import MediaType, stated_media_type
from contracts.errors.base import Refusal
from contracts.errors.execution import ContentContradicted, MediaTypeRefused, PasswordNeeded
from contracts.vocabulary import ContentId
from samples.pdf import biology_report
from samples.people import BIOLOGIST, CAMILLE
from services.documents.cda import read_header
from services.documents.file_errors import ContentLocked, InconsistentContent
from services.documents.integrity import integrity_check_for
from services.documents.rendering.files import head_of_file
from services.documents.scanning import ScanSession, VirusScanner
from services.documents.sniffing import UnsupportedMedia, sniff
from services.documents.streaming import UploadedContent
from services.documents.vault import Frames, new_data_key
from tests.unit.documents.real_files import (
    FILM,
    GAIN_MAP,
    MOTION_PHOTO,
    announcing,
    box,
    chunk,
    encrypted_pdf,
    picture,
    pictures,
    samsung,
)
from tests.unit.documents.specimens import WHEN, biology, edited, vsm

JPEG, PNG, TIFF = picture("JPEG"), picture("PNG"), picture("TIFF")
PDF = biology_report(patient=CAMILLE, author=BIOLOGIST, effective_time=WHEN)
RTF = rb"{\rtf1\ansi\ansicpg1252 Bonjour {\b monde}}"
REPORT = "Compte rendu : créatinine 71 µmol/L\r\nPrélevé à jeun"
RECORDS = "Œdème. Coût : 25 €"
HTML, ZIP = b"<html><script>alert(1)</script></html>", b"PK\x03\x04\x14\x00" + bytes(40)
PROGRAM = b"MZ\x90\x00" + bytes(74) + b"!This program cannot be run in DOS mode.\r\r\n$"
TIME = (0x0A01, b"Image_UTC_Data", b"1596240000000")
PJL = b'\x1b%-12345X@PJL JOB NAME="CR"\r\n@PJL ENTER LANGUAGE=PDF\r\n'
UEL = b"\x1b%-12345X@PJL EOJ\r\n\x1b%-12345X"
CDA = vsm().partition(b"?>")[2].decode()

MPF, ULTRA_HDR = pictures("MPO"), announcing(JPEG, GAIN_MAP) + JPEG
MOTION = announcing(JPEG, MOTION_PHOTO)

ACCEPTED: dict[str, tuple[MediaType, bytes]] = {
    "JPEG of a camera that pads to four bytes": (MediaType.JPEG, JPEG + bytes(3)),
    "JPEG padded with 0xFF": (MediaType.JPEG, JPEG + b"\xff" * 600),
    "JPEG padded to a cluster": (MediaType.JPEG, JPEG + bytes(300_000)),
    "JPEG with a line end of a mail gateway": (MediaType.JPEG, JPEG + b"\r\n"),
    "JPEG that ends twice": (MediaType.JPEG, JPEG + b"\xff\xd9" * 20),
    "JPEG with fill bytes before a marker": (MediaType.JPEG, JPEG[:2] + b"\xff\xff" + JPEG[2:]),
    "JPEG with a preview in its EXIF": (
        MediaType.JPEG,
        JPEG[:2] + b"\xff\xe1\x03\x00Exif\0\0" + (JPEG * 3)[:758] + JPEG[2:],
    ),
    "progressive JPEG": (MediaType.JPEG, picture("JPEG", progressive=True)),
    "JPEG with restarts": (MediaType.JPEG, picture("JPEG", restart_marker_blocks=1)),
    "Samsung's trailer": (MediaType.JPEG, JPEG + samsung(TIME, (0x0AA1, b"MCC_Data", b"208"))),
    "Samsung's trailer, padded": (MediaType.JPEG, JPEG + bytes(7) + samsung(TIME) + bytes(16)),
    "Samsung's film": (MediaType.JPEG, JPEG + samsung((0x0A30, b"MotionPhoto_Data", FILM), TIME)),
    "pictures of a Multi-Picture Format": (MediaType.JPEG, MPF),
    "Multi-Picture Format, its pictures padded, and Samsung's trailer": (
        MediaType.JPEG,
        MPF.replace(b"\xff\xd9\xff\xd8", b"\xff\xd9" + bytes(20) + b"\xff\xd8") + samsung(TIME),
    ),
    "gain map of Ultra HDR": (MediaType.JPEG, ULTRA_HDR),
    "Motion Photo": (MediaType.JPEG, MOTION + FILM),
    "Motion Photo with padding and a box to the end": (
        MediaType.JPEG,
        MOTION + bytes(9) + box(b"ftyp", b"isom") + bytes(4) + b"mdat" + b"film",
    ),
    "Motion Photo with gain map": (MediaType.JPEG, announcing(JPEG, GAIN_MAP + MOTION_PHOTO) + JPEG + FILM),
    "film whose announcement was removed with other metadata": (MediaType.JPEG, JPEG + FILM),
    "Samsung's blocks of other types": (
        MediaType.JPEG,
        JPEG + samsung((0x0001, b"DualShot_1", JPEG), (0x0100, b"SoundShot_000", b"a"), TIME),
    ),
    "Micro Video": (MediaType.JPEG, announcing(JPEG, "<GCamera:MicroVideo>1</GCamera:MicroVideo>") + FILM),
    "PNG padded with NULs": (MediaType.PNG, PNG + bytes(5_000)),
    "PNG with a line end": (MediaType.PNG, PNG + b"\r\n"),
    "animated PNG": (MediaType.PNG, pictures("PNG")),
    "TIFF of several pages": (MediaType.TIFF, pictures("TIFF")),
    "BigTIFF": (MediaType.TIFF, picture("TIFF", big_tiff=True)),
    "TIFF, big-endian": (MediaType.TIFF, b"MM\x00*\x00\x00\x00\x08" + bytes(20)),
    "TIFF with padding": (MediaType.TIFF, TIFF + bytes(100)),
    "PDF behind a byte order mark": (MediaType.PDF, b"\xef\xbb\xbf" + PDF),
    "PDF behind blank lines": (MediaType.PDF, b"\r\n\r\n" + PDF),
    "PDF of a printer driver": (MediaType.PDF, PJL + PDF + UEL),
    "PDF behind the headers of a server": (MediaType.PDF, b"Content-Type: application/pdf\r\n\r\n" + PDF),
    "PDF behind 1,000 NULs": (MediaType.PDF, bytes(1_000) + PDF),
    "PDF padded with NULs": (MediaType.PDF, PDF + b"\r\n" + bytes(200_000)),
    "PDF with the end of a DOS file": (MediaType.PDF, PDF + b"\r\n\x1a"),
    "PDF with an update": (MediaType.PDF, PDF + b"\n1 0 obj\n<<>>\nendobj\nstartxref\n0\n%%EOF\r\n"),
    "PDF with the end of a form": (MediaType.PDF, PDF + b"\r\n------WebKitFormBoundary7MA4YWxkTrZu0gW--\r\n"),
    "PDF with another attached": (MediaType.PDF, PDF[:-6] + b"stream\n" + PDF + b"\nendstream\n%%EOF\n"),
    "PDF 2.0": (MediaType.PDF, PDF.replace(PDF[:8], b"%PDF-2.0", 1)),
    "RTF with NULs": (MediaType.RTF, RTF + b"\r\n" + bytes(5)),
    "RTF with the end of a DOS file": (MediaType.RTF, RTF + b"\x1a"),
    "RTF with escaped braces": (MediaType.RTF, rb"{\rtf1 a\}b\\}" + bytes(9)),
    "RTF with binary data": (MediaType.RTF, rb"{\rtf1 {\pict\bin9 " + rb"}}}{{\{}" + b"\\" + b"} fin}"),
    "RTF with a brace too few": (MediaType.RTF, RTF[:-1].replace(b"}", b"") + b"}"),
    "RTF with a brace too many": (MediaType.RTF, RTF + b"}\r\n"),
    "RTF behind a blank line": (MediaType.RTF, b"\r\n" + RTF),
    "text in ISO 8859-1": (MediaType.TEXT, REPORT.encode("iso-8859-1")),
    "text in ISO 8859-15": (MediaType.TEXT, RECORDS.encode("iso-8859-15")),
    "text in windows-1252": (MediaType.TEXT, RECORDS.encode("windows-1252")),
    "text in UTF-16": (MediaType.TEXT, REPORT.encode("utf-16")),
    "text in UTF-16, big-endian": (MediaType.TEXT, b"\xfe\xff" + REPORT.encode("utf-16-be")),
    "text in UTF-8 with a mark": (MediaType.TEXT, REPORT.encode("utf-8-sig")),
    "text whose only accent comes late": (MediaType.TEXT, b"Resultats normaux. " * 20_000 + b"Contr\xf4l\xe9"),
    "text of records padded with NULs": (MediaType.TEXT, REPORT.encode() + bytes(500)),
    "text of an old system, its lines ended by CR, its pages by FF": (
        MediaType.TEXT,
        b"page 1\rvaleur\x0cpage 2\r\x1a",
    ),
    "CDA in ISO 8859-15": (MediaType.CDA, f'<?xml version="1.0" encoding="ISO-8859-15"?>{CDA}'.encode("iso-8859-15")),
    "CDA in windows-1252": (
        MediaType.CDA,
        f'<?xml version="1.0" encoding="windows-1252"?><!--é-->{CDA}'.encode("cp1252"),
    ),
    "CDA in UTF-16 without a mark": (
        MediaType.CDA,
        f'<?xml version="1.0" encoding="UTF-16LE"?>{CDA}'.encode("utf-16-le"),
    ),
    "CDA with a mark": (MediaType.CDA, b"\xef\xbb\xbf" + vsm()),
    **{
        f"PDF with an owner's password only, {method.name}": (MediaType.PDF, encrypted_pdf(method))
        for method in EncryptionMethod
        if method is not EncryptionMethod.NO_ENCRYPTION
    },
}

REFUSED: dict[str, tuple[type[Refusal], bytes]] = {
    **{
        f"{kind} with {name} behind it": (ContentContradicted, file + behind)
        for kind, file in {
            "JPEG": JPEG,
            "PNG": PNG,
            "PDF": PDF,
            "RTF": RTF,
            "TIFF": TIFF,
            "padded JPEG": JPEG + bytes(700),
        }.items()
        for name, behind in {"a page": HTML, "an archive": ZIP, "a program": PROGRAM}.items()
    },
    "PDF with another behind it": (ContentContradicted, PDF + PDF),
    "PDF with another behind its padding": (ContentContradicted, PDF + bytes(200_000) + PDF),
    "JPEG with a PDF behind it": (ContentContradicted, JPEG + PDF),
    "JPEG with a picture behind it that it does not announce": (ContentContradicted, JPEG + JPEG),
    "Motion Photo with an archive behind its film": (ContentContradicted, MOTION + FILM + ZIP),
    "Motion Photo with an archive in its film": (ContentContradicted, MOTION + FILM + box(b"free", ZIP)),
    "Motion Photo whose film is cut": (ContentContradicted, MOTION + FILM[:-200] + FILM[-20:-8]),
    "Multi-Picture Format whose second picture is cut": (ContentContradicted, MPF[:-2]),
    "Samsung's blocks with a page among them": (ContentContradicted, JPEG + samsung(TIME, (0x0A01, b"Page", HTML))),
    "Samsung's directory behind an archive": (ContentContradicted, JPEG + ZIP + samsung(TIME)),
    "Samsung's blocks without their directory": (ContentContradicted, JPEG + samsung(TIME)[:-8]),
    "film whose boxes a page follows": (ContentContradicted, JPEG + FILM + b"\0" * 40 + HTML),
    "RTF with a page behind it that ends in a brace": (ContentContradicted, RTF + HTML + b"}"),
    "RTF that is cut": (ContentContradicted, rb"{\rtf1 {\b a} b"),
    "JPEG cut in its scan": (ContentContradicted, JPEG[:-40]),
    "PNG behind whose end a chunk stands": (ContentContradicted, PNG + ZIP + chunk(b"IEND")),
    "PNG cut in a chunk": (ContentContradicted, PNG[:-20]),
    "page that contains a PDF": (Refusal, HTML + b"\n" + PDF),
    "archive that contains a PDF": (MediaTypeRefused, ZIP + PDF),
    "PDF too far behind other bytes": (Refusal, b" " * 1_100 + PDF),
    "text with a program behind its padding": (ContentContradicted, b"Bonjour " * 100 + bytes(500) + PROGRAM),
    "text that is none in any encoding": (MediaTypeRefused, b"d\x81j\x8d vu"),
    **{
        f"PDF that opens with a password, {method.name}": (PasswordNeeded, encrypted_pdf(method, user_password="a"))
        for method in EncryptionMethod
        if method is not EncryptionMethod.NO_ENCRYPTION
    },
    "PDF for holders of a certificate": (
        PasswordNeeded,
        encrypted_pdf(EncryptionMethod.AES_256).replace(b"/Filter /Standard", b"/Filter /Adobe.PubSec"),
    ),
}


def read(file: bytes) -> MediaType:
    """The type by which a file is accepted."""
    frames = Frames(new_data_key(), ContentId(uuid4()))
    with UploadedContent(frames, ScanSession(VirusScanner())) as uploaded:
        uploaded.read_from(BytesIO(file), len(file))
        return uploaded.media_type


@pytest.mark.parametrize("name", ACCEPTED)
def test_files_are_accepted_as_their_writers_make_them(name: str) -> None:
    media_type, file = ACCEPTED[name]
    assert read(file) is media_type


@pytest.mark.parametrize("name", REFUSED)
def test_other_content_is_refused(name: str) -> None:
    refusal, file = REFUSED[name]
    with pytest.raises(refusal):
        read(file)


def test_a_file_is_judged_the_same_however_it_arrives() -> None:
    """Structures that are cut between two frames; long files are left out."""
    accepted = {name: file for name, (_, file) in ACCEPTED.items() if len(file) < 20_000}
    refused = {name: file for name, (_, file) in REFUSED.items() if len(file) < 20_000}
    assert [name for name, file in accepted.items() if not judged(file, 13)] == []
    assert [name for name, file in refused.items() if judged(file, 13)] == []


def judged(file: bytes, size: int) -> bool:
    """Whether a file is accepted that arrives in pieces of a size."""
    try:
        check = integrity_check_for(sniff(file))
        if check:
            for start in range(0, len(file), size):
                check.feed(file[start : start + size])
            check.close()
    except (UnsupportedMedia, InconsistentContent, ContentLocked):
        return False
    return True


@pytest.mark.parametrize(
    ("text", "charset"),
    [
        (REPORT.encode(), "utf-8"),
        (REPORT.encode("utf-16"), "utf-16"),
        (b"Resultats normaux. " * 200 + b"Contr\xf4l\xe9", "windows-1252"),
        (b"BLESS\xc9\xa0: " + b"op\xe9r\xe9", "windows-1252"),
    ],
    ids=["UTF-8", "UTF-16", "a late accent", "an accent that alone would be UTF-8"],
)
def test_a_text_is_shown_in_its_own_encoding(text: bytes, charset: str) -> None:
    assert head_of_file(text).media_type == f"text/plain; charset={charset}"


ALIASES: dict[MediaType | None, list[str | None]] = {
    MediaType.PDF: ["application/x-pdf", "APPLICATION/PDF", "application/pdf; name=cr.pdf"],
    MediaType.TEXT: ["text/plain; charset=ISO-8859-15", "Text/Plain"],
    MediaType.RTF: ["application/rtf", "application/x-rtf", "text/richtext", "application/msword"],
    MediaType.JPEG: ["image/jpg", "image/pjpeg", "image/x-citrix-jpeg"],
    MediaType.TIFF: ["image/tif", "image/x-tiff"],
    MediaType.PNG: ["image/x-png", "image/apng"],
    MediaType.CDA: ["application/xml", "application/hl7-cda+xml"],
    None: ["application/octet-stream", "", None],
}


@pytest.mark.parametrize("media_type", ALIASES)
def test_other_names_of_a_media_type_state_the_same(media_type: MediaType | None) -> None:
    assert {stated_media_type(name) for name in ALIASES[media_type]} == {media_type}


def wrapping(file: bytes, media_type: str) -> bytes:
    document = biology()
    start, end = document.index(b"JVBERi"), document.index(b"</text>")
    return edited(document[:start] + b64encode(file) + document[end:], "application/pdf", media_type)


@pytest.mark.parametrize(
    ("file", "declared", "media_type"),
    [
        (JPEG, "image/jpg", MediaType.JPEG),
        (PJL + PDF, "application/x-pdf", MediaType.PDF),
        (RTF, "application/rtf", MediaType.RTF),
        (REPORT.encode("iso-8859-1"), "text/plain; charset=ISO-8859-1", MediaType.TEXT),
        (PNG, "application/octet-stream", MediaType.PNG),
    ],
)
def test_a_cda_may_state_the_type_of_what_it_wraps_by_another_name(
    file: bytes, declared: str, media_type: MediaType
) -> None:
    body = read_header(wrapping(file, declared)).body
    assert isinstance(body, NonXmlBody)
    assert body.media_type == media_type


def test_a_pdf_that_a_cda_wraps_opens_without_a_password_too() -> None:
    method = EncryptionMethod.AES_256
    assert read(wrapping(encrypted_pdf(method), "application/pdf")) is MediaType.CDA
    with pytest.raises(PasswordNeeded):
        read(wrapping(encrypted_pdf(method, user_password="a"), "application/pdf"))
