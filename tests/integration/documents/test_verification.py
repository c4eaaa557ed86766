"""`carnet documents verify` reads content again and names what would not come out as it went in."""

import os
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pytest
from minio import Minio
from typer.testing import CliRunner, Result

from cli.documents import app
from services.documents.domain import StoredContent
from services.documents.keepers import FileKeyKeeper
from tests.integration.documents.harness import ContentHarness, a_key, harness_of
from tests.integration.documents.papers import document
from tests.integration.documents.stack import DocumentsStack

KEY = os.urandom(32)
KEEPER = FileKeyKeeper(KEY)


@pytest.fixture
def harness(stack: DocumentsStack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ContentHarness]:
    """An empty database, and an operator who knows key and object store."""
    (tmp_path / "key").write_bytes(KEY)
    monkeypatch.setenv("CARNET_MASTER_KEY_FILE", str(tmp_path / "key"))
    monkeypatch.setenv("CARNET_DEV_ROOT", str(tmp_path / "nothing"))
    with harness_of(stack) as harness:
        harness.tell(monkeypatch)
        yield harness


def verify(harness: ContentHarness, *options: str) -> Result:
    return CliRunner().invoke(app, ["verify", "--database", harness.url, *options], env={"COLUMNS": "200"})


def minio(harness: ContentHarness) -> Minio:
    contents = harness.contents
    return Minio(contents.endpoint, contents.access_key, contents.secret_key, region=contents.region, secure=False)


def change(harness: ContentHarness, content: StoredContent, rests: bytes) -> None:
    minio(harness).put_object(harness.contents.bucket, content.object_key, BytesIO(rests), len(rests))


def rests(harness: ContentHarness, content: StoredContent) -> bytes:
    response = minio(harness).get_object(harness.contents.bucket, content.object_key)
    try:
        return response.read()
    finally:
        response.close()


def test_content_as_it_went_in_is_told_with_its_figures(harness: ContentHarness) -> None:
    found = [harness.upload(document(size), KEEPER) for size in ("small", "139 kB", "5 MB")]
    result = verify(harness, "--all")
    assert result.exit_code == 0, result.output
    assert f"at fault: 3, {sum(one.size for one in found)}, 0" in result.output


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "a bit turned": lambda found: found[:200_000] + bytes([found[200_000] ^ 1]) + found[200_001:],
    "cut": lambda found: found[:-1],
    "longer": lambda found: found + b"x",
    "empty": lambda _: b"",
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_content_is_named_and_no_other(harness: ContentHarness, damage: str) -> None:
    bad, good = harness.upload(document("5 MB"), KEEPER), harness.upload(document("small"), KEEPER)
    change(harness, bad, DAMAGES[damage](rests(harness, bad)))
    result = verify(harness, "--all")
    assert result.exit_code == 1
    assert str(bad.content_id) in result.output
    assert "damaged" in result.output
    assert str(good.content_id) not in result.output


def test_a_size_or_hash_that_is_not_that_of_the_bytes_is_damage(harness: ContentHarness) -> None:
    sizes, hashes = (harness.upload(document("small"), KEEPER) for _ in range(2))
    harness.rows("UPDATE contents SET size = size - 1 WHERE content_id = %s", str(sizes.content_id))
    harness.rows("UPDATE contents SET sha256 = 'x' WHERE content_id = %s", str(hashes.content_id))
    result = verify(harness, "--all")
    assert result.exit_code == 1
    assert "at fault: 2," in result.output
    assert result.output.count("damaged") == 2


def test_missing_objects_and_lost_keys_are_told_apart(harness: ContentHarness) -> None:
    missing, lost = harness.upload(document("small"), KEEPER), a_key(FileKeyKeeper(os.urandom(32)))
    harness.note(lost)
    minio(harness).remove_object(harness.contents.bucket, missing.object_key)
    lines = verify(harness, "--all").output.splitlines()
    assert any(str(missing.content_id) in line and "object missing" in line for line in lines)
    assert any(str(lost.content_id) in line and "key lost" in line for line in lines)


def test_what_was_destroyed_is_not_looked_for(harness: ContentHarness) -> None:
    content = harness.upload(document("small"), KEEPER)
    harness.rows("UPDATE contents SET state = 'destroyed', wrapped_key = NULL")
    minio(harness).remove_object(harness.contents.bucket, content.object_key)
    result = verify(harness, "--all")
    assert (result.exit_code, "at fault: 0, 0, 0" in result.output) == (0, True)


def test_a_sample_is_as_large_as_was_asked(harness: ContentHarness) -> None:
    for _ in range(5):
        harness.upload(document("small"), KEEPER)
    assert "at fault: 2," in verify(harness, "--sample", "2").output
    assert "at fault: 5," in verify(harness, "--sample", "50").output
    assert "at fault: 5," in verify(harness).output


def test_a_store_that_is_away_is_no_damage(harness: ContentHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    harness.upload(document("small"), KEEPER)
    monkeypatch.setenv("CARNET_S3_ENDPOINT", "127.0.0.1:1")
    result = verify(harness, "--all")
    assert result.exit_code == 1
    assert "unavailable" in result.output
    assert "damaged" not in result.output
