"""Pages that show what was read: whether they are out of date, which is no reading."""

from chassis.access_rules import NoEntry, asks
from chassis.handlers import handles
from chassis.shown_pages import page_of
from contracts.consent.decisions import Purpose
from contracts.records.api import Records
from contracts.records.pages import ComparePage, PageComparison
from services.records.context import RecordsContext
from services.records.shown_pages import limits_digest


@handles(Records.compare_page, access=asks(Purpose.READ, allowed=NoEntry.READ_BEFORE), reading=True)
def compare_page(ctx: RecordsContext, request: ComparePage) -> PageComparison:
    """Compare a page with what the list of documents would show now, within the permit that it would have.

    Raises:
        InvalidRequest: the page is not the caller's, or not of this record. Refusal: consent's.
    """
    page = page_of(ctx.keyring, request, ctx.actor, now=ctx.now.timestamp())
    ctx.access.mode, ctx.access.secret = page.mode, page.secret
    permit = ctx.access.permit(superseded=page.superseded, archived=page.archived, only_looks=True)
    seen, has_new = ctx.repositories.documents.compare(permit, page)
    return PageComparison(
        gone=seen < len(page.documents),
        new=has_new or limits_digest(permit.limits) != page.limits,
        ids=permit.ids,
    )
