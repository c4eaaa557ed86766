"""What the stack is made of: a part is a command, the question whether it is ready, and its deadline."""

from collections.abc import Callable
from dataclasses import dataclass

from contracts.wiring import SERVICES
from deploy.dev.processes import Command

RANK_OF_BACKENDS = 0
RANK_OF_SERVERS = 1
RANK_OF_SERVICES = 2

SERVICE_MODULES: dict[str, str] = {name: f"services.{name}.service" for name in SERVICES}
"""Service -> the module in which chassis.run finds its definition."""


@dataclass(frozen=True)
class StackPart:
    """One long-running process of the stack."""

    command: Command
    is_ready: Callable[[], bool]
    seconds: float = 60.0
    """How long it may take to be ready."""

    @property
    def name(self) -> str:
        return self.command.name
