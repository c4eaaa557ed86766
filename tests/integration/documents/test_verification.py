"""`carnet documents verify` reads content again and names what would not come out as it went in."""

import os
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pytest
from minio import Minio
from typer.testing import CliRunner, Result

from cli.documents import app
from services.documents.domain import Content
from services.documents.keepers import FileKeyKeeper
from tests.integration.documents.house import House
from tests.integration.documents.papers import document
from tests.integration.documents.shelf import Shelf, a_key, shelf_of

KEY = os.urandom(32)
KEEPER = FileKeyKeeper(KEY)


@pytest.fixture
def shelf(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shelf]:
    """An empty database, and an operator who knows key and object store."""
    (tmp_path / "key").write_bytes(KEY)
    monkeypatch.setenv("CARNET_MASTER_KEY_FILE", str(tmp_path / "key"))
    monkeypatch.setenv("CARNET_DEV_ROOT", str(tmp_path / "nothing"))
    with shelf_of(house) as shelf:
        shelf.tell(monkeypatch)
        yield shelf


def verify(shelf: Shelf, *options: str) -> Result:
    return CliRunner().invoke(app, ["verify", "--database", shelf.url, *options], env={"COLUMNS": "200"})


def minio(shelf: Shelf) -> Minio:
    store = shelf.store
    return Minio(store.endpoint, store.access_key, store.secret_key, region=store.region, secure=False)


def change(shelf: Shelf, content: Content, rests: bytes) -> None:
    minio(shelf).put_object(shelf.store.bucket, content.object_key, BytesIO(rests), len(rests))


def rests(shelf: Shelf, content: Content) -> bytes:
    response = minio(shelf).get_object(shelf.store.bucket, content.object_key)
    try:
        return response.read()
    finally:
        response.close()


def test_content_as_it_went_in_is_told_with_its_figures(shelf: Shelf) -> None:
    found = [shelf.bring_in(document(size), KEEPER) for size in ("small", "139 kB", "5 MB")]
    result = verify(shelf, "--all")
    assert result.exit_code == 0, result.output
    assert f"at fault: 3, {sum(one.size for one in found)}, 0" in result.output


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "a bit turned": lambda found: found[:200_000] + bytes([found[200_000] ^ 1]) + found[200_001:],
    "cut": lambda found: found[:-1],
    "longer": lambda found: found + b"x",
    "empty": lambda _: b"",
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_content_is_named_and_no_other(shelf: Shelf, damage: str) -> None:
    bad, good = shelf.bring_in(document("5 MB"), KEEPER), shelf.bring_in(document("small"), KEEPER)
    change(shelf, bad, DAMAGES[damage](rests(shelf, bad)))
    result = verify(shelf, "--all")
    assert result.exit_code == 1
    assert str(bad.content_id) in result.output
    assert "damaged" in result.output
    assert str(good.content_id) not in result.output


def test_a_size_or_hash_that_is_not_that_of_the_bytes_is_damage(shelf: Shelf) -> None:
    sizes, hashes = (shelf.bring_in(document("small"), KEEPER) for _ in range(2))
    shelf.rows("UPDATE contents SET size = size - 1 WHERE content_id = %s", str(sizes.content_id))
    shelf.rows("UPDATE contents SET sha256 = 'x' WHERE content_id = %s", str(hashes.content_id))
    result = verify(shelf, "--all")
    assert result.exit_code == 1
    assert "at fault: 2," in result.output
    assert result.output.count("damaged") == 2


def test_missing_objects_and_lost_keys_are_told_apart(shelf: Shelf) -> None:
    missing, lost = shelf.bring_in(document("small"), KEEPER), a_key(FileKeyKeeper(os.urandom(32)))
    shelf.note(lost)
    minio(shelf).remove_object(shelf.store.bucket, missing.object_key)
    lines = verify(shelf, "--all").output.splitlines()
    assert any(str(missing.content_id) in line and "object missing" in line for line in lines)
    assert any(str(lost.content_id) in line and "key lost" in line for line in lines)


def test_what_was_destroyed_is_not_looked_for(shelf: Shelf) -> None:
    content = shelf.bring_in(document("small"), KEEPER)
    shelf.rows("UPDATE contents SET state = 'destroyed', wrapped_key = NULL")
    minio(shelf).remove_object(shelf.store.bucket, content.object_key)
    result = verify(shelf, "--all")
    assert (result.exit_code, "at fault: 0, 0, 0" in result.output) == (0, True)


def test_a_sample_is_as_large_as_was_asked(shelf: Shelf) -> None:
    for _ in range(5):
        shelf.bring_in(document("small"), KEEPER)
    assert "at fault: 2," in verify(shelf, "--sample", "2").output
    assert "at fault: 5," in verify(shelf, "--sample", "50").output
    assert "at fault: 5," in verify(shelf).output


def test_a_store_that_is_away_is_no_damage(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf.bring_in(document("small"), KEEPER)
    monkeypatch.setenv("CARNET_S3_ENDPOINT", "127.0.0.1:1")
    result = verify(shelf, "--all")
    assert result.exit_code == 1
    assert "unavailable" in result.output
    assert "damaged" not in result.output
