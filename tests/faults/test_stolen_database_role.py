"""With the database role of one service, the databases of the others and the server are closed."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import psycopg2
import pytest

from contracts.wiring import SERVICES
from deploy.dev.stack import Stack

SERVER = (
    "CREATE DATABASE copies",
    "CREATE ROLE accomplice LOGIN",
    "ALTER ROLE CURRENT_USER SUPERUSER",
    "ALTER ROLE CURRENT_USER CREATEDB",
    "SET ROLE postgres",
    "SELECT rolpassword FROM pg_authid",
    "SELECT pg_read_file('/etc/passwd')",
    "COPY (SELECT 1) TO PROGRAM 'true'",
    "COPY (SELECT 1) TO '/tmp/copy'",
    "CREATE EXTENSION dblink",
    "ALTER SYSTEM SET log_statement = 'all'",
)


@pytest.fixture(params=SERVICES)
def service(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def cursor(platform: Stack, service: str) -> Iterator[psycopg2.extensions.cursor]:
    connection = psycopg2.connect(platform.addresses.database_url(service))
    connection.autocommit = True
    yield connection.cursor()
    connection.close()


def test_no_other_database_lets_it_in(platform: Stack, service: str) -> None:
    own = urlsplit(platform.addresses.database_url(service))
    names = {other: platform.addresses.database_name(other) for other in SERVICES}
    for other in {*names.values(), "postgres", "template1"} - {names[service]}:
        with pytest.raises(psycopg2.OperationalError):
            psycopg2.connect(own._replace(path=f"/{other}").geturl())


def test_no_privilege_would_let_it_in_if_the_servers_address_rules_did(
    platform: Stack, service: str, cursor: psycopg2.extensions.cursor
) -> None:
    for other in SERVICES:
        cursor.execute("SELECT has_database_privilege(%s, 'CONNECT')", (platform.addresses.database_name(other),))
        assert cursor.fetchone() == (other == service,), other


@pytest.mark.parametrize("statement", SERVER)
def test_it_may_do_nothing_to_the_server(cursor: psycopg2.extensions.cursor, statement: str) -> None:
    with pytest.raises(psycopg2.Error):
        cursor.execute(statement)
