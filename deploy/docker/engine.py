"""A Docker engine of its own: socket, data and processes under one directory, stopped by its pid."""

import fcntl
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from chassis.settings import PREFIX
from deploy.dev.errors import StackError

# Debian's client has the builder that reads secrets; others of that name may be on the path before it.
_CLIENT = Path("/usr/bin/docker")
_DAEMON = Path("/usr/sbin/dockerd")
_COMPOSE = Path("/usr/bin/docker-compose")
_DEBOOTSTRAP = Path("/usr/sbin/debootstrap")
_LONGEST_SOCKET = 107
_LAST_LINES = 15
_MOST_SECONDS = 60.0
_GROUP = Path("/sys/fs/cgroup/cpu/docker")
_SHARES = 11 * 1024
# Where a process may not raise its limits, a container must not ask for more than these.
_LIMITS = ("nofile=1024:1024", "nproc=4096:4096")


class NoEngine(StackError):
    """No engine can be started here, or it can build nothing; the message says why."""


def why_not() -> str:
    """Why no engine can be started here; empty if nothing speaks against it."""
    missing = [path.name for path in (_CLIENT, _DAEMON, _COMPOSE, _DEBOOTSTRAP) if not path.exists()]
    if os.geteuid() != 0:
        return "only root starts a Docker engine"
    if missing:
        return f"missing: {', '.join(missing)}; as root: apt-get install docker.io docker-compose debootstrap"
    return ""


@dataclass(frozen=True)
class Engine:
    """A running engine."""

    directory: Path

    def docker(
        self, *arguments: str, seconds: float = 300, reading: IO[bytes] | None = None, both: bool = False
    ) -> str:
        """Output of a command of the client, which reads a pipe if one is given; raises StackError.

        Args:
            both: also what it wrote to standard error.
        """
        done = self._run((str(_CLIENT), *arguments), seconds, reading=reading)
        return done.stdout + done.stderr if both else done.stdout

    def compose(self, *arguments: str, environment: dict[str, str], seconds: float = 600) -> str:
        """Output of docker-compose; raises StackError."""
        return self._run((str(_COMPOSE), *arguments), seconds, environment).stdout

    def _run(
        self,
        command: Sequence[str],
        seconds: float,
        environment: dict[str, str] | None = None,
        reading: IO[bytes] | None = None,
    ) -> "subprocess.CompletedProcess[str]":
        # The home directory keeps the client from settings and logins of whoever runs it. docker-compose.yml would
        # take over their CARNET_* variables.
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
        own = {
            "DOCKER_HOST": f"unix://{_socket(self.directory)}",
            "DOCKER_BUILDKIT": "1",
            "HOME": str(self.directory),
        }
        try:
            done = subprocess.run(
                command,
                env=inherited | own | (environment or {}),
                stdin=reading or subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
                timeout=seconds,
            )
        except subprocess.TimeoutExpired:
            raise StackError(f"no end within {seconds:.0f} s: {' '.join(command)}") from None
        if done.returncode != 0:
            raise StackError(f"this failed: {' '.join(command)}\n{_end_of(done.stdout + done.stderr)}")
        return done


@contextmanager
def running_engine(directory: Path) -> Iterator[Engine]:
    """An engine for the duration of the block.

    Raises:
        NoEngine: it cannot be started here.
        StackError: another run uses the directory.
    """
    reason = why_not()
    if reason:
        raise NoEngine(reason)
    if len(str(_socket(directory))) > _LONGEST_SOCKET:
        raise NoEngine(f"the path of a socket would be too long: {_socket(directory)}")
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (directory / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StackError(f"another run uses the engine of {directory}") from None
        _stop_what_was_left(directory)
        _weigh_containers()
        daemon = _start(directory)
        try:
            yield Engine(directory)
        finally:
            _stop(daemon, directory)


def _stop_what_was_left(directory: Path) -> None:
    """Stop the engine of a run that was killed, which would hold the data."""
    file = directory / "docker.pid"
    if file.exists():
        pid = int(file.read_text())
        command = Path(f"/proc/{pid}/cmdline")
        if command.exists() and str(directory / "data") in command.read_text():
            os.kill(pid, signal.SIGTERM)
            deadline = time.monotonic() + _MOST_SECONDS
            while command.exists() and time.monotonic() < deadline:
                time.sleep(0.2)
        file.unlink(missing_ok=True)


def _weigh_containers() -> None:
    """All containers together would get the processor time of one process of a busy machine."""
    if _GROUP.parent.exists():
        _GROUP.mkdir(exist_ok=True)
        (_GROUP / "cpu.shares").write_text(str(_SHARES))


def _start(directory: Path) -> "subprocess.Popen[bytes]":
    limits = [part for limit in _LIMITS for part in ("--default-ulimit", limit)]
    arguments = (
        *(str(_DAEMON), "--host", f"unix://{_socket(directory)}"),
        *("--data-root", str(directory / "data"), "--exec-root", str(directory / "exec")),
        *("--pidfile", str(directory / "docker.pid"), "--storage-driver", "overlay2"),
        # Containers have the networks of their project only, and the engine needs no address on the machine.
        *("--bridge", "none"),
        *limits,
    )
    with (directory / "dockerd.log").open("wb") as log:
        daemon = subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
    deadline = time.monotonic() + _MOST_SECONDS
    while not _answers(directory):
        if daemon.poll() is not None or time.monotonic() > deadline:
            _stop(daemon, directory)
            raise NoEngine(f"no engine starts here: {_end_of((directory / 'dockerd.log').read_text())}")
        time.sleep(0.2)
    return daemon


def _stop(daemon: "subprocess.Popen[bytes]", directory: Path) -> None:
    daemon.terminate()
    try:
        daemon.wait(timeout=_MOST_SECONDS)
    except subprocess.TimeoutExpired:
        daemon.kill()
        daemon.wait()
    # The engine leaves its data mounted on themselves, which would keep anybody from deleting them.
    subprocess.run(("umount", str(directory / "data")), check=False, stderr=subprocess.DEVNULL)
    shutil.rmtree(directory / "exec", ignore_errors=True)


def _answers(directory: Path) -> bool:
    try:
        Engine(directory).docker("version", seconds=5)
    except StackError:
        return False
    return True


def _socket(directory: Path) -> Path:
    return directory / "docker.sock"


def _end_of(text: str) -> str:
    return "\n".join(text.strip().splitlines()[-_LAST_LINES:])
