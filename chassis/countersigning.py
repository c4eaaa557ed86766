"""Acts that take effect only once a second operator, or agent of the organisation, has sent the same request."""

from datetime import timedelta
from hashlib import sha256
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Connection

from chassis.context import RequestContext
from chassis.handlers import MethodHandler
from contracts.errors.execution import SameOperator, SecondAgentAwaited, SecondSignatureAwaited
from contracts.errors.request import RoleForbidden, SecondAgentNeeded
from contracts.vocabulary import Role

A = TypeVar("A")

# In the unit's own transaction: if the act is undone, the first signature is still there.
_USE = """
DELETE FROM signatures
WHERE route = %(route)s AND digest = %(digest)s AND signed_by <> %(operator)s AND until > %(now)s
RETURNING signed_by
"""
_FORGET = "DELETE FROM signatures WHERE until <= %(now)s"
_SIGN = """
INSERT INTO signatures (route, digest, signed_by, until)
VALUES (%(route)s, %(digest)s, %(operator)s, %(until)s)
ON CONFLICT (route, digest) DO NOTHING
"""


def handle_countersigned(handler: MethodHandler, ctx: RequestContext[Any], request: msgspec.Struct) -> Any:
    """The handler's response, if another operator has sent the same request before, or a colleague of an agent.

    The first one's request is carried out and undone, so that whatever is wrong with it is said at once.

    Raises:
        SecondSignatureAwaited, SecondAgentAwaited: this is the first signature; it is kept.
        SameOperator, SecondAgentNeeded: the caller signed it already. RoleForbidden: an agent of no organisation.
        Refusal: the handler's.
    """
    response = handler.handle(ctx, request)
    needs_second = handler.method.countersigned
    if needs_second is not None and needs_second(request):
        _countersign(ctx, handler.method.route, request)
    return response


def _countersign(ctx: RequestContext[Any], route: str, request: msgspec.Struct) -> None:
    actor, until = ctx.actor, ctx.now + timedelta(hours=ctx.countersignature_hours)
    is_agent = actor.role is Role.AGENT
    if is_agent and not actor.organisation:
        raise RoleForbidden
    terms = {
        "route": route,
        # Agents of two organisations sign nothing together.
        "digest": sha256(actor.organisation.encode() + msgspec.json.encode(request)).digest(),
        "operator": actor.subject,
        "now": ctx.now,
        "until": until,
    }
    if ctx.connection.exec_driver_sql(_USE, terms).first() is not None:
        return
    with ctx.separate_transaction() as connection:
        is_first = _sign(connection, terms)
    if not is_first:
        raise SecondAgentNeeded if is_agent else SameOperator
    awaited = SecondAgentAwaited if is_agent else SecondSignatureAwaited
    raise awaited(until=until.isoformat(timespec="minutes"))


def _sign(connection: Connection, terms: dict[str, Any]) -> bool:
    connection.exec_driver_sql(_FORGET, terms)
    return connection.exec_driver_sql(_SIGN, terms).rowcount == 1
