"""The other checkout: a temporary git worktree of its commit, and a Python that runs it."""

import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.against.errors import CannotCompare
from deploy.dev.supervisor import signals_ignored

_LOCK, _PROJECT, _SET_UP = "requirements.lock", "pyproject.toml", "deploy/dev/bootstrap.py"
_CATALOGUES = "deploy/dev/catalogues.py"


@dataclass(frozen=True)
class GitCheckout:
    root: Path

    def commit(self, name: str) -> str:
        """The short hash of a commit.

        Raises CannotCompare if there is no such commit, or this is no git checkout.
        """
        try:
            top = self._git("rev-parse", "--show-toplevel")
        except FileNotFoundError:
            raise CannotCompare("git is not installed: it makes the checkout to measure against") from None
        if top.returncode != 0 or Path(top.stdout.strip()).resolve() != self.root.resolve():
            raise CannotCompare(f"{self.root} is not a git checkout: there is no other commit to measure against")
        # Without --end-of-options, git would read a name like `--all` as an option.
        found = self._git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
        if found.returncode != 0:
            raise CannotCompare(f"{name!r} is no commit of {self.root}")
        return self._git("rev-parse", "--short", found.stdout.strip()).stdout.strip()

    @contextmanager
    def worktree(self, commit: str, path: Path) -> Iterator[Path]:
        """A checkout of that commit at `path`, removed after the block.

        Raises CannotCompare if an earlier one with uncommitted changes is still there.
        """
        self._clear(path)
        try:
            made = self._git("worktree", "add", "--quiet", "--detach", str(path), commit)
            if made.returncode != 0:
                raise CannotCompare(f"git made no worktree of {commit}: {made.stderr.strip()}")
            yield path
        finally:
            with signals_ignored():
                self._remove(path)

    def _clear(self, path: Path) -> None:
        """Remove what a killed run left."""
        self._git("worktree", "prune")
        if not path.exists():
            return
        left = GitCheckout(path)
        if left._git("rev-parse", "--show-toplevel").stdout.strip() != str(path.resolve()):
            raise CannotCompare(f"{path} is in the way and is no worktree: remove it")
        if left._git("status", "--porcelain").stdout:
            raise CannotCompare(
                f"{path} is left from an earlier run and was changed since: keep what you need,"
                f" then git worktree remove --force {path}"
            )
        self._remove(path)

    def _remove(self, path: Path) -> None:
        self._git("worktree", "remove", "--force", str(path))
        if path.exists():
            # Git does not know it: its creation was interrupted.
            shutil.rmtree(path)
            self._git("worktree", "prune")

    def _git(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = ("git", "-C", str(self.root), *arguments)
        return subprocess.run(command, capture_output=True, text=True, check=False)


def python_for(checkout: Path, ours: Path) -> Path:
    """The Python that runs a checkout: this one if both lock the same packages, else one set up for it.

    Raises CannotCompare if it cannot be set up.
    """
    if not (checkout / _SET_UP).exists():
        raise CannotCompare(f"that commit has no {_SET_UP}: it is too old to be started")
    if (checkout / _LOCK).read_bytes() == (ours / _LOCK).read_bytes():
        _compile_texts(checkout)
        return Path(sys.executable)
    # The bootstrap needs the system's Python, which the environment's is a link to.
    command = (str(Path(sys.executable).resolve()), str(checkout / _SET_UP), "rabbitmq")
    if subprocess.run(command, cwd=checkout, check=False).returncode != 0:
        raise CannotCompare(f"{_SET_UP} of that commit did not set it up: see above")
    return checkout / "var" / "venv" / "bin" / "python"


def _compile_texts(checkout: Path) -> None:
    """Compile the catalogues of a checkout, if its commit has any.

    Raises CannotCompare if that fails.
    """
    if (checkout / _CATALOGUES).exists():
        module = _CATALOGUES.removesuffix(".py").replace("/", ".")
        environment = os.environ | {"PYTHONPATH": str(checkout)}
        command = (sys.executable, "-m", module, "compile")
        if subprocess.run(command, cwd=checkout, env=environment, check=False).returncode != 0:
            raise CannotCompare(f"{_CATALOGUES} of that commit did not compile its texts: see above")


def command_line(checkout: Path, python: Path) -> tuple[str, ...]:
    """Command that runs `carnet` of a checkout, as its pyproject.toml names it.

    Raises CannotCompare if there is none.
    """
    project = tomllib.loads((checkout / _PROJECT).read_text())
    entry = project.get("project", {}).get("scripts", {}).get("carnet", "")
    module, _, name = entry.partition(":")
    if not name:
        raise CannotCompare(f"{_PROJECT} of that commit names no command carnet")
    return (str(python), "-c", f"from {module} import {name}; {name}()")
