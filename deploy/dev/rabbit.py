"""A private RabbitMQ node from Debian's package, with its own name, cookie, data, ports and epmd, on loopback."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from deploy.dev.errors import StackError
from deploy.dev.parts import RANK_OF_BACKENDS, RANK_OF_SERVERS, StackPart
from deploy.dev.paths import write_private
from deploy.dev.ports import HOST
from deploy.dev.processes import Command
from deploy.dev.readiness import is_amqp_ready, is_listening

USER = "carnet"

_PACKAGE = Path("/usr/lib/rabbitmq/lib")

# An unknown key here stops the node from starting. Plugins stay off: management alone adds a second
# to the start and five to the stop.
_CONFIGURATION = """\
listeners.tcp.local = {host}:{port}
num_acceptors.tcp = 2
default_user = {user}
default_pass = {password}
log.file = false
log.console = true
log.console.level = info
vm_memory_high_watermark.absolute = 1GiB
disk_free_limit.absolute = 200MB
raft.wal_max_size_bytes = 64000000
"""


@dataclass(frozen=True)
class Rabbit:
    """One node and its epmd; all their files are under `directory`."""

    directory: Path
    port: int
    distribution_port: int
    epmd_port: int
    password: str
    cookie: str

    @property
    def url(self) -> str:
        return f"amqp://{USER}:{self.password}@{HOST}:{self.port}/%2F"

    def prepare(self) -> None:
        """Write the node's configuration; delete the data of an incomplete first start."""
        if not self._first_start_done.exists():
            shutil.rmtree(self.directory / "data", ignore_errors=True)
        for name in ("home", "etc", "data", "log"):
            (self.directory / name).mkdir(parents=True, exist_ok=True)
        self.directory.chmod(0o700)
        cookie = self.directory / "home" / ".erlang.cookie"
        write_private(cookie, self.cookie.encode())
        configuration = _CONFIGURATION.format(host=HOST, port=self.port, user=USER, password=self.password)
        write_private(self._etc("rabbitmq.conf"), configuration.encode())
        self._etc("enabled_plugins").write_text("[].\n")
        self._etc("rabbitmq-env.conf").write_text("")

    def confirm(self) -> None:
        """Record that the node started once, so that its data is kept from now on."""
        self._first_start_done.touch()

    def epmd(self) -> StackPart:
        """Erlang's port mapper, run by the stack so that it stops with it."""
        command = Command(
            name="epmd",
            arguments=("epmd", "-port", str(self.epmd_port), "-address", HOST),
            environment=self._environment(),
            rank=RANK_OF_BACKENDS,
            directory=Path("/"),
        )
        return StackPart(command, lambda: is_listening(HOST, self.epmd_port))

    def node(self) -> StackPart:
        """The broker; ready once the stack's user can log in."""
        command = Command(
            name="rabbit",
            # Not /usr/sbin/rabbitmq-server, which switches to the system's rabbitmq user.
            arguments=(str(_package_directory() / "sbin" / "rabbitmq-server"),),
            environment=self._environment(),
            rank=RANK_OF_SERVERS,
            patience=30.0,
            directory=Path("/"),
        )
        return StackPart(command, lambda: is_amqp_ready(self.url), seconds=90.0)

    def _etc(self, name: str) -> Path:
        return self.directory / "etc" / name

    @property
    def _first_start_done(self) -> Path:
        return self.directory / "first-start-done"

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "LANG": "C.UTF-8",
            "HOME": str(self.directory / "home"),
            "ERL_EPMD_PORT": str(self.epmd_port),
            "ERL_EPMD_ADDRESS": HOST,
            "RABBITMQ_NODENAME": "carnet@localhost",
            "RABBITMQ_DIST_PORT": str(self.distribution_port),
            "RABBITMQ_MNESIA_BASE": str(self.directory / "data"),
            "RABBITMQ_LOG_BASE": str(self.directory / "log"),
            "RABBITMQ_PID_FILE": str(self.directory / "pid"),
            # An empty file, so that /etc/rabbitmq is not read.
            "RABBITMQ_CONF_ENV_FILE": str(self._etc("rabbitmq-env.conf")),
            "RABBITMQ_CONFIG_FILE": str(self._etc("rabbitmq.conf")),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(self._etc("advanced.config")),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self._etc("enabled_plugins")),
            "RABBITMQ_GENERATED_CONFIG_DIR": str(self._etc("generated")),
            "RABBITMQ_SCHEDULER_BIND_TYPE": "u",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": (
                "+S 2:2 -start_epmd false -kernel inet_dist_use_interface {127,0,0,1}"
            ),
        }


def _package_directory() -> Path:
    found = sorted(_PACKAGE.glob("rabbitmq_server-*"))
    if not found:
        raise StackError(
            "RabbitMQ is not installed: apt-get install rabbitmq-server, or set CARNET_AMQP_URL to a broker"
        )
    return found[-1]
