"""A service's copy of which two identities are of one person; identity joins and separates them, and says so."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import insert

from chassis.context import RequestContext
from contracts.identity.api import Identity
from contracts.identity.events import PersonsJoined, PersonsSeparated
from contracts.identity.joins import GetJoin, JoinStatus
from contracts.vocabulary import PatientId

_NAME = "joins"


def joins_table(metadata: sa.MetaData) -> sa.Table:
    """The table of the copy: a row for each of the two. An identity may be found by the text of its id, too.

    `closed`: its account opens no more.
    """
    patient_id = sa.Column("patient_id", sa.Uuid, primary_key=True)
    other = sa.Column("other", sa.Uuid, nullable=False)
    since = sa.Column("since", sa.DateTime(timezone=True), nullable=False)
    closed = sa.Column("closed", sa.Boolean, nullable=False)
    as_text = sa.Index("joins_text", sa.cast(patient_id, sa.Text))
    return sa.Table(_NAME, metadata, patient_id, other, since, closed, sa.Index("joins_other", other), as_text)


def create_joins_table() -> None:
    """For a migration: nobody is known to have two identities."""
    op.create_table(
        _NAME,
        sa.Column("patient_id", sa.Uuid, primary_key=True),
        sa.Column("other", sa.Uuid, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed", sa.Boolean, nullable=False),
    )
    op.create_index("joins_other", _NAME, ["other"])
    op.create_index("joins_text", _NAME, [sa.text("(patient_id::text)")])


class FollowedJoin(NamedTuple):
    """An identity whose row changed, and what identity says of it now."""

    patient_id: PatientId
    status: JoinStatus


def follow_join(
    ctx: RequestContext[Any], joins: sa.Table, event: PersonsJoined | PersonsSeparated
) -> Iterator[FollowedJoin]:
    """Write what identity says now of both: a join and its undoing may arrive in any order, or at once.

    Both in one transaction, so that nobody finds the one by the other and not the other by the one.
    """
    for patient_id in sorted((event.patient_id, event.other)):
        ctx.lock("join", patient_id)
        status = ctx.remote.as_service(Identity.join_of, GetJoin(patient_id=patient_id))
        if _is_new(ctx, joins, patient_id, status):
            yield FollowedJoin(patient_id, status)


def _is_new(ctx: RequestContext[Any], joins: sa.Table, patient_id: PatientId, status: JoinStatus) -> bool:
    if status.other is None:
        gone = sa.delete(joins).where(joins.c.patient_id == patient_id)
        return ctx.connection.execute(gone).rowcount > 0
    now = {"other": status.other, "since": status.since, "closed": status.closed}
    row = insert(joins).values(patient_id=patient_id, **now)
    row = row.on_conflict_do_update(index_elements=["patient_id"], set_=now, where=joins.c.since != status.since)
    return ctx.connection.execute(row).rowcount > 0
