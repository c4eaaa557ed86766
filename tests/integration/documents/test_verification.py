"""`carnet documents verify` reads stored contents and reports those that are lost or damaged."""

import os
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pytest
from minio import Minio
from typer.testing import CliRunner, Result

from cli.documents import app
from deploy.dev.paths import write_private
from services.documents.domain import StoredContent
from services.documents.keepers import FileKeyKeeper
from tests.integration.documents.content_database import ContentDatabase, content_database, content_without_object
from tests.integration.documents.papers import document
from tests.integration.documents.stack import DocumentsStack

KEY = os.urandom(32)
KEEPER = FileKeyKeeper(KEY)


@pytest.fixture
def database(stack: DocumentsStack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ContentDatabase]:
    """An empty database; CARNET_* variables name master key and object store."""
    write_private(tmp_path / "key", KEY)
    monkeypatch.setenv("CARNET_MASTER_KEY_FILE", str(tmp_path / "key"))
    monkeypatch.setenv("CARNET_DEV_ROOT", str(tmp_path / "nothing"))
    with content_database(stack) as database:
        database.set_environment(monkeypatch)
        yield database


def verify(database: ContentDatabase, *options: str) -> Result:
    return CliRunner().invoke(app, ["verify", "--database", database.url, *options], env={"COLUMNS": "200"})


def minio(database: ContentDatabase) -> Minio:
    store = database.object_store
    return Minio(store.endpoint, store.access_key, store.secret_key, region=store.region, secure=False)


def replace_object(database: ContentDatabase, content: StoredContent, sealed: bytes) -> None:
    minio(database).put_object(database.object_store.bucket, content.object_key, BytesIO(sealed), len(sealed))


def stored_object(database: ContentDatabase, content: StoredContent) -> bytes:
    response = minio(database).get_object(database.object_store.bucket, content.object_key)
    try:
        return response.read()
    finally:
        response.close()


def test_intact_content_is_reported_by_number_and_size(database: ContentDatabase) -> None:
    contents = [database.upload(document(size), KEEPER) for size in ("small", "139 kB", "5 MB")]
    result = verify(database, "--all")
    assert result.exit_code == 0, result.output
    assert f"at fault: 3, {sum(content.size for content in contents)}, 0" in result.output


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "a bit turned": lambda sealed: sealed[:200_000] + bytes([sealed[200_000] ^ 1]) + sealed[200_001:],
    "cut": lambda sealed: sealed[:-1],
    "longer": lambda sealed: sealed + b"x",
    "empty": lambda _: b"",
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_only_damaged_content_is_named(database: ContentDatabase, damage: str) -> None:
    bad, good = database.upload(document("5 MB"), KEEPER), database.upload(document("small"), KEEPER)
    replace_object(database, bad, DAMAGES[damage](stored_object(database, bad)))
    result = verify(database, "--all")
    assert result.exit_code == 1
    assert str(bad.content_id) in result.output
    assert "damaged" in result.output
    assert str(good.content_id) not in result.output


def test_a_size_or_hash_that_is_not_that_of_the_bytes_is_damage(database: ContentDatabase) -> None:
    sizes, hashes = (database.upload(document("small"), KEEPER) for _ in range(2))
    database.rows("UPDATE contents SET size = size - 1 WHERE content_id = %s", str(sizes.content_id))
    database.rows("UPDATE contents SET sha256 = 'x' WHERE content_id = %s", str(hashes.content_id))
    result = verify(database, "--all")
    assert result.exit_code == 1
    assert "at fault: 2," in result.output
    assert result.output.count("damaged") == 2


def test_missing_objects_and_lost_keys_are_distinguished(database: ContentDatabase) -> None:
    missing, lost = database.upload(document("small"), KEEPER), content_without_object(FileKeyKeeper(os.urandom(32)))
    database.insert(lost)
    minio(database).remove_object(database.object_store.bucket, missing.object_key)
    lines = verify(database, "--all").output.splitlines()
    assert any(str(missing.content_id) in line and "object missing" in line for line in lines)
    assert any(str(lost.content_id) in line and "key lost" in line for line in lines)


def test_destroyed_content_is_not_read(database: ContentDatabase) -> None:
    content = database.upload(document("small"), KEEPER)
    database.rows("UPDATE contents SET state = 'destroyed', wrapped_key = NULL")
    minio(database).remove_object(database.object_store.bucket, content.object_key)
    result = verify(database, "--all")
    assert (result.exit_code, "at fault: 0, 0, 0" in result.output) == (0, True)


def test_a_sample_has_the_requested_size(database: ContentDatabase) -> None:
    for _ in range(5):
        database.upload(document("small"), KEEPER)
    assert "at fault: 2," in verify(database, "--sample", "2").output
    assert "at fault: 5," in verify(database, "--sample", "50").output
    assert "at fault: 5," in verify(database).output


def test_an_unreachable_store_is_no_damage(database: ContentDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    database.upload(document("small"), KEEPER)
    monkeypatch.setenv("CARNET_S3_ENDPOINT", "127.0.0.1:1")
    result = verify(database, "--all")
    assert result.exit_code == 1
    assert "unavailable" in result.output
    assert "damaged" not in result.output
