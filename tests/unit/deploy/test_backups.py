"""A backup is whole and unaltered, or refused; nothing in it leads out of its directory."""

from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import msgspec
import pytest

from deploy.backup.databases import environment_of
from deploy.backup.files import MANIFEST, BackupFile, Manifest, read_manifest, write_manifest
from deploy.backup.keys import back_up_keys, restore_keys
from deploy.dev.errors import StackError

NOW = datetime(2026, 12, 1, 3, tzinfo=UTC)


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    """A backup of two keys."""
    source, directory = tmp_path / "source", tmp_path / "keys"
    for name in ("documents/master.key", "audit/journal-heads.jwk.json"):
        (source / name).parent.mkdir(parents=True)
        (source / name).write_bytes(name.encode())
    back_up_keys(source, directory, pair="a pair", now=NOW)
    return directory


def refusal(directory: Path, target: Path) -> str:
    """Why the backup is refused; nothing is restored."""
    with pytest.raises(StackError) as found:
        restore_keys(directory, target)
    assert not target.exists() or not any(path.is_file() for path in target.rglob("*"))
    return str(found.value)


def test_keys_come_back_byte_for_byte_and_for_their_owner_only(keys: Path, tmp_path: Path) -> None:
    restore_keys(keys, tmp_path / "target")
    master = tmp_path / "target" / "documents" / "master.key"
    assert master.read_bytes() == (tmp_path / "source" / "documents" / "master.key").read_bytes()
    assert [path.stat().st_mode & 0o077 for path in (tmp_path / "target").rglob("*")] == [0, 0, 0, 0]


FLAWS: dict[str, Callable[[Path], object]] = {
    "altér": lambda keys: (keys / "documents" / "master.key").write_bytes(b"another.key"),
    "il manque": lambda keys: (keys / "documents" / "master.key").unlink(),
    "étranger": lambda keys: (keys / "more").write_bytes(b""),
    "sans manifest": lambda keys: (keys / MANIFEST).unlink(),
    "illisible": lambda keys: (keys / MANIFEST).write_bytes(b"{"),
}


@pytest.mark.parametrize("why", FLAWS)
def test_a_backup_that_is_not_whole_is_refused(keys: Path, tmp_path: Path, why: str) -> None:
    FLAWS[why](keys)
    assert why in refusal(keys, tmp_path / "target")


def test_another_kind_or_a_newer_format_is_refused(keys: Path, tmp_path: Path) -> None:
    manifest = read_manifest(keys, "keys")
    for other in (msgspec.structs.replace(manifest, kind="content"), msgspec.structs.replace(manifest, format=2)):
        write_manifest(keys, other)
        assert "version" in refusal(keys, tmp_path / "target")


def test_no_file_outside_the_backup_is_read_or_written(keys: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").write_bytes(b"")
    file = BackupFile(name="../outside", size=0, sha256=sha256(b"").hexdigest())
    write_manifest(keys, Manifest(kind="keys", pair="a pair", made_at=NOW, files=(file,)))
    assert "altér" in refusal(keys, tmp_path / "target")


def test_keys_are_not_restored_over_others(keys: Path, tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.mkdir()
    (target / "other").mkdir()
    assert "n'est pas vide" in refusal(keys, target)


def test_programs_of_the_database_check_its_certificate_as_services_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGSSLMODE", "verify-full")
    monkeypatch.setenv("PGUSER", "somebody")
    found = environment_of("postgresql://audit:word@database:5432/audit?sslrootcert=/ca.pem")
    wanted = {
        "PGSSLMODE": "verify-full",
        "PGSSLROOTCERT": "/ca.pem",
        "PGUSER": "audit",
        "PGPASSWORD": "word",
        "PGHOST": "database",
    }
    assert wanted.items() <= found.items()
