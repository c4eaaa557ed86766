"""Alembic migrations of the services, and the tables of the chassis."""

import importlib
import sys
from pathlib import Path
from typing import Annotated

import msgspec
import sqlalchemy as sa
from alembic import command, context, op
from alembic.config import Config
from alembic.util.exc import CommandError
from sqlalchemy.exc import OperationalError

from chassis.database_state import OLDEST_SERVER
from chassis.settings import SecretText, SettingsError, load

VARIABLE = "CARNET_DATABASE_URL"
"""Names the database to migrate."""
_SERVER = "SELECT current_setting('server_version_num')::int / 10000"


class MigrationSettings(msgspec.Struct, frozen=True):
    """The settings of a migration."""

    database_url: Annotated[SecretText, msgspec.Meta(pattern="^postgresql://")]


def _url() -> str:
    return load(MigrationSettings).database_url.replace("postgresql://", "postgresql+psycopg2://", 1)


def run() -> None:
    """Run the migrations; called by a service's migrations/env.py."""
    # A migration that cannot get its lock fails instead of blocking the service behind it.
    engine = sa.create_engine(_url(), connect_args={"options": "-c lock_timeout=5000"})
    with engine.connect() as connection:
        context.configure(connection=connection, transaction_per_migration=True)
        with context.begin_transaction():
            context.run_migrations()


def create_chassis_tables() -> None:
    """Outbox and inbox, for a service's first migration."""
    op.create_table(
        "outbox",
        sa.Column("seq", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("bundle", sa.Integer, nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("traceparent", sa.Text, nullable=False),
        sa.Column("payload", sa.Text, nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True)),
    )
    op.create_table(
        "inbox",
        sa.Column("event_id", sa.Uuid, nullable=False),
        sa.Column("queue", sa.Text, nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("event_id", "queue"),
    )
    op.create_index("inbox_received_at", "inbox", ["received_at"])


def create_signatures_table() -> None:
    """First signatures, for a service with methods that two operators must call."""
    op.create_table(
        "signatures",
        sa.Column("route", sa.Text, primary_key=True),
        sa.Column("digest", sa.LargeBinary, primary_key=True),
        sa.Column("signed_by", sa.Text, nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
    )


def configuration(package: str) -> Config:
    """Alembic's configuration for `services.<name>`."""
    folder = Path(str(importlib.import_module(package).__file__)).parent / "migrations"
    config = Config()
    config.set_main_option("script_location", str(folder))
    return config


def upgrade(package: str) -> None:
    """Migrate the database of `services.<name>` (CARNET_DATABASE_URL) to the newest revision.

    Raises:
        SettingsError: it cannot be reached, is older than what everything is tested with, or has a step that this
            version does not know.
    """
    if (server := _server_version()) < OLDEST_SERVER:
        raise SettingsError(f"{VARIABLE}: this is PostgreSQL {server}: upgrade it to {OLDEST_SERVER} first")
    try:
        command.upgrade(configuration(package), "head")
    except CommandError as error:
        raise SettingsError(f"{VARIABLE}: migrate with the version of Carnet that made this step ({error})") from None


def _server_version() -> int:
    engine = sa.create_engine(_url())
    try:
        with engine.connect() as connection:
            return int(connection.exec_driver_sql(_SERVER).scalar_one())
    except OperationalError as error:
        first_line = str(error.orig).strip().partition("\n")[0]
        raise SettingsError(f"{VARIABLE}: start the database, or mend the URL ({first_line})") from None
    finally:
        engine.dispose()


if __name__ == "__main__":
    upgrade(sys.argv[1])
