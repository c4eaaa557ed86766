"""Reading a record's notices, and marking how far one has read."""

from uuid import UUID

from chassis.access_rules import NoEntry, asks
from chassis.handlers import handles
from contracts.consent.decisions import Purpose
from contracts.errors.request import InvalidRequest
from contracts.notify import ListNotices, MarkSeen, Notices, NoticesSeen, Notify
from contracts.vocabulary import Act
from services.notify.context import NotifyContext
from services.notify.domain.wording import notice_of

_MAX_COUNT = 100


@handles(Notify.list_notices, access=asks(Purpose.READ_NOTICES, Act.LECTURE_NOTIFICATIONS), reading=True)
def list_notices(ctx: NotifyContext, request: ListNotices) -> Notices:
    """A page of a record's notices, newest first.

    Raises:
        Refusal: consent's. ServiceUnavailable: consent does not answer. InvalidRequest: count or before.
    """
    permit = ctx.access.permit()
    if not 1 <= request.count <= _MAX_COUNT:
        raise InvalidRequest(field="count")
    before = None if request.before is None else _notice_id(request.before, "before")
    seen_until = ctx.seen.seen_until(permit, UUID(ctx.actor.subject))
    stored = ctx.notices.of_holder(permit, count=request.count, before=before, seen_until=seen_until)
    return Notices(
        notices=tuple(notice_of(notice) for notice in stored), unread=ctx.notices.count_unread(permit, seen_until)
    )


@handles(Notify.mark_seen, access=asks(Purpose.READ_NOTICES, Act.LECTURE_NOTIFICATIONS, allowed=NoEntry.SEEN_BEFORE))
def mark_seen(ctx: NotifyContext, request: MarkSeen) -> NoticesSeen:
    """Mark what the caller has seen, for the caller alone; marking less than before changes nothing.

    Raises:
        Refusal: consent's. ServiceUnavailable: consent does not answer. InvalidRequest: until.
    """
    permit, reader = ctx.access.permit(), UUID(ctx.actor.subject)
    ctx.seen.mark(request.patient_id, permit, reader, _notice_id(request.until, "until"))
    return NoticesSeen(unread=ctx.notices.count_unread(permit, ctx.seen.seen_until(permit, reader)))


def _notice_id(text: str, field: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise InvalidRequest(field=field) from None
