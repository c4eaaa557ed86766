"""Links by which software opens the pages in the browser of its user; a link to a record proves nobody."""

from datetime import timedelta
from uuid import UUID, uuid4

from chassis.access_rules import NoEntry, NoQuestion, unjournalled
from chassis.handlers import handles
from chassis.opaque import new_opaque, token_hash
from contracts.errors.request import LinkGone
from contracts.identity.api import Identity
from contracts.identity.browser_links import (
    BrowserLink,
    CreateLoginLink,
    CreateRecordLink,
    FollowLoginLink,
    FollowRecordLink,
    LinkedRecord,
    OpenRecordLink,
    RecordLinkFollowed,
)
from contracts.identity.browser_sessions import BrowserSessionOpened
from contracts.vocabulary import Rpps
from services.identity.account_holders import check_session
from services.identity.browser_logins import log_in_browser
from services.identity.context import IdentityContext
from services.identity.domain.browser_links import CODE_SECONDS, LOGIN_LIFE, MOST_LINKS

_CODE_LIFE = timedelta(seconds=CODE_SECONDS)


@handles(Identity.create_record_link, access=unjournalled(NoEntry.LATER_STEP, NoQuestion.OWN))
def create_record_link(ctx: IdentityContext, request: CreateRecordLink) -> BrowserLink:
    """A code for the professional's browser; whether they may read the record is decided when it is opened."""
    code = new_opaque()
    ctx.database.repositories.put_record_link(
        token_hash(code), Rpps(ctx.actor.subject), request.patient_id, ctx.now + _CODE_LIFE, most=MOST_LINKS
    )
    return BrowserLink(code=code, expires_in=CODE_SECONDS)


@handles(Identity.follow_record_link, access=unjournalled(NoEntry.LATER_STEP, NoQuestion.PROOF))
def follow_record_link(ctx: IdentityContext, request: FollowRecordLink) -> RecordLinkFollowed:
    """Spend the code: the link waits for a login in this browser. A code that opens nothing gives an id too."""
    link_id = ctx.database.repositories.bind_record_link(
        token_hash(request.code), token_hash(request.browser), ctx.now + LOGIN_LIFE, ctx.now
    )
    return RecordLinkFollowed(link_id=link_id or uuid4())


@handles(Identity.open_record_link, access=unjournalled(NoEntry.LATER_STEP, NoQuestion.OWN))
def open_record_link(ctx: IdentityContext, request: OpenRecordLink) -> LinkedRecord:
    """The record of the link, once.

    Raises:
        LinkGone: unknown, used, too old, another browser's or another professional's, which the answer does not tell.
    """
    patient_id = ctx.database.repositories.take_record_link(
        request.link_id, token_hash(request.browser), Rpps(ctx.actor.subject), ctx.now
    )
    if patient_id is None:
        raise LinkGone
    return LinkedRecord(patient_id=patient_id)


@handles(Identity.create_login_link, access=unjournalled(NoEntry.OWN, NoQuestion.OWN))
def create_login_link(ctx: IdentityContext, _request: CreateLoginLink) -> BrowserLink:
    """A code with which a browser continues the agent's session; raises TokenInvalid: it has ended."""
    check_session(ctx)
    code = new_opaque()
    ctx.database.repositories.put_login_link(token_hash(code), UUID(ctx.actor.session), ctx.now + _CODE_LIFE)
    return BrowserLink(code=code, expires_in=CODE_SECONDS)


@handles(Identity.follow_login_link, access=unjournalled(NoEntry.REFRESHED, NoQuestion.PROOF))
def follow_login_link(ctx: IdentityContext, request: FollowLoginLink) -> BrowserSessionOpened:
    """Log the browser in as the agent; raises LinkGone: unknown, used, too old, or of a session that ended."""
    session_id = ctx.database.repositories.take_login_link(token_hash(request.code), ctx.now)
    if session_id is None or not ctx.database.repositories.is_session(session_id, ctx.now):
        raise LinkGone
    return log_in_browser(ctx, session_id, replaces=request.replaces)
