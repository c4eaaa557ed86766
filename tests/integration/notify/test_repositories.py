"""The migrations give the tables of tables.py, and keep existing rows."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from uuid import uuid4

import psycopg2
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, NullPool, create_engine, select, text

from chassis.migrate import VARIABLE, configuration
from services.notify import tables
from tests.support.service_stack import ServiceStack

OLD = text("INSERT INTO notices (patient_id, code, at) VALUES (:patient_id, 'AJOUT_DOCUMENT', :at)")

Upgrade = Callable[[str], None]


@pytest.fixture
def url(stack: ServiceStack) -> Iterator[str]:
    """An empty database, dropped afterwards."""
    name = f"test_notify_{uuid4().hex[:12]}"
    admin = psycopg2.connect(stack.addresses.database_admin_url)
    admin.autocommit = True
    with admin.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
        yield stack.addresses.database_admin_url.rpartition("/")[0] + f"/{name}"
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
    admin.close()


@pytest.fixture
def upgrade(url: str, monkeypatch: pytest.MonkeyPatch) -> Upgrade:
    """Migrate that database to a revision."""
    monkeypatch.setenv(VARIABLE, url)
    return lambda revision: command.upgrade(configuration("services.notify"), revision)


@pytest.fixture
def engine(url: str) -> Engine:
    """Connects to that database."""
    return create_engine(url.replace("postgresql://", "postgresql+psycopg2://"), poolclass=NullPool)


def test_the_migrated_database_has_the_declared_tables(engine: Engine, upgrade: Upgrade) -> None:
    chassis_tables = {"outbox", "inbox", "alembic_version"}

    def is_own(_object: object, name: str | None, kind: str, *_: object) -> bool:
        return kind != "table" or name not in chassis_tables

    upgrade("head")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": is_own})
        assert compare_metadata(context, tables.metadata) == []


def test_notices_from_before_the_secret_column_are_not_secret(engine: Engine, upgrade: Upgrade) -> None:
    row = {"patient_id": uuid4(), "at": datetime.now(UTC)}
    upgrade("0001")
    with engine.begin() as connection:
        connection.execute(OLD, row)
    upgrade("head")
    with engine.begin() as connection:
        connection.execute(OLD, row)  # As a process of the previous version writes.
        assert connection.execute(select(tables.notices.c.secret)).scalars().all() == [False, False]
