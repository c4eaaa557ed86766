"""A service as its handlers declare it: checked to be complete, then built for nameko with health and figures."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Generic, TypeVar, cast

import msgspec
from nameko.extensions import DependencyProvider

from chassis import metrics, upkeep
from chassis.context import RequestContext, UnitOfWork
from chassis.events import event_queue_entrypoint
from chassis.handlers import (
    Declaration,
    EventHandler,
    MethodHandler,
    TimerHandler,
    TransferHandler,
    declarations_in,
)
from chassis.http import HttpRequest, HttpResponse, http
from chassis.rpc import rpc_method
from chassis.runtime import Runtime, RuntimeProvider
from chassis.timers import timer_entrypoint
from chassis.transfers import Transfers, transfer_route
from contracts.api import Api
from contracts.envelope import Actor
from contracts.identity import EndedSession, EndedSince
from contracts.wiring import APIS, SUBSCRIPTIONS

T = TypeVar("T")


class DefinitionError(Exception):
    """The handlers of a service are not those its Api and its subscriptions ask for; it does not start."""


def _nothing_missing(_runtime: Runtime, _tools: Any) -> list[str]:
    return []


@dataclass(frozen=True, kw_only=True)
class ServiceDefinition(Generic[T]):
    """What `service.py` of each service says of it.

    Args:
        context: what its handlers are given as `ctx`.
        load_tools: makes what its handlers share, once per process.
        handlers: the modules whose functions it serves and listens with.
        missing_parts: names of its own parts that are out of reach, beside broker and database.
        ended_sessions: where it learns which sessions were ended; identity looks them up itself.
    """

    name: str
    context: type[RequestContext[T]]
    load_tools: Callable[[], T]
    handlers: tuple[ModuleType, ...]
    missing_parts: Callable[[Runtime, T], list[str]] = _nothing_missing
    ended_sessions: Callable[[Any, EndedSince], Iterable[EndedSession]] = upkeep.ask_for_ended_sessions

    def declarations(self) -> list[Declaration]:
        """What its handlers declare.

        Raises:
            DefinitionError: a method of its Api or an event it subscribes to has no handler, or two; or a handler
                serves what is not its service's.
        """
        found = list(declarations_in(self.handlers))
        api = next((api for api in APIS if api.service == self.name), None)
        methods = [declared.method.route for declared in found if isinstance(declared, MethodHandler)]
        topics = [declared.event.topic for declared in found if isinstance(declared, EventHandler)]
        _check_each_once(self.name, _routes_of(api), methods)
        _check_each_once(self.name, {event.topic for event in SUBSCRIPTIONS[self.name]}, topics)
        return found


def _routes_of(api: type[Api] | None) -> set[str]:
    return set() if api is None else {method.route for method in api.methods()}


def _check_each_once(service: str, expected: set[str], found: list[str]) -> None:
    wrong = {
        "without a handler": sorted(expected - set(found)),
        "with more than one handler": sorted({name for name in found if found.count(name) > 1}),
        "of another service, or not subscribed to": sorted(set(found) - expected),
    }
    said = "; ".join(f"{what}: {', '.join(names)}" for what, names in wrong.items() if names)
    if said:
        raise DefinitionError(f"{service} does not start, {said}")


class _Tools(DependencyProvider):
    """What `load_tools` made; every worker of the process has the same."""

    def __init__(self, load: Callable[[], Any]) -> None:
        self.load = load

    def setup(self) -> None:
        self.loaded = self.load()

    def get_dependency(self, worker_ctx: Any) -> Any:
        return self.loaded


class Service:
    """Base of the classes that nameko runs; `service_class` makes one from a definition."""

    name: str
    definition: ServiceDefinition[Any]
    tools: Any
    runtime = cast(Runtime, RuntimeProvider())
    transfers = Transfers()

    def context(self, actor: Actor, work: UnitOfWork) -> RequestContext[Any]:
        """What the handler of one unit of work is given."""
        return self.definition.context(self.runtime, self.tools, actor, work)

    @http("GET", "/health/live")
    def live(self, _request: HttpRequest) -> HttpResponse:
        """The process answers."""
        return HttpResponse("live\n")

    @http("GET", "/health/ready")
    def ready(self, _request: HttpRequest) -> HttpResponse:
        """Every part it needs answers, else 503 with the names of those that do not."""
        missing = self.runtime.missing_parts()
        missing += self.definition.missing_parts(self.runtime, self.tools)
        body = msgspec.json.encode({"service": self.name, "missing": missing})
        return HttpResponse(body, status=503 if missing else 200, content_type="application/json")

    @http("GET", "/metrics")
    def figures(self, _request: HttpRequest) -> HttpResponse:
        """Prometheus figures."""
        return HttpResponse(metrics.exposition(), content_type=metrics.CONTENT_TYPE)


def service_class(definition: ServiceDefinition[Any]) -> type[Service]:
    """The class nameko runs for a service; raises DefinitionError as `ServiceDefinition.declarations`."""
    declared = definition.declarations() + upkeep.declarations(definition.ended_sessions)
    entrypoints = {
        f"{type(handler).__name__}_{handler.name}": _entrypoint(definition.name, handler) for handler in declared
    }
    attributes = {"name": definition.name, "definition": definition, "tools": _Tools(definition.load_tools)}
    return type(f"{definition.name.capitalize()}Service", (Service,), attributes | entrypoints)


def _entrypoint(service: str, declared: Declaration) -> Callable[..., Any]:
    match declared:
        case MethodHandler():
            return rpc_method(declared)
        case EventHandler():
            return event_queue_entrypoint(declared)
        case TimerHandler():
            return timer_entrypoint(declared)
        case TransferHandler():
            return transfer_route(service, declared)
    raise DefinitionError(f"{service} does not start, {declared.name} declares what the chassis does not know")
