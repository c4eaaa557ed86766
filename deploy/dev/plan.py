"""Start order of the stack: the steps that prepare, start and await its parts."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import pika

from chassis.broker_address import pika_parameters
from chassis.topology import declare
from contracts.wiring import SERVICES
from deploy.dev import authority
from deploy.dev.addresses import Addresses
from deploy.dev.environment import (
    environment_of_gateway,
    environment_of_mailbox,
    environment_of_provider,
    environment_of_service,
)
from deploy.dev.errors import StackError
from deploy.dev.object_store import nanio
from deploy.dev.parts import RANK_OF_SERVERS, RANK_OF_SERVICES, SERVICE_MODULES, StackPart
from deploy.dev.postgres import ensure_database
from deploy.dev.processes import Command, Processes
from deploy.dev.readiness import is_amqp_ready, is_database_ready, is_http_ready
from deploy.dev.steps import Step


@dataclass(frozen=True)
class Plan:
    """How one stack is started."""

    addresses: Addresses
    processes: Processes

    def part(self, name: str) -> StackPart:
        """A part that this stack runs itself; its directory must be prepared."""
        addresses = self.addresses
        makers: dict[str, Callable[[], StackPart]] = {
            "epmd": addresses.rabbit.epmd,
            "rabbit": addresses.rabbit.node,
            "postgres": addresses.postgres.server,
            "object-store": lambda: nanio(
                addresses.object_store, addresses.layout.object_store, addresses.ports["object-store"]
            ),
            "mailbox": self._mailbox,
            "pro-sante-connect": self._pro_sante_connect,
            "gateway": self._gateway,
        }
        return makers[name]() if name in makers else self._service(name)

    def server_steps(self) -> list[Step]:
        """Everything but the platform: keys, test cards, broker, databases, object store, mailbox."""
        return [
            Step("keys", self.addresses.keys.prepare),
            Step("test cards", partial(authority.prepare, self.addresses.layout.cards)),
            Step("rabbit", self._start_rabbit),
            Step("postgres", self._start_postgres),
            Step("databases", self._make_databases, frozenset({"postgres"})),
            Step("object store", self._start_object_store),
            Step("mailbox", partial(self.launch, "mailbox")),
        ]

    def platform_steps(self) -> list[Step]:
        """Migrations, services, gateway, the provider of professionals' logins, demo people."""
        migrations = [
            Step(f"migrate {name}", partial(self._migrate, name), frozenset({"databases"})) for name in SERVICES
        ]
        required = frozenset({"keys", "test cards", "rabbit", "object store"})
        services = [Step(name, partial(self.launch, name), required | {f"migrate {name}"}) for name in SERVICES]
        return [
            *migrations,
            *services,
            Step("gateway", partial(self.launch, "gateway"), frozenset({"keys", "rabbit"})),
            *self._provider_steps(),
            Step("demo people", self._import_demo_people, frozenset({"identity"})),
        ]

    def _provider_steps(self) -> list[Step]:
        if self.addresses.external.pro_sante_connect:
            return []
        return [Step("pro sante connect", partial(self.launch, "pro-sante-connect"), frozenset({"keys"}))]

    def launch(self, name: str) -> None:
        """Start a part and wait until it is ready."""
        part = self.part(name)
        self.processes.start(part.command)
        self.processes.wait_until(name, part.is_ready, part.seconds)

    def _start_rabbit(self) -> None:
        if self.addresses.external.amqp_url:
            self._declare_on_external_broker()
            return
        self.addresses.rabbit.prepare()
        self.launch("epmd")
        self.launch("rabbit")
        self.addresses.rabbit.confirm()

    def _declare_on_external_broker(self) -> None:
        url, ca_file = self.addresses.amqp_url, self.addresses.amqp_ca_file
        _check_reachable("CARNET_AMQP_URL", is_amqp_ready(url, ca_file))
        connection = pika.BlockingConnection(pika_parameters(url, ca_file))
        try:
            declare(connection.channel(), self.addresses.delays)
        finally:
            connection.close()

    def _start_postgres(self) -> None:
        if self.addresses.external.database_admin_url:
            _check_reachable("CARNET_DATABASE_URL", is_database_ready(self.addresses.database_admin_url))
            return
        self.addresses.postgres.prepare()
        self.launch("postgres")

    def _make_databases(self) -> None:
        for service in SERVICES:
            name, password = self.addresses.database_name(service), f"database.{service}"
            ensure_database(self.addresses.database_admin_url, name, self.addresses.credentials[password])

    def _start_object_store(self) -> None:
        if self.addresses.external.object_store:
            _check_reachable("CARNET_S3_ENDPOINT", self.addresses.object_store.is_ready())
        else:
            self.addresses.layout.object_store.mkdir(mode=0o700, exist_ok=True)
            self.launch("object-store")
        self.addresses.object_store.ensure_bucket()
        self.addresses.journal_store.ensure_bucket()

    def _migrate(self, service: str) -> None:
        self._run_once(f"migrate-{service}", service, "chassis.migrate", f"services.{service}")

    def _import_demo_people(self) -> None:
        people = str(self.addresses.layout.directory)
        self._run_once("demo-people", "identity", "services.identity.directory", people)

    def _run_once(self, name: str, service: str, module: str, argument: str) -> None:
        arguments = (sys.executable, "-m", module, argument)
        environment = environment_of_service(service, self.addresses)
        self.processes.run(Command(name, arguments, environment, rank=RANK_OF_SERVICES))

    def _service(self, name: str) -> StackPart:
        command = Command(
            name=name,
            arguments=(sys.executable, "-m", "chassis.run", SERVICE_MODULES[name]),
            environment=environment_of_service(name, self.addresses),
            rank=RANK_OF_SERVICES,
        )
        return StackPart(command, partial(is_http_ready, self.addresses.ports[name]))

    def _gateway(self) -> StackPart:
        command = Command(
            name="gateway",
            arguments=(sys.executable, "-m", "gateway"),
            environment=environment_of_gateway(self.addresses),
            rank=RANK_OF_SERVICES,
        )
        return StackPart(command, partial(is_http_ready, self.addresses.ports["gateway"]))

    def _mailbox(self) -> StackPart:
        command = Command(
            name="mailbox",
            arguments=(sys.executable, "-m", "deploy.dev.mailbox"),
            environment=environment_of_mailbox(self.addresses),
            rank=RANK_OF_SERVERS,
        )
        return StackPart(command, partial(is_http_ready, self.addresses.ports["mailbox"]))

    def _pro_sante_connect(self) -> StackPart:
        command = Command(
            name="pro-sante-connect",
            arguments=(sys.executable, "-m", "deploy.dev.pro_sante_connect"),
            environment=environment_of_provider(self.addresses),
            rank=RANK_OF_SERVERS,
        )
        return StackPart(command, partial(is_http_ready, self.addresses.ports["pro-sante-connect"]))


def _check_reachable(setting: str, is_reachable: bool) -> None:
    if not is_reachable:
        raise StackError(f"{setting} is given, but nothing there lets us in")
