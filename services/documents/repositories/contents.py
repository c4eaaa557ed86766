"""SQL of one content at a time: its row, its unclaimed object, the tickets spent for it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, and_, bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from chassis.db import fetch
from chassis.repository import Repository
from contracts.errors.execution import TicketInvalid
from contracts.errors.request import DocumentNotFound
from contracts.vocabulary import ContentId, PatientId
from services.documents.domain import DueObject, State, StoredContent, WrappedKey
from services.documents.tables import clinical_data, contents, spent_tickets, unclaimed_objects

_TICKETS_KEPT = timedelta(minutes=5)
"""Ten times a ticket's life, for clocks that differ."""

# Statements are built once: building one costs as much as running it.
_PATIENT, _CONTENT = bindparam("patient", type_=Uuid()), bindparam("content", type_=Uuid())
_THIS_CONTENT = and_(contents.c.patient_id == _PATIENT, contents.c.content_id == _CONTENT)
_THIS_OBJECT = and_(unclaimed_objects.c.patient_id == _PATIENT, unclaimed_objects.c.content_id == _CONTENT)

# Those that a transfer waits for are plain SQL. An announcement is committed without waiting for the disk: a crash of
# the database that loses this row loses the content's row too, which is written after it.
_ANNOUNCE = """
INSERT INTO unclaimed_objects (patient_id, content_id, object_key, due_at)
SELECT %(patient)s::uuid, %(content)s::uuid, %(key)s, %(due)s
WHERE set_config('synchronous_commit', 'off', true) = 'off'
    AND NOT EXISTS (SELECT FROM contents WHERE patient_id = %(patient)s AND content_id = %(content)s)
ON CONFLICT DO NOTHING RETURNING 1
"""
_ADD = """
INSERT INTO contents
    (patient_id, content_id, state, object_key, size, frame_size, sha256, key_id, wrapped_key, staged_at)
VALUES (%(patient)s, %(content)s, %(state)s, %(object)s, %(size)s, %(frame)s, %(sha256)s, %(key)s, %(wrapped)s,
    %(now)s)
RETURNING 1
"""
_SPEND_AND_READ = """
WITH spent AS (
    INSERT INTO spent_tickets (patient_id, ticket_id, spent_at) VALUES (%(patient)s, %(ticket)s, now())
    ON CONFLICT DO NOTHING RETURNING 1
)
SELECT EXISTS (SELECT FROM spent), object_key, size, frame_size, sha256, key_id, wrapped_key
FROM (SELECT) AS always
LEFT JOIN contents ON contents.patient_id = %(patient)s AND contents.content_id = %(content)s
"""
_SPEND_AND_READ_ALL = """
WITH spent AS (
    INSERT INTO spent_tickets (patient_id, ticket_id, spent_at) VALUES (%(patient)s, %(ticket)s, now())
    ON CONFLICT DO NOTHING RETURNING 1
)
SELECT EXISTS (SELECT FROM spent), content.patient_id, content.content_id, object_key, size, frame_size, sha256,
    key_id, wrapped_key, kept.sealed
FROM unnest(%(owners)s::uuid[], %(contents)s::uuid[]) WITH ORDINALITY AS requested (patient_id, content_id, place)
LEFT JOIN contents AS content USING (patient_id, content_id)
LEFT JOIN clinical_data AS kept
    ON kept.patient_id = content.patient_id AND kept.content_id = content.content_id AND kept.edition = %(edition)s
ORDER BY requested.place
"""
_READ = """
SELECT object_key, size, frame_size, sha256, key_id, wrapped_key FROM contents
WHERE patient_id = %(patient)s AND content_id = %(content)s AND wrapped_key IS NOT NULL
"""
# Locked against its destruction, after which nothing of it may appear.
_KEEP_CLINICAL_DATA = """
WITH content AS (
    SELECT patient_id, content_id FROM contents
    WHERE patient_id = %(patient)s AND content_id = %(content)s AND wrapped_key IS NOT NULL FOR SHARE
)
INSERT INTO clinical_data (patient_id, content_id, edition, sealed)
SELECT patient_id, content_id, %(edition)s, %(sealed)s FROM content
ON CONFLICT (patient_id, content_id) DO UPDATE SET edition = excluded.edition, sealed = excluded.sealed
RETURNING 1
"""
_KEEP = """
WITH held AS (
    SELECT patient_id, content_id
    FROM unnest(%(patients)s::uuid[], %(contents)s::uuid[]) AS held (patient_id, content_id)
), claimed AS (
    DELETE FROM unclaimed_objects AS object USING held
    WHERE object.patient_id = held.patient_id AND object.content_id = held.content_id
)
UPDATE contents AS content SET state = 'kept' FROM held
WHERE content.patient_id = held.patient_id AND content.content_id = held.content_id AND state <> 'destroyed'
RETURNING 1
"""
# One look into the index for each generation, however many keys it wraps.
_GENERATIONS = """
WITH RECURSIVE generations AS (
    (SELECT key_id FROM contents WHERE wrapped_key IS NOT NULL ORDER BY key_id LIMIT 1)
    UNION ALL
    SELECT (
        SELECT key_id FROM contents WHERE wrapped_key IS NOT NULL AND key_id > generations.key_id
        ORDER BY key_id LIMIT 1
    ) FROM generations WHERE generations.key_id IS NOT NULL
)
SELECT key_id FROM generations WHERE key_id IS NOT NULL
"""
_SOME_KEPT = """
SELECT object_key FROM contents WHERE state = 'kept' AND wrapped_key IS NOT NULL LIMIT %(most)s
"""
_DESTROY = (
    update(contents)
    .where(_THIS_CONTENT, contents.c.state == State.STAGED.value)
    .values(state=State.DESTROYED.value, wrapped_key=None)
)
_PURGE = (
    update(contents)
    .where(_THIS_CONTENT, contents.c.state != State.DESTROYED.value)
    .values(state=State.DESTROYED.value, wrapped_key=None)
    .returning(contents.c.object_key)
)
_UNCLAIM = (
    insert(unclaimed_objects)
    .values(
        patient_id=_PATIENT,
        content_id=_CONTENT,
        object_key=bindparam("key"),
        due_at=bindparam("due"),
    )
    .on_conflict_do_update(index_elements=["patient_id", "content_id"], set_={"due_at": bindparam("due")})
)
_FORGET_OBJECT = delete(unclaimed_objects).where(_THIS_OBJECT)
_FORGET_CLINICAL_DATA = delete(clinical_data).where(
    clinical_data.c.patient_id == _PATIENT, clinical_data.c.content_id == _CONTENT
)
_POSTPONE = update(unclaimed_objects).where(_THIS_OBJECT).values(due_at=bindparam("due"))
_DUE = (
    select(unclaimed_objects, contents.c.state, contents.c.staged_at)
    .select_from(
        unclaimed_objects.outerjoin(
            contents,
            and_(
                contents.c.patient_id == unclaimed_objects.c.patient_id,
                contents.c.content_id == unclaimed_objects.c.content_id,
            ),
        )
    )
    .where(unclaimed_objects.c.due_at <= bindparam("now"))
    .order_by(unclaimed_objects.c.due_at)
    .limit(bindparam("most"))
    .with_for_update(of=unclaimed_objects, skip_locked=True)
)


class ContentRepository(Repository):
    """Rows of contents, unclaimed objects and spent tickets."""

    def announce(self, content: StoredContent, *, due: datetime) -> None:
        """Record an object before it is put, to be removed at `due` unless claimed; this spends the upload ticket.

        Raises:
            TicketInvalid: there was an upload under this content id before.
        """
        row = {
            "patient": str(content.patient_id),
            "content": str(content.content_id),
            "key": content.object_key,
            "due": due,
        }
        if not fetch(self.connection, _ANNOUNCE, row):
            raise TicketInvalid

    def add(self, content: StoredContent, *, now: datetime) -> None:
        """Insert content whose object is durable, as staged."""
        row = {
            "patient": str(content.patient_id),
            "content": str(content.content_id),
            "state": State.STAGED.value,
            "object": content.object_key,
            "size": content.size,
            "frame": content.frame_size,
            "sha256": content.sha256,
            "key": content.key.key_id,
            "wrapped": content.key.sealed,
            "now": now,
        }
        fetch(self.connection, _ADD, row)

    def spend_and_read(self, ticket: str, patient_id: PatientId, content_id: ContentId) -> StoredContent:
        """Spend a download ticket and read its content, in one statement.

        Raises:
            TicketInvalid: spent before. DocumentNotFound: no such content, or destroyed.
        """
        parameters = {"ticket": ticket, "patient": str(patient_id), "content": str(content_id)}
        ((is_first, *stored),) = fetch(self.connection, _SPEND_AND_READ, parameters)
        if not is_first:
            raise TicketInvalid
        if stored[-1] is None:
            raise DocumentNotFound
        return _stored_content(patient_id, content_id, *stored)

    def spend_and_read_all(
        self,
        ticket: str,
        patient_id: PatientId,
        requested: Sequence[tuple[PatientId, ContentId]],
        edition: str,
    ) -> list[tuple[StoredContent, bytes | None]]:
        """Spend a ticket and read its contents, in its order, with the clinical data that are kept of this edition.

        Raises:
            TicketInvalid: spent before. DocumentNotFound: one does not exist, or was destroyed.
        """
        parameters = {
            "ticket": ticket,
            "patient": str(patient_id),
            "owners": [str(owner) for owner, _ in requested],
            "contents": [str(content_id) for _, content_id in requested],
            "edition": edition,
        }
        found = []
        for is_first, owner, content_id, *stored, kept in fetch(self.connection, _SPEND_AND_READ_ALL, parameters):
            if not is_first:
                raise TicketInvalid
            if owner is None or stored[-1] is None:
                raise DocumentNotFound
            content = _stored_content(PatientId(UUID(str(owner))), ContentId(UUID(str(content_id))), *stored)
            found.append((content, None if kept is None else bytes(kept)))
        return found

    def read(self, patient_id: PatientId, content_id: ContentId) -> StoredContent | None:
        """A content that is not destroyed."""
        found = fetch(self.connection, _READ, {"patient": str(patient_id), "content": str(content_id)})
        return _stored_content(patient_id, content_id, *found[0]) if found else None

    def keep_clinical_data(
        self, patient_id: PatientId, content_id: ContentId, *, edition: str, sealed: bytes
    ) -> None:
        """Keep what was read, unless the content was destroyed meanwhile."""
        row = {"patient": str(patient_id), "content": str(content_id), "edition": edition, "sealed": sealed}
        fetch(self.connection, _KEEP_CLINICAL_DATA, row)

    def keep(self, held: Sequence[tuple[PatientId, ContentId]]) -> None:
        """Mark contents as held by documents and their objects as claimed, each named once.

        Raises:
            DocumentNotFound: one of them does not exist, or was destroyed.
        """
        parameters = {
            "patients": [str(patient_id) for patient_id, _ in held],
            "contents": [str(content_id) for _, content_id in held],
        }
        if len(fetch(self.connection, _KEEP, parameters)) < len(held):
            raise DocumentNotFound

    def destroy(self, patient_id: PatientId, content_id: ContentId, *, now: datetime) -> None:
        """Erase the data key of staged content and make its object due; kept content stays."""
        this = {"patient": patient_id, "content": content_id}
        if self.connection.execute(_DESTROY, this).rowcount:
            self.connection.execute(_FORGET_CLINICAL_DATA, this)
            self.postpone(patient_id, content_id, due=now)

    def purge(self, patient_id: PatientId, content_id: ContentId, *, now: datetime) -> bool:
        """Erase the data key of staged or kept content and make its object due; False if there was none."""
        this = {"patient": patient_id, "content": content_id}
        key = self.connection.scalar(_PURGE, this)
        if key is None:
            return False
        self.connection.execute(_FORGET_CLINICAL_DATA, this)
        # The object of kept content was claimed and has no row any more; that of staged content still has one.
        self.connection.execute(_UNCLAIM, this | {"key": key, "due": now})
        return True

    def key_generations(self) -> frozenset[str]:
        """The generations of master keys that wrap the keys of contents on file."""
        return frozenset(key_id for (key_id,) in fetch(self.connection, _GENERATIONS, {}))

    def some_kept_objects(self, most: int = 3) -> Sequence[str]:
        """The objects of a few contents that documents hold."""
        return [key for (key,) in fetch(self.connection, _SOME_KEPT, {"most": most})]

    def postpone(self, patient_id: PatientId, content_id: ContentId, *, due: datetime) -> None:
        """Let the sweep look at an unclaimed object at `due`."""
        self.connection.execute(_POSTPONE, {"patient": patient_id, "content": content_id, "due": due})

    def forget_object(self, patient_id: PatientId, content_id: ContentId) -> None:
        """Delete the row of an object that is claimed, or removed."""
        self.connection.execute(_FORGET_OBJECT, {"patient": patient_id, "content": content_id})

    def due_objects(self, *, now: datetime, most: int) -> Sequence[DueObject]:
        """Objects that are due, locked until the transaction ends; those locked by another replica are skipped."""
        rows = self.connection.execute(_DUE, {"now": now, "most": most})
        return [
            DueObject(
                patient_id=PatientId(row.patient_id),
                content_id=ContentId(row.content_id),
                object_key=row.object_key,
                state=None if row.state is None else State(row.state),
                staged_at=row.staged_at,
            )
            for row in rows
        ]

    def forget_tickets(self, *, now: datetime) -> None:
        """Delete spent tickets that have long expired."""
        self.connection.execute(delete(spent_tickets).where(spent_tickets.c.spent_at < now - _TICKETS_KEPT))


def _stored_content(patient_id: PatientId, content_id: ContentId, *stored: Any) -> StoredContent:
    """A content by the columns of its row."""
    object_key, size, frame_size, sha256, key_id, wrapped = stored
    return StoredContent(
        patient_id=patient_id,
        content_id=content_id,
        object_key=object_key,
        size=size,
        frame_size=frame_size,
        sha256=bytes(sha256),
        key=WrappedKey(key_id=key_id, sealed=bytes(wrapped)),
    )
