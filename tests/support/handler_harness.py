"""A process of a service without its broker: its handlers as real units of work on a real database."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import partial
from time import time
from typing import Any, Generic, TypeVar
from uuid import uuid4

import msgspec
from joserfc.jwk import OKPKey
from sqlalchemy import Engine, text

from chassis import units
from chassis.context import RequestContext, UnitOfWork
from chassis.handlers import EventHandler, MethodHandler, ReceivedEvent, Tick, TimerHandler
from chassis.outbox import OutboxRelay
from chassis.publisher import Publisher
from chassis.remote import Remote
from chassis.runtime import Runtime
from chassis.service import ServiceDefinition
from chassis.tokens import Signer
from contracts.envelope import Actor, Event
from contracts.errors.base import Refusal
from contracts.vocabulary import Role
from contracts.wiring import SUBSCRIPTIONS

C = TypeVar("C", bound=RequestContext[Any])
Q = TypeVar("Q")
T = TypeVar("T")
R = TypeVar("R")

_KEY = OKPKey.generate_key("Ed25519")
_EVENTS = {event.topic: event for events in SUBSCRIPTIONS.values() for event in events}


class BrokerlessRuntime(Runtime):
    """The parts of a process that need no broker; its relay is never started.

    `remote`: answers for the other services; without it none is called.
    """

    def __init__(self, engine: Engine, remote: Remote | None = None) -> None:
        # As the chassis has it: BEGIN and COMMIT are sent by hand.
        self.engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self.relay = OutboxRelay(self.engine, Publisher("amqp://localhost"), Signer(_KEY, "nobody"))
        self._other_services = remote

    def remote(self, *, token: str, deadline: float) -> Remote:
        assert self._other_services is not None
        return self._other_services

    def in_background(self, name: str, work: Callable[[], object]) -> None:
        """At once, for what is done to be seen."""
        with suppress(Refusal):
            work()


class HandlerHarness(Generic[C]):
    """Runs the handlers of a service as chassis.rpc does."""

    def __init__(self, service: ServiceDefinition[T], runtime: BrokerlessRuntime, tools: T) -> None:
        self.engine, self._name = runtime.engine, service.name
        self._make_context = partial(service.context, runtime, tools)
        self._methods = {
            declared.handle: declared for declared in service.declarations() if isinstance(declared, MethodHandler)
        }
        self._timers = {
            declared.handle: declared for declared in service.declarations() if isinstance(declared, TimerHandler)
        }
        self._listeners = {
            declared.handle: declared for declared in service.declarations() if isinstance(declared, EventHandler)
        }

    def run(self, handle: Callable[[C, Q], R], request: Q, actor: Actor) -> R:
        """The response of a method's handler, as one unit of work."""
        declared = self._methods[handle]
        work = UnitOfWork(
            kind="call",
            name=declared.method.route,
            deadline=time() + 30,
            rule=declared.access,
            reading=declared.reading,
        )
        return units.run(self.context, work, actor, request, handle)

    def tick(self, handle: Callable[[C, Tick], None]) -> None:
        """Run a timer once, as one unit of work."""
        declared = self._timers[handle]
        work = UnitOfWork(kind="timer", name=declared.name, deadline=time() + 30, rule=declared.access)
        actor = Actor(role=Role.SERVICE, subject=self._name)
        units.run(self.context, work, actor, Tick(), handle)

    def receive(self, handle: Callable[..., None], event: Event, occurred_at: datetime) -> None:
        """Handle an event as one unit of work, as it arrives the first time."""
        declared = self._listeners[handle]
        work = UnitOfWork(kind="event", name=declared.name, deadline=time() + 30, rule=declared.access)
        received = (ReceivedEvent(uuid4(), occurred_at, event),) if declared.bundled else event
        units.run(self.context, work, Actor(role=Role.SERVICE, subject="nobody"), received, handle)

    def context(self, actor: Actor, work: UnitOfWork) -> C:
        """The `ctx` of a unit."""
        ctx: Any = self._make_context(actor, work)
        return ctx  # type: ignore[no-any-return]

    @property
    def events(self) -> list[Event]:
        """The events in the outbox: those of committed units."""
        with self.engine.connect() as connection:
            rows = connection.execute(text("SELECT topic, payload FROM outbox ORDER BY seq")).all()
        return [msgspec.json.decode(row.payload, type=_EVENTS[row.topic]) for row in rows]
