"""The definition of a service: its handlers are checked to be complete and become a nameko class."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from types import ModuleType
from typing import Any, Generic, TypeVar, cast

import msgspec
from nameko.extensions import DependencyProvider

from chassis import metrics, upkeep
from chassis.access_rules import is_complete
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
from chassis.http import HttpRequest, HttpResponse, http, listen, serve_apart
from chassis.rpc import rpc_method
from chassis.runtime import Runtime, RuntimeProvider
from chassis.timers import timer_entrypoint
from chassis.transfers import Transfers, transfer_route
from contracts.api import Api
from contracts.envelope import Actor
from contracts.identity.logins import EndedSession, ListEndedSessions
from contracts.wiring import APIS, SUBSCRIPTIONS
from translations.catalogue import load_catalogues

T = TypeVar("T")


class DefinitionError(Exception):
    """The handlers of a service do not match its Api and subscriptions; it does not start."""


def _nothing_missing(_runtime: Runtime, _tools: Any, _missing: Sequence[str]) -> list[str]:
    return []


@dataclass(frozen=True, kw_only=True)
class ServiceDefinition(Generic[T]):
    """The contents of each service's `service.py`.

    Args:
        context: the class of its handlers' `ctx`.
        load_tools: makes the objects that its handlers share, once per process.
        handlers: the modules with its handlers.
        missing_parts: names of its own parts that are missing; given those of the runtime that are.
        ended_sessions: looks up ended sessions; by default a call to identity.
    """

    name: str
    context: type[RequestContext[T]]
    load_tools: Callable[[], T]
    handlers: tuple[ModuleType, ...]
    missing_parts: Callable[[Runtime, T, Sequence[str]], list[str]] = _nothing_missing
    ended_sessions: Callable[[Any, ListEndedSessions], Iterable[EndedSession]] = upkeep.ask_for_ended_sessions

    def declarations(self) -> list[Declaration]:
        """The declarations of its handlers.

        Raises:
            DefinitionError: a method of its Api or a subscribed event has no handler, or two; or a handler is of
                another service, or declares no access.
        """
        found = list(declarations_in(self.handlers))
        _check_rules(self.name, found)
        api = next((api for api in APIS if api.service == self.name), None)
        methods = [declared.method.route for declared in found if isinstance(declared, MethodHandler)]
        topics = [declared.event.topic for declared in found if isinstance(declared, EventHandler)]
        _check_each_once(self.name, _routes_of(api), methods)
        _check_each_once(self.name, {event.topic for event in SUBSCRIPTIONS[self.name]}, topics)
        return found


def _check_rules(service: str, found: Iterable[Declaration]) -> None:
    without = [declared.name for declared in found if not is_complete(declared.access)]
    if without:
        raise DefinitionError(f"{service} does not start, without a rule of access: {', '.join(without)}")


def _routes_of(api: type[Api] | None) -> set[str]:
    return set() if api is None else {method.route for method in api.methods()}


def _check_each_once(service: str, expected: set[str], found: list[str]) -> None:
    wrong = {
        "without a handler": sorted(expected - set(found)),
        "with more than one handler": sorted({name for name in found if found.count(name) > 1}),
        "of another service, or not subscribed to": sorted(set(found) - expected),
    }
    message = "; ".join(f"{what}: {', '.join(names)}" for what, names in wrong.items() if names)
    if message:
        raise DefinitionError(f"{service} does not start, {message}")


class _Tools(DependencyProvider):
    """The result of `load_tools`, shared by all workers of the process."""

    runtime = Runtime()

    def __init__(self, definition: ServiceDefinition[Any]) -> None:
        self.definition = definition

    def setup(self) -> None:
        self.loaded = self.definition.load_tools()
        self.runtime.missing_own = partial(self.definition.missing_parts, self.runtime, self.loaded)

    def get_dependency(self, worker_ctx: Any) -> Any:
        return self.loaded


class _MetricsServer(DependencyProvider):
    """Serves metrics, and readiness with what is missing, at CARNET_METRICS_ADDRESS, if it is set."""

    runtime = Runtime()

    def start(self) -> None:
        address = self.runtime.settings.metrics_address
        if address:
            self.container.spawn_managed_thread(partial(serve_apart, listen(address), self._answer))

    def _answer(self, path: str) -> HttpResponse:
        match path:
            case "/metrics":
                return figures(self.runtime)
            case "/health/live":
                return HttpResponse("live\n")
            case "/health/ready":
                return readiness(self.runtime, names=True)
        return HttpResponse(status=404)


def readiness(runtime: Runtime, *, names: bool) -> HttpResponse:
    """200 if no part of a process is missing, else 503; with the names of those that are, if wanted."""
    missing = runtime.missing_parts()
    body: dict[str, Any] = {"service": runtime.settings.service} | ({"missing": missing} if names else {})
    return HttpResponse(msgspec.json.encode(body), status=503 if missing else 200, content_type="application/json")


def figures(runtime: Runtime) -> HttpResponse:
    """Prometheus metrics; those of readiness as they are now."""
    runtime.missing_parts()
    return HttpResponse(metrics.exposition(), content_type=metrics.CONTENT_TYPE)


class Service:
    """The base of the classes that nameko runs; `service_class` derives them."""

    name: str
    definition: ServiceDefinition[Any]
    tools: Any
    runtime = cast(Runtime, RuntimeProvider())
    transfers = Transfers()

    def context(self, actor: Actor, work: UnitOfWork) -> RequestContext[Any]:
        """The context of a unit of work."""
        return self.definition.context(self.runtime, self.tools, actor, work)

    @http("GET", "/health/live")
    def live(self, _request: HttpRequest) -> HttpResponse:
        """Whether the process responds."""
        return HttpResponse("live\n")

    @http("GET", "/health/ready")
    def ready(self, _request: HttpRequest) -> HttpResponse:
        """Whether no part is missing, else 503; with names of the missing ones, unless metrics are apart."""
        return readiness(self.runtime, names=not self.runtime.settings.metrics_address)

    @http("GET", "/metrics")
    def figures(self, _request: HttpRequest) -> HttpResponse:
        """Prometheus metrics, unless they have a port of their own."""
        return HttpResponse(status=404) if self.runtime.settings.metrics_address else figures(self.runtime)


def service_class(definition: ServiceDefinition[Any]) -> type[Service]:
    """The class that nameko runs for a service.

    Raises:
        DefinitionError: as `ServiceDefinition.declarations`; or two timers or two transfers have one name, by which
            they are logged and counted.
        CatalogueError: a text that the service needs is missing.
    """
    load_catalogues()
    declared = definition.declarations() + upkeep.declarations(definition.ended_sessions)
    entrypoints: dict[str, Any] = {}
    for handler in declared:
        name = f"{type(handler).__name__}_{handler.name}"
        if name in entrypoints:
            raise DefinitionError(f"{definition.name} does not start, two handlers are called {handler.name}")
        entrypoints[name] = _entrypoint(definition.name, handler)
    attributes = {
        "name": definition.name,
        "definition": definition,
        "tools": _Tools(definition),
        "metrics_server": _MetricsServer(),
    }
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
    raise DefinitionError(f"{service} does not start, {declared.name} has an unknown kind of declaration")
