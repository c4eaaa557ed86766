"""Directory layout of a development stack."""

import os
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Layout:
    """Directories and files under one root (`var/` of the checkout by default)."""

    root: Path

    @property
    def description(self) -> Path:
        """var/dev.json; exists only while the stack is up."""
        return self.root / "dev.json"

    @property
    def credentials(self) -> Path:
        return self.root / "credentials.json"

    @property
    def run(self) -> Path:
        return self.root / "run"

    @property
    def log(self) -> Path:
        return self.root / "log"

    @property
    def keys(self) -> Path:
        return self.root / "keys"

    @property
    def cards(self) -> Path:
        return self.root / "cards"

    @property
    def card_authorities(self) -> Path:
        return self.cards / "authority"

    @property
    def directory(self) -> Path:
        """Demo people, in the format that the identity service imports."""
        return self.cards / "directory.json"

    @property
    def postgres(self) -> Path:
        return self.root / "postgres"

    @property
    def rabbit(self) -> Path:
        return self.root / "rabbit"

    @property
    def object_store(self) -> Path:
        return self.root / "object-store"

    def log_of(self, name: str) -> Path:
        return self.log / f"{name}.log"

    def prepare(self) -> None:
        """Create the directories that several parts share."""
        for directory in (self.root, self.run, self.log):
            directory.mkdir(parents=True, exist_ok=True)
        self.run.chmod(0o700)


def write_private(path: Path, content: bytes) -> None:
    """Replace `path` atomically by `content`, readable by its owner only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
