"""Servers that the tests of several directories share, and empty databases on them."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from chassis import migrate
from tests.support.databases import MigratedDatabases
from tests.support.ports import base_port
from tests.support.shared_servers import SharedServers

_BASE_PORT = base_port(28_700)


@pytest.fixture(scope="session")
def shared_servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedServers]:
    """Broker, database server and object store, for tests that do not stop them."""
    servers = SharedServers(tmp_path_factory.mktemp("servers"), _BASE_PORT, ("audit", "bench", "gateway", "notify"))
    servers.start()
    yield servers
    servers.stop()


@pytest.fixture(scope="session")
def databases(shared_servers: SharedServers) -> Iterator[MigratedDatabases]:
    databases = MigratedDatabases(shared_servers.database_admin_url)
    yield databases
    databases.close()


@pytest.fixture
def database(databases: MigratedDatabases, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], str]]:
    """Service name -> URL of a new, migrated, empty database, dropped after the test."""
    with ExitStack() as created:

        def make(service: str) -> str:
            url = created.enter_context(databases.new(service))
            monkeypatch.setenv(migrate.VARIABLE, url)
            return url

        yield make
