"""Proof of possession for tokens bound to a key: one single-use proof for each request (DPoP, RFC 9449)."""

from time import time
from typing import Any

from litestar.connection import ASGIConnection

from chassis.possession import read_possession
from contracts.envelope import Actor
from contracts.errors.request import PossessionUnproven

HEADER = "dpop"


def proof_sent(
    connection: ASGIConnection[Any, Any, Any, Any], token: str, actor: Actor, *, bound: bool, public_url: str
) -> str:
    """The `jti` of the proof that the sender of this request holds the key its token is bound to.

    Args:
        bound: whether the token came with the scheme DPoP instead of Bearer.

    Returns:
        Empty for a token that is bound to none. Whether the proof was used before is not known here.

    Raises:
        PossessionUnproven: also for a bound token sent as Bearer, and the other way round.
    """
    if bound is not bool(actor.bound_to):
        raise PossessionUnproven
    if not bound:
        return ""
    sent = connection.headers.getall(HEADER, [])
    if len(sent) != 1:
        raise PossessionUnproven
    scope: Any = connection.scope
    url = f"{public_url}{scope['raw_path'].decode('latin-1').partition('?')[0]}"
    proven = read_possession(sent[0], method=scope["method"], url=url, now=time(), token=token)
    if proven.thumbprint != actor.bound_to:
        raise PossessionUnproven
    return proven.jti
