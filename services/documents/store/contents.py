"""The life of each content as its shelves hold it, the objects nobody claims, and tickets that were spent."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import (
    Connection,
    Uuid,
    and_,
    bindparam,
    delete,
    exists,
    func,
    literal,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from contracts.errors import DocumentNotFound, TicketInvalid
from contracts.vocabulary import ContentId, PatientId
from services.documents.domain import Content, DueObject, State, WrappedKey
from services.documents.tables import contents, spent_tickets, unclaimed_objects

_TICKETS_KEPT = timedelta(minutes=5)
"""Ten times a ticket's life, for clocks that do not agree."""

# Statements are made once: making one costs as much as running it.
_PATIENT, _CONTENT = bindparam("patient", type_=Uuid()), bindparam("content", type_=Uuid())
_THIS_CONTENT = and_(contents.c.patient_id == _PATIENT, contents.c.content_id == _CONTENT)
_THIS_OBJECT = and_(unclaimed_objects.c.patient_id == _PATIENT, unclaimed_objects.c.content_id == _CONTENT)

_ANNOUNCE = (
    insert(unclaimed_objects)
    .from_select(
        ["patient_id", "content_id", "object_key", "due_at"],
        select(
            _PATIENT,
            _CONTENT,
            bindparam("key", type_=unclaimed_objects.c.object_key.type),
            bindparam("due", type_=unclaimed_objects.c.due_at.type),
        ).where(
            # Not waited for: a crash of the database that takes this row takes the content's row with it.
            func.set_config("synchronous_commit", "off", literal(True)) == "off",
            ~exists().where(_THIS_CONTENT),
        ),
    )
    .on_conflict_do_nothing()
)
_ADD = insert(contents)
_SPENT = (
    insert(spent_tickets)
    .values(patient_id=_PATIENT, ticket_id=bindparam("ticket"), spent_at=func.now())
    .on_conflict_do_nothing()
    .returning(literal(1).label("one"))
    .cte("spent")
)
_SPEND_AND_READ = select(
    select(func.count()).select_from(_SPENT).scalar_subquery().label("good"), contents
).select_from(select(literal(1).label("one")).subquery("always").outerjoin(contents, _THIS_CONTENT))
_KEEP = (
    update(contents).where(_THIS_CONTENT, contents.c.state != State.DESTROYED.value).values(state=State.KEPT.value)
)
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


class DocumentStore:
    """What is kept of each content, and which objects nobody claims."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def announce(self, content: Content, *, due: datetime) -> None:
        """Note an object before it is put, to be removed at `due` unless claimed; this spends the upload ticket.

        Raises:
            TicketInvalid: something was brought in under this content id before.
        """
        new = {
            "patient": content.patient_id,
            "content": content.content_id,
            "key": content.object_key,
            "due": due,
        }
        if self._connection.execute(_ANNOUNCE, new).rowcount == 0:
            raise TicketInvalid

    def add(self, content: Content, *, now: datetime) -> None:
        """Content whose object is durable, staged."""
        self._connection.execute(
            _ADD,
            {
                "patient_id": content.patient_id,
                "content_id": content.content_id,
                "state": State.STAGED.value,
                "object_key": content.object_key,
                "size": content.size,
                "frame_size": content.frame_size,
                "sha256": content.sha256,
                "key_id": content.key.key_id,
                "wrapped_key": content.key.sealed,
                "staged_at": now,
            },
        )

    def spend_and_read(self, ticket: str, patient_id: PatientId, content_id: ContentId) -> Content:
        """Spend a download ticket and find what it opens, in one statement.

        Raises:
            TicketInvalid: spent before. DocumentNotFound: no such content, or destroyed.
        """
        found = {"ticket": ticket, "patient": patient_id, "content": content_id}
        row = self._connection.execute(_SPEND_AND_READ, found).one()
        if not row.good:
            raise TicketInvalid
        if row.wrapped_key is None:
            raise DocumentNotFound
        return Content(
            patient_id=patient_id,
            content_id=content_id,
            object_key=row.object_key,
            size=row.size,
            frame_size=row.frame_size,
            sha256=row.sha256,
            key=WrappedKey(key_id=row.key_id, sealed=row.wrapped_key),
        )

    def keep(self, patient_id: PatientId, content_id: ContentId) -> None:
        """A document holds this content.

        Raises:
            DocumentNotFound: there is none, or no more.
        """
        which = {"patient": patient_id, "content": content_id}
        if self._connection.execute(_KEEP, which).rowcount == 0:
            raise DocumentNotFound
        self._connection.execute(_FORGET, which)

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
