"""Environment of a run: a stack of its own with the measured record, and the echo services."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bench.floor.launch import SERVICES, Launch
from bench.prepared import Prepared, prepare
from deploy.dev.external import external_servers_from
from deploy.dev.paths import CHECKOUT
from deploy.dev.processes import Command, Processes
from deploy.dev.stack import Stack

_RANK = 2
_SECONDS = 30


@dataclass(frozen=True)
class BenchStack:
    """A running stack, prepared for measurements."""

    platform: Stack
    processes: Processes
    echo: Launch
    prepared: Prepared

    def pids(self) -> dict[str, int]:
        """Part -> pid."""
        return {record.name: record.pid for record in self.processes.records()}


@contextmanager
def bench_stack(root: Path, base_port: int) -> Iterator[BenchStack]:
    """A fresh stack for the duration of the block."""
    shutil.rmtree(root, ignore_errors=True)
    stack = Stack(root, base_port, external_servers_from(os.environ))
    processes = Processes(stack.layout)
    stack.start()
    try:
        echo = Launch(stack.addresses.amqp_url)
        start_echo(echo, processes)
        yield BenchStack(stack, processes, echo, _prepared(stack))
    finally:
        stack.stop()


def start_echo(echo: Launch, processes: Processes) -> None:
    """Start both echo services; they stop with the stack of `processes`."""
    base = {"PATH": os.environ.get("PATH", os.defpath), "PYTHONPATH": str(CHECKOUT)}
    for service in SERVICES:
        environment = base | echo.environment()
        processes.start(Command(service, echo.arguments(service), environment, rank=_RANK))
        processes.wait_until(service, partial(echo.is_ready, service), _SECONDS)


def _prepared(stack: Stack) -> Prepared:
    return prepare(
        gateway=stack.addresses.url("gateway"),
        mailbox=stack.addresses.url("mailbox"),
        cards=stack.layout.cards,
        records_url=stack.addresses.database_url("records"),
    )
