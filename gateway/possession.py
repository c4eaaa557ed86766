"""Proof of possession for tokens bound to a key: one single-use proof for each request (DPoP, RFC 9449)."""

from collections import OrderedDict
from time import time
from typing import Any

from litestar.connection import ASGIConnection

from chassis.possession import KEPT_SECONDS, read_possession
from contracts.envelope import Actor
from contracts.errors.request import PossessionUnproven

HEADER = "dpop"
_MAX_KEPT = 100_000


class SeenProofs:
    """Proofs already used in this process, kept as long as they could be replayed.

    Gateways do not share them: with several, an intercepted proof can be replayed once at each of the others, with
    the same token, method and URL.
    """

    def __init__(self, public_url: str) -> None:
        self._public_url = public_url
        self._seen: OrderedDict[bytes, float] = OrderedDict()

    def check(self, connection: ASGIConnection[Any, Any, Any, Any], token: str, actor: Actor, *, bound: bool) -> None:
        """Check that the sender of this request holds the key its token is bound to.

        Args:
            bound: whether the token came with the scheme DPoP instead of Bearer.

        Raises:
            PossessionUnproven: also for a bound token sent as Bearer, and the other way round.
        """
        if bound is not bool(actor.bound_to):
            raise PossessionUnproven
        if not bound:
            return
        sent = connection.headers.getall(HEADER, [])
        if len(sent) != 1:
            raise PossessionUnproven
        scope: Any = connection.scope
        path, method, now = scope["raw_path"].decode("latin-1").partition("?")[0], scope["method"], time()
        proven = read_possession(sent[0], method=method, url=f"{self._public_url}{path}", now=now, token=token)
        if proven.thumbprint != actor.bound_to or not self._is_first(proven.replay_key, now):
            raise PossessionUnproven

    def _is_first(self, replay_key: bytes, now: float) -> bool:
        while self._seen and (next(iter(self._seen.values())) <= now or len(self._seen) >= _MAX_KEPT):
            self._seen.popitem(last=False)
        if replay_key in self._seen:
            return False
        self._seen[replay_key] = now + KEPT_SECONDS
        return True
