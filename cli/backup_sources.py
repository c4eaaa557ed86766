"""What `carnet backup` and `carnet restore` act on: six databases, buckets and a directory of keys."""

import os
from pathlib import Path

from chassis.settings import load
from chassis.topology import DELAYS
from cli.documents_sources import content_store
from cli.target import announce_target, database_of, is_stack_meant
from contracts.wiring import SERVICES
from deploy.backup.content import DOCUMENTS, JOURNAL, PlatformData
from deploy.dev.errors import StackError
from deploy.dev.object_store import ObjectStore
from deploy.dev.stack import Stack
from services.audit.settings import ArchiveSettings


def platform() -> PlatformData:
    """Databases CARNET_<SERVICE>_DATABASE_URL, buckets CARNET_S3_* and CARNET_ARCHIVE_*, else those of the stack."""
    stores = {DOCUMENTS: content_store(), JOURNAL: _journal_store()}
    for store in stores.values():
        if store is not None:
            announce_target("bucket", f"{store.endpoint}/{store.bucket}")
    return PlatformData(
        databases={service: database_of(service, "") for service in SERVICES},
        stores={name: store for name, store in stores.items() if store is not None},
    )


def retry_delays() -> tuple[int, ...]:
    """CARNET_RETRY_SECONDS, as the services have it; in seconds."""
    delays = os.environ.get("CARNET_RETRY_SECONDS")
    if not delays:
        return DELAYS
    if not all(part.isdigit() for part in delays.split(",")):
        raise StackError(f"CARNET_RETRY_SECONDS: {delays}")
    return tuple(int(part) for part in delays.split(","))


def keys_directory(given: Path | None) -> Path:
    """The directory given, else that of the stack; raises StackError if an operator's variable is set."""
    if given is None and not is_stack_meant():
        raise StackError("dossier des clés / directory of keys: --keys-from")
    found = given or _stack().layout.keys
    announce_target("clés / keys", str(found))
    return found


def _journal_store() -> ObjectStore | None:
    settings = load(ArchiveSettings)
    if not settings.archive_endpoint:
        return _stack().addresses.journal_store if is_stack_meant() else None
    return ObjectStore(
        endpoint=settings.archive_endpoint,
        access_key=settings.archive_access_key,
        secret_key=settings.archive_secret_key,
        region=settings.archive_region,
        bucket=settings.archive_bucket,
        secure=settings.archive_secure,
    )


def _stack() -> Stack:
    stack = Stack.from_environment(os.environ)
    stack.is_described()
    return stack
