"""Timers of every service: learn ended sessions, delete old receipts of events."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from chassis import inbox
from chassis.access_rules import NoEntry, NoQuestion, unjournalled
from chassis.context import RequestContext
from chassis.handlers import Declaration, Tick, TimerHandler
from chassis.revocations import LOOK_SECONDS
from contracts.identity.api import Identity
from contracts.identity.logins import EndedSession, ListEndedSessions

_HOUR = 3_600
_UPKEEP = unjournalled(NoEntry.UPKEEP, NoQuestion.UPKEEP)

EndedSessionsLookup = Callable[[Any, ListEndedSessions], Iterable[EndedSession]]


def ask_for_ended_sessions(ctx: RequestContext[Any], request: ListEndedSessions) -> Iterable[EndedSession]:
    """The answer of identity."""
    return ctx.remote(Identity.ended_sessions, request).sessions


def learn_ended_sessions(look_up: EndedSessionsLookup, ctx: RequestContext[Any], _tick: Tick) -> None:
    """Learn sessions that ended; on a failure the known ones stay ended."""
    revocations = ctx.keyring.revocations
    request = ListEndedSessions(seconds=revocations.seconds_to_ask(ctx.now.timestamp()))
    revocations.learn(look_up(ctx, request), now=ctx.now.timestamp())


def forget_receipts(ctx: RequestContext[Any], _tick: Tick) -> None:
    """Delete receipts of events that can no longer be redelivered."""
    inbox.forget_old(ctx.connection)


def declarations(look_up: EndedSessionsLookup) -> list[Declaration]:
    """The timers of every service."""
    return [
        TimerHandler(
            name="learn_ended_sessions",
            handle=partial(learn_ended_sessions, look_up),
            access=_UPKEEP,
            seconds=LOOK_SECONDS,
        ),
        TimerHandler(name="forget_receipts", handle=forget_receipts, access=_UPKEEP, seconds=_HOUR),
    ]
