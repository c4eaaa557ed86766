"""An upload is hashed, checked and sealed in one pass; sealed bytes decrypt to the same, and damage is refused."""

import hashlib
from collections.abc import Callable
from io import BytesIO
from uuid import UUID, uuid4

import pytest

from contracts.codes.formats import MediaType
from contracts.errors.base import Refusal
from contracts.errors.execution import (
    ContentContradicted,
    ContentDamaged,
    ContentTruncated,
    HeaderInvalid,
    MediaTypeRefused,
    NotACda,
)
from contracts.vocabulary import ContentId, PatientId
from samples.pdf import biology_report
from samples.people import BIOLOGIST, CAMILLE
from services.documents.cda import read_header
from services.documents.domain import Span, StoredContent, WrappedKey
from services.documents.scanning import ScanSession, VirusScanner
from services.documents.streaming import UploadedContent, decrypted, decrypted_span, encrypted_span
from services.documents.vault import FRAME_SIZE, TAG_SIZE, Frames, new_data_key
from tests.unit.documents.specimens import WHEN, biology, edited, vsm
from tests.unit.documents.test_sniffing import picture

KEY = new_data_key()
CONTENT_ID = ContentId(uuid4())


def content_of(size: int, sha256: bytes) -> StoredContent:
    return StoredContent(
        patient_id=PatientId(uuid4()),
        content_id=CONTENT_ID,
        object_key="",
        size=size,
        frame_size=FRAME_SIZE,
        sha256=sha256,
        key=WrappedKey(key_id="", sealed=b""),
    )


def upload(content_id: ContentId = CONTENT_ID) -> UploadedContent:
    return UploadedContent(Frames(KEY, content_id), ScanSession(VirusScanner()))


def stored(document: bytes) -> tuple[bytes, StoredContent]:
    """The sealed bytes of a document, and its row."""
    with upload() as uploaded:
        uploaded.read_from(BytesIO(document), len(document))
        return uploaded.sealed.read(), content_of(uploaded.size, uploaded.sha256)


def opened(sealed: bytes, content: StoredContent) -> bytes:
    return b"".join(decrypted(BytesIO(sealed), content, Frames(KEY, CONTENT_ID)))


def exactly(size: int) -> bytes:
    """A document of that many bytes."""
    document = vsm(size - 20_000)
    return edited(document, "<title>", f"<!--{'x' * (size - len(document) - 7)}--><title>")


SIZES = {"small": 10_083, "one frame": FRAME_SIZE, "one byte more": FRAME_SIZE + 1, "several": 3 * FRAME_SIZE}


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_a_document_decrypts_to_the_same_bytes(size: int) -> None:
    document = vsm() if size == SIZES["small"] else exactly(size)
    assert len(document) == size
    sealed, content = stored(document)
    assert len(sealed) == size + TAG_SIZE * -(-size // FRAME_SIZE)
    assert opened(sealed, content) == document


def test_sizes_and_hashes_are_those_of_the_plain_and_of_the_sealed_bytes() -> None:
    document = biology(300_000)
    with upload() as uploaded:
        assert uploaded.read_from(BytesIO(document), len(document)) == read_header(document)
        assert uploaded.size == len(document)
        assert uploaded.sha256 == hashlib.sha256(document).digest()
        assert uploaded.sha1 == hashlib.sha1(document).hexdigest()
        sealed = uploaded.sealed.read()
        assert (uploaded.sealed_size, uploaded.sealed_sha256) == (len(sealed), hashlib.sha256(sealed).hexdigest())


class Broken(BytesIO):
    """A client whose connection breaks."""

    def read(self, size: int | None = -1, /) -> bytes:
        raise ConnectionResetError


PDF = biology_report(patient=CAMILLE, author=BIOLOGIST, effective_time=WHEN)
PNG = picture("PNG")
FILES = {
    MediaType.PDF: PDF,
    MediaType.PNG: PNG,
    MediaType.JPEG: picture("JPEG"),
    MediaType.TIFF: picture("TIFF"),
    MediaType.RTF: rb"{\rtf1\ansi Bonjour}" + b"\r\n",
    MediaType.TEXT: "Tout va bien : 37,2 °C, à revoir. ".encode() * 9_000,
}


@pytest.mark.parametrize("kind", FILES)
def test_a_file_without_a_header_is_accepted_by_its_media_type(kind: MediaType) -> None:
    with upload() as uploaded:
        assert uploaded.read_from(BytesIO(FILES[kind]), len(FILES[kind])) is None
        assert (uploaded.media_type, uploaded.size) == (kind, len(FILES[kind]))


REFUSED: dict[str, tuple[bytes, type[Refusal]]] = {
    "nothing": (b"", MediaTypeRefused),
    "a cut PDF": (PDF[:-20], ContentContradicted),
    "a PDF with an archive behind it": (PDF + b"PK\x03\x04" + bytes(30), ContentContradicted),
    "a cut JPEG": (b"\xff\xd8\xff\xe0" + bytes(300), ContentContradicted),
    "a PNG with a page behind it": (PNG + b"<html>", ContentContradicted),
    "a cut RTF": (rb"{\rtf1 Bonjour", ContentContradicted),
    "text that turns into a program": (b"Bonjour " * 200 + b"MZ\x90\x00", ContentContradicted),
    "text cut within a letter": (("t" * 600 + "é").encode()[:-1], ContentContradicted),
    "a program": (b"MZ\x90\x00\x03", MediaTypeRefused),
    "HTML": (b"<html><body>bonjour</body></html>", NotACda),
    "XML of another kind": (b"<?xml version='1.0'?><note/>", NotACda),
    "a cut document": (vsm()[:-20], NotACda),
    "an entity": (edited(vsm(), "<ClinicalDocument", "<!DOCTYPE x><ClinicalDocument"), NotACda),
    "no confidentiality": (edited(vsm(), 'code="N"', 'code="?"'), HeaderInvalid),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_other_content_is_refused_by_name(kind: str) -> None:
    document, refusal = REFUSED[kind]
    with upload() as uploaded, pytest.raises(refusal):
        uploaded.read_from(BytesIO(document), len(document))


def test_a_body_shorter_than_announced_or_broken_off_is_truncated() -> None:
    document = biology(300_000)
    for body in (BytesIO(document[:-1]), BytesIO(document[:FRAME_SIZE]), BytesIO(), Broken()):
        with (
            upload() as uploaded,
            pytest.raises(ContentTruncated),
        ):
            uploaded.read_from(body, len(document))


_SEALED = FRAME_SIZE + TAG_SIZE
DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "a bit turned": lambda sealed: sealed[:-1] + bytes([sealed[-1] ^ 1]),
    "cut in a frame": lambda sealed: sealed[:-100],
    "cut between frames": lambda sealed: sealed[:_SEALED],
    "longer": lambda sealed: sealed + b"x",
    "a frame left out": lambda sealed: sealed[:_SEALED] + sealed[2 * _SEALED :],
    "a frame twice": lambda sealed: sealed[:_SEALED] + sealed,
    "two frames exchanged": lambda sealed: sealed[_SEALED : 2 * _SEALED] + sealed[:_SEALED] + sealed[2 * _SEALED :],
    "a frame of another content": lambda sealed: _of_another(300_000)[:_SEALED] + sealed[_SEALED:],
}


def _of_another(padding: int) -> bytes:
    """The same document under the same key, as another content."""
    document = biology(padding)
    with upload(ContentId(UUID(int=2))) as uploaded:
        uploaded.read_from(BytesIO(document), len(document))
        return uploaded.sealed.read()


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_content_is_never_decrypted_whole(damage: str) -> None:
    sealed, content = stored(biology(300_000))
    out: list[bytes] = []
    with pytest.raises(ContentDamaged):
        out.extend(decrypted(BytesIO(DAMAGES[damage](sealed)), content, Frames(KEY, CONTENT_ID)))
    assert sum(map(len, out)) < content.size


@pytest.mark.parametrize("size", [0, FRAME_SIZE, 2 * FRAME_SIZE])
def test_a_stored_size_that_is_not_the_contents_is_damage(size: int) -> None:
    sealed, content = stored(biology(300_000))
    with pytest.raises(ContentDamaged):
        list(decrypted(BytesIO(sealed), content_of(size, content.sha256), Frames(KEY, CONTENT_ID)))


LONG = biology(300_000)
LAST = len(LONG) - 1
SPANS = {
    "the first byte": Span(0, 0),
    "the last byte": Span(LAST, LAST),
    "within the first frame": Span(10, 99),
    "the first frame": Span(0, FRAME_SIZE - 1),
    "over a border": Span(FRAME_SIZE - 1, FRAME_SIZE),
    "the frame in the middle": Span(FRAME_SIZE, 2 * FRAME_SIZE - 1),
    "from the middle to the end": Span(FRAME_SIZE + 7, LAST),
    "everything": Span(0, LAST),
}


def opened_span(sealed: bytes, content: StoredContent, span: Span) -> bytes:
    """A span, decrypted from only the bytes that are fetched for it."""
    number, fetched = encrypted_span(content, span)
    source = BytesIO(sealed[fetched.first : fetched.last + 1])
    found = b"".join(decrypted_span(source, content, Frames(KEY, CONTENT_ID, number), span))
    assert source.read() == b""
    return found


@pytest.mark.parametrize("span", SPANS.values(), ids=SPANS)
def test_a_span_equals_its_part_of_the_whole(span: Span) -> None:
    sealed, content = stored(LONG)
    assert opened_span(sealed, content, span) == LONG[span.first : span.last + 1]


def test_a_span_needs_only_the_frames_that_hold_it() -> None:
    _, content = stored(LONG)
    number, fetched = encrypted_span(content, Span(FRAME_SIZE + 1, FRAME_SIZE + 2))
    assert (number, fetched) == (1, Span(FRAME_SIZE + TAG_SIZE, 2 * (FRAME_SIZE + TAG_SIZE) - 1))


def test_no_byte_of_a_changed_frame_is_decrypted_for_a_span() -> None:
    sealed, content = stored(LONG)
    place = FRAME_SIZE + TAG_SIZE + 5_000
    turned = sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]
    with pytest.raises(ContentDamaged):
        opened_span(turned, content, Span(FRAME_SIZE, FRAME_SIZE))
    assert opened_span(turned, content, Span(0, 10)) == LONG[:11]


def test_a_span_of_an_object_that_was_cut_is_damaged() -> None:
    sealed, content = stored(LONG)
    with pytest.raises(ContentDamaged):
        opened_span(sealed[: 2 * (FRAME_SIZE + TAG_SIZE)], content, Span(LAST, LAST))
