"""Reading a record's notices."""

from uuid import UUID

from chassis.access_rules import asks
from chassis.handlers import handles
from contracts.consent.decisions import Purpose
from contracts.errors.request import InvalidRequest
from contracts.notify import ListNotices, Notices, Notify
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
    stored = ctx.notices.of_holder(permit, count=request.count, before=_notice_id(request.before))
    return Notices(notices=tuple(notice_of(notice) for notice in stored))


def _notice_id(text: str | None) -> UUID | None:
    try:
        return None if text is None else UUID(text)
    except ValueError:
        raise InvalidRequest(field="before") from None
