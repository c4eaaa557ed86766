"""Makes a fresh checkout able to run: the virtual environment from the lock file, texts, and Debian's packages.

Run by the system's Python before anything is installed, so it uses the standard library only:
`python3.11 deploy/dev/bootstrap.py [rabbitmq] [softhsm] [clamav] [chromium] [peers] [audit] [manifests]
[containers]`.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
VAR = CHECKOUT / "var"
VENV = VAR / "venv"
LOG = VAR / "log" / "bootstrap.log"
PEERS = VAR / "peers"
PEERS_SOURCE = CHECKOUT / "tests" / "support" / "peers"
TRANSLATIONS = CHECKOUT / "translations"
LOCK = CHECKOUT / "requirements.lock"
PYPROJECT = CHECKOUT / "pyproject.toml"
AUDIT = VAR / "audit" / "venv"
AUDIT_LOCK = CHECKOUT / "tests" / "audit" / "requirements.lock"
MANIFESTS = VAR / "manifests" / "venv"
MANIFESTS_LOCK = CHECKOUT / "tests" / "deployment" / "requirements.lock"

_PYTHON = (3, 11)
_LAST_LINES = 15
_RABBITMQ = Path("/usr/lib/rabbitmq")
_SOFTHSM = Path("/usr/lib/softhsm/libsofthsm2.so")
_CLAMD = Path("/usr/sbin/clamd")
_CONTAINERS = {
    "docker.io": Path("/usr/sbin/dockerd"),
    "docker-compose": Path("/usr/bin/docker-compose"),
    "debootstrap": Path("/usr/sbin/debootstrap"),
}
_WAIT_FOR_OTHERS = "DPkg::Lock::Timeout=600"
_POLICY = Path("/usr/sbin/policy-rc.d")
_OUR_POLICY = "#!/bin/sh\n# carnet: no service is started while packages are installed\nexit 101\n"


class SetupError(Exception):
    """What is missing, and how to get it."""


def main(arguments: Sequence[str]) -> int:
    """Set up what is missing; returns the exit code."""
    try:
        _check_python()
        LOG.parent.mkdir(parents=True, exist_ok=True)
        with _exclusive():
            _install_packages(_missing_packages(arguments))
            _ensure_environment(VENV, LOCK)
            _ensure_project()
            _ensure_texts()
            if "peers" in arguments:
                _ensure_peers()
            if "audit" in arguments:
                _ensure_environment(AUDIT, AUDIT_LOCK)
            if "manifests" in arguments:
                _ensure_environment(MANIFESTS, MANIFESTS_LOCK)
    except SetupError as error:
        print(f"✗ {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _check_python() -> None:
    if sys.version_info[:2] != _PYTHON:
        found = ".".join(str(part) for part in sys.version_info[:3])
        raise SetupError(
            f"Python 3.11 is needed, this is {found}: apt-get install python3.11 python3-venv,"
            " or make PYTHON=/path/to/python3.11"
        )


def _missing_packages(wanted: Sequence[str]) -> list[str]:
    """Debian packages to install."""
    missing = []
    if importlib.util.find_spec("ensurepip") is None:
        missing.append("python3-venv")
    if "rabbitmq" in wanted and not os.environ.get("CARNET_AMQP_URL") and not _RABBITMQ.exists():
        missing.append("rabbitmq-server")
    if "softhsm" in wanted and not _SOFTHSM.exists():
        missing.append("softhsm2")
    if "clamav" in wanted and not _CLAMD.exists():
        missing.append("clamav-daemon")
    if "chromium" in wanted and shutil.which("chromium") is None:
        missing.append("chromium")
    if "peers" in wanted and not (shutil.which("node") and shutil.which("npm")):
        missing += ["nodejs", "npm"]
    if "containers" in wanted and os.geteuid() == 0:
        # Nobody else can start an engine, and then needs nothing for it.
        missing += [package for package, file in _CONTAINERS.items() if not file.exists()]
    return missing


def _install_packages(packages: list[str]) -> None:
    if not packages:
        return
    listed = " ".join(packages)
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        hint = ", or set CARNET_AMQP_URL to a broker" if "rabbitmq-server" in packages else ""
        raise SetupError(f"missing: {listed}; as root: apt-get install --no-install-recommends {listed}{hint}")
    with _step(f"Debian packages: {listed}"), _no_service_started():
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        install = ("apt-get", "-o", _WAIT_FOR_OTHERS, "install", "-y", "--no-install-recommends", *packages)
        try:
            _run(install, environment)
        except SetupError:
            # The package lists of a fresh machine are empty or old.
            _run(("apt-get", "-o", _WAIT_FOR_OTHERS, "update"), environment)
            _run(install, environment)


def _ensure_environment(venv: Path, lock: Path) -> None:
    """Create a virtual environment, anew whenever its lock file or the Python changes."""
    stamp = venv / "carnet-requirements"
    wanted = _digest(lock.read_bytes(), sys.version.encode(), sys.base_prefix.encode())
    if _has_content(stamp, wanted):
        return
    with _step(f"virtual environment {venv.relative_to(CHECKOUT)}"):
        _run((sys.executable, "-m", "venv", "--clear", str(venv)))
    with _step("locked dependencies (the first time takes a minute or two)"):
        try:
            _run((*_pip(venv, "install"), "--require-hashes", "-r", str(lock)))
        except SetupError as error:
            index = "reach a package index, or name one by PIP_INDEX_URL"
            raise SetupError(f"{lock.relative_to(CHECKOUT)} was not installed: {index}; {error}") from None
    stamp.write_text(wanted)


def _ensure_project() -> None:
    """Install the checkout in editable mode."""
    stamp = VENV / "carnet-project"
    wanted = _digest(PYPROJECT.read_bytes(), str(CHECKOUT).encode())
    if _has_content(stamp, wanted):
        return
    with _step("carnet itself"):
        _run((*_pip(VENV, "install"), "--no-deps", "--no-build-isolation", "-e", str(CHECKOUT)))
    stamp.write_text(wanted)


def _ensure_texts() -> None:
    """Compile the catalogues of texts that changed since they were compiled last."""
    catalogues = TRANSLATIONS.glob("*/LC_MESSAGES/*.po")
    if not all(_is_newer(source.with_suffix(".mo"), source) for source in catalogues):
        with _step("catalogues of texts"):
            _run((str(VENV / "bin" / "python"), "-m", "deploy.dev.catalogues", "compile"))


def _ensure_peers() -> None:
    """Install the Node.js packages that tests run against, from their lock file."""
    wanted = _digest((PEERS_SOURCE / "package-lock.json").read_bytes())
    stamp = PEERS / "carnet-lock"
    if _has_content(stamp, wanted):
        return
    PEERS.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(PEERS_SOURCE / name, PEERS / name)
    with _step("other people's software, for the tests"):
        _run(("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--omit=optional", "--prefix", str(PEERS)))
    stamp.write_text(wanted)


def _pip(venv: Path, verb: str) -> tuple[str, ...]:
    return (str(venv / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "--no-input", verb)


def _run(command: Sequence[str], environment: "dict[str, str] | None" = None) -> None:
    """Run a command with its output in the log; on failure, SetupError with its last lines."""
    with LOG.open("ab") as log:
        log.write(f"\n$ {' '.join(command)}\n".encode())
        log.flush()
        result = subprocess.run(
            command,
            cwd=CHECKOUT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if result.returncode != 0:
        last_lines = "\n".join(LOG.read_text(errors="replace").splitlines()[-_LAST_LINES:])
        raise SetupError(f"this failed: {' '.join(command)}; the end of {LOG}:\n{last_lines}")


@contextlib.contextmanager
def _step(name: str) -> Iterator[None]:
    print(f"… {name}", flush=True)
    started = time.monotonic()
    yield
    print(f"✓ {time.monotonic() - started:6.2f} s  {name}", flush=True)


@contextlib.contextmanager
def _exclusive() -> Iterator[None]:
    """Serialise concurrent bootstraps."""
    with (VAR / "bootstrap.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def _no_service_started() -> Iterator[None]:
    """Keep Debian from starting installed services, by a policy file; an existing one is kept."""
    is_ours = not _POLICY.exists() or _POLICY.read_text() == _OUR_POLICY
    if is_ours:
        _POLICY.write_text(_OUR_POLICY)
        _POLICY.chmod(0o755)
    try:
        yield
    finally:
        if is_ours:
            _POLICY.unlink()


def _digest(*parts: bytes) -> str:
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def _is_newer(made: Path, source: Path) -> bool:
    return made.exists() and made.stat().st_mtime_ns > source.stat().st_mtime_ns


def _has_content(stamp: Path, wanted: str) -> bool:
    return stamp.exists() and stamp.read_text() == wanted


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
