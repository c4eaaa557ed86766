"""Tokens that are bound to a key: each request proves it, with a proof that serves once (DPoP, RFC 9449)."""

from collections import OrderedDict
from time import time
from typing import Any

from litestar.connection import ASGIConnection

from chassis.possession import KEPT_SECONDS, read_possession
from contracts.envelope import Actor
from contracts.errors import PossessionUnproven

HEADER = "dpop"
_MOST_KEPT = 100_000


class SeenProofs:
    """The proofs this process has seen, as long as one could be shown again.

    Another gateway has not seen them: behind several, a proof that was listened in on serves once at each, with the
    very token, method and address it was made for.
    """

    def __init__(self, public_url: str) -> None:
        self._public_url = public_url
        self._seen: OrderedDict[bytes, float] = OrderedDict()

    def check(self, connection: ASGIConnection[Any, Any, Any, Any], token: str, actor: Actor, *, bound: bool) -> None:
        """Whether whoever sends this request has the key their token is bound to.

        Args:
            bound: whether the token was shown as a bound one (`Authorization: DPoP`), and not as anybody's.

        Raises:
            PossessionUnproven: also a bound token that is shown as anybody's, and the other way round.
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
        while self._seen and (next(iter(self._seen.values())) <= now or len(self._seen) >= _MOST_KEPT):
            self._seen.popitem(last=False)
        if replay_key in self._seen:
            return False
        self._seen[replay_key] = now + KEPT_SECONDS
        return True
