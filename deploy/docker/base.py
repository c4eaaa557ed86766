"""The base of the images where no registry is reached: Debian 12 with Python 3.11, made by debootstrap."""

import re
import shutil
import subprocess
from pathlib import Path

from deploy.dev.errors import StackError
from deploy.docker.engine import Engine, NoEngine

BASE = "carnet/base:bookworm"
"""Stands for the official image that deploy/docker/Dockerfile names."""

_SUITE = "bookworm"
_PACKAGES = "ca-certificates,python3,python3-venv"
_SOURCES = ("/etc/apt/sources.list", "/etc/apt/sources.list.d")
_MIRROR = re.compile(
    rf"^(?:URIs:\s*|deb\s+(?:\[[^]]*\]\s+)?)(https?://\S+?/debian)/?(?:\s+{_SUITE}\s.*)?$", re.MULTILINE
)


def ensure_base(engine: Engine) -> None:
    """Make the base image, unless the engine has it.

    Raises:
        NoEngine: Debian's packages cannot be reached.
        StackError: the image cannot be imported.
    """
    if not engine.docker("images", "--quiet", BASE).strip():
        _make(engine)


def _make(engine: Engine) -> None:
    root = engine.directory / "base"
    shutil.rmtree(root, ignore_errors=True)
    log = engine.directory / "debootstrap.log"
    command = ("debootstrap", "--variant=minbase", f"--include={_PACKAGES}", _SUITE, str(root), *_mirror())
    with log.open("wb") as file:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=file, stderr=file, check=False)
    if done.returncode != 0:
        raise NoEngine(f"no base image, debootstrap failed: {log}")
    for archive in (root / "var/cache/apt/archives").glob("*.deb"):
        archive.unlink()
    with subprocess.Popen(("tar", "--create", f"--directory={root}", "."), stdout=subprocess.PIPE) as packed:
        engine.docker("import", "-", BASE, reading=packed.stdout)
    if packed.returncode != 0:
        raise StackError(f"tar failed: {root}")
    shutil.rmtree(root)


def _mirror() -> list[str]:
    """The mirror that this machine installs from; none: debootstrap's own."""
    files = [file for source in map(Path, _SOURCES) for file in ([source] if source.is_file() else source.glob("*"))]
    found = [match for file in files for match in _MIRROR.findall(file.read_text(errors="replace"))]
    return found[:1]
