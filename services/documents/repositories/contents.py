"""The life of each content as its shelves hold it, the objects nobody claims, and tickets that were spent."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import (
    Connection,
    Uuid,
    and_,
    bindparam,
    delete,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from chassis.db import fetch
from contracts.errors import DocumentNotFound, TicketInvalid
from contracts.vocabulary import ContentId, PatientId
from services.documents.domain import DueObject, State, StoredContent, WrappedKey
from services.documents.tables import contents, spent_tickets, unclaimed_objects

_TICKETS_KEPT = timedelta(minutes=5)
"""Ten times a ticket's life, for clocks that do not agree."""

# Statements are made once: making one costs as much as running it.
_PATIENT, _CONTENT = bindparam("patient", type_=Uuid()), bindparam("content", type_=Uuid())
_THIS_CONTENT = and_(contents.c.patient_id == _PATIENT, contents.c.content_id == _CONTENT)
_THIS_OBJECT = and_(unclaimed_objects.c.patient_id == _PATIENT, unclaimed_objects.c.content_id == _CONTENT)

# Those that a transfer waits for are written out. The disk is not waited for where an object is announced: a crash of
# the database that takes this row takes the content's row with it.
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
_RELEASE = (
    insert(unclaimed_objects)
    .values(
        patient_id=_PATIENT,
        content_id=_CONTENT,
        object_key=bindparam("key"),
        due_at=bindparam("due"),
    )
    .on_conflict_do_update(index_elements=["patient_id", "content_id"], set_={"due_at": bindparam("due")})
)
_FORGET = delete(unclaimed_objects).where(_THIS_OBJECT)
_PUT_OFF = update(unclaimed_objects).where(_THIS_OBJECT).values(due_at=bindparam("due"))
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


class ContentRepository:
    """What is kept of each content, and which objects nobody claims."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def announce(self, content: StoredContent, *, due: datetime) -> None:
        """Note an object before it is put, to be removed at `due` unless claimed; this spends the upload ticket.

        Raises:
            TicketInvalid: something was brought in under this content id before.
        """
        new = {
            "patient": str(content.patient_id),
            "content": str(content.content_id),
            "key": content.object_key,
            "due": due,
        }
        if not fetch(self._connection, _ANNOUNCE, new):
            raise TicketInvalid

    def add(self, content: StoredContent, *, now: datetime) -> None:
        """Content whose object is durable, staged."""
        new = {
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
        fetch(self._connection, _ADD, new)

    def spend_and_read(self, ticket: str, patient_id: PatientId, content_id: ContentId) -> StoredContent:
        """Spend a download ticket and find what it opens, in one statement.

        Raises:
            TicketInvalid: spent before. DocumentNotFound: no such content, or destroyed.
        """
        asked = {"ticket": ticket, "patient": str(patient_id), "content": str(content_id)}
        ((is_first, place, size, frame_size, sha256, key_id, wrapped),) = fetch(
            self._connection, _SPEND_AND_READ, asked
        )
        if not is_first:
            raise TicketInvalid
        if wrapped is None:
            raise DocumentNotFound
        return StoredContent(
            patient_id=patient_id,
            content_id=content_id,
            object_key=place,
            size=size,
            frame_size=frame_size,
            sha256=bytes(sha256),
            key=WrappedKey(key_id=key_id, sealed=bytes(wrapped)),
        )

    def keep(self, held: Sequence[tuple[PatientId, ContentId]]) -> None:
        """Documents hold these contents, each named once.

        Raises:
            DocumentNotFound: one of them is not there, or no more.
        """
        asked = {
            "patients": [str(patient_id) for patient_id, _ in held],
            "contents": [str(content_id) for _, content_id in held],
        }
        if len(fetch(self._connection, _KEEP, asked)) < len(held):
            raise DocumentNotFound

    def destroy(self, patient_id: PatientId, content_id: ContentId, *, now: datetime) -> None:
        """Erase the data key of staged content, and let the sweep have its object; kept content stays."""
        which = {"patient": patient_id, "content": content_id}
        if self._connection.execute(_DESTROY, which).rowcount:
            self.put_off(patient_id, content_id, due=now)

    def purge(self, patient_id: PatientId, content_id: ContentId, *, now: datetime) -> bool:
        """Erase the data key of staged or kept content, let the sweep have its object; False where there was none."""
        which = {"patient": patient_id, "content": content_id}
        key = self._connection.scalar(_PURGE, which)
        if key is None:
            return False
        # Kept content was claimed and has no row among the unclaimed any more; staged content still has its own.
        self._connection.execute(_RELEASE, which | {"key": key, "due": now})
        return True

    def put_off(self, patient_id: PatientId, content_id: ContentId, *, due: datetime) -> None:
        """Look at an unclaimed object at `due`."""
        self._connection.execute(_PUT_OFF, {"patient": patient_id, "content": content_id, "due": due})

    def forget_object(self, patient_id: PatientId, content_id: ContentId) -> None:
        """An object is claimed, or removed."""
        self._connection.execute(_FORGET, {"patient": patient_id, "content": content_id})

    def due_objects(self, *, now: datetime, most: int) -> Sequence[DueObject]:
        """Objects whose time has come, held until the transaction ends; those another replica holds are left out."""
        rows = self._connection.execute(_DUE, {"now": now, "most": most})
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
        """Drop spent tickets that have long expired."""
        self._connection.execute(delete(spent_tickets).where(spent_tickets.c.spent_at < now - _TICKETS_KEPT))
