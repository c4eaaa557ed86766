"""Content on its way: in one pass from a client's bytes to a sealed file and its facts, and from an object back."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import SpooledTemporaryFile
from time import sleep
from typing import BinaryIO, Protocol, cast

from contracts.cda import CdaHeader
from contracts.codes import MediaType
from contracts.errors import (
    ContentContradicted,
    ContentDamaged,
    ContentTruncated,
    HeaderInvalid,
    MediaTypeRefused,
    NotACda,
)
from services.documents import cda
from services.documents.bucket import Source
from services.documents.domain import Span, StoredContent
from services.documents.integrity import TrailerCheck, WrongEnding, trailer_check_for
from services.documents.scanning import Inspection
from services.documents.sniffing import UnsupportedMedia, sniff
from services.documents.vault import FRAME_SIZE, TAG_SIZE, Frames

_HELD_IN_MEMORY = 1 << 20
"""Sealed bytes; what is larger waits in a temporary file, sealed as well."""


class UploadBody(Protocol):
    """A request's body."""

    def read(self, size: int, /) -> bytes:
        """The next `size` bytes, fewer only when the client stopped; OSError when it is gone."""


class UploadedContent:
    """A document taken in: its sealed bytes, and what they are.

    `media_type`: by its bytes. `size`, `sha256` and `sha1` (hex) of the plain bytes; `sealed_size` and
    `sealed_sha256` of the sealed ones.
    """

    def __init__(self, frames: Frames, inspection: Inspection) -> None:
        self._frames = frames
        self._inspection = inspection
        self._whole = inspection.begin()
        self._reader: cda.HeaderReader | None = None
        self._trailer_check: TrailerCheck | None = None
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

    def take(self, body: UploadBody, length: int) -> CdaHeader | None:
        """Read `length` bytes once; the header of a CDA, None of any other file.

        Raises:
            ContentTruncated: fewer came. MediaTypeRefused, NotACda, HeaderInvalid, ContentContradicted: they are not
                what is taken here. ContentInfected, ServiceUnavailable: the scanner's.
        """
        for frame, last in _frames_of(body, length):
            if self.size == 0:
                self._meet(frame)
            self._take_frame(frame, last)
        with _as_refusals():
            if self._trailer_check:
                self._trailer_check.close()
            header = self._reader.close() if self._reader else None
        self._whole.conclude()
        return header

    def _meet(self, head: bytes) -> None:
        self.media_type = _kind_of(head)
        if self.media_type is MediaType.CDA:
            self._reader = cda.HeaderReader(self._inspection.begin if self._inspection.looks else None)
        else:
            self._trailer_check = trailer_check_for(self.media_type)

    def _take_frame(self, frame: bytes, last: bool) -> None:
        with _as_refusals():
            if self._reader:
                self._reader.feed(frame)
            if self._trailer_check:
                self._trailer_check.feed(frame)
        self._whole.feed(frame)
        self._sha256.update(frame)
        self._sha1.update(frame)
        sealed = self._frames.seal(frame, last=last)
        self._sealed_sha256.update(sealed)
        self._sealed.write(sealed)
        self.size += len(frame)
        self.sealed_size += len(sealed)


def plain(source: Source, content: StoredContent, frames: Frames) -> Iterator[bytes]:
    """The content frame by frame, none of it before it is proven, the last one only where nothing follows it.

    That its frames are those that were sealed, all of them and in their order, proves the whole: its hash, which
    takes five times as long as opening it, is for who verifies what lies there.

    Raises:
        ContentDamaged: what is stored is not what was stored. ServiceUnavailable: the store broke off.
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


def sealed_part(content: StoredContent, span: Span) -> tuple[int, Span]:
    """The number of the first frame a span needs, and where the sealed bytes of all it needs lie in the object."""
    first, last = span.first // content.frame_size, span.last // content.frame_size
    sealed_size = content.frame_size + TAG_SIZE
    plain_end = min((last + 1) * content.frame_size, content.size)
    return first, Span(first * sealed_size, plain_end + (last + 1) * TAG_SIZE - 1)


def part(source: Source, content: StoredContent, frames: Frames, span: Span) -> Iterator[bytes]:
    """The bytes of a span, no frame before it is proven; the hash of the whole cannot be checked.

    Args:
        source: the sealed bytes that `sealed_part` names. frames: from the number it names.

    Raises:
        ContentDamaged: a frame is not what was sealed at its place. ServiceUnavailable: the store broke off.
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
        # A client on a fast line would keep everybody else of this process waiting until its last byte.
        sleep(0)


def _read(body: UploadBody, size: int) -> bytes:
    try:
        frame = body.read(size)
    except OSError:
        raise ContentTruncated from None
    if len(frame) < size:
        raise ContentTruncated
    return frame


def _kind_of(head: bytes) -> MediaType:
    try:
        return sniff(head)
    except UnsupportedMedia:
        raise MediaTypeRefused from None


@contextmanager
def _as_refusals() -> Iterator[None]:
    """A reader's refusal said in the words of the house."""
    try:
        yield
    except cda.MalformedCdaError as error:
        raise HeaderInvalid(field=error.field) from None
    except cda.CdaError:
        raise NotACda from None
    except WrongEnding:
        raise ContentContradicted from None
