"""Fake services: a real consumer on the real broker, with replies set by the test."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from contracts.api import Method
from contracts.envelope import CallContext, RpcReply, RpcRequest
from contracts.errors.base import Refusal
from contracts.identity.api import Identity
from contracts.identity.logins import EndedSessions
from contracts.wiring import APIS
from tests.support.rpc_responder import RpcResponder

Answer = Callable[[Any], msgspec.Struct | None]
"""Message -> reply; None sends no reply; a Refusal may be raised."""

_METHODS: dict[str, Method[Any, Any]] = {method.route: method for api in APIS for method in api.methods()}
_ROUTES = sorted({f"{method.service}.*" for method in _METHODS.values()})


@dataclass(frozen=True)
class RecordedRequest:
    """One received RPC request."""

    route: str
    context: CallContext
    message: Any


class FakeServices(RpcResponder):
    """All services behind one queue; `received`: the requests, in order; `otherwise`: the answer of other methods."""

    def __init__(self, amqp_url: str) -> None:
        self._answers: dict[str, Answer] = {}
        self.otherwise: Answer | None = None
        self.received: list[RecordedRequest] = []
        super().__init__(amqp_url, _ROUTES)

    def reset(self) -> None:
        """Remove all answers and received requests."""
        self._answers.clear()
        self.otherwise = None
        self.received.clear()

    def answer(self, method: Method[Any, Any], answer: msgspec.Struct | Refusal | Answer) -> None:
        """Set the answer to `method`."""
        self._answers[method.route] = answer if callable(answer) else lambda _: _as_reply(answer)

    def refuse_all_else(self, refusal: Refusal) -> None:
        """Answer every method without an answer of its own with a refusal."""
        self.otherwise = lambda _: _as_reply(refusal)

    def last(self, method: Method[Any, Any]) -> RecordedRequest:
        """The last request for `method`."""
        return [request for request in self.received if request.route == method.route][-1]

    def reply(self, route: str, request: RpcRequest) -> RpcReply | None:
        method = _METHODS[route]
        message = method.decode_request(request.message)
        answer = self._answers.get(route, self.otherwise)
        if method is Identity.ended_sessions:
            # The gateway polls this method independently of the test.
            answer = self._answers.get(route, lambda _: EndedSessions(sessions=()))
        else:
            self.received.append(RecordedRequest(route, request.context, message))
        return _reply(answer, message) if answer else None


def _as_reply(answer: msgspec.Struct | Refusal) -> msgspec.Struct:
    if isinstance(answer, Refusal):
        raise answer
    return answer


def _reply(answer: Answer, message: Any) -> RpcReply | None:
    try:
        result = answer(message)
    except Refusal as refusal:
        return RpcReply(problem=refusal.problem())
    return None if result is None else RpcReply(result=msgspec.Raw(msgspec.json.encode(result)))
