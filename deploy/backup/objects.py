"""Objects of a backup: their bytes one after the other in one file, their keys, sizes and hashes in another."""

import hashlib
import io
import os
from collections import deque
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, BinaryIO, cast

import msgspec
from minio.error import MinioException
from urllib3.exceptions import HTTPError

from contracts.errors.execution import ServiceUnavailable
from deploy.backup.files import CHUNK_BYTES, BackupFile, HashedFile, OnBytes
from deploy.dev.errors import StackError
from deploy.dev.object_store import ObjectStore
from services.documents.bucket import Bucket, ObjectMissing
from services.documents.settings import DocumentsSettings

_IN_PARALLEL = 16

_encode = msgspec.json.Encoder().encode


class _Entry(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    size: int
    sha256: str


_decode = msgspec.json.Decoder(_Entry).decode


class Packed(msgspec.Struct, frozen=True, kw_only=True):
    """`missing`: keys of objects that the store did not give unchanged; they are not in the backup."""

    files: tuple[BackupFile, ...]
    count: int
    missing: tuple[str, ...]


def bytes_name(name: str) -> str:
    """The file with the bytes of a bucket's objects."""
    return f"objects/{name}.bytes"


def index_name(name: str) -> str:
    """The file that lists a bucket's objects."""
    return f"objects/{name}.index"


def pack(
    directory: Path, name: str, store: ObjectStore, wanted: Iterable[tuple[str, str]], on_bytes: OnBytes
) -> Packed:
    """Copy objects, given as key and SHA-256 (hex), to `objects/<name>.bytes` and `.index`.

    Raises:
        StackError: the store does not answer.
    """
    bucket, count, missing = bucket_of(store), 0, list[str]()
    with (
        HashedFile(directory, bytes_name(name)) as content,
        HashedFile(directory, index_name(name)) as index,
    ):
        for key, expected in wanted:
            entry = _copied(bucket, store, key, content)
            if entry is not None:
                index.write(_encode(entry) + b"\n")
                count += 1
            if entry is None or entry.sha256 != expected:
                missing.append(key)
            on_bytes(0 if entry is None else entry.size)
        return Packed(files=(content.done(), index.done()), count=count, missing=tuple(missing))


def unpack(directory: Path, name: str, store: ObjectStore, on_bytes: OnBytes) -> None:
    """Put all objects of a backup into a bucket, some at once; raises StackError."""
    bucket, start, running = bucket_of(store), 0, deque[Future[int]]()
    with (
        (directory / bytes_name(name)).open("rb") as content,
        (directory / index_name(name)).open("rb") as index,
        ThreadPoolExecutor(_IN_PARALLEL) as pool,
    ):
        for entry in map(_decode, index):
            running.append(pool.submit(_put, bucket, store, entry, _Part(content.fileno(), start, entry.size)))
            start += entry.size
            if len(running) > _IN_PARALLEL:
                on_bytes(running.popleft().result())
        for put in running:
            on_bytes(put.result())


def check_empty(store: ObjectStore) -> None:
    """Raises StackError if the bucket is missing or has an object."""
    try:
        is_empty = store.is_empty()
    except (MinioException, HTTPError):
        raise _away(store) from None
    if not is_empty:
        raise StackError(
            f"le seau {store.bucket} manque ou n'est pas vide, rien n'est restauré / the bucket {store.bucket} is"
            " missing or not empty, nothing is restored"
        )


class _Part(io.RawIOBase):
    """`size` bytes of a file from `start`, as the body of a request; several parts are read at once."""

    def __init__(self, descriptor: int, start: int, size: int) -> None:
        self._descriptor = descriptor
        self._next = start
        self._end = start + size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        chunk = os.pread(self._descriptor, min(len(buffer), self._end - self._next), self._next)
        buffer[: len(chunk)] = chunk
        self._next += len(chunk)
        return len(chunk)


def _put(bucket: Bucket, store: ObjectStore, entry: _Entry, part: _Part) -> int:
    """Put an object; its size."""
    try:
        bucket.put(entry.key, cast(BinaryIO, part), entry.size, entry.sha256)
    except ServiceUnavailable:
        raise _away(store) from None
    return entry.size


def _copied(bucket: Bucket, store: ObjectStore, key: str, content: HashedFile) -> _Entry | None:
    """The entry of an object that was appended to `content`; None if it is not there."""
    digest, size = hashlib.sha256(), 0
    try:
        with bucket.reading(key) as source:
            while chunk := source.read(CHUNK_BYTES):
                content.write(chunk)
                digest.update(chunk)
                size += len(chunk)
    except ObjectMissing:
        return None
    except ServiceUnavailable:
        raise _away(store) from None
    return _Entry(key=key, size=size, sha256=digest.hexdigest())


def _away(store: ObjectStore) -> StackError:
    return StackError(f"le stockage ne répond pas / the object store does not answer: {store.endpoint}")


def bucket_of(store: ObjectStore) -> Bucket:
    """The client of documents for an object store of the stack or of an operator."""
    return Bucket(
        DocumentsSettings(
            s3_endpoint=store.endpoint,
            s3_access_key=store.access_key,
            s3_secret_key=store.secret_key,
            s3_region=store.region,
            s3_bucket=store.bucket,
            s3_secure=store.secure,
        )
    )
