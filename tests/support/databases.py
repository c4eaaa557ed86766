"""Databases of one test, on the servers of a stack; empty, migrated, or copies."""

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from uuid import uuid4

import psycopg2
import pytest
from alembic import command

from chassis import migrate


@contextmanager
def temporary_database(admin_url: str, template: str = "template0") -> Iterator[str]:
    """URL of a copy of the template, which is empty by default; dropped after the block."""
    name = f"test_{uuid4().hex[:12]}"
    with closing(psycopg2.connect(admin_url)) as admin:
        admin.autocommit = True
        with admin.cursor() as cursor:
            # A template with open connections cannot be copied; that of the migration may still be open.
            cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [template])
            cursor.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
            try:
                yield f"{admin_url.rpartition('/')[0]}/{name}"
            finally:
                cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def migrate_database(url: str, service: str, revision: str = "head") -> None:
    """Migrate a service's database to an Alembic revision."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv(migrate.VARIABLE, url)
        command.upgrade(migrate.configuration(f"services.{service}"), revision)


class MigratedDatabases:
    """New databases on one server, each a copy of one that is migrated once per run."""

    def __init__(self, admin_url: str) -> None:
        self._admin_url = admin_url
        self._templates: dict[str, str] = {}
        self._kept = ExitStack()

    @contextmanager
    def new(self, service: str) -> Iterator[str]:
        """URL of a migrated, empty database of a service; dropped after the block."""
        if service not in self._templates:
            url = self._kept.enter_context(temporary_database(self._admin_url))
            migrate_database(url, service)
            self._templates[service] = url.rpartition("/")[2]
        with temporary_database(self._admin_url, self._templates[service]) as url:
            yield url

    def close(self) -> None:
        """Drop the templates."""
        self._kept.close()
