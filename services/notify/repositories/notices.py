"""Notices, and their deliveries by channel."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, case, false, func, or_, select, tuple_, update

from chassis.repository import Repository, is_one_of
from contracts.consent.permits import Permit
from contracts.notify import NoticeCode
from contracts.vocabulary import Channel, PatientId, Rpps
from services.notify.domain.notices import Draft, StoredNotice
from services.notify.domain.sending import LEASE, PATIENCE, Delivery, DeliveryState, SendOutcome, with_another
from services.notify.tables import deliveries, notices

_KEY = (deliveries.c.patient_id, deliveries.c.notice_id, deliveries.c.channel)
_TERMS = (
    deliveries.c.attempts,
    deliveries.c.due_at,
    deliveries.c.give_up_at,
    notices.c.code,
    notices.c.recipient,
)

# All notices of a bundle of events in one round trip; uuidv7 ids sort in the order of writing. The first delivery of
# a kind to a person is due at once. Within the window after it, further ones fall due together when it ends.
# Deliveries to a holder for whom others wait already wait too.
_WRITE = """
WITH drafts AS MATERIALIZED (
    SELECT uuidv7() AS notice_id, patient_id, recipient, code, at, secret, channel
    FROM unnest(%(patients)s::uuid[], %(recipients)s::text[], %(codes)s::text[], %(moments)s::timestamptz[],
        %(secrets)s::boolean[], %(channels)s::text[]) AS draft (patient_id, recipient, code, at, secret, channel)
), placed AS (
    SELECT *, row_number() OVER (PARTITION BY patient_id, recipient, code, channel ORDER BY notice_id) AS place
    FROM drafts
), written AS (
    INSERT INTO notices (patient_id, notice_id, recipient, code, at, secret)
    SELECT patient_id, notice_id, recipient, code, at, secret FROM drafts
)
INSERT INTO deliveries (patient_id, notice_id, channel, state, attempts, due_at, give_up_at)
SELECT patient_id, notice_id, channel, CASE WHEN waits THEN %(waiting)s ELSE %(pending)s END, 0, CASE
        WHEN waits THEN NULL
        WHEN last_at > %(now)s THEN last_at
        WHEN last_at > %(since)s THEN last_at + %(window)s
        WHEN place > 1 THEN %(now)s + %(window)s
        ELSE %(now)s
    END, %(end)s
FROM placed, LATERAL (
    SELECT max(coalesce(d.sent_at, d.due_at)) AS last_at
    FROM deliveries AS d JOIN notices AS n USING (patient_id, notice_id)
    WHERE d.patient_id = placed.patient_id AND d.channel = placed.channel AND d.state IN (%(pending)s, %(sent)s)
        AND n.code = placed.code AND n.recipient IS NOT DISTINCT FROM placed.recipient
) AS earlier, LATERAL (
    SELECT placed.recipient IS NULL AND EXISTS (
        SELECT FROM deliveries AS d WHERE d.patient_id = placed.patient_id AND d.state = %(waiting)s
    ) AS waits
) AS account
WHERE channel IS NOT NULL
"""


class NoticeRepository(Repository):
    """Writes and finds notices; leases and settles deliveries."""

    def write(self, drafts: Sequence[tuple[Draft, datetime]], now: datetime, window: timedelta) -> None:
        """Write notices, each with when its event happened, and their deliveries.

        Args:
            window: how long after a message further ones of its kind wait, to be sent as one.
        """
        parameters = {
            "patients": [str(draft.patient_id) for draft, _ in drafts],
            "recipients": [draft.recipient for draft, _ in drafts],
            "codes": [draft.code.value for draft, _ in drafts],
            "moments": [at for _, at in drafts],
            "secrets": [draft.secret for draft, _ in drafts],
            "channels": [draft.channel and draft.channel.value for draft, _ in drafts],
            "pending": DeliveryState.PENDING.value,
            "sent": DeliveryState.SENT.value,
            "waiting": DeliveryState.WAITING.value,
            "now": now,
            "since": now - window,
            "window": window,
            "end": now + PATIENCE,
        }
        self.connection.exec_driver_sql(_WRITE, parameters)

    def hasten(self, patient_id: PatientId, now: datetime) -> None:
        """Make deliveries to the holder that are pending or waiting due now, unless it is too late; leases stay."""
        in_time = deliveries.c.give_up_at > now
        of_holder = select(notices.c.notice_id).where(
            notices.c.patient_id == patient_id, notices.c.recipient.is_(None)
        )
        self.connection.execute(
            update(deliveries)
            .where(
                deliveries.c.patient_id == patient_id,
                deliveries.c.state.in_([DeliveryState.PENDING.value, DeliveryState.WAITING.value]),
                deliveries.c.notice_id.in_(of_holder),
            )
            .values(
                state=case((in_time, DeliveryState.PENDING.value), else_=DeliveryState.GIVEN_UP.value),
                due_at=case((in_time, now), else_=None),
            )
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
            .returning(*_KEY, *_TERMS)
        )
        return tuple(
            Delivery(
                patient_id=PatientId(row.patient_id),
                notice_id=row.notice_id,
                channel=Channel(row.channel),
                code=NoticeCode(row.code),
                recipient=None if row.recipient is None else Rpps(row.recipient),
                attempts=row.attempts,
                due_at=row.due_at,
                give_up_at=row.give_up_at,
            )
            for row in self.connection.execute(leased)
        )

    def settle(self, message: Sequence[Delivery], outcome: SendOutcome, now: datetime) -> None:
        """Store the outcome of a message for all its deliveries, the one it was sent for first, and end their leases.

        A delivery that is to wait stays due if it was hastened while it was tried: the account is there by now.
        """
        first = message[0]
        is_first = deliveries.c.notice_id == first.notice_id
        is_hastened: ColumnElement[bool] = false()
        if outcome.state is DeliveryState.WAITING:
            is_hastened = deliveries.c.due_at > max(delivery.due_at for delivery in message)
        self.connection.execute(
            update(deliveries)
            .where(
                deliveries.c.patient_id == first.patient_id,
                is_one_of(deliveries.c.notice_id, [delivery.notice_id for delivery in message]),
                deliveries.c.channel == first.channel.value,
            )
            .values(
                state=case(
                    (is_hastened, deliveries.c.state),
                    (is_first, outcome.state.value),
                    else_=with_another(outcome.state).value,
                ),
                due_at=case((is_hastened, deliveries.c.due_at), else_=outcome.due_at),
                leased_until=None,
                sent_by=outcome.sent_by.value if outcome.sent_by else None,
                sent_at=now if outcome.sent_by else None,
            )
        )

    def of_holder(
        self, permit: Permit, *, count: int, before: UUID | None, seen_until: UUID | None = None
    ) -> Sequence[StoredNotice]:
        """The holder's notices that the filter lets through, newest first, older than `before`.

        Those after `seen_until` are unread.
        """
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
            .where(*_shown_to(permit))
            .order_by(notices.c.notice_id.desc())
            .limit(count)
        )
        if before is not None:
            query = query.where(notices.c.notice_id < before)
        return [
            StoredNotice(
                notice_id=row.notice_id,
                code=NoticeCode(row.code),
                at=row.at,
                sent=tuple(Channel(channel) for channel in row.sent or ()),
                unread=seen_until is None or row.notice_id > seen_until,
            )
            for row in self.connection.execute(query)
        ]

    def count_unread(self, permit: Permit, seen_until: UUID | None) -> int:
        """How many notices that the filter lets through are newer than the last that was seen."""
        query = select(func.count()).select_from(notices).where(*_shown_to(permit))
        if seen_until is not None:
            query = query.where(notices.c.notice_id > seen_until)
        return self.connection.execute(query).scalar_one()


def _shown_to(permit: Permit) -> tuple[ColumnElement[bool], ...]:
    """Conditions on notices to the holder; a legal representative sees none about a secret act."""
    to_holder = (is_one_of(notices.c.patient_id, permit.ids), notices.c.recipient.is_(None))
    return (*to_holder, notices.c.secret.is_(False)) if permit.limits.hides_secret else to_holder
