"""Decorators that declare what a handler `(ctx, request) -> response` serves."""

import inspect
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from types import ModuleType
from typing import Any, Generic, TypeVar
from uuid import UUID

import msgspec

from chassis.access_rules import AccessRule
from chassis.context import RequestContext
from chassis.http import HttpResponse
from contracts.api import Method
from contracts.envelope import Event
from contracts.errors.base import Refusal

C = TypeVar("C", bound=RequestContext[Any])
Q = TypeVar("Q", bound=msgspec.Struct)
A = TypeVar("A", bound=msgspec.Struct)
E = TypeVar("E", bound=Event)
M = TypeVar("M")
R = TypeVar("R")

EVENT_CONCURRENCY = 4
"""Messages of a queue that a process handles at the same time."""

_DECLARATIONS = "carnet_declarations"


class Tick(msgspec.Struct, frozen=True):
    """The request of a timer's handler; it has no content."""


@dataclass(frozen=True, slots=True)
class ReceivedEvent(Generic[E]):
    """An event with the id and time of its envelope."""

    id: UUID
    at: datetime
    event: E


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """What a handler serves, and the rule of access to it.

    `name`: the function's, with that of the event if it listens to several.
    """

    name: str
    handle: Callable[[Any, Any], Any]
    access: AccessRule


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodHandler(Declaration):
    """A method of the service's Api; `reading`: the unit has no transaction."""

    method: Method[Any, Any]
    reading: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EventHandler(Declaration):
    """An event; `bundled`: the request is all events of a message."""

    event: type[Event]
    bundled: bool
    concurrency: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerHandler(Declaration):
    """A timer that runs in every replica, so its work must be idempotent."""

    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferHandler(Declaration):
    """A route of the data plane; `read`, `answer` and `refused` convert between HTTP and the handler."""

    verb: str
    url: str
    read: Callable[..., Any]
    answer: Callable[[Any], HttpResponse]
    refused: Callable[[Refusal], HttpResponse]


def handles(
    method: Method[Q, A], *, access: AccessRule, reading: bool = False
) -> Callable[[Callable[[C, Q], A]], Callable[[C, Q], A]]:
    """Serve a method of an Api.

    Args:
        access: whether consent is asked, and what the journal receives.
        reading: the handler reads and journals, which needs no transaction.
    """

    def declare(handle: Callable[[C, Q], A]) -> Callable[[C, Q], A]:
        return _declare(
            handle,
            MethodHandler(name=handle.__name__, handle=handle, access=access, method=method, reading=reading),
        )

    return declare


def listens(event: type[E], *, access: AccessRule) -> Callable[[Callable[[C, E], None]], Callable[[C, E], None]]:
    """Handle an event exactly once; a message with several events is one unit of work."""

    def declare(handle: Callable[[C, E], None]) -> Callable[[C, E], None]:
        return _declare(
            handle,
            EventHandler(
                name=handle.__name__,
                handle=handle,
                access=access,
                event=event,
                bundled=False,
                concurrency=EVENT_CONCURRENCY,
            ),
        )

    return declare


def listens_to_bundle(
    *events: type[E], access: AccessRule, concurrency: int = EVENT_CONCURRENCY
) -> Callable[[Callable[[C, tuple[ReceivedEvent[E], ...]], None]], Callable[[C, tuple[ReceivedEvent[E], ...]], None]]:
    """Handle all events of a message that were not received before, in one transaction.

    Args:
        events: the request holds events of one of them; each has its own queue.
        concurrency: messages of a queue that a process handles at the same time; fewer where they would wait for
            locks.
    """

    def declare(
        handle: Callable[[C, tuple[ReceivedEvent[E], ...]], None],
    ) -> Callable[[C, tuple[ReceivedEvent[E], ...]], None]:
        declarations = (
            EventHandler(
                name=handle.__name__ if len(events) == 1 else f"{handle.__name__}_{event.__name__}",
                handle=handle,
                access=access,
                event=event,
                bundled=True,
                concurrency=concurrency,
            )
            for event in dict.fromkeys(events)
        )
        return _declare(handle, *declarations)

    return declare


def every(*, seconds: float, access: AccessRule) -> Callable[[Callable[[C, Tick], None]], Callable[[C, Tick], None]]:
    """Run every `seconds` as a unit of work; a failure is logged."""

    def declare(handle: Callable[[C, Tick], None]) -> Callable[[C, Tick], None]:
        return _declare(handle, TimerHandler(name=handle.__name__, handle=handle, access=access, seconds=seconds))

    return declare


def transfers(
    verb: str,
    url: str,
    *,
    access: AccessRule,
    read: Callable[..., M],
    answer: Callable[[R], HttpResponse],
    refused: Callable[[Refusal], HttpResponse],
) -> Callable[[Callable[[C, M], R]], Callable[[C, M], R]]:
    """Serve an HTTP route whose bodies may be long.

    Args:
        url: in werkzeug's syntax.
        read: makes the handler's request from the HTTP request and the variables of its URL.
        answer: makes the HTTP response, whose body may stream.
        refused: makes the HTTP response to a refusal.
    """

    def declare(handle: Callable[[C, M], R]) -> Callable[[C, M], R]:
        return _declare(
            handle,
            TransferHandler(
                name=handle.__name__,
                handle=handle,
                access=access,
                verb=verb,
                url=url,
                read=read,
                answer=answer,
                refused=refused,
            ),
        )

    return declare


def declarations_in(modules: Iterable[ModuleType]) -> Iterator[Declaration]:
    """The declarations of the functions defined in these modules, in source order."""
    for module in modules:
        for function in vars(module).values():
            if inspect.isfunction(function) and function.__module__ == module.__name__:
                yield from declarations_of(function)


def declarations_of(handle: Callable[..., Any]) -> tuple[Declaration, ...]:
    """What a function was declared to serve; empty for a function that is no handler."""
    declarations: tuple[Declaration, ...] = vars(handle).get(_DECLARATIONS, ())
    return declarations


F = TypeVar("F", bound=Callable[..., Any])


def _declare(handle: F, *declarations: Declaration) -> F:
    vars(handle)[_DECLARATIONS] = declarations
    return handle
