"""The inbox: a receipt in the same transaction as the effect, so that a redelivered event has no second effect."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Connection

_RECEIVE = """
INSERT INTO inbox (event_id, queue, received_at)
SELECT unnest(%(ids)s::uuid[]), %(queue)s, now()
ON CONFLICT DO NOTHING RETURNING event_id
"""
_FORGET = "DELETE FROM inbox WHERE received_at < now() - make_interval(days => %(days)s)"

KEEP_DAYS = 30
"""Longer than any message waits in a queue or as a dead letter before a person acts."""


def receive(connection: Connection, queue: str, ids: Sequence[UUID]) -> frozenset[UUID]:
    """Store receipts of events; returns the ids that this queue had not received before."""
    rows = connection.exec_driver_sql(_RECEIVE, {"ids": [str(event_id) for event_id in ids], "queue": queue})
    return frozenset(UUID(str(row.event_id)) for row in rows)


def forget_old(connection: Connection) -> int:
    """Delete receipts older than KEEP_DAYS; returns their number."""
    return connection.exec_driver_sql(_FORGET, {"days": KEEP_DAYS}).rowcount
