"""Where everything of one stack is reached, private or from outside, and with which credentials."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from contracts.wiring import SERVICES
from deploy.dev.keys import Keys
from deploy.dev.object_store import ObjectStore
from deploy.dev.outside import Outside
from deploy.dev.paths import Layout
from deploy.dev.ports import HOST
from deploy.dev.postgres import PostgresServer, url_for
from deploy.dev.rabbit import Rabbit

_BUCKET = "carnet-documents"
_JOURNAL_BUCKET = "carnet-journal"


@dataclass(frozen=True)
class Addresses:
    """One stack, as its parts see it."""

    layout: Layout
    ports: Mapping[str, int]
    credentials: Mapping[str, str]
    outside: Outside

    @property
    def keys(self) -> Keys:
        return Keys(self.layout.keys)

    @property
    def rabbit(self) -> Rabbit:
        return Rabbit(
            directory=self.layout.rabbit,
            port=self.ports["rabbit"],
            distribution_port=self.ports["rabbit-distribution"],
            epmd_port=self.ports["epmd"],
            password=self.credentials["amqp"],
            cookie=self.credentials["erlang_cookie"],
        )

    @property
    def postgres(self) -> PostgresServer:
        return PostgresServer(self.layout.postgres, self.ports["postgres"], self.credentials["postgres"])

    @property
    def amqp_url(self) -> str:
        return self.outside.amqp_url or self.rabbit.url

    @property
    def database_admin_url(self) -> str:
        return self.outside.database_admin_url or self.postgres.admin_url

    def database_name(self, service: str) -> str:
        """The service's own name on a private server; set apart by the stack's namespace on a shared one."""
        if self.outside.database_admin_url:
            return f"carnet_{self.credentials['namespace']}_{service}"
        return service

    def database_url(self, service: str) -> str:
        """The service's own role in its own database."""
        password = self.credentials[f"database.{service}"]
        return url_for(self.database_admin_url, self.database_name(service), password)

    @property
    def object_store(self) -> ObjectStore:
        if self.outside.object_store:
            bucket = self.outside.object_store.bucket or f"{_BUCKET}-{self.credentials['namespace']}"
            return replace(self.outside.object_store, bucket=bucket)
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
        """The same store, and the bucket of the journal's old months."""
        is_outside = self.outside.object_store is not None
        bucket = f"{_JOURNAL_BUCKET}-{self.credentials['namespace']}" if is_outside else _JOURNAL_BUCKET
        return replace(self.object_store, bucket=bucket)

    def address(self, part: str) -> str:
        """host:port"""
        return f"{HOST}:{self.ports[part]}"

    def url(self, part: str) -> str:
        return f"http://{self.address(part)}"

    def private_parts(self) -> list[str]:
        """The parts that this stack runs itself."""
        rabbit = [] if self.outside.amqp_url else ["epmd", "rabbit"]
        postgres = [] if self.outside.database_admin_url else ["postgres"]
        object_store = [] if self.outside.object_store else ["object-store"]
        return [*rabbit, *postgres, *object_store, "mailbox", *SERVICES, "gateway"]

    def private_ports(self) -> dict[str, int]:
        """What those parts listen on, second ports too."""
        second = ["smtp"] if self.outside.amqp_url else ["smtp", "rabbit-distribution"]
        return {name: self.ports[name] for name in (*self.private_parts(), *second)}
