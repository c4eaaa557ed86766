"""Databases of a release: the statements that made their schemas, and rows; and databases made from them again."""

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg2
import sqlalchemy as sa
from psycopg2.extensions import connection as Connection
from sqlalchemy import event

from tests.support.databases import migrate_database, temporary_database

FIRST_DAY = "2026-12-01"
"""Of the month in which the rows of the journal were recorded."""

_END = "\n-- next --\n"
_TABLES = """
SELECT relname FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition ORDER BY relname
"""
_COLUMNS = """
SELECT attname FROM pg_attribute
WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum
"""

# Without the names that PostgreSQL gives to the constraints of NOT NULL.
_SHAPE = """
SELECT concat_ws(' ', attname, format_type(atttypid, atttypmod), attnotnull, attidentity, pg_get_expr(adbin, adrelid))
FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
WHERE attrelid = %(table)s::regclass AND attnum > 0 AND NOT attisdropped
UNION ALL SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = %(table)s::regclass
UNION ALL SELECT pg_get_constraintdef(oid) FROM pg_constraint
WHERE conrelid = %(table)s::regclass AND contype IN ('c', 'f', 'u', 'p')
UNION ALL SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgrelid = %(table)s::regclass AND NOT tgisinternal
ORDER BY 1
"""


def write_schema(admin_url: str, service: str, file: Path) -> None:
    """Migrate an empty database of the service and keep every statement that changed it."""
    statements: list[str] = []

    def keep(_connection: Any, cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        if not statement.lstrip().upper().startswith("SELECT"):
            for values in parameters if many else (parameters,):
                statements.append(cursor.mogrify(statement, values).decode().strip())

    with temporary_database(admin_url) as url, _listening(keep):
        migrate_database(url, service)
    file.write_text(_END.join(statements) + "\n")


def write_rows(url: str, file: Path) -> None:
    """Keep all rows of a database: table -> its columns and its rows in the text format of COPY."""
    with closing(psycopg2.connect(url)) as source:
        source.set_session(isolation_level="REPEATABLE READ", readonly=True)
        found = {table: _rows(source, table) for table in tables_of(source)}
    file.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n")


@contextmanager
def restored(admin_url: str, folder: Path, service: str) -> Iterator[str]:
    """URL of a database with a release's schema and rows; dropped after the block."""
    rows = json.loads((folder / f"{service}.json").read_text())
    with temporary_database(admin_url) as url:
        with closing(psycopg2.connect(url)) as target, target.cursor() as cursor:
            # Some steps make an index concurrently, which no transaction may.
            target.autocommit = True
            for statement in (folder / f"{service}.sql").read_text().split(_END):
                cursor.execute(statement)
            # Rows of a dump are valid together only: no trigger judges one by one.
            cursor.execute("SET session_replication_role = replica")
            for table in rows:
                cursor.execute(f'DELETE FROM "{table}"')
            if "partitions" in rows:
                cursor.execute("SELECT open_month(%s)", [FIRST_DAY])
            for table, content in rows.items():
                columns = ", ".join(f'"{column}"' for column in content["columns"])
                cursor.copy_expert(f'COPY "{table}" ({columns}) FROM STDIN', StringIO("".join(content["rows"])))
        yield url


@contextmanager
def _listening(keep: Any) -> Iterator[None]:
    event.listen(sa.Engine, "before_cursor_execute", keep)
    try:
        yield
    finally:
        event.remove(sa.Engine, "before_cursor_execute", keep)


def counts(url: str) -> dict[str, int]:
    """Table -> number of its rows."""
    with closing(psycopg2.connect(url)) as source, source.cursor() as cursor:
        found = {}
        for table in tables_of(source):
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            found[table] = int((cursor.fetchone() or (0,))[0])
    return found


def columns(url: str) -> dict[str, list[str]]:
    """Table -> its columns with type, default and whether they may be null; indexes, constraints and triggers."""
    with closing(psycopg2.connect(url)) as source, source.cursor() as cursor:
        found: dict[str, list[str]] = {}
        for table in tables_of(source):
            cursor.execute(_SHAPE, {"table": f'"{table}"'})
            found[table] = [line for (line,) in cursor.fetchall()]
    return found


def tables_of(source: Connection) -> list[str]:
    """Names of all tables, partitions not counted."""
    with source.cursor() as cursor:
        cursor.execute(_TABLES)
        return [name for (name,) in cursor.fetchall()]


def _rows(source: Connection, table: str) -> dict[str, list[str]]:
    with source.cursor() as cursor:
        cursor.execute(_COLUMNS, [f'"{table}"'])
        columns = [name for (name,) in cursor.fetchall()]
        target = StringIO()
        listed = ", ".join(f'"{column}"' for column in columns)
        cursor.copy_expert(f'COPY (SELECT {listed} FROM "{table}" ORDER BY "{table}"::text) TO STDOUT', target)
    return {"columns": columns, "rows": target.getvalue().splitlines(keepends=True)}
