"""Rounds: invitations that nobody answered, and versions of the matrix that another replica loaded."""

from chassis.handlers import Tick, every
from services.consent.context import ConsentContext


@every(seconds=600)
def forget_expired_invitations(ctx: ConsentContext, _tick: Tick) -> None:
    """Drop invitations that nobody answered in time."""
    ctx.invitations.forget_expired(ctx.now)


@every(seconds=30)
def look_for_new_matrices(ctx: ConsentContext, _tick: Tick) -> None:
    """Learn the versions that were loaded through another replica."""
    ctx.tools.matrix_cache.refresh(ctx.matrices)
