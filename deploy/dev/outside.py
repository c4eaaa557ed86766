"""The servers that the stack is given instead of starting its own: addresses from CARNET_* settings."""

from collections.abc import Mapping
from dataclasses import dataclass

from deploy.dev.errors import StackError
from deploy.dev.object_store import ObjectStore

_S3_REQUIRED = ("CARNET_S3_ENDPOINT", "CARNET_S3_ACCESS_KEY", "CARNET_S3_SECRET_KEY", "CARNET_S3_REGION")


@dataclass(frozen=True)
class Outside:
    """What is given; None means a private server."""

    amqp_url: str | None = None
    database_admin_url: str | None = None
    object_store: ObjectStore | None = None
    """Its bucket's name is empty when none is chosen."""


def outside_from(environment: Mapping[str, str]) -> Outside:
    """Read the settings; StackError when only a part of CARNET_S3_* is given."""
    return Outside(
        amqp_url=environment.get("CARNET_AMQP_URL") or None,
        database_admin_url=environment.get("CARNET_DATABASE_URL") or None,
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
