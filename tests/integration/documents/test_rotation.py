"""Rotation rewraps data keys under a new master key while the service runs; contents stay as they are."""

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg2
import pytest
from typer.testing import Result

from cli.documents import app
from contracts.errors.execution import ServiceUnavailable
from deploy.dev.paths import write_private
from deploy.dev.stack import Stack
from services.documents.domain import WrappedKey
from services.documents.keepers import FileKeyKeeper, KeyKeeper
from services.documents.repositories.inventory import open_inventory
from services.documents.rotation import Rotation, RotationReport
from tests.integration.documents.content_database import (
    ContentDatabase,
    content_database,
    content_without_object,
)
from tests.integration.documents.papers import document
from tests.integration.documents.stack import DocumentsStack
from tests.support.databases import migrate_database
from tests.support.operators import TwoOperators

FIRST, SECOND, UNKNOWN = (FileKeyKeeper(os.urandom(32)) for _ in range(3))
OLD, NEW = os.urandom(32), os.urandom(32)
BEFORE, BOTH, AFTER = FileKeyKeeper(OLD), FileKeyKeeper(NEW, OLD), FileKeyKeeper(NEW)


@pytest.fixture
def database(stack: DocumentsStack) -> Iterator[ContentDatabase]:
    """An empty database."""
    with content_database(stack) as database:
        yield database


def rotate(database: ContentDatabase, keeper: KeyKeeper = BOTH) -> RotationReport:
    with open_inventory(database.url) as inventory:
        return Rotation(inventory, keeper, lambda _done, _total: None).run()


def keys_in(database: ContentDatabase) -> dict[UUID, WrappedKey]:
    rows = database.rows("SELECT content_id::text, key_id, wrapped_key FROM contents")
    return {UUID(content_id): WrappedKey(key_id, bytes(sealed)) for content_id, key_id, sealed in rows}


def key_of(database: ContentDatabase, content_id: UUID) -> WrappedKey:
    return keys_in(database)[content_id]


def test_every_key_is_rewrapped_and_stays_the_same_key(database: ContentDatabase) -> None:
    contents = [content_without_object(BEFORE) for _ in range(2_345)]
    database.insert(*contents)
    result = rotate(database)
    assert (result.rewrapped, result.left, result.damaged) == (len(contents), 0, [])
    assert result.generations == {AFTER.active: len(contents)}
    keys = keys_in(database)
    for content in contents:
        assert AFTER.unwrap(keys[content.content_id]) == BEFORE.unwrap(content.key)


def test_nothing_but_the_wrapped_key_changes(database: ContentDatabase) -> None:
    columns = "SELECT patient_id, content_id, state, object_key, size, frame_size, sha256, staged_at FROM contents"
    database.insert(*(content_without_object(BEFORE) for _ in range(10)))
    before = database.rows(f"{columns} ORDER BY content_id")
    rotate(database)
    after = database.rows(f"{columns} ORDER BY content_id")
    assert [_comparable(row) for row in before] == [_comparable(row) for row in after]


def _comparable(row: tuple[Any, ...]) -> list[Any]:
    return [bytes(value) if isinstance(value, memoryview) else value for value in row]


def test_a_second_run_finds_nothing_to_do(database: ContentDatabase) -> None:
    content = content_without_object(BEFORE)
    database.insert(content)
    rotate(database)
    wrapped = key_of(database, content.content_id)
    assert rotate(database).rewrapped == 0
    assert key_of(database, content.content_id) == wrapped


class Failing(FileKeyKeeper):
    """A keeper that becomes unavailable after some keys."""

    left = 1_500

    def wrap(self, data_key: bytes) -> WrappedKey:
        self.left -= 1
        if self.left < 0:
            raise ServiceUnavailable
        return super().wrap(data_key)


def test_a_run_that_broke_off_is_continued_by_the_next(database: ContentDatabase) -> None:
    contents = [content_without_object(BEFORE) for _ in range(2_500)]
    database.insert(*contents)
    with pytest.raises(ServiceUnavailable):
        rotate(database, Failing(NEW, OLD))
    [(done,)] = database.rows("SELECT count(*) FROM contents WHERE key_id = %s", AFTER.active)
    assert 0 < done < len(contents)
    keys = keys_in(database)
    for content in contents:
        assert BOTH.unwrap(keys[content.content_id]) == BEFORE.unwrap(content.key)
    assert rotate(database).rewrapped == len(contents) - done


def test_a_key_that_is_destroyed_meanwhile_stays_destroyed(database: ContentDatabase) -> None:
    content, other = content_without_object(BEFORE), content_without_object(BEFORE)
    database.insert(content, other)

    class Slow(FileKeyKeeper):
        """While it wraps, the record is destroyed."""

        def wrap(self, data_key: bytes) -> WrappedKey:
            query = "UPDATE contents SET state = 'destroyed', wrapped_key = NULL WHERE content_id = %s"
            database.rows(query, str(content.content_id))
            return super().wrap(data_key)

    assert rotate(database, Slow(NEW, OLD)).rewrapped == 1
    assert database.rows("SELECT wrapped_key FROM contents WHERE content_id = %s", str(content.content_id)) == [
        (None,)
    ]


def test_rotation_skips_locked_rows_and_the_next_run_takes_them(database: ContentDatabase) -> None:
    locked, other = content_without_object(BEFORE), content_without_object(BEFORE)
    database.insert(locked, other)
    with closing(psycopg2.connect(database.url)) as service:
        service.cursor().execute("SELECT 1 FROM contents WHERE content_id = %s FOR UPDATE", (str(locked.content_id),))
        result = rotate(database)
        assert (result.rewrapped, result.left) == (1, 1)
        service.rollback()
    assert rotate(database).rewrapped == 1


def test_keys_that_do_not_unwrap_are_reported_and_the_rest_is_rewrapped(database: ContentDatabase) -> None:
    good, bad, unknown = (
        content_without_object(BEFORE),
        content_without_object(BEFORE),
        content_without_object(UNKNOWN),
    )
    database.insert(good, bad, unknown)
    database.rows("UPDATE contents SET wrapped_key = 'x' WHERE content_id = %s", str(bad.content_id))
    result = rotate(database)
    assert (result.rewrapped, result.left, result.damaged) == (1, 2, [bad.content_id])
    assert result.generations == {AFTER.active: 1, BEFORE.active: 1, UNKNOWN.active: 1}
    assert key_of(database, unknown.content_id) == unknown.key


def test_keys_of_the_first_release_belong_to_the_first_generation(stack: DocumentsStack) -> None:
    with content_database(stack, revisions=["0001"]) as database:
        content = content_without_object(BEFORE)
        database.insert(content)
        migrate_database(database.url, "documents", "head")
        assert key_of(database, content.content_id) == content.key
        assert rotate(database).generations == {AFTER.active: 1}


def test_a_migration_that_broke_off_is_done_again(stack: DocumentsStack) -> None:
    with content_database(stack, revisions=["0001"]) as database:
        database.rows("CREATE INDEX contents_key_id ON contents (key_id)")
        migrate_database(database.url, "documents", "head")
        [(definition,)] = database.rows("SELECT indexdef FROM pg_indexes WHERE indexname = 'contents_key_id'")
        assert "(key_id, patient_id, content_id)" in definition


# The command, and a running service --------------------------------------------------------------


def command(platform: Stack, *arguments: str) -> Result:
    """Called by two operators, whose signatures the platform of the tests keeps."""
    gateway = {"CARNET_GATEWAY_URL": platform.addresses.url("gateway")}
    return TwoOperators(platform.addresses.keys).invoke(app, list(arguments), env=gateway)


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both keys in files that CARNET_* variables name, as an operator sets them; no stack is up."""
    for name, key in (("OLDER_MASTER_KEY_FILES", OLD), ("MASTER_KEY_FILE", NEW)):
        write_private(tmp_path / name, key)
        monkeypatch.setenv(f"CARNET_{name}", str(tmp_path / name))
    monkeypatch.setenv("CARNET_DEV_ROOT", str(tmp_path / "nothing"))


@pytest.mark.usefixtures("environment")
def test_the_command_prints_how_many_keys_each_generation_has(platform: Stack, database: ContentDatabase) -> None:
    database.insert(*(content_without_object(BEFORE) for _ in range(12)))
    result = command(platform, "rotate", "--database", database.url)
    assert result.exit_code == 0, result.output
    assert "12 clés rechiffrées" in result.output
    assert f"{AFTER.active}: 12 clés / keys, active" in result.output


@pytest.mark.usefixtures("environment")
def test_the_command_fails_while_keys_are_left(platform: Stack, database: ContentDatabase) -> None:
    database.insert(content_without_object(UNKNOWN))
    result = command(platform, "rotate", "--database", database.url)
    assert result.exit_code == 1
    assert f"{UNKNOWN.active}: 1 clés" in result.output


@pytest.mark.usefixtures("environment")
def test_an_unreachable_database_and_a_missing_key_file_are_reported(
    platform: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = command(platform, "rotate", "--database", "postgresql://nobody@127.0.0.1:1/documents")
    assert (away.exit_code, "documents' database" in away.output) == (1, True)
    monkeypatch.setenv("CARNET_MASTER_KEY_FILE", str(tmp_path / "nowhere"))
    lost = command(platform, "rotate", "--database", "postgresql://nobody@127.0.0.1:1/documents")
    assert lost.exit_code == 1


def test_a_service_reads_before_during_and_after_a_rotation(
    platform: Stack, stack: DocumentsStack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = stack.addresses.keys.master, tmp_path / "second.key"
    write_private(second, NEW)
    database_url = stack.addresses.database_url("documents")

    def use_master_keys(active: Path, older: Path) -> None:
        """Restart the service with both keys, and set the environment of the command."""
        stack.stop()
        stack.start(master_key_file=str(active), older_master_key_files=str(older))
        monkeypatch.setenv("CARNET_MASTER_KEY_FILE", str(active))
        monkeypatch.setenv("CARNET_OLDER_MASTER_KEY_FILES", str(older))

    receipt = stack.deposit(document("139 kB"))
    etag = stack.etag(receipt)
    use_master_keys(second, first)
    assert stack.read(receipt) == document("139 kB")
    assert command(platform, "rotate", "--database", database_url).exit_code == 0
    assert stack.read(receipt) == document("139 kB")
    stack.stop()
    stack.start(master_key_file=str(second))
    assert stack.read(receipt) == document("139 kB")
    assert stack.etag(receipt) == etag
    use_master_keys(first, second)
    assert command(platform, "rotate", "--database", database_url).exit_code == 0
    stack.stop()
    stack.start()
    assert stack.read(receipt) == document("139 kB")
