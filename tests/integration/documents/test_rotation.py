"""Keys change their master key beside a service that goes on, and content stays as it is."""

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from uuid import UUID

import psycopg2
import pytest
from typer.testing import CliRunner, Result

from cli.documents import app
from contracts.errors import ServiceUnavailable
from services.documents.domain import WrappedKey
from services.documents.handlers.rotation import Rotated, Rotation
from services.documents.keepers import FileKeyKeeper, KeyKeeper
from services.documents.repositories.inventory import inventory
from tests.integration.documents.harness import ContentHarness, a_key, harness_of, upload_to
from tests.integration.documents.papers import document
from tests.integration.documents.stack import DocumentsStack

FIRST, SECOND, STRANGE = (FileKeyKeeper(os.urandom(32)) for _ in range(3))
OLD, NEW = os.urandom(32), os.urandom(32)
BEFORE, BOTH, AFTER = FileKeyKeeper(OLD), FileKeyKeeper(NEW, OLD), FileKeyKeeper(NEW)


@pytest.fixture
def harness(stack: DocumentsStack) -> Iterator[ContentHarness]:
    """An empty database."""
    with harness_of(stack) as harness:
        yield harness


def rotated(harness: ContentHarness, keeper: KeyKeeper = BOTH) -> Rotated:
    with inventory(harness.url) as contents:
        return Rotation(contents, keeper, lambda _done, _total: None).run()


def key_of(harness: ContentHarness, content_id: UUID) -> WrappedKey:
    [(key_id, sealed)] = harness.rows(
        "SELECT key_id, wrapped_key FROM contents WHERE content_id = %s", str(content_id)
    )
    return WrappedKey(key_id, bytes(sealed))


def test_every_key_is_wrapped_anew_and_is_the_same_key(harness: ContentHarness) -> None:
    found = [a_key(BEFORE) for _ in range(2_345)]
    harness.note(*found)
    result = rotated(harness)
    assert (result.rewrapped, result.left, result.damaged) == (len(found), 0, [])
    assert result.generations == {AFTER.active: len(found)}
    for content in found:
        assert AFTER.unwrap(key_of(harness, content.content_id)) == BEFORE.unwrap(content.key)


def test_nothing_but_the_key_is_touched(harness: ContentHarness) -> None:
    columns = "SELECT patient_id, content_id, state, object_key, size, frame_size, sha256, staged_at FROM contents"
    harness.note(*(a_key(BEFORE) for _ in range(10)))
    before = harness.rows(f"{columns} ORDER BY content_id")
    rotated(harness)
    assert [bytes(one) if isinstance(one, memoryview) else one for row in before for one in row] == [
        bytes(one) if isinstance(one, memoryview) else one
        for row in harness.rows(f"{columns} ORDER BY content_id")
        for one in row
    ]


def test_a_second_run_finds_nothing_to_do(harness: ContentHarness) -> None:
    content = a_key(BEFORE)
    harness.note(content)
    rotated(harness)
    once = key_of(harness, content.content_id)
    assert rotated(harness).rewrapped == 0
    assert key_of(harness, content.content_id) == once


class Failing(FileKeyKeeper):
    """A keeper that goes away after some keys."""

    left = 1_500

    def wrap(self, data_key: bytes) -> WrappedKey:
        self.left -= 1
        if self.left < 0:
            raise ServiceUnavailable
        return super().wrap(data_key)


def test_what_broke_off_goes_on_where_it_ended(harness: ContentHarness) -> None:
    found = [a_key(BEFORE) for _ in range(2_500)]
    harness.note(*found)
    with pytest.raises(ServiceUnavailable):
        rotated(harness, Failing(NEW, OLD))
    [(done,)] = harness.rows("SELECT count(*) FROM contents WHERE key_id = %s", AFTER.active)
    assert 0 < done < len(found)
    for content in found[::100]:
        assert BOTH.unwrap(key_of(harness, content.content_id)) == BEFORE.unwrap(content.key)
    assert rotated(harness).rewrapped == len(found) - done


def test_a_key_that_is_destroyed_meanwhile_stays_destroyed(harness: ContentHarness) -> None:
    content, other = a_key(BEFORE), a_key(BEFORE)
    harness.note(content, other)

    class Slow(FileKeyKeeper):
        """While it wraps, the record is destroyed."""

        def wrap(self, data_key: bytes) -> WrappedKey:
            query = "UPDATE contents SET state = 'destroyed', wrapped_key = NULL WHERE content_id = %s"
            harness.rows(query, str(content.content_id))
            return super().wrap(data_key)

    assert rotated(harness, Slow(NEW, OLD)).rewrapped == 1
    assert harness.rows("SELECT wrapped_key FROM contents WHERE content_id = %s", str(content.content_id)) == [
        (None,)
    ]


def test_nobody_waits_for_a_rotation_and_it_waits_for_nobody(harness: ContentHarness) -> None:
    held, other = a_key(BEFORE), a_key(BEFORE)
    harness.note(held, other)
    with closing(psycopg2.connect(harness.url)) as service:
        service.cursor().execute("SELECT 1 FROM contents WHERE content_id = %s FOR UPDATE", (str(held.content_id),))
        result = rotated(harness)
        assert (result.rewrapped, result.left) == (1, 1)
        service.rollback()
    assert rotated(harness).rewrapped == 1


def test_keys_that_do_not_open_are_named_and_stop_nothing(harness: ContentHarness) -> None:
    good, bad, strange = a_key(BEFORE), a_key(BEFORE), a_key(STRANGE)
    harness.note(good, bad, strange)
    harness.rows("UPDATE contents SET wrapped_key = 'x' WHERE content_id = %s", str(bad.content_id))
    result = rotated(harness)
    assert (result.rewrapped, result.left, result.damaged) == (1, 2, [bad.content_id])
    assert result.generations == {AFTER.active: 1, BEFORE.active: 1, STRANGE.active: 1}
    assert key_of(harness, strange.content_id) == strange.key


def test_keys_of_the_first_release_belong_to_the_first_generation(stack: DocumentsStack) -> None:
    with harness_of(stack, steps=["0001"]) as harness:
        content = a_key(BEFORE)
        harness.note(content)
        upload_to(harness, "head")
        assert key_of(harness, content.content_id) == content.key
        assert rotated(harness).generations == {AFTER.active: 1}


def test_a_step_that_was_broken_off_is_done_again(stack: DocumentsStack) -> None:
    with harness_of(stack, steps=["0001"]) as harness:
        harness.rows("CREATE INDEX contents_key_id ON contents (key_id)")
        upload_to(harness, "head")
        [(definition,)] = harness.rows("SELECT indexdef FROM pg_indexes WHERE indexname = 'contents_key_id'")
        assert "(key_id, patient_id, content_id)" in definition


# The command, and a service beside it ------------------------------------------------------------


def command(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both keys in files, as an operator tells of them; no stack is up."""
    for name, key in (("OLDER_MASTER_KEY_FILES", OLD), ("MASTER_KEY_FILE", NEW)):
        (tmp_path / name).write_bytes(key)
        monkeypatch.setenv(f"CARNET_{name}", str(tmp_path / name))
    monkeypatch.setenv("CARNET_DEV_ROOT", str(tmp_path / "nothing"))


@pytest.mark.usefixtures("told")
def test_the_command_tells_how_many_keys_are_where(harness: ContentHarness) -> None:
    harness.note(*(a_key(BEFORE) for _ in range(12)))
    result = command("rotate", "--database", harness.url)
    assert result.exit_code == 0, result.output
    assert "12 clés rechiffrées" in result.output
    assert f"{AFTER.active}: 12 clés / keys, active" in result.output


@pytest.mark.usefixtures("told")
def test_the_command_fails_while_keys_stay_behind(harness: ContentHarness) -> None:
    harness.note(a_key(STRANGE))
    result = command("rotate", "--database", harness.url)
    assert result.exit_code == 1
    assert f"{STRANGE.active}: 1 clés" in result.output


@pytest.mark.usefixtures("told")
def test_a_database_that_is_away_and_a_key_that_is_not_there_are_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = command("rotate", "--database", "postgresql://nobody@127.0.0.1:1/documents")
    assert (away.exit_code, "documents' database" in away.output) == (1, True)
    monkeypatch.setenv("CARNET_MASTER_KEY_FILE", str(tmp_path / "nowhere"))
    lost = command("rotate", "--database", "postgresql://nobody@127.0.0.1:1/documents")
    assert lost.exit_code == 1


def test_a_service_reads_before_during_and_after_a_rotation(
    stack: DocumentsStack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = stack.addresses.keys.master, tmp_path / "second.key"
    second.write_bytes(NEW)
    database = stack.addresses.database_url("documents")

    def moved(active: Path, older: Path) -> None:
        """The service learns of both keys, then those there are change over."""
        stack.stop()
        stack.start(master_key_file=str(active), older_master_key_files=str(older))
        monkeypatch.setenv("CARNET_MASTER_KEY_FILE", str(active))
        monkeypatch.setenv("CARNET_OLDER_MASTER_KEY_FILES", str(older))

    receipt = stack.deposit(document("139 kB"))
    etag = stack.etag(receipt)
    moved(second, first)
    assert stack.read(receipt) == document("139 kB")
    assert command("rotate", "--database", database).exit_code == 0
    assert stack.read(receipt) == document("139 kB")
    stack.stop()
    stack.start(master_key_file=str(second))
    assert stack.read(receipt) == document("139 kB")
    assert stack.etag(receipt) == etag
    moved(first, second)
    assert command("rotate", "--database", database).exit_code == 0
    stack.stop()
    stack.start()
    assert stack.read(receipt) == document("139 kB")
