"""`carnet directory import` as the operator runs it: what it prints, what it refuses, killed halfway, run twice."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import pytest
from sqlalchemy import Engine, text
from typer.testing import CliRunner, Result

from cli.directory import app
from samples.annuaire import SKILL_COLUMNS, extract, line, rpps_of
from services.identity.repositories.extracts import import_transaction
from tests.integration.identity.harness import IdentityHarness
from tests.integration.identity.registry import Registry, practising
from tests.support.waiting import wait_until

HERE = "990000010"
CROWD = [practising(rpps_of(number), HERE) for number in range(100, 140)]


@pytest.fixture
def registry(harness: IdentityHarness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Registry:
    """The demo directory in the database the environment names; no stack is up."""
    registry = Registry(harness.engine, tmp_path, harness.now)
    monkeypatch.setenv("CARNET_DEV_ROOT", str(tmp_path / "nothing"))
    monkeypatch.setenv("CARNET_IDENTITY_DATABASE_URL", registry.url.replace("+psycopg2", ""))
    return registry


def run(*words: object) -> Result:
    return CliRunner().invoke(app, ["import", *map(str, words)])


def test_an_import_prints_what_it_did_and_which_lines_it_left_out(registry: Registry) -> None:
    wrong = practising("89000000000", HERE)
    result = run(registry.write(*CROWD, wrong, practising(rpps_of(1))))
    assert result.exit_code == 0, result.output
    assert "lines, left out: 42, 1" in result.output
    assert "new, changed, retired: 41, 0, 0" in result.output
    assert "1 sans structure à numéro FINESS" in result.output
    assert "1 numéro RPPS faux / wrong RPPS number : lignes / lines 42\n" in result.output


def test_a_dry_run_counts_and_keeps_nothing(registry: Registry) -> None:
    before = registry.state()
    result = run(registry.write(*CROWD), "--dry-run")
    assert result.exit_code == 0, result.output
    assert "new, changed, retired: 40, 0, 0" in result.output
    assert "nothing is kept" in result.output
    assert registry.state() == before


def test_a_shrunken_extract_is_refused_until_the_operator_means_it(registry: Registry) -> None:
    run(registry.write(*CROWD))
    before = registry.state()
    refused = run(registry.write(*CROWD[3:]))
    assert refused.exit_code == 1
    assert "3 of 40 known professionals" in refused.output and "--yes-retire" in refused.output
    assert registry.state() == before
    assert "retired: 0, 0, 3" in run(registry.file, "--yes-retire").output


def test_specialties_are_entered_after_the_people_whatever_the_order(registry: Registry, tmp_path: Path) -> None:
    skills = tmp_path / "PS_LibreAcces_SavoirFaire.txt"
    skill = line({"Identifiant PP": rpps_of(100), "Code savoir-faire": "SM01"}, SKILL_COLUMNS)
    skills.write_bytes(extract([skill], SKILL_COLUMNS))
    result = run(skills, registry.write(*CROWD), "--delta")
    assert result.exit_code == 0, result.output
    assert "new, changed, retired: 40, 0, 0" in result.output
    assert "new, changed, retired: 0, 1, 0" in result.output


def test_a_file_that_is_no_extract_stops_them_all(registry: Registry, tmp_path: Path) -> None:
    before = registry.state()
    stranger = tmp_path / "other.txt"
    stranger.write_text("rpps|nom\n1|2\n")
    result = run(registry.write(*CROWD), stranger)
    assert result.exit_code == 1
    assert "other.txt" in result.output and "identifiant pp" in result.output
    assert registry.state() == before


def test_two_whole_extracts_at_a_time_are_refused(registry: Registry) -> None:
    file = registry.write(*CROWD)
    result = run(file, file)
    assert result.exit_code == 1
    assert "--delta" in result.output
    assert run(file, file, "--delta").exit_code == 0


def test_a_second_import_is_refused_while_one_is_under_way(registry: Registry) -> None:
    with import_transaction(registry.url, keep=False) as repository:
        assert repository.lock_imports()
        result = run(registry.write(*CROWD))
        assert result.exit_code == 1
        assert "another import is under way" in result.output
    assert run(registry.file).exit_code == 0


def test_without_a_database_it_says_how_to_name_one(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CARNET_IDENTITY_DATABASE_URL")
    result = run(registry.write(*CROWD))
    assert result.exit_code == 1
    assert "--database" in result.output


def is_copying(engine: Engine) -> bool:
    """Whether an import is reading its file into this database."""
    with engine.begin() as connection:
        query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'COPY%'"
        return bool(connection.scalar(text(query)))


@contextmanager
def halfway(harness: IdentityHarness, registry: Registry) -> "Iterator[tuple[subprocess.Popen[bytes], BinaryIO]]":
    """An import in a process of its own that has read a part of its file, and where it waits for the rest."""
    pipe = registry.file.with_name("pipe")
    os.mkfifo(pipe)
    words = [sys.executable, "-c", "from cli.directory import app; app()", "import", str(pipe)]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        with pipe.open("wb") as file:
            file.write(extract([practising(rpps_of(number)) for number in range(5_000)]))
            file.flush()
            wait_until(lambda: is_copying(harness.engine), "the import reads")
            yield process, file
    finally:
        process.kill()
        process.wait()


def test_an_import_killed_halfway_leaves_the_old_directory_whole(
    harness: IdentityHarness, registry: Registry
) -> None:
    run(registry.write(*CROWD))
    before = registry.state()
    with halfway(harness, registry) as (process, _):
        process.kill()
        process.wait()
    wait_until(lambda: not is_copying(harness.engine), "its session has ended")
    assert registry.state() == before
    assert run(registry.file).exit_code == 0, "the next import finds nobody in its way"


def test_an_import_whose_database_goes_away_says_so_and_changes_nothing(
    harness: IdentityHarness, registry: Registry
) -> None:
    before = registry.state()
    ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE"
    with halfway(harness, registry) as (process, file):
        with harness.engine.begin() as connection:
            connection.execute(text(f"{ended} 'COPY%'"))
        file.close()
        printed, _ = process.communicate()
    assert process.returncode == 1
    assert "identity's database" in printed.decode()
    assert registry.state() == before
