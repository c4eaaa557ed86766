"""Addresses and credentials of every part of a stack, private or external."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace

from chassis.broker_permissions import USERS
from chassis.topology import DELAYS
from contracts.wiring import SERVICES
from deploy.dev.external import ExternalServers
from deploy.dev.keys import Keys
from deploy.dev.object_store import ObjectStore
from deploy.dev.paths import Layout
from deploy.dev.ports import HOST
from deploy.dev.postgres import PostgresServer, url_for
from deploy.dev.rabbit import Rabbit

_BUCKET = "carnet-documents"
_JOURNAL_BUCKET = "carnet-journal"


@dataclass(frozen=True)
class Addresses:
    """Where the parts of one stack are reached."""

    layout: Layout
    ports: Mapping[str, int]
    credentials: Mapping[str, str]
    external: ExternalServers

    @property
    def keys(self) -> Keys:
        return Keys(self.layout.keys)

    @property
    def rabbit(self) -> Rabbit:
        return Rabbit(
            directory=self.layout.rabbit,
            port=self.ports["rabbit"],
            tls_port=self.ports["rabbit-tls"],
            distribution_port=self.ports["rabbit-distribution"],
            epmd_port=self.ports["epmd"],
            password=self.credentials["amqp"],
            passwords={user: self.credentials[f"amqp.{user}"] for user in USERS},
            delays=self.delays,
            cookie=self.credentials["erlang_cookie"],
        )

    @property
    def postgres(self) -> PostgresServer:
        return PostgresServer(self.layout.postgres, self.ports["postgres"], self.credentials["postgres"])

    @property
    def amqp_url(self) -> str:
        """The administrator's; the only one for an external broker."""
        return self.external.amqp_url or self.rabbit.url

    def amqp_url_of(self, user: str) -> str:
        """URL of a process, or of the operator, on a private broker; an external one has a single user."""
        return self.external.amqp_url or self.rabbit.url_of(user)

    @property
    def amqp_ca_file(self) -> str:
        return self.external.amqp_ca_file if self.external.amqp_url else str(self.rabbit.ca_file)

    @property
    def delays(self) -> tuple[int, ...]:
        """Of retries, in seconds: those that services have unless set otherwise, and those that are set."""
        given = os.environ.get("CARNET_RETRY_SECONDS", "").split(",")
        return tuple(sorted({*DELAYS, *(int(part) for part in given if part)}))

    @property
    def database_admin_url(self) -> str:
        return self.external.database_admin_url or self.postgres.admin_url

    def database_name(self, service: str) -> str:
        """The service's name on a private server; prefixed with the stack's namespace on a shared one."""
        if self.external.database_admin_url:
            return f"carnet_{self.credentials['namespace']}_{service}"
        return service

    def database_url(self, service: str) -> str:
        """URL of the service's own role and database."""
        password = self.credentials[f"database.{service}"]
        return url_for(self.database_admin_url, self.database_name(service), password)

    @property
    def object_store(self) -> ObjectStore:
        if self.external.object_store:
            bucket = self.external.object_store.bucket or f"{_BUCKET}-{self.credentials['namespace']}"
            return replace(self.external.object_store, bucket=bucket)
        return ObjectStore(
            endpoint=self.address("object-store"),
            access_key=self.credentials["s3_access_key"],
            secret_key=self.credentials["s3_secret_key"],
            region="eu-west-3",
            bucket=_BUCKET,
            secure=False,
        )

    @property
    def journal_store(self) -> ObjectStore:
        """The same object store with the bucket of archived journal months."""
        is_external = self.external.object_store is not None
        bucket = f"{_JOURNAL_BUCKET}-{self.credentials['namespace']}" if is_external else _JOURNAL_BUCKET
        return replace(self.object_store, bucket=bucket)

    def address(self, part: str) -> str:
        """host:port"""
        return f"{HOST}:{self.ports[part]}"

    def url(self, part: str) -> str:
        """The gateway's has a name: browsers offer passkeys to no site that is addressed by number."""
        return f"http://localhost:{self.ports[part]}" if part == "gateway" else f"http://{self.address(part)}"

    def private_parts(self) -> list[str]:
        """Parts that this stack runs itself."""
        rabbit = [] if self.external.amqp_url else ["epmd", "rabbit"]
        postgres = [] if self.external.database_admin_url else ["postgres"]
        object_store = [] if self.external.object_store else ["object-store"]
        provider = [] if self.external.pro_sante_connect else ["pro-sante-connect"]
        return [*rabbit, *postgres, *object_store, "mailbox", *provider, *SERVICES, "gateway"]

    def private_ports(self) -> dict[str, int]:
        """Ports of those parts, secondary ports included."""
        extra = ["smtp", "gateway-metrics"] + (
            [] if self.external.amqp_url else ["rabbit-distribution", "rabbit-tls"]
        )
        return {name: self.ports[name] for name in (*self.private_parts(), *extra)}
