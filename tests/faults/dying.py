"""A service as chassis.run starts it, but it counts its steps aloud and dies, as by kill -9, before a chosen one."""

# First, for it patches what everything else imports.
from chassis.run import run  # isort: split

import os
import signal
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any
from weakref import WeakSet

import eventlet
from sqlalchemy import Engine, event

from chassis import units
from chassis.consumer import Consumer
from chassis.outbox import OutboxRelay
from chassis.publisher import Publisher
from chassis.rpc_client import RpcClient
from chassis.units import UnitOfWork


class Steps:
    """The steps of one life of a process: each takes something from outside or changes something there.

    They count from the first message taken after the file `fatal` has appeared in `folder`, and are written to the
    file `steps`; the process ends before the one whose number `fatal` holds. What comes round by itself does not
    count: timers, and the rounds of the relay until it has something to carry.
    """

    def __init__(self, folder: Path) -> None:
        self._fatal = folder / "fatal"
        self._trail = folder / "steps"
        self._number = 0
        self._relay: Any = None
        self._apart: WeakSet[Any] = WeakSet()

    def begin(self, step: str) -> None:
        """The process is about to do this, or dies instead."""
        if not self._number or eventlet.getcurrent() in self._apart:
            return
        with self._trail.open("a") as trail:
            trail.write(f"{step}\n")
        if self._number == int(self._fatal.read_text()):
            os.kill(os.getpid(), signal.SIGKILL)
        self._number += 1

    def take(self, message: Any) -> None:
        """A message has come."""
        if not self._number and self._fatal.exists():
            self._number = 1
        self.begin(f"take {_key_of(message)}")

    def statement(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        """A statement is about to be sent."""
        self.begin(" ".join(statement.split())[:60])
        if eventlet.getcurrent() is self._relay and statement == "COMMIT":
            self._apart.add(self._relay)

    def publish(self, key: str) -> None:
        """Something is about to be handed to the broker, with confirm."""
        self._apart.discard(eventlet.getcurrent())
        self.begin(f"publish {key}")

    def relay_runs(self) -> None:
        """This greenlet is the relay."""
        self._relay = eventlet.getcurrent()
        self._apart.add(self._relay)

    def unit_starts(self, work: UnitOfWork) -> None:
        """This greenlet does a unit of work."""
        if work.kind == "timer":
            self._apart.add(eventlet.getcurrent())


def _around(owner: Any, name: str, before: Callable[..., None], after: str = "") -> None:
    original = getattr(owner, name)

    @wraps(original)
    def wrapped(*arguments: Any, **options: Any) -> Any:
        before(*arguments)
        result = original(*arguments, **options)
        if after:
            steps.begin(after)
        return result

    setattr(owner, name, wrapped)


def _watch() -> None:
    event.listen(Engine, "before_cursor_execute", steps.statement)
    _around(units, "run", lambda _runtime, work, *_: steps.unit_starts(work))
    _around(OutboxRelay, "run", lambda _relay: steps.relay_runs())
    _around(Publisher, "publish", lambda _publisher, _exchange, key, *_: steps.publish(key))
    _around(Consumer, "handle_message", lambda _intake, _provider, _body, message: steps.take(message))
    _around(Consumer, "ack_message", lambda _intake, message: steps.begin(f"acknowledge {_key_of(message)}"))
    _around(Consumer, "requeue_message", lambda _intake, message: steps.begin(f"give back {_key_of(message)}"))
    _around(RpcClient, "ask", lambda _line, route, *_: steps.begin(f"ask {route}"), after="hear the answer")
    _around(RpcClient, "answer", lambda *_: steps.begin("answer the caller"))


def _key_of(message: Any) -> str:
    return str(message.delivery_info["routing_key"])


if __name__ == "__main__":
    steps = Steps(Path(sys.argv[2]))
    _watch()
    run(sys.argv[1])
