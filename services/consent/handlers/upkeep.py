"""Timers: expired invitations are deleted, new versions of the matrix are read."""

from chassis.access_rules import NoEntry, NoQuestion, unjournalled
from chassis.handlers import Tick, every
from services.consent.context import ConsentContext

_UPKEEP = unjournalled(NoEntry.UPKEEP, NoQuestion.UPKEEP)


@every(seconds=600, access=_UPKEEP)
def sweep(ctx: ConsentContext, _tick: Tick) -> None:
    """Delete invitations that nobody answered in time."""
    ctx.invitations.forget_expired(ctx.now)


@every(seconds=30, access=_UPKEEP)
def look_for_new_matrices(ctx: ConsentContext, _tick: Tick) -> None:
    """Read versions that were loaded through another replica."""
    ctx.tools.matrix_cache.refresh(ctx.matrices)
