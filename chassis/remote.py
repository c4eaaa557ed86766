"""Calls from one service to another, with the actor's token, the deadline and the trace context."""

from time import time
from typing import TypeVar

import msgspec

from chassis.rpc_client import RpcClient
from chassis.tokens import Signer, sign_actor
from chassis.tracing import current_traceparent
from contracts.api import Method
from contracts.envelope import Actor, CallContext, RpcReply, RpcRequest
from contracts.errors.registry import refusal_from
from contracts.errors.request import RoleForbidden
from contracts.vocabulary import Role
from contracts.wiring import CALLS, OPEN_METHODS

Q = TypeVar("Q", bound=msgspec.Struct)
A = TypeVar("A", bound=msgspec.Struct)

_encode = msgspec.json.Encoder().encode
_decode_reply = msgspec.json.Decoder(RpcReply).decode
_OWN_TOKEN_SECONDS = 600


class OwnToken:
    """The service's own actor token, renewed after half of its lifetime."""

    def __init__(self, signer: Signer) -> None:
        self._signer = signer
        self._actor = Actor(role=Role.SERVICE, subject=signer.issuer)
        self._token = ""
        self._renew_at = 0.0

    def __call__(self) -> str:
        now = time()
        if now >= self._renew_at:
            self._token = sign_actor(self._signer, self._actor, seconds=_OWN_TOKEN_SECONDS, now=now)
            self._renew_at = now + _OWN_TOKEN_SECONDS / 2
        return self._token


class Remote:
    """Calls other services for a unit of work.

    Args:
        token: of the actor; empty for work without a caller, for which the service's own token is used.
        deadline: of the unit, Unix time.
    """

    def __init__(self, rpc_client: RpcClient, own: OwnToken, *, caller: str, token: str, deadline: float) -> None:
        self._rpc_client = rpc_client
        self._own = own
        self._caller = caller
        self._token = token
        self._deadline = deadline

    def __call__(self, method: Method[Q, A], message: Q) -> A:
        """Call with the actor's token.

        Raises:
            Refusal: the other service's; RoleForbidden: the wiring does not allow the call; DeadlineExceeded;
                ServiceUnavailable.
        """
        return self._call(method, message, self._token or self._own())

    def as_service(self, method: Method[Q, A], message: Q) -> A:
        """As `__call__`, with the service's own token."""
        return self._call(method, message, self._own())

    def _call(self, method: Method[Q, A], message: Q, token: str) -> A:
        if method.service not in CALLS[self._caller] and method.route not in OPEN_METHODS:
            raise RoleForbidden
        context = CallContext(
            token=token,
            deadline=min(self._deadline, time() + method.seconds),
            traceparent=current_traceparent(),
        )
        request = RpcRequest(context=context, message=msgspec.Raw(_encode(message)))
        reply = _decode_reply(self._rpc_client.ask(method.route, _encode(request), deadline=context.deadline))
        if reply.problem is not None:
            raise refusal_from(reply.problem)
        return method.decode_response(reply.result)
