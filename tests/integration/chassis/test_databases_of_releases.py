"""Databases of a release migrate to today's schema, and no row of theirs is lost or unreadable."""

from base64 import b64decode
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
import sqlalchemy as sa

from contracts.wiring import SERVICES
from services.audit.domain.notes import verifier_from
from services.audit.repositories.verification import snapshot
from services.audit.sealing import Sealer
from services.audit.verification.inspection import TrustAnchors
from services.audit.verification.verify import verify_journal
from tests.contract import databases as dumps
from tests.contract.release import DATABASES, FOLDERS, JOURNAL_KEYS, read
from tests.support.comparisons import check_all
from tests.support.databases import MigratedDatabases, migrate_database
from tests.support.shared_servers import SharedServers

BY_RELEASE = pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
BY_SERVICE = pytest.mark.parametrize("service", SERVICES)
STEP = "alembic_version"


@pytest.fixture
def dump(shared_servers: SharedServers, folder: Path, service: str) -> Iterator[str]:
    """URL of a database of the release, with its rows."""
    with dumps.restored(shared_servers.database_admin_url, folder / DATABASES, service) as url:
        yield url


@BY_RELEASE
@BY_SERVICE
def test_a_database_of_the_release_becomes_one_of_today(
    dump: str, service: str, databases: MigratedDatabases
) -> None:
    before = dumps.counts(dump)
    migrate_database(dump, service)
    after = dumps.counts(dump)
    check_all("rows of a table", {table: after.get(table) for table in before}, before)
    with databases.new(service) as new:
        check_all("columns and constraints of a table", dumps.columns(dump), dumps.columns(new))


@BY_RELEASE
@BY_SERVICE
def test_todays_code_reads_every_row_of_the_release(dump: str, service: str) -> None:
    migrate_database(dump, service)
    engine = sa.create_engine(dump.replace("postgresql://", "postgresql+psycopg2://"), poolclass=sa.NullPool)
    tables: sa.MetaData = import_module(f"services.{service}.tables").metadata
    kept = dumps.counts(dump)
    with engine.connect() as connection:
        read_rows = {name: len(connection.execute(sa.select(table)).all()) for name, table in tables.tables.items()}
    check_all("rows read of a table", read_rows, {name: kept[name] for name in tables.tables})
    engine.dispose()


@BY_RELEASE
@pytest.mark.parametrize("service", ["audit"])
def test_the_journal_of_the_release_verifies(dump: str, folder: Path, service: str) -> None:
    migrate_database(dump, service)
    keys = read(folder, JOURNAL_KEYS)
    anchors = TrustAnchors(verifier=verifier_from(keys["heads"]), sealer=Sealer(b64decode(keys["subjects"])))
    with snapshot(dump) as store:
        found = verify_journal(store, None, anchors, lambda _done, _total: None)
    assert found.lines == found.opened == found.signed > 0
