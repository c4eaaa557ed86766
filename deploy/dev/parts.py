"""A part of the stack: its command, its readiness check, and its deadline."""

from collections.abc import Callable
from dataclasses import dataclass

from contracts.wiring import SERVICES
from deploy.dev.processes import Command

RANK_OF_BACKENDS = 0
RANK_OF_SERVERS = 1
RANK_OF_SERVICES = 2

SERVICE_MODULES: dict[str, str] = {name: f"services.{name}.service" for name in SERVICES}
"""Service -> module of its definition, as chassis.run takes it."""


@dataclass(frozen=True)
class StackPart:
    """One long-running process of the stack."""

    command: Command
    is_ready: Callable[[], bool]
    seconds: float = 60.0
    """Deadline for becoming ready."""

    @property
    def name(self) -> str:
        return self.command.name
