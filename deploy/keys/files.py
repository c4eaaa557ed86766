"""Files of keys: what exists is kept, what is missing is made, what follows from others is written anew."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from deploy.dev.errors import StackError
from deploy.dev.paths import write_private


@dataclass
class KeyFiles:
    """Files below `root` with mode 0600, in directories with mode 0700; records what was done to each.

    `owners`: user ids of those below a directory of `root`, where they differ from whoever makes them.
    """

    root: Path
    owners: dict[str, int] = field(default_factory=dict)
    kept: list[str] = field(default_factory=list)
    made: list[str] = field(default_factory=list)
    renewed: list[str] = field(default_factory=list)

    def secret(self, name: str, make: Callable[[], bytes]) -> bytes:
        """Content of a file, which is made if it is missing and never changed.

        Raises:
            StackError: it cannot be read or is empty.
        """
        if not self._path(name).exists():
            self._write(name, make())
            self.made.append(name)
        else:
            self.kept.append(name)
        return self.read(name)

    def derived(self, name: str, content: bytes) -> None:
        """Write what follows from other files, if it differs from what is there."""
        before = self.read(name) if self._path(name).exists() else None
        if before == content:
            self.kept.append(name)
            return
        (self.made if before is None else self.renewed).append(name)
        self._write(name, content)

    def read(self, name: str) -> bytes:
        """Content of a file; raises StackError if it cannot be read or is empty."""
        try:
            content = self._path(name).read_bytes()
        except OSError as error:
            raise StackError(f"illisible / cannot be read: {error}") from None
        if not content:
            raise StackError(f"vide / empty: {self._path(name)}")
        return content

    def has(self, name: str) -> bool:
        return self._path(name).exists()

    def names(self, directory: str) -> list[str]:
        """Files of a directory below the root."""
        return sorted(f"{directory}/{path.name}" for path in self._path(directory).glob("*") if path.is_file())

    def remove(self, name: str) -> None:
        self._path(name).unlink()

    def finish(self) -> None:
        """Give every directory and file its mode and owner, whoever made it; raises StackError."""
        for path in (self.root, *sorted(self.root.rglob("*"))):
            path.chmod(0o700 if path.is_dir() else 0o600)
            top = path.relative_to(self.root).parts[:1]
            owner = self.owners.get(top[0]) if top else None
            if owner is not None and path.stat().st_uid != owner:
                self._give(path, owner)

    def _give(self, path: Path, owner: int) -> None:
        try:
            shutil.chown(path, owner, owner)
        except PermissionError:
            raise StackError(f"il faut être root pour donner / only root gives files away: {path}") from None

    def _path(self, name: str) -> Path:
        return self.root / name

    def _write(self, name: str, content: bytes) -> None:
        path = self._path(name)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_private(path, content)
