"""Servers for tests that do not stop them; each group of tests has its own virtual host, databases and buckets."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from deploy.dev.external import ExternalServers
from deploy.dev.paths import write_private
from deploy.dev.rabbit import USER
from deploy.dev.stack import Stack
from deploy.keys.broker import definitions


class SharedServers:
    """One broker, database server and object store."""

    def __init__(self, root: Path, base_port: int, groups: Sequence[str]) -> None:
        self._stack = Stack(root, base_port)
        self._groups = groups

    def start(self) -> None:
        """Start them, with a virtual host for each group."""
        self._declare_virtual_hosts()
        self._stack.start_servers()

    def stop(self) -> None:
        self._stack.stop()

    @property
    def database_admin_url(self) -> str:
        return self._stack.addresses.database_admin_url

    def amqp_url(self, group: str) -> str:
        """The broker's URL with the group's virtual host."""
        assert group in self._groups
        return f"{self._stack.addresses.amqp_url.rpartition('/')[0]}/{group}"

    def of(self, group: str) -> ExternalServers:
        """The servers for a stack of the group, which names databases and buckets after itself."""
        return ExternalServers(
            amqp_url=self.amqp_url(group),
            database_admin_url=self.database_admin_url,
            object_store=replace(self._stack.addresses.object_store, bucket=""),
        )

    def _declare_virtual_hosts(self) -> None:
        """Let the broker read them at its start: without its management plugin nothing else declares them quickly."""
        etc, rabbit = self._stack.layout.rabbit / "etc", self._stack.addresses.rabbit
        loaded = json.loads(definitions(rabbit.passwords, rabbit.delays, administrators={USER: rabbit.password}))
        loaded["vhosts"] += [{"name": host} for host in self._groups]
        loaded["permissions"] += [
            {"user": USER, "vhost": host, "configure": ".*", "write": ".*", "read": ".*"} for host in self._groups
        ]
        write_private(etc / "shared.json", json.dumps(loaded).encode())
        configuration = f'[{{rabbit, [{{load_definitions, "{etc / "shared.json"}"}}]}}].\n'
        write_private(etc / "advanced.config", configuration.encode())
