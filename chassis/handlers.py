"""Declaring what a function `(ctx, request) -> response` serves: a method, an event, a timer or a transfer."""

import inspect
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from types import ModuleType
from typing import Any, Generic, TypeVar
from uuid import UUID

import msgspec

from chassis.context import RequestContext
from chassis.http import HttpResponse
from contracts.api import Method
from contracts.envelope import Event
from contracts.errors import Refusal

C = TypeVar("C", bound=RequestContext[Any])
Q = TypeVar("Q", bound=msgspec.Struct)
A = TypeVar("A", bound=msgspec.Struct)
E = TypeVar("E", bound=Event)
M = TypeVar("M")
R = TypeVar("R")

EVENT_CONCURRENCY = 4
"""Messages of one queue that a process works on at the same time."""

_DECLARATION = "carnet_declaration"


class Tick(msgspec.Struct, frozen=True):
    """The request of a timer's handler: it says nothing but that the time has come."""


@dataclass(frozen=True, slots=True)
class ReceivedEvent(Generic[E]):
    """An event as it arrived: its own id, when it happened, what it says."""

    id: UUID
    at: datetime
    event: E


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """What a function of a handlers module serves; `name` is the function's."""

    name: str
    handle: Callable[[Any, Any], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodHandler(Declaration):
    """Serves one method of the service's Api; `reading`: it only reads and journals that, without a transaction."""

    method: Method[Any, Any]
    reading: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EventHandler(Declaration):
    """Takes one event; `bundled`: its request is all events of a message together."""

    event: type[Event]
    bundled: bool
    concurrency: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerHandler(Declaration):
    """Runs each `seconds`, in every replica: what it does must bear being done twice."""

    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferHandler(Declaration):
    """Serves one route of the data plane; between HTTP and the handler stand `read`, `answer` and `refused`."""

    verb: str
    url: str
    read: Callable[..., Any]
    answer: Callable[[Any], HttpResponse]
    refused: Callable[[Refusal], HttpResponse]


def handles(method: Method[Q, A], *, reading: bool = False) -> Callable[[Callable[[C, Q], A]], Callable[[C, Q], A]]:
    """Serve one method of an Api.

    Args:
        reading: the handler only reads, and journals that it did; it needs no transaction to hold that together.
    """

    def declare(handle: Callable[[C, Q], A]) -> Callable[[C, Q], A]:
        return _declare(handle, MethodHandler(name=handle.__name__, handle=handle, method=method, reading=reading))

    return declare


def listens(event: type[E]) -> Callable[[Callable[[C, E], None]], Callable[[C, E], None]]:
    """Take an event, one at a time, each once."""

    def declare(handle: Callable[[C, E], None]) -> Callable[[C, E], None]:
        return _declare(
            handle,
            EventHandler(
                name=handle.__name__, handle=handle, event=event, bundled=False, concurrency=EVENT_CONCURRENCY
            ),
        )

    return declare


def listens_to_bundle(
    event: type[E], *, concurrency: int = EVENT_CONCURRENCY
) -> Callable[[Callable[[C, tuple[ReceivedEvent[E], ...]], None]], Callable[[C, tuple[ReceivedEvent[E], ...]], None]]:
    """Take the events of one message together, in one transaction; only those not received before.

    Args:
        concurrency: messages a process works on at the same time, where more would wait for each other's locks.
    """

    def declare(
        handle: Callable[[C, tuple[ReceivedEvent[E], ...]], None],
    ) -> Callable[[C, tuple[ReceivedEvent[E], ...]], None]:
        return _declare(
            handle,
            EventHandler(name=handle.__name__, handle=handle, event=event, bundled=True, concurrency=concurrency),
        )

    return declare


def every(*, seconds: float) -> Callable[[Callable[[C, Tick], None]], Callable[[C, Tick], None]]:
    """Run each `seconds`, as one unit of work; a failure is logged and the next round tries again."""

    def declare(handle: Callable[[C, Tick], None]) -> Callable[[C, Tick], None]:
        return _declare(handle, TimerHandler(name=handle.__name__, handle=handle, seconds=seconds))

    return declare


def transfers(
    verb: str,
    url: str,
    *,
    read: Callable[..., M],
    answer: Callable[[R], HttpResponse],
    refused: Callable[[Refusal], HttpResponse],
) -> Callable[[Callable[[C, M], R]], Callable[[C, M], R]]:
    """Serve one HTTP route whose body or answer may be long.

    Args:
        url: werkzeug's syntax.
        read: the request from the HTTP request and the parts of its URL.
        answer: the HTTP answer to a response; its body may stream.
        refused: the HTTP answer to a refusal.
    """

    def declare(handle: Callable[[C, M], R]) -> Callable[[C, M], R]:
        return _declare(
            handle,
            TransferHandler(
                name=handle.__name__, handle=handle, verb=verb, url=url, read=read, answer=answer, refused=refused
            ),
        )

    return declare


def declarations_in(modules: Iterable[ModuleType]) -> Iterator[Declaration]:
    """What the functions defined in these modules declare, in the order they are written."""
    for module in modules:
        for function in vars(module).values():
            if inspect.isfunction(function) and function.__module__ == module.__name__:
                declaration = vars(function).get(_DECLARATION)
                if declaration is not None:
                    yield declaration


F = TypeVar("F", bound=Callable[..., Any])


def _declare(handle: F, declaration: Declaration) -> F:
    vars(handle)[_DECLARATION] = declaration
    return handle
