"""A temporary database of one service, on servers of the bench's own."""

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2

from chassis import migrate
from deploy.dev.external import external_servers_from
from deploy.dev.paths import CHECKOUT
from deploy.dev.stack import Stack

_NAME = "bench_scratch"


@contextmanager
def scratch_database(service: str, port: int) -> Iterator[str]:
    """URL of the service's database, migrated and empty; servers listen on ports from `port`."""
    stack = Stack(CHECKOUT / "var" / "bench", port, external_servers_from(os.environ))
    stack.start_servers()
    try:
        with _created(stack.addresses.database_admin_url) as url:
            os.environ[migrate.VARIABLE] = url
            migrate.upgrade(f"services.{service}")
            yield url
    finally:
        stack.stop()


@contextmanager
def _created(admin_url: str) -> Iterator[str]:
    admin = psycopg2.connect(admin_url)
    admin.autocommit = True
    with admin.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {_NAME} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {_NAME}")
        try:
            yield f"{admin_url.rpartition('/')[0]}/{_NAME}"
        finally:
            cursor.execute(f"DROP DATABASE {_NAME} WITH (FORCE)")
    admin.close()


def peak_mb() -> float:
    """Peak resident memory of this process in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def silent(_done: int, _total: int) -> None:
    """Progress callback that does nothing."""
