"""All contents in order, a batch at a time, for what an operator does to all of them beside running services."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, create_engine, func, select, text, tuple_
from sqlalchemy.pool import NullPool

from contracts.vocabulary import ContentId, PatientId
from services.documents.domain import StoredContent, WrappedKey
from services.documents.tables import contents

_BATCH = 1_000
_KEY = (contents.c.patient_id, contents.c.content_id)
_ALIVE = contents.c.wrapped_key.is_not(None)

# Rows that a service holds at this moment are left for another time, so that nobody waits for anybody; a key that was
# destroyed or replaced since it was read stays as it is.
_REPLACE = text("""
WITH wanted AS (
    SELECT * FROM unnest(
        CAST(:patients AS uuid[]), CAST(:contents AS uuid[]), CAST(:old AS bytea[]), CAST(:new AS bytea[])
    ) AS wanted (patient_id, content_id, old, new)
), free AS (
    SELECT contents.patient_id, contents.content_id, wanted.new
    FROM contents JOIN wanted USING (patient_id, content_id)
    WHERE contents.wrapped_key = wanted.old
    FOR UPDATE OF contents SKIP LOCKED
)
UPDATE contents SET key_id = :key_id, wrapped_key = free.new
FROM free WHERE contents.patient_id = free.patient_id AND contents.content_id = free.content_id
""")


@dataclass(frozen=True, slots=True)
class InventoryRow:
    """The wrapped key of one content."""

    patient_id: PatientId
    content_id: ContentId
    key: WrappedKey


class Inventory:
    """Everything there is; each statement stands alone."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def generations(self) -> dict[str, int]:
        """How many keys each generation of master keys wraps."""
        query = select(contents.c.key_id, func.count().label("many")).where(_ALIVE).group_by(contents.c.key_id)
        return {row.key_id: row.many for row in self._connection.execute(query)}

    def keys_under(self, key_id: str) -> Iterator[list[InventoryRow]]:
        """Batches of the keys that one generation wraps."""
        columns = select(*_KEY, contents.c.key_id, contents.c.wrapped_key)
        for rows in self._pages(columns.where(_ALIVE, contents.c.key_id == key_id)):
            yield [
                InventoryRow(
                    PatientId(row.patient_id), ContentId(row.content_id), WrappedKey(row.key_id, row.wrapped_key)
                )
                for row in rows
            ]

    def replace(self, pairs: Sequence[tuple[InventoryRow, WrappedKey]], key_id: str) -> int:
        """Put new wrapped keys, all of that generation, in the place of old ones; how many were put."""
        new = {
            "patients": [str(held.patient_id) for held, _ in pairs],
            "contents": [str(held.content_id) for held, _ in pairs],
            "old": [bytes(held.key.sealed) for held, _ in pairs],
            "new": [wrapped.sealed for _, wrapped in pairs],
            "key_id": key_id,
        }
        return self._connection.execute(_REPLACE, new).rowcount

    def count(self) -> int:
        """How many contents there are, staged ones too."""
        return int(self._connection.scalar(select(func.count()).where(_ALIVE)) or 0)

    def all_contents(self) -> Iterator[list[StoredContent]]:
        """Batches of all contents."""
        for rows in self._pages(select(contents).where(_ALIVE)):
            yield [_content(row) for row in rows]

    def some_contents(self, count: int) -> Iterator[list[StoredContent]]:
        """One batch, drawn by lot."""
        query = select(contents).where(_ALIVE).order_by(func.random()).limit(count)
        yield [_content(row) for row in self._connection.execute(query)]

    def find(self, content: StoredContent) -> StoredContent | None:
        """The same content as it is now; None once it is destroyed."""
        this = (contents.c.patient_id == content.patient_id) & (contents.c.content_id == content.content_id)
        row = self._connection.execute(select(contents).where(_ALIVE, this)).one_or_none()
        return None if row is None else _content(row)

    def _pages(self, query: Select[Any]) -> Iterator[Sequence[Any]]:
        ordered = query.order_by(*_KEY).limit(_BATCH)
        rows = self._connection.execute(ordered).all()
        while rows:
            yield rows
            last = (rows[-1].patient_id, rows[-1].content_id)
            rows = self._connection.execute(ordered.where(tuple_(*_KEY) > last)).all()


@contextmanager
def inventory(database_url: str) -> Iterator[Inventory]:
    """The database of documents, without the deadlines of a service; whatever is done is durable at once."""
    engine = create_engine(
        database_url.replace("postgresql://", "postgresql+psycopg2://", 1),
        isolation_level="AUTOCOMMIT",
        poolclass=NullPool,
        connect_args={"connect_timeout": 5},
    )
    with engine.connect() as connection:
        yield Inventory(connection)


def _content(row: Any) -> StoredContent:
    return StoredContent(
        patient_id=PatientId(row.patient_id),
        content_id=ContentId(row.content_id),
        object_key=row.object_key,
        size=row.size,
        frame_size=row.frame_size,
        sha256=bytes(row.sha256),
        key=WrappedKey(key_id=row.key_id, sealed=row.wrapped_key),
    )
