"""A private RabbitMQ node from Debian's package, with its own name, cookie, data, ports and epmd, on loopback.

Processes of the platform reach it over TLS, each as its own user; unencrypted, its administrator does.
"""

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from chassis.broker_permissions import OPERATOR
from deploy.dev.errors import StackError
from deploy.dev.parts import RANK_OF_BACKENDS, RANK_OF_SERVERS, StackPart
from deploy.dev.paths import write_private
from deploy.dev.ports import HOST
from deploy.dev.processes import Command
from deploy.dev.readiness import is_amqp_ready, is_listening
from deploy.keys.broker import definitions
from deploy.keys.certificates import make_certificates
from deploy.keys.files import KeyFiles

USER = "carnet"

_PACKAGE = Path("/usr/lib/rabbitmq/lib")

# An unknown key here stops the node from starting. Plugins stay off: management alone adds a second
# to the start and five to the stop.
_CONFIGURATION = """\
listeners.tcp.local = {host}:{port}
num_acceptors.tcp = 2
listeners.ssl.local = {host}:{tls_port}
num_acceptors.ssl = 2
ssl_options.cacertfile = {tls}/ca.pem
ssl_options.certfile = {tls}/server.pem
ssl_options.keyfile = {tls}/server-key.pem
ssl_options.versions.1 = tlsv1.3
ssl_options.versions.2 = tlsv1.2
load_definitions = {definitions}
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
    tls_port: int
    distribution_port: int
    epmd_port: int
    password: str
    """Of the administrator."""
    passwords: Mapping[str, str]
    """Of the users of the permissions."""
    delays: tuple[int, ...]
    """Of retries, in seconds."""
    cookie: str

    @property
    def url(self) -> str:
        """For the administrator."""
        return f"amqp://{USER}:{self.password}@{HOST}:{self.port}/%2F"

    def url_of(self, user: str) -> str:
        """For a user of the permissions."""
        return f"amqps://{user}:{self.passwords[user]}@{HOST}:{self.tls_port}/%2F"

    @property
    def ca_file(self) -> Path:
        """Certificate of the authority of the node's certificate."""
        return self._tls / "ca.pem"

    def prepare(self) -> None:
        """Write configuration, certificates and definitions; delete the data of an incomplete first start."""
        if not self._first_start_done.exists():
            shutil.rmtree(self.directory / "data", ignore_errors=True)
        for name in ("home", "etc", "data", "log"):
            (self.directory / name).mkdir(parents=True, exist_ok=True)
        self.directory.chmod(0o700)
        cookie = self.directory / "home" / ".erlang.cookie"
        write_private(cookie, self.cookie.encode())
        make_certificates(KeyFiles(self.directory), "tls", "tls", ("localhost", HOST), datetime.now(UTC))
        loaded = definitions(self.passwords, self.delays, administrators={USER: self.password})
        write_private(self._etc("definitions.json"), loaded)
        configuration = _CONFIGURATION.format(
            host=HOST,
            port=self.port,
            tls_port=self.tls_port,
            tls=self._tls,
            definitions=self._etc("definitions.json"),
        )
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
        """The broker; ready once its users can log in, unencrypted on this host and over TLS."""
        command = Command(
            name="rabbit",
            # Not /usr/sbin/rabbitmq-server, which switches to the system's rabbitmq user.
            arguments=(str(_package_directory() / "sbin" / "rabbitmq-server"),),
            environment=self._environment(),
            rank=RANK_OF_SERVERS,
            patience=30.0,
            directory=Path("/"),
        )
        return StackPart(command, self._is_ready, seconds=90.0)

    def _is_ready(self) -> bool:
        return is_amqp_ready(self.url) and is_amqp_ready(self.url_of(OPERATOR), str(self.ca_file))

    @property
    def _tls(self) -> Path:
        return self.directory / "tls"

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
