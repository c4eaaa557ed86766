"""The other output of a backup: the files of a directory of keys, to be kept by other people in another place."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from deploy.backup.files import (
    BackupFile,
    HashedFile,
    Manifest,
    check_files,
    chunks_of,
    new_directory,
    path_in,
    read_manifest,
    write_manifest,
)
from deploy.dev.errors import StackError


def back_up_keys(source: Path, directory: Path, *, pair: str, now: datetime) -> Manifest:
    """Copy all files of a directory of keys into a new directory; raises StackError."""
    if not source.is_dir():
        raise StackError(f"dossier des clés absent / no directory of keys: {source}")
    new_directory(directory)
    names = sorted(str(path.relative_to(source)) for path in source.rglob("*") if path.is_file())
    manifest = Manifest(kind="keys", pair=pair, made_at=now, files=tuple(_copies(source, directory, names)))
    write_manifest(directory, manifest)
    return manifest


def restore_keys(directory: Path, target: Path) -> Manifest:
    """Copy keys from a backup into a new directory; raises StackError, also if there is anything in it."""
    manifest = read_manifest(directory, "keys")
    check_files(directory, manifest, lambda _size: None)
    new_directory(target)
    for _ in _copies(directory, target, [file.name for file in manifest.files]):
        pass
    return manifest


def _copies(source: Path, target: Path, names: list[str]) -> Iterator[BackupFile]:
    for name in names:
        try:
            with path_in(source, name).open("rb") as original, HashedFile(target, name) as copy:
                for chunk in chunks_of(original):
                    copy.write(chunk)
                yield copy.done()
        except OSError as error:
            raise StackError(f"{name}: {error.strerror}") from None
