"""The stage: a stack of its own with what the measured requests are about, and the echo beside it."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bench.floor.launch import SERVICES, Launch
from bench.prepared import Prepared, prepare
from deploy.dev.outside import outside_from
from deploy.dev.paths import CHECKOUT
from deploy.dev.processes import Command, Processes
from deploy.dev.stack import Stack

_RANK = 2
_SECONDS = 30


@dataclass(frozen=True)
class Stage:
    """Where the measured requests go."""

    stack: Stack
    processes: Processes
    echo: Launch
    prepared: Prepared

    def pids(self) -> dict[str, int]:
        """Part -> its process."""
        return {record.name: record.pid for record in self.processes.records()}


@contextmanager
def staged(root: Path, base_port: int) -> Iterator[Stage]:
    """A stack that lives as long as the block, empty but for what the measures need."""
    shutil.rmtree(root, ignore_errors=True)
    stack = Stack(root, base_port, outside_from(os.environ))
    processes = Processes(stack.layout)
    stack.start()
    try:
        echo = Launch(stack.addresses.amqp_url)
        start_echo(echo, processes)
        yield Stage(stack, processes, echo, _prepared(stack))
    finally:
        stack.stop()


def start_echo(echo: Launch, processes: Processes) -> None:
    """Both services of the echo; the stack that `processes` are of stops them too."""
    surroundings = {"PATH": os.environ.get("PATH", os.defpath), "PYTHONPATH": str(CHECKOUT)}
    for service in SERVICES:
        environment = surroundings | echo.environment()
        processes.start(Command(service, echo.arguments(service), environment, rank=_RANK))
        processes.wait_until(service, partial(echo.is_ready, service), _SECONDS)


def _prepared(stack: Stack) -> Prepared:
    return prepare(
        gateway=stack.addresses.url("gateway"),
        mailbox=stack.addresses.url("mailbox"),
        cards=stack.layout.cards,
        records_url=stack.addresses.database_url("records"),
    )
