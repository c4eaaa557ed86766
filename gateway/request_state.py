"""What is known of one request while it is being answered: who asks, on which trace, how it ended."""

from typing import Any, cast

from contracts.envelope import Actor

_KEY = "visit"


class RequestState:
    """One request; filled in by the guard, the handlers and the refusals, told by the middleware."""

    __slots__ = ("actor", "code", "cut", "status", "token", "trace_id", "where")

    def __init__(self, trace_id: str) -> None:
        self.trace_id = trace_id
        self.actor: Actor | None = None
        self.token = ""
        self.status = 0
        self.code = ""
        self.where = ""
        self.cut = ""


def open_request_state(scope: Any, trace_id: str) -> RequestState:
    """Start a visit and lay it in the request's ASGI scope."""
    state = RequestState(trace_id)
    scope.setdefault("state", {})[_KEY] = state
    return state


def request_state_of(scope: Any) -> RequestState:
    """The visit this ASGI scope belongs to."""
    return cast(RequestState, scope["state"][_KEY])
