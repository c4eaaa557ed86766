"""Notices, and their deliveries by channel."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_, select, tuple_, update

from chassis.repository import Repository
from contracts.consent.permits import Permit
from contracts.notify import NoticeCode
from contracts.vocabulary import Channel, PatientId, Rpps
from services.notify.domain.notices import Draft, StoredNotice
from services.notify.domain.sending import LEASE, PATIENCE, Delivery, DeliveryState, SendOutcome
from services.notify.tables import deliveries, notices

_KEY = (deliveries.c.patient_id, deliveries.c.notice_id, deliveries.c.channel)

# All notices of a bundle of events in one round trip; uuidv7 ids sort in the order of writing.
_WRITE = """
WITH drafts AS MATERIALIZED (
    SELECT uuidv7() AS notice_id, patient_id, recipient, code, at, secret, channel
    FROM unnest(%(patients)s::uuid[], %(recipients)s::text[], %(codes)s::text[], %(moments)s::timestamptz[],
        %(secrets)s::boolean[], %(channels)s::text[]) AS draft (patient_id, recipient, code, at, secret, channel)
), written AS (
    INSERT INTO notices (patient_id, notice_id, recipient, code, at, secret)
    SELECT patient_id, notice_id, recipient, code, at, secret FROM drafts
)
INSERT INTO deliveries (patient_id, notice_id, channel, state, attempts, due_at, give_up_at)
SELECT patient_id, notice_id, channel, %(pending)s, 0, %(now)s, %(end)s FROM drafts WHERE channel IS NOT NULL
"""


class NoticeRepository(Repository):
    """Writes and finds notices; leases and settles deliveries."""

    def write(self, drafts: Sequence[tuple[Draft, datetime]], now: datetime) -> None:
        """Write notices, each with when its event happened; deliveries are due from `now` on."""
        parameters = {
            "patients": [str(draft.patient_id) for draft, _ in drafts],
            "recipients": [draft.recipient for draft, _ in drafts],
            "codes": [draft.code.value for draft, _ in drafts],
            "moments": [at for _, at in drafts],
            "secrets": [draft.secret for draft, _ in drafts],
            "channels": [draft.channel and draft.channel.value for draft, _ in drafts],
            "pending": DeliveryState.PENDING.value,
            "now": now,
            "end": now + PATIENCE,
        }
        self.connection.exec_driver_sql(_WRITE, parameters)

    def hasten(self, patient_id: PatientId, now: datetime) -> None:
        """Make pending deliveries to the holder due now; leases stay."""
        of_holder = select(notices.c.notice_id).where(
            notices.c.patient_id == patient_id, notices.c.recipient.is_(None)
        )
        self.connection.execute(
            update(deliveries)
            .where(
                deliveries.c.patient_id == patient_id,
                deliveries.c.due_at > now,
                deliveries.c.notice_id.in_(of_holder),
            )
            .values(due_at=now)
        )

    def take(self, count: int, now: datetime) -> tuple[Delivery, ...]:
        """Lease up to `count` due deliveries; no other sender gets them before the lease ends."""
        due = (
            select(*_KEY)
            .where(
                deliveries.c.due_at <= now,
                or_(deliveries.c.leased_until.is_(None), deliveries.c.leased_until <= now),
            )
            .order_by(deliveries.c.due_at)
            .limit(count)
            .with_for_update(skip_locked=True)
        )
        leased = (
            update(deliveries)
            .where(
                tuple_(*_KEY).in_(due),
                notices.c.patient_id == deliveries.c.patient_id,
                notices.c.notice_id == deliveries.c.notice_id,
            )
            .values(attempts=deliveries.c.attempts + 1, leased_until=now + LEASE)
            .returning(*_KEY, deliveries.c.attempts, deliveries.c.give_up_at, notices.c.code, notices.c.recipient)
        )
        return tuple(
            Delivery(
                patient_id=PatientId(row.patient_id),
                notice_id=row.notice_id,
                channel=Channel(row.channel),
                code=NoticeCode(row.code),
                recipient=None if row.recipient is None else Rpps(row.recipient),
                attempts=row.attempts,
                give_up_at=row.give_up_at,
            )
            for row in self.connection.execute(leased)
        )

    def settle(self, delivery: Delivery, outcome: SendOutcome, now: datetime) -> None:
        """Store the outcome of an attempt, and end its lease."""
        self.connection.execute(
            update(deliveries)
            .where(
                deliveries.c.patient_id == delivery.patient_id,
                deliveries.c.notice_id == delivery.notice_id,
                deliveries.c.channel == delivery.channel.value,
            )
            .values(
                state=outcome.state.value,
                due_at=outcome.due_at,
                leased_until=None,
                sent_by=outcome.sent_by.value if outcome.sent_by else None,
                sent_at=now if outcome.sent_by else None,
            )
        )

    def of_holder(self, permit: Permit, *, count: int, before: UUID | None) -> Sequence[StoredNotice]:
        """The holder's notices that the filter lets through, newest first, older than `before`."""
        by = (
            select(func.array_agg(deliveries.c.sent_by))
            .where(
                deliveries.c.patient_id == notices.c.patient_id,
                deliveries.c.notice_id == notices.c.notice_id,
                deliveries.c.sent_by.is_not(None),
            )
            .scalar_subquery()
        )
        query = (
            select(notices.c.notice_id, notices.c.code, notices.c.at, by.label("sent"))
            .where(notices.c.patient_id == permit.patient_id, notices.c.recipient.is_(None))
            .order_by(notices.c.notice_id.desc())
            .limit(count)
        )
        if permit.limits.hides_secret:
            query = query.where(notices.c.secret.is_(False))
        if before is not None:
            query = query.where(notices.c.notice_id < before)
        return [
            StoredNotice(
                notice_id=row.notice_id,
                code=NoticeCode(row.code),
                at=row.at,
                sent=tuple(Channel(channel) for channel in row.sent or ()),
            )
            for row in self.connection.execute(query)
        ]
