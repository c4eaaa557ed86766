"""SQL over all contents, a batch at a time, for operators' commands while the service runs."""

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

# Rows that the service has locked are skipped until the next pass, so that neither waits for the other; a key that
# was destroyed or replaced since it was read stays as it is.
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
class ContentKey:
    """The wrapped key of one content."""

    patient_id: PatientId
    content_id: ContentId
    key: WrappedKey


class Inventory:
    """All contents that are not destroyed; each statement is committed by itself."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def generations(self) -> dict[str, int]:
        """How many keys each generation of master keys wraps."""
        query = select(contents.c.key_id, func.count().label("key_count")).where(_ALIVE).group_by(contents.c.key_id)
        return {row.key_id: row.key_count for row in self._connection.execute(query)}

    def keys_under(self, key_id: str) -> Iterator[list[ContentKey]]:
        """Batches of the keys that one generation wraps."""
        columns = select(*_KEY, contents.c.key_id, contents.c.wrapped_key)
        for rows in self._pages(columns.where(_ALIVE, contents.c.key_id == key_id)):
            yield [
                ContentKey(
                    PatientId(row.patient_id), ContentId(row.content_id), WrappedKey(row.key_id, row.wrapped_key)
                )
                for row in rows
            ]

    def replace(self, pairs: Sequence[tuple[ContentKey, WrappedKey]], key_id: str) -> int:
        """Replace wrapped keys by new ones, all of generation `key_id`; how many were replaced."""
        parameters = {
            "patients": [str(content.patient_id) for content, _ in pairs],
            "contents": [str(content.content_id) for content, _ in pairs],
            "old": [bytes(content.key.sealed) for content, _ in pairs],
            "new": [wrapped.sealed for _, wrapped in pairs],
            "key_id": key_id,
        }
        return self._connection.execute(_REPLACE, parameters).rowcount

    def count(self) -> int:
        """How many contents there are, staged and kept."""
        return int(self._connection.scalar(select(func.count()).where(_ALIVE)) or 0)

    def all_contents(self) -> Iterator[list[StoredContent]]:
        """Batches of all contents."""
        for rows in self._pages(select(contents).where(_ALIVE)):
            yield [_content(row) for row in rows]

    def some_contents(self, count: int) -> Iterator[list[StoredContent]]:
        """One batch of `count` contents, chosen at random."""
        query = select(contents).where(_ALIVE).order_by(func.random()).limit(count)
        yield [_content(row) for row in self._connection.execute(query)]

    def find(self, content: StoredContent) -> StoredContent | None:
        """The content as it is now; None once it is destroyed."""
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
def open_inventory(database_url: str) -> Iterator[Inventory]:
    """The inventory in this database of documents, without the statement timeouts of a service."""
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
