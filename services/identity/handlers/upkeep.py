"""Deleting what has expired."""

from chassis.access_rules import NoEntry, NoQuestion, unjournalled
from chassis.handlers import Tick, every
from services.identity.context import IdentityContext


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
    repositories.forget_expired_authorizations(ctx.now)
    repositories.forget_old_grants(ctx.now)
    repositories.forget_professional_codes(ctx.now)
    repositories.forget_expired_challenges(ctx.now)
