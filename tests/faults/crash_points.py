"""Runs of a service as by chassis.run that number their steps and end with SIGKILL before a chosen one."""

# First, because it patches what everything else imports.
from chassis.run import run  # isort: split

import importlib
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
from chassis.context import UnitOfWork
from chassis.outbox import OutboxRelay
from chassis.publisher import Publisher
from chassis.rpc_client import RpcClient


class CrashPoints:
    """The steps of one process: each takes something from outside or changes something there.

    Counting starts at the first message taken after the file `crash_at` appears in `folder`. Each step is written to
    the file `steps`. The process ends before the step whose number `crash_at` holds. Periodic work does not count:
    timers, and rounds of the relay that find nothing to publish.
    """

    def __init__(self, folder: Path) -> None:
        self._crash_at = folder / "crash_at"
        self._log = folder / "steps"
        self._number = 0
        self._relay: Any = None
        self._uncounted: WeakSet[Any] = WeakSet()
        """Greenlets whose steps do not count."""

    def reach(self, step: str) -> None:
        """Log the step that is about to be done, or crash before it."""
        if not self._number or eventlet.getcurrent() in self._uncounted:
            return
        with self._log.open("a") as log:
            log.write(f"{step}\n")
        if self._number == int(self._crash_at.read_text()):
            os.kill(os.getpid(), signal.SIGKILL)
        self._number += 1

    def reach_message(self, message: Any) -> None:
        if not self._number and self._crash_at.exists():
            self._number = 1
        self.reach(f"take {_key_of(message)}")

    def reach_statement(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        self.reach(" ".join(statement.split())[:60])
        if eventlet.getcurrent() is self._relay and statement == "COMMIT":
            self._uncounted.add(self._relay)

    def reach_publish(self, key: str) -> None:
        self._uncounted.discard(eventlet.getcurrent())
        self.reach(f"publish {key}")

    def start_relay(self) -> None:
        """Remember that this greenlet is the relay."""
        self._relay = eventlet.getcurrent()
        self._uncounted.add(self._relay)

    def start_unit(self, unit: UnitOfWork) -> None:
        if unit.kind == "timer":
            self._uncounted.add(eventlet.getcurrent())


def _wrap(owner: Any, name: str, before: Callable[..., None], after: Callable[[], None] = lambda: None) -> None:
    original = getattr(owner, name)

    @wraps(original)
    def wrapped(*arguments: Any, **options: Any) -> Any:
        before(*arguments)
        result = original(*arguments, **options)
        after()
        return result

    setattr(owner, name, wrapped)


def _install(points: CrashPoints) -> None:
    event.listen(Engine, "before_cursor_execute", points.reach_statement)
    _wrap(units, "run", lambda _make_context, unit, *_: points.start_unit(unit))
    _wrap(OutboxRelay, "run", lambda _relay: points.start_relay())
    _wrap(Publisher, "publish", lambda _publisher, _exchange, key, *_: points.reach_publish(key))
    _wrap(Consumer, "handle_message", lambda _consumer, _provider, _body, message: points.reach_message(message))
    _wrap(Consumer, "ack_message", lambda _consumer, message: points.reach(f"acknowledge {_key_of(message)}"))
    _wrap(Consumer, "requeue_message", lambda _consumer, message: points.reach(f"requeue {_key_of(message)}"))
    _wrap(
        RpcClient,
        "ask",
        lambda _client, route, *_: points.reach(f"call {route}"),
        after=lambda: points.reach("receive the reply"),
    )
    _wrap(RpcClient, "answer", lambda *_: points.reach("reply to the caller"))


def _key_of(message: Any) -> str:
    return str(message.delivery_info["routing_key"])


def _run_each(target: str, named: Path) -> None:
    """Fork a process for each folder that is written to the FIFO `named`: all have the imports of this one.

    A run writes its pid to the file `pid` of its folder.
    """
    importlib.import_module(target)
    # The kernel reaps them.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        folder = Path(named.read_text())
        if os.fork() == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            eventlet.hubs.use_hub()
            (folder / "draft").write_text(str(os.getpid()))
            (folder / "draft").rename(folder / "pid")
            _install(CrashPoints(folder))
            run(target)
            return


if __name__ == "__main__":
    _run_each(sys.argv[1], Path(sys.argv[2]))
