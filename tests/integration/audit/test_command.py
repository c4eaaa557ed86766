"""`carnet journal verify` and `archive`, as the operator runs them."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from minio import Minio
from typer.testing import CliRunner, Result

from cli.main import app
from deploy.dev.paths import write_private
from tests.integration.audit.ledger import PATIENTS, Ledger, database_of, new_ledger
from tests.integration.audit.stack import AuditStack

SIZE = 40
LONG_AGO, RECENTLY = datetime(2020, 1, 10, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def ledger(stack: AuditStack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ledger]:
    """A journal of two months, one of them old, and its subject key in a file; no stack is running."""
    write_private(tmp_path / "subject.key", bytes(range(32)))
    monkeypatch.setenv("CARNET_SUBJECT_KEY_FILE", str(tmp_path / "subject.key"))
    monkeypatch.setenv("CARNET_DEV_ROOT", str(tmp_path / "nothing"))
    with database_of(stack.addresses.database_admin_url) as url:
        ledger = new_ledger(url)
        ledger.grow(SIZE - 10, heads=[SIZE - 10], start=LONG_AGO)
        ledger.grow(SIZE, heads=[SIZE], start=RECENTLY)
        yield ledger


@pytest.fixture
def bucket(stack: AuditStack, monkeypatch: pytest.MonkeyPatch) -> str:
    """A bucket for the archive, set in the environment."""
    store, name = stack.addresses.journal_store, f"carnet-journal-{uuid4().hex[:8]}"
    Minio(store.endpoint, store.access_key, store.secret_key, region=store.region, secure=False).make_bucket(name)
    settings = {"endpoint": store.endpoint, "access_key": store.access_key, "secret_key": store.secret_key}
    for setting, value in (settings | {"region": store.region, "bucket": name, "secure": "0"}).items():
        monkeypatch.setenv(f"CARNET_ARCHIVE_{setting.upper()}", value)
    return name


def verify(ledger: Ledger, *options: str) -> Result:
    key = ledger.signer.verifier.text
    words = ["journal", "verify", "--database", ledger.url, "--key", key, *options]
    return CliRunner().invoke(app, words)


def test_a_valid_journal_is_reported_with_its_numbers(ledger: Ledger) -> None:
    result = verify(ledger)

    assert result.exit_code == 0, result.output
    assert f"{SIZE} lignes, 2 têtes, {SIZE} signées" in result.output
    assert f"Names checked, erased: {SIZE}, 0" in result.output


def test_one_patient_is_verified_alone(ledger: Ledger) -> None:
    assert verify(ledger, "--patient", str(PATIENTS[1])).exit_code == 0

    unknown = verify(ledger, "--patient", str(uuid4()))
    assert unknown.exit_code == 1


def test_the_first_bad_entry_is_named(ledger: Ledger) -> None:
    ledger.tamper("UPDATE journal SET act = 'connexion' WHERE position IN (12, 17)")

    result = verify(ledger)

    assert result.exit_code == 1
    assert "position 12" in result.output
    assert "the hash is not that of this line" in result.output


def test_a_head_kept_elsewhere_is_compared(ledger: Ledger, tmp_path: Path) -> None:
    file = tmp_path / "head"
    file.write_text(ledger.value("SELECT note FROM heads WHERE size = 30"))
    assert verify(ledger, "--head", str(file)).exit_code == 0

    ledger.tamper("DELETE FROM journal WHERE position >= 20", "DELETE FROM heads")
    assert verify(ledger, "--head", str(file)).exit_code == 1
    assert verify(ledger, "--head", str(tmp_path / "nowhere")).exit_code == 1


def test_without_the_subject_key_the_output_says_so(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CARNET_SUBJECT_KEY_FILE")

    result = verify(ledger)

    assert result.exit_code == 0, result.output
    assert "Names not opened" in result.output


def test_an_invalid_verifier_key_is_an_error(ledger: Ledger) -> None:
    result = CliRunner().invoke(app, ["journal", "verify", "--database", ledger.url, "--key", "a+b+c"])

    assert result.exit_code == 1
    assert "the key of heads cannot be read" in result.output


def test_an_unreachable_database_is_an_error(ledger: Ledger) -> None:
    words = ["journal", "verify", "--database", "postgresql://nobody@127.0.0.1:1/audit"]
    result = CliRunner().invoke(app, [*words, "--key", ledger.signer.verifier.text])

    assert result.exit_code == 1
    assert "audit's database" in result.output


def test_old_months_are_archived_by_command_and_verified_from_the_archive(ledger: Ledger, bucket: str) -> None:
    result = CliRunner().invoke(app, ["journal", "archive", "--database", ledger.url])

    assert result.exit_code == 0, result.output
    assert "2020-01 → journal/2020-01.jsonl.gz" in result.output
    assert ledger.value("SELECT count(*) FROM journal") == 10
    assert f"{SIZE} lignes" in verify(ledger).output


def test_without_an_object_store_nothing_is_archived(ledger: Ledger) -> None:
    result = CliRunner().invoke(app, ["journal", "archive", "--database", ledger.url])

    assert result.exit_code == 1
    assert "CARNET_ARCHIVE_ENDPOINT" in result.output
    assert ledger.value("SELECT count(*) FROM journal") == SIZE
