"""Servers given by CARNET_* settings, which the stack uses instead of starting its own."""

from collections.abc import Mapping
from dataclasses import dataclass

from deploy.dev.errors import StackError
from deploy.dev.object_store import ObjectStore

_S3_REQUIRED = ("CARNET_S3_ENDPOINT", "CARNET_S3_ACCESS_KEY", "CARNET_S3_SECRET_KEY", "CARNET_S3_REGION")


@dataclass(frozen=True)
class ExternalServers:
    """None means that the stack starts a private server."""

    amqp_url: str | None = None
    amqp_ca_file: str = ""
    """PEM of the authority of that broker's certificate; empty: those of the system."""
    database_admin_url: str | None = None
    object_store: ObjectStore | None = None
    """Its bucket's name is empty if none is set."""
    pro_sante_connect: str | None = None
    """Issuer of the provider of professionals' logins."""


def external_servers_from(environment: Mapping[str, str]) -> ExternalServers:
    """Read the settings; raises StackError if CARNET_S3_* is incomplete."""
    return ExternalServers(
        amqp_url=environment.get("CARNET_AMQP_URL") or None,
        amqp_ca_file=environment.get("CARNET_AMQP_CA_FILE", ""),
        database_admin_url=environment.get("CARNET_DATABASE_URL") or None,
        pro_sante_connect=environment.get("CARNET_PRO_SANTE_CONNECT") or None,
        object_store=_object_store(environment),
    )


def _object_store(environment: Mapping[str, str]) -> ObjectStore | None:
    if not environment.get("CARNET_S3_ENDPOINT"):
        return None
    missing = [name for name in _S3_REQUIRED if not environment.get(name)]
    if missing:
        raise StackError(f"CARNET_S3_ENDPOINT is given, so these must be too: {', '.join(missing)}")
    return ObjectStore(
        endpoint=environment["CARNET_S3_ENDPOINT"],
        access_key=environment["CARNET_S3_ACCESS_KEY"],
        secret_key=environment["CARNET_S3_SECRET_KEY"],
        region=environment["CARNET_S3_REGION"],
        bucket=environment.get("CARNET_S3_BUCKET", ""),
        secure=environment.get("CARNET_S3_SECURE", "0") == "1",
    )
