"""Deleting what has expired, and when revocation lists will."""

from prometheus_client import Gauge

from chassis.access_rules import NoEntry, NoQuestion, unjournalled
from chassis.handlers import Tick, every
from services.identity.context import IdentityContext

REVOCATION_LIST_ENDS = Gauge(
    "carnet_revocation_list_expires_timestamp_seconds",
    "When the first revocation list of a card authority ends (Unix time); 0: one has ended, or is missing.",
    ["authority"],
)


@every(seconds=60, access=unjournalled(NoEntry.UPKEEP, NoQuestion.UPKEEP))
def sweep(ctx: IdentityContext, _tick: Tick) -> None:
    """Delete proofs, attempts, sessions and requests that are refused by their date anyway."""
    repositories = ctx.database.repositories
    repositories.forget_expired_proofs(ctx.now)
    repositories.forget_expired_attempts(ctx.now)
    repositories.forget_unused_devices(ctx.now)
    repositories.forget_old_guesses(ctx.now)
    repositories.forget_pending_accounts(ctx.now)
    repositories.forget_expired_letters(ctx.now)
    repositories.forget_expired_accounts(ctx.now)
    repositories.forget_sessions(ctx.now)
    repositories.forget_browser_links(ctx.now)
    repositories.forget_expired_authorizations(ctx.now)
    repositories.forget_old_grants(ctx.now)
    repositories.forget_professional_codes(ctx.now)
    repositories.forget_expired_challenges(ctx.now)


@every(seconds=30, access=unjournalled(NoEntry.UPKEEP, NoQuestion.UPKEEP))
def look_at_revocation_lists(ctx: IdentityContext, _tick: Tick) -> None:
    """Say when they end: the cards of an authority without a list in force are refused."""
    for authority, end in ctx.tools.cards.lists_end(ctx.now).items():
        REVOCATION_LIST_ENDS.labels(authority).set(0 if end is None else end.timestamp())
