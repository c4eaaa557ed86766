"""State of one request: its actor, trace and outcome."""

from typing import Any, cast

from contracts.envelope import Actor
from contracts.identity.browser_sessions import BrowserAccess

_KEY = "request_state"


class RequestState:
    """Filled in by the guard, the handlers and the error handler; logged by the middleware.

    `browser`: who is logged in, on a page. `form`: the fields that were sent. `code`: of the refusal. `where`:
    location of an internal fault. `exception`: class of what aborted the response. `is_lasting`: the response is a
    stream of events, which ends by its own rules and not by the limit of a request's time.
    """

    __slots__ = (
        "actor",
        "browser",
        "code",
        "exception",
        "form",
        "is_lasting",
        "status",
        "token",
        "trace_id",
        "where",
    )

    def __init__(self, trace_id: str) -> None:
        self.trace_id = trace_id
        self.actor: Actor | None = None
        self.token = ""
        self.form: dict[str, list[str]] = {}
        self.browser: BrowserAccess | None = None
        self.status = 0
        self.code = ""
        self.where = ""
        self.is_lasting = False
        self.exception = ""


def open_request_state(scope: Any, trace_id: str) -> RequestState:
    """Create the state in the request's ASGI scope."""
    state = RequestState(trace_id)
    scope.setdefault("state", {})[_KEY] = state
    return state


def is_lasting(scope: Any) -> bool:
    """Whether the request of a scope is answered by a stream of events; it may not have been routed yet."""
    state = scope.get("state", {}).get(_KEY)
    return state is not None and state.is_lasting


def request_state_of(scope: Any) -> RequestState:
    return cast(RequestState, scope["state"][_KEY])
