"""Servers for tests that do not stop them; each group of tests has its own virtual host, databases and buckets."""

import base64
import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from deploy.dev.external import ExternalServers
from deploy.dev.paths import write_private
from deploy.dev.rabbit import USER
from deploy.dev.stack import Stack


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
        etc = self._stack.layout.rabbit / "etc"
        hosts = ["/", *self._groups]
        definitions = {
            "users": [{"name": USER, "password_hash": self._password_hash(), "tags": "administrator"}],
            "vhosts": [{"name": host} for host in hosts],
            "permissions": [
                {"user": USER, "vhost": host, "configure": ".*", "write": ".*", "read": ".*"} for host in hosts
            ],
        }
        write_private(etc / "definitions.json", json.dumps(definitions).encode())
        configuration = f'[{{rabbit, [{{load_definitions, "{etc / "definitions.json"}"}}]}}].\n'
        write_private(etc / "advanced.config", configuration.encode())

    def _password_hash(self) -> str:
        """As RabbitMQ stores passwords: a salt of four bytes, and the SHA-256 of salt and password."""
        salt = secrets.token_bytes(4)
        password = self._stack.addresses.credentials["amqp"].encode()
        return base64.b64encode(salt + hashlib.sha256(salt + password).digest()).decode()
