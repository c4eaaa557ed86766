"""One service asks another: the question carries the caller's token, the time left and the trace."""

from time import time
from typing import TypeVar

import msgspec

from chassis.rpc_client import RpcClient
from chassis.tokens import Signer, sign_actor
from chassis.tracing import current_traceparent
from contracts.api import Method
from contracts.envelope import Actor, CallContext, RpcReply, RpcRequest
from contracts.errors import RoleForbidden, refusal_from
from contracts.vocabulary import Role
from contracts.wiring import CALLS, OPEN_METHODS

Q = TypeVar("Q", bound=msgspec.Struct)
A = TypeVar("A", bound=msgspec.Struct)

_encode = msgspec.json.Encoder().encode
_decode_reply = msgspec.json.Decoder(RpcReply).decode
_OWN_TOKEN_SECONDS = 600


class OwnToken:
    """This service's word for itself, signed anew when half of its life is over."""

    def __init__(self, signer: Signer) -> None:
        self._signer = signer
        self._actor = Actor(role=Role.SERVICE, subject=signer.issuer)
        self._token = ""
        self._good_until = 0.0

    def __call__(self) -> str:
        now = time()
        if now >= self._good_until:
            self._token = sign_actor(self._signer, self._actor, seconds=_OWN_TOKEN_SECONDS, now=now)
            self._good_until = now + _OWN_TOKEN_SECONDS / 2
        return self._token


class Remote:
    """Calls other services on behalf of one unit of work.

    Args:
        token: of the one who acts; empty for work nobody asked for, then the service's own is used.
        deadline: Unix time until which the unit's own caller waits.
    """

    def __init__(self, rpc_client: RpcClient, own: OwnToken, *, caller: str, token: str, deadline: float) -> None:
        self._line = rpc_client
        self._own = own
        self._caller = caller
        self._token = token
        self._deadline = deadline

    def __call__(self, method: Method[Q, A], message: Q) -> A:
        """Ask with the actor's token; raises the refusal the other side answered."""
        return self._ask(method, message, self._token or self._own())

    def as_service(self, method: Method[Q, A], message: Q) -> A:
        """Ask under this service's own name."""
        return self._ask(method, message, self._own())

    def _ask(self, method: Method[Q, A], message: Q, token: str) -> A:
        if method.service not in CALLS[self._caller] and method.route not in OPEN_METHODS:
            raise RoleForbidden
        context = CallContext(
            token=token,
            deadline=min(self._deadline, time() + method.seconds),
            traceparent=current_traceparent(),
        )
        request = RpcRequest(context=context, message=msgspec.Raw(_encode(message)))
        reply = _decode_reply(self._line.ask(method.route, _encode(request), deadline=context.deadline))
        if reply.problem is not None:
            raise refusal_from(reply.problem)
        return method.decode_response(reply.result)
