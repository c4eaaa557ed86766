"""What every service's door has: its process's foundation, its resources, health and figures."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar, cast

import msgspec
from nameko.extensions import DependencyProvider

from chassis import inbox, metrics
from chassis.http import HttpRequest, HttpResponse, http
from chassis.revocations import LOOK_SECONDS
from chassis.runtime import RuntimeProvider
from chassis.timers import every
from chassis.units import RequestContext
from contracts.identity import EndedSession, EndedSince, Identity

T = TypeVar("T")

_HOUR = 3_600


class _PerProcess(DependencyProvider):
    def __init__(self, make: Callable[[], Any]) -> None:
        self.make = make

    def setup(self) -> None:
        self.value = self.make()

    def get_dependency(self, worker_ctx: Any) -> Any:
        return self.value


def per_process(make: Callable[[], T]) -> T:
    """Something made once per process (a key, a client); in a method it is the thing itself."""
    return cast(T, _PerProcess(make))


class Service:
    """Base of the services."""

    name: str
    runtime = RuntimeProvider()

    def missing_parts(self) -> list[str]:
        """Parts out of reach; a service adds its own to these."""
        ground: Any = self.runtime
        missing: list[str] = ground.missing_parts()
        return missing

    @http("GET", "/health/live")
    def live(self, _request: HttpRequest) -> HttpResponse:
        """The process answers."""
        return HttpResponse("live\n")

    @http("GET", "/health/ready")
    def ready(self, _request: HttpRequest) -> HttpResponse:
        """Every part it needs answers, else 503 with the names of those that do not."""
        missing = self.missing_parts()
        body = msgspec.json.encode({"service": self.name, "missing": missing})
        return HttpResponse(body, status=503 if missing else 200, content_type="application/json")

    @http("GET", "/metrics")
    def figures(self, _request: HttpRequest) -> HttpResponse:
        """Prometheus figures."""
        return HttpResponse(metrics.exposition(), content_type=metrics.CONTENT_TYPE)

    @every(seconds=LOOK_SECONDS)
    def learn_ended_sessions(self, call: RequestContext[None]) -> None:
        """Sessions that were ended elsewhere; while nobody tells, those known stay ended."""
        revocations = call.keyring.revocations
        asked = EndedSince(seconds=revocations.seconds_to_ask(call.now.timestamp()))
        revocations.learn(self.ended_sessions(call, asked), now=call.now.timestamp())

    def ended_sessions(self, call: RequestContext[None], asked: EndedSince) -> Sequence[EndedSession]:
        """What identity says; identity itself looks it up."""
        return call.remote(Identity.ended_sessions, asked).sessions

    @every(seconds=_HOUR)
    def forget_receipts(self, call: RequestContext[None]) -> None:
        """Receipts of events nobody can send again any more."""
        inbox.forget_old(call.connection)
