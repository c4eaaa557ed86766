"""Streaming of contents: uploads are checked, hashed and encrypted in one pass; objects decrypted frame by frame."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import SpooledTemporaryFile
from time import sleep
from typing import BinaryIO, Protocol, cast

from contracts.cda import CdaHeader
from contracts.codes.formats import MediaType
from contracts.errors.execution import (
    ContentContradicted,
    ContentDamaged,
    ContentTruncated,
    HeaderInvalid,
    MediaTypeRefused,
    NotACda,
    PasswordNeeded,
)
from services.documents import cda
from services.documents.bucket import Source
from services.documents.domain import Span, StoredContent
from services.documents.embedded import MAX_EMBEDDED
from services.documents.file_errors import ContentLocked, InconsistentContent
from services.documents.integrity import EmbeddedFileCheck, IntegrityCheck, integrity_check_for
from services.documents.scanning import ScanSession
from services.documents.sniffing import UnsupportedMedia, sniff
from services.documents.vault import FRAME_SIZE, TAG_SIZE, Frames

_HELD_IN_MEMORY = 1 << 20
"""Sealed bytes; more than that goes to a temporary file, still sealed."""


class UploadBody(Protocol):
    """A request's body."""

    def read(self, size: int, /) -> bytes:
        """The next `size` bytes, fewer only when the client stopped; raises OSError when it is gone."""


class UploadedContent:
    """One upload: its sealed bytes, and what `read_from` learns of them.

    `media_type`: by its bytes. `size`, `sha256` and `sha1` (hex) of the plain bytes; `sealed_size` and
    `sealed_sha256` (hex) of the sealed ones.
    """

    def __init__(self, frames: Frames, scan: ScanSession) -> None:
        self._frames = frames
        self._scan = scan
        self._whole_file_scan = scan.begin()
        self._header_reader: cda.HeaderReader | None = None
        self._integrity_check: IntegrityCheck | None = None
        # The hash of a DocumentEntry in IHE XDS; nothing is trusted for it.
        self._sha1 = hashlib.sha1(usedforsecurity=False)
        self._sha256 = hashlib.sha256()
        self._sealed_sha256 = hashlib.sha256()
        self._sealed = SpooledTemporaryFile(_HELD_IN_MEMORY)  # noqa: SIM115
        self.media_type = MediaType.CDA
        self.size = 0
        self.sealed_size = 0

    def __enter__(self) -> "UploadedContent":
        return self

    def __exit__(self, *_: object) -> None:
        self._sealed.close()

    @property
    def sha256(self) -> bytes:
        return self._sha256.digest()

    @property
    def sha1(self) -> str:
        return self._sha1.hexdigest()

    @property
    def sealed_sha256(self) -> str:
        return self._sealed_sha256.hexdigest()

    @property
    def sealed(self) -> BinaryIO:
        """The sealed bytes from their beginning."""
        self._sealed.seek(0)
        return cast(BinaryIO, self._sealed)

    def read_from(self, body: UploadBody, length: int) -> CdaHeader | None:
        """Read `length` bytes; the header of a CDA, None of any other file.

        Raises:
            ContentTruncated: fewer came. MediaTypeRefused, NotACda, HeaderInvalid, ContentContradicted,
                PasswordNeeded: the bytes are no content that records accept. ContentInfected, ServiceUnavailable:
                the scanner's.
        """
        for frame, last in _frames_of(body, length):
            if self.size == 0:
                self._choose_checks(frame)
            self._add_frame(frame, last)
        with _as_refusals():
            if self._integrity_check:
                self._integrity_check.close()
            header = self._header_reader.close() if self._header_reader else None
        self._whole_file_scan.conclude()
        return header

    def _choose_checks(self, head: bytes) -> None:
        self.media_type = _media_type_of(head)
        if self.media_type is MediaType.CDA:
            most = MAX_EMBEDDED if self._scan.is_active else None
            self._header_reader = cda.HeaderReader(self._begin_embedded_file, most)
        else:
            self._integrity_check = integrity_check_for(self.media_type)

    def _begin_embedded_file(self) -> EmbeddedFileCheck:
        return EmbeddedFileCheck(self._scan.begin() if self._scan.is_active else None)

    def _add_frame(self, frame: bytes, last: bool) -> None:
        with _as_refusals():
            if self._header_reader:
                self._header_reader.feed(frame)
            if self._integrity_check:
                self._integrity_check.feed(frame)
        self._whole_file_scan.feed(frame)
        self._sha256.update(frame)
        self._sha1.update(frame)
        sealed = self._frames.seal(frame, last=last)
        self._sealed_sha256.update(sealed)
        self._sealed.write(sealed)
        self.size += len(frame)
        self.sealed_size += len(sealed)


def decrypted(source: Source, content: StoredContent, frames: Frames) -> Iterator[bytes]:
    """The whole content, frame by frame; each is authenticated before it is given out.

    That all frames are those that were sealed, in their order, and that nothing follows the last, proves the whole.
    The hash would take five times as long as decryption; only `verification` checks it.

    Raises:
        ContentDamaged: the object is not what was stored. ServiceUnavailable: the object store broke off.
    """
    left = content.size
    while True:
        size = min(content.frame_size, left)
        last = size == left
        frame = frames.open(source.read(size + TAG_SIZE), last=last)
        if last and source.read(1):
            raise ContentDamaged
        yield frame
        if last:
            return
        left -= size


def encrypted_span(content: StoredContent, span: Span) -> tuple[int, Span]:
    """The frames that hold a span: the number of the first, and the bytes of the object they fill."""
    first, last = span.first // content.frame_size, span.last // content.frame_size
    sealed_size = content.frame_size + TAG_SIZE
    plain_end = min((last + 1) * content.frame_size, content.size)
    return first, Span(first * sealed_size, plain_end + (last + 1) * TAG_SIZE - 1)


def decrypted_span(source: Source, content: StoredContent, frames: Frames, span: Span) -> Iterator[bytes]:
    """The bytes of a span; each frame is authenticated before it is given out.

    Args:
        source: the bytes of the object that `encrypted_span` names.
        frames: from the number that it names.

    Raises:
        ContentDamaged: a frame is not what was sealed at its place. ServiceUnavailable: the object store broke off.
    """
    start = span.first - span.first % content.frame_size
    while start <= span.last:
        size = min(content.frame_size, content.size - start)
        frame = frames.open(source.read(size + TAG_SIZE), last=start + size == content.size)
        yield frame[max(span.first - start, 0) : span.last + 1 - start]
        start += size


def _frames_of(body: UploadBody, length: int) -> Iterator[tuple[bytes, bool]]:
    left = length
    while True:
        frame = _read(body, min(FRAME_SIZE, left))
        left -= len(frame)
        yield frame, left == 0
        if left == 0:
            return
        # Without a pause, a client on a fast connection would hold the whole process until its last byte.
        sleep(0)


def _read(body: UploadBody, size: int) -> bytes:
    try:
        frame = body.read(size)
    except OSError:
        raise ContentTruncated from None
    if len(frame) < size:
        raise ContentTruncated
    return frame


def _media_type_of(head: bytes) -> MediaType:
    try:
        return sniff(head)
    except UnsupportedMedia:
        raise MediaTypeRefused from None


@contextmanager
def _as_refusals() -> Iterator[None]:
    """Errors of the readers become the refusals that clients know."""
    try:
        yield
    except cda.MalformedCdaError as error:
        raise HeaderInvalid(field=error.field) from None
    except cda.CdaError:
        raise NotACda from None
    except InconsistentContent:
        raise ContentContradicted from None
    except ContentLocked:
        raise PasswordNeeded from None
