"""docker-compose.yml as Compose reads it: anchors followed, variables replaced by their defaults."""

import re
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from deploy.dev.paths import CHECKOUT

FILE = CHECKOUT / "docker-compose.yml"
SECRETS = "./var/secrets/"
MOUNTED = "/run/secrets/carnet"

_DEFAULT = re.compile(r"\$\{\w+:-([^}]*)\}")


class Compose:
    """The services of a file."""

    def __init__(self, file: Path = FILE) -> None:
        self._content: dict[str, Any] = yaml.safe_load(_DEFAULT.sub(r"\1", file.read_text()))

    @cached_property
    def services(self) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = self._content["services"]
        return found

    @property
    def staying(self) -> dict[str, dict[str, Any]]:
        """All but jobs."""
        return {name: service for name, service in self.services.items() if service["restart"] != "no"}

    def environment(self, service: str) -> dict[str, str]:
        return {name: str(value) for name, value in self.services[service].get("environment", {}).items()}

    def networks(self, service: str) -> set[str]:
        return set(self.services[service]["networks"])

    def secrets(self, service: str) -> set[str]:
        """What a service mounts of the directory that `carnet keys make` writes, relative to it."""
        sources = {str(volume["source"]) for volume in self.services[service].get("volumes", [])}
        return {source.removeprefix(SECRETS) for source in sources if source.startswith(SECRETS)}
