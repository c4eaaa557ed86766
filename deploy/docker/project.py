"""docker-compose.yml with the stand-ins, as one project of an engine: up, down, and its containers."""

import json
import os
import shutil
import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.dev.errors import StackError
from deploy.dev.paths import CHECKOUT
from deploy.docker.engine import Engine

_NAME = "carnet"
_FILES = ("docker-compose.yml", "deploy/docker/docker-compose.debian.yml")
_OF_PROJECT = f"label=com.docker.compose.project={_NAME}"
_KINDS = {"containers": ("ps", "--all"), "networks": ("network", "ls"), "volumes": ("volume", "ls")}


@dataclass(frozen=True)
class Project:
    """`settings`: variables of docker-compose.yml."""

    engine: Engine
    settings: Mapping[str, str]

    def up(self) -> None:
        """Start everything, and return once every container that stays is healthy; raises StackError."""
        self._compose("up", "--detach", "--no-build")
        for service in self.services():
            self.await_health(service)

    def keep_logs(self, directory: Path) -> None:
        """Write what each container logged to a file of `directory`, which is emptied before."""
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir(parents=True)
        listed = self.engine.docker("ps", "--all", "--filter", _OF_PROJECT, "--format", "{{.Names}}").split()
        for name in listed:
            (directory / f"{name}.log").write_text(self.engine.docker("logs", name, both=True))

    def down(self) -> None:
        """Stop everything and delete its networks and data."""
        self._compose("down", "--volumes", "--remove-orphans", "--timeout", "40")

    def leftovers(self) -> dict[str, list[str]]:
        """What there still is of the project, by kind."""
        found = {
            kind: self.engine.docker(*command, "--quiet", "--filter", _OF_PROJECT).split()
            for kind, command in _KINDS.items()
        }
        return {kind: ids for kind, ids in found.items() if ids}

    def services(self) -> list[str]:
        """Names of the containers that stay: all but the jobs."""
        listed = self.engine.docker("ps", "--filter", _OF_PROJECT, "--format", "{{.ID}}").split()
        names = [self.inspect(container)["Config"]["Labels"]["com.docker.compose.service"] for container in listed]
        return sorted(names)

    def of_service(self, service: str) -> dict[str, Any]:
        """What the engine tells of a service's container."""
        listed = self.engine.docker(
            *("ps", "--all", "--quiet", "--filter", _OF_PROJECT),
            *("--filter", f"label=com.docker.compose.service={service}"),
        ).split()
        if not listed:
            raise StackError(f"no container of {service}")
        return self.inspect(listed[0])

    def inspect(self, container: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.engine.docker("inspect", container))[0]
        return found

    def execute(self, service: str, *command: str) -> str:
        """Output of a command in a service's container; raises StackError."""
        return self.engine.docker("exec", str(self.of_service(service)["Id"]), *command)

    def kill(self, service: str) -> None:
        """Kill the first process of a container, as a crash would; the engine starts it again by itself."""
        os.kill(int(self.of_service(service)["State"]["Pid"]), signal.SIGKILL)

    def await_health(self, service: str, seconds: float = 180) -> None:
        """Return once the container is healthy; raises StackError with its last log lines."""
        deadline = time.monotonic() + seconds
        while (state := self.of_service(service)["State"])["Health"]["Status"] != "healthy":
            if time.monotonic() > deadline:
                log = self.engine.docker("logs", "--tail", "20", str(self.of_service(service)["Id"]), both=True)
                raise StackError(f"{service} is not healthy: {state['Status']}\n{log}")
            time.sleep(0.5)

    def _compose(self, *arguments: str) -> None:
        self.engine.compose(
            *("--project-name", _NAME, "--project-directory", str(CHECKOUT)),
            *("--profile", "development"),
            *(part for file in _FILES for part in ("--file", str(CHECKOUT / file))),
            *arguments,
            environment=dict(self.settings),
        )
