"""`python -m bench --against`: what it refuses to start, and the worktree it makes and removes."""

import socket
import subprocess
from pathlib import Path

import pytest

from bench.__main__ import main
from bench.against.checkouts import GitCheckout, command_line, python_for
from bench.against.errors import CannotCompare
from bench.against.platforms import Platform
from deploy.dev.ports import OFFSETS

_IDENTITY = ("-c", "user.name=Test", "-c", "user.email=test@carnet.example")


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(("git", "-C", str(folder), *_IDENTITY, *arguments), check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> GitCheckout:
    root = tmp_path / "repository"
    root.mkdir()
    git(root, "init", "--quiet")
    (root / "file").write_text("first\n")
    git(root, "add", "file")
    git(root, "commit", "--quiet", "-m", "First")
    return GitCheckout(root)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--rounds", "3"],
        ["--against", ""],
        ["--against"],
        ["--against", "HEAD", "--rounds", "0"],
        ["--against", "HEAD", "--rounds", "many"],
        ["--seconds", "0"],
        ["--seconds", "-1"],
        ["--seconds", "nan"],
    ],
)
def test_wrong_arguments_end_with_code_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "error: " in capsys.readouterr().err


@pytest.mark.parametrize("name", ["no-such-commit", "--all", "HEAD:README.md"])
def test_an_unknown_commit_is_reported_in_one_line(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([f"--against={name}"]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith(f"python -m bench: {name!r} is no commit of ")
    assert printed.err.count("\n") == 1


def test_a_port_that_is_no_number_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CARNET_DEV_PORT", "high")
    assert main(["--against", "HEAD"]) == 2
    assert capsys.readouterr().err == "python -m bench: CARNET_DEV_PORT must be a number, not 'high'\n"


def test_outside_of_git_there_is_nothing_to_measure_against(repository: GitCheckout, tmp_path: Path) -> None:
    inside = repository.root / "var"
    inside.mkdir()
    for folder in (tmp_path, inside):
        with pytest.raises(CannotCompare, match="is not a git checkout"):
            GitCheckout(folder).commit("HEAD")


def test_a_worktree_is_of_its_commit_and_gone_afterwards(repository: GitCheckout, tmp_path: Path) -> None:
    first = repository.commit("HEAD")
    (repository.root / "file").write_text("second\n")
    git(repository.root, "commit", "--quiet", "-am", "Second")
    with (
        pytest.raises(KeyboardInterrupt),
        repository.worktree(repository.commit("HEAD~1"), tmp_path / "other") as other,
    ):
        assert (other / "file").read_text() == "first\n"
        assert GitCheckout(other).commit("HEAD") == first
        (other / "file").write_text("changed by the run\n")
        raise KeyboardInterrupt
    assert not (tmp_path / "other").exists()


def test_a_worktree_left_by_a_killed_run_is_removed_unless_it_was_changed(
    repository: GitCheckout, tmp_path: Path
) -> None:
    left = tmp_path / "left"
    git(repository.root, "worktree", "add", "--detach", str(left))
    with repository.worktree("HEAD", left):
        pass
    git(repository.root, "worktree", "add", "--detach", str(left))
    (left / "file").write_text("changed\n")
    with (
        pytest.raises(CannotCompare, match="is left from an earlier run and was changed since"),
        repository.worktree("HEAD", left),
    ):
        pass
    assert (left / "file").read_text() == "changed\n"


def test_a_folder_that_is_no_worktree_stays(repository: GitCheckout, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    with pytest.raises(CannotCompare, match="is no worktree"), repository.worktree("HEAD", tmp_path / "mine"):
        pass
    assert (tmp_path / "mine").exists()


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        platform = Platform(tmp_path, (), tmp_path / "root", port - OFFSETS["gateway"])
        with pytest.raises(CannotCompare, match=f"port {port} .* is taken by another program"):
            platform.check_ports()


def test_a_command_that_ends_is_reported_with_its_output(tmp_path: Path) -> None:
    platform = Platform(tmp_path, ("sh", "-c", "echo no broker; exit 1"), tmp_path / "root", 1)
    with pytest.raises(CannotCompare, match="does not start: no broker"), platform.up():
        pass


def test_the_command_is_read_from_the_checkouts_project_file(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project.scripts]\ncarnet = "some.module:start"\n')
    command = command_line(tmp_path, Path("python"))
    assert command == ("python", "-c", "from some.module import start; start()")
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'other'\n")
    with pytest.raises(CannotCompare, match="names no command carnet"):
        command_line(tmp_path, Path("python"))


def test_a_commit_without_set_up_is_too_old(tmp_path: Path) -> None:
    with pytest.raises(CannotCompare, match="too old"):
        python_for(tmp_path, tmp_path)
