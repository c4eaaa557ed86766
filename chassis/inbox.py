"""The inbox: a receipt in the same transaction as the effect, so that an event works once however often it comes."""

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
"""Longer than any message can wait in a queue or in parking before a person acts."""


def receive(connection: Connection, queue: str, ids: Sequence[UUID]) -> frozenset[UUID]:
    """Sign for events; answers those that had not been received on this queue before."""
    rows = connection.exec_driver_sql(_RECEIVE, {"ids": [str(one) for one in ids], "queue": queue})
    return frozenset(UUID(str(row.event_id)) for row in rows)


def forget_old(connection: Connection) -> int:
    """Drop receipts older than KEEP_DAYS; answers how many."""
    return connection.exec_driver_sql(_FORGET, {"days": KEEP_DAYS}).rowcount
