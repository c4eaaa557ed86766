"""Files of a backup: hashed while they are written, listed in a manifest that is written last."""

import hashlib
import os
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Literal, Self

import msgspec

from deploy.dev.errors import StackError
from deploy.dev.paths import write_private

MANIFEST = "manifest.json"
FORMAT = 1
CHUNK_BYTES = 1024 * 1024

OnBytes = Callable[[int], None]
"""Called with the number of bytes that were done."""


class BackupFile(msgspec.Struct, frozen=True, kw_only=True):
    """`name` below the backup's directory, `size` in bytes, `sha256` in hex."""

    name: str
    size: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What one output holds; `pair` is the same in both outputs of a backup, `head` the newest signed head in it.

    `unsent`: events that wait in outboxes; `missing`: objects that a row names and the store did not give unchanged.
    """

    kind: Literal["content", "keys"]
    format: int = FORMAT
    pair: str
    made_at: datetime
    files: tuple[BackupFile, ...]
    head: str = ""
    unsent: int = 0
    objects: int = 0
    missing: tuple[str, ...] = ()


class HashedFile:
    """A new file that only its owner reads; durable once closed."""

    def __init__(self, directory: Path, name: str) -> None:
        self._name = name
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb", CHUNK_BYTES)
        self._hash = hashlib.sha256()
        self._size = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def write(self, data: bytes) -> None:
        self._hash.update(data)
        self._size += len(data)
        self._file.write(data)

    def done(self) -> BackupFile:
        """Its entry in the manifest, once all of it is on the disk."""
        self._file.flush()
        os.fsync(self._file.fileno())
        return BackupFile(name=self._name, size=self._size, sha256=self._hash.hexdigest())


def new_directory(directory: Path) -> None:
    """Make an output's directory; raises StackError if there is anything in it."""
    try:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        if any(directory.iterdir()):
            raise StackError(f"ce dossier n'est pas vide / this directory is not empty: {directory}")
    except OSError as error:
        raise StackError(f"{directory}: {error.strerror}") from None


def write_manifest(directory: Path, manifest: Manifest) -> None:
    """The last file of an output: without it, a backup is incomplete."""
    write_private(directory / MANIFEST, msgspec.json.format(msgspec.json.encode(manifest)))


def read_manifest(directory: Path, kind: str) -> Manifest:
    """The manifest of an output.

    Raises:
        StackError: there is none, or it is of another kind or a newer format.
    """
    try:
        manifest = msgspec.json.decode((directory / MANIFEST).read_bytes(), type=Manifest)
    except FileNotFoundError:
        raise StackError(f"sauvegarde incomplète, sans {MANIFEST} / incomplete backup: {directory}") from None
    except (OSError, msgspec.MsgspecError):
        raise StackError(f"{MANIFEST} illisible / does not read: {directory}") from None
    if manifest.kind != kind or manifest.format > FORMAT:
        raise StackError(
            f"ce n'est pas une sauvegarde « {kind} » de cette version / no backup of kind {kind} of this version:"
            f" {directory}"
        )
    return manifest


def check_files(directory: Path, manifest: Manifest, on_bytes: OnBytes) -> None:
    """Read every file of an output.

    Raises:
        StackError: one is missing or changed, or there is another file.
    """
    for file in manifest.files:
        if _hash_of(directory, file, on_bytes) != file.sha256:
            raise StackError(f"sauvegarde altérée / this backup was altered: {directory / file.name}")
    known = {MANIFEST, *(file.name for file in manifest.files)}
    for path in directory.rglob("*"):
        if not path.is_dir() and str(path.relative_to(directory)) not in known:
            raise StackError(f"fichier étranger à la sauvegarde / not a file of this backup: {path}")


def path_in(directory: Path, name: str) -> Path:
    """The path of a file that a manifest names; raises StackError if it leads out of the directory."""
    path = (directory / name).resolve()
    if not path.is_relative_to(directory.resolve()):
        raise StackError(f"sauvegarde altérée / this backup was altered: {name}")
    return path


def chunks_of(source: BinaryIO) -> Iterator[bytes]:
    """What is left of a stream, a piece at a time."""
    while chunk := source.read(CHUNK_BYTES):
        yield chunk


def _hash_of(directory: Path, file: BackupFile, on_bytes: OnBytes) -> str:
    digest = hashlib.sha256()
    try:
        with path_in(directory, file.name).open("rb") as source:
            for chunk in chunks_of(source):
                digest.update(chunk)
                on_bytes(len(chunk))
    except FileNotFoundError:
        raise StackError(f"sauvegarde incomplète, il manque / incomplete backup, missing: {file.name}") from None
    except OSError as error:
        raise StackError(f"{file.name}: {error.strerror}") from None
    return digest.hexdigest()
