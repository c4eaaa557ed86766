"""The archive of old months: one object per month in an object store, JSON lines in gzip."""

import gzip
import hashlib
import io
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec
import urllib3
from minio import Minio
from minio.error import MinioException, S3Error
from urllib3.exceptions import HTTPError

from contracts.errors.execution import ServiceUnavailable
from services.audit.domain.faults import Fault, FaultKind
from services.audit.domain.months import Month
from services.audit.domain.strands import StoredLine
from services.audit.settings import ArchiveSettings

_BATCH = 2_000
_SECONDS = 30
_CHUNK_BYTES = 128 * 1024

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(StoredLine).decode


class Archive:
    """One bucket, which must exist."""

    def __init__(self, settings: ArchiveSettings) -> None:
        self._bucket = settings.archive_bucket
        self._client = Minio(
            settings.archive_endpoint,
            access_key=settings.archive_access_key,
            secret_key=settings.archive_secret_key,
            region=settings.archive_region,
            secure=settings.archive_secure,
            http_client=urllib3.PoolManager(timeout=urllib3.Timeout(_SECONDS), retries=urllib3.Retry(total=1)),
        )

    @classmethod
    def from_settings(cls, settings: ArchiveSettings) -> "Archive | None":
        """None where no object store is set."""
        return cls(settings) if settings.archive_endpoint else None

    def put(self, key: str, file: Path) -> None:
        """Store a file; durable on return.

        Raises:
            ServiceUnavailable: the store does not answer, or refuses.
        """
        with _unavailable_on_error():
            self._client.fput_object(self._bucket, key, str(file), content_type="application/gzip")

    def lines(self, month: Month) -> Iterator[list[StoredLine]]:
        """Batches of the lines of a month, in the order they were archived.

        Raises:
            Fault: the object is missing or changed; a change may be found only after the last batch.
            ServiceUnavailable.
        """
        with self._reading(month) as source, gzip.GzipFile(fileobj=io.BufferedReader(source, _CHUNK_BYTES)) as lines:
            try:
                while batch := [_decode(line) for line in islice(lines, _BATCH)]:
                    yield batch
            except (OSError, EOFError, zlib.error, msgspec.MsgspecError):
                raise _damaged(month) from None
            if source.sha256() != month.sha256:
                raise _damaged(month)

    @contextmanager
    def _reading(self, month: Month) -> Iterator["_Source"]:
        with _unavailable_on_error():
            try:
                response = self._client.get_object(self._bucket, month.object_key or "")
            except (S3Error, ValueError) as error:
                if getattr(error, "code", "NoSuchKey") == "NoSuchKey":
                    raise _damaged(month) from None
                raise
        try:
            yield _Source(response)
        finally:
            response.close()
            response.release_conn()


def write_lines(file: Path, batches: Iterable[list[StoredLine]]) -> None:
    """Write the content of an archive object; the same lines give the same bytes."""
    with file.open("wb") as raw, gzip.GzipFile("", "wb", fileobj=raw, mtime=0) as target:
        for batch in batches:
            target.write(b"".join(_encode(line) + b"\n" for line in batch))


def sha256_of(file: Path) -> bytes:
    """The SHA-256 of a file; 32 bytes."""
    with file.open("rb") as source:
        return hashlib.file_digest(source, "sha256").digest()


class _Source(io.RawIOBase):
    """An object of the store, hashed while it is read."""

    def __init__(self, response: Any) -> None:
        self._response = response
        self._hash = hashlib.sha256()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        with _unavailable_on_error():
            chunk: bytes = self._response.read(len(buffer))
        self._hash.update(chunk)
        buffer[: len(chunk)] = chunk
        return len(chunk)

    def sha256(self) -> bytes:
        """Of the whole object; reads what is left of it."""
        while self.read(_CHUNK_BYTES):
            pass
        return self._hash.digest()


def _damaged(month: Month) -> Fault:
    return Fault(FaultKind.ARCHIVE, position=month.first_position)


@contextmanager
def _unavailable_on_error() -> Iterator[None]:
    try:
        yield
    except (MinioException, HTTPError):
        raise ServiceUnavailable from None
