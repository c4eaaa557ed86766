"""What processes stand on: queues by which they are scaled, databases, backups, connections."""

from collections.abc import Iterator

import msgspec

from chassis.broker_permissions import queues_of
from chassis.settings import ServiceSettings
from contracts.wiring import SERVICES
from deploy.k8s.connections import database
from tests.deployment.manifests import Manifests

_WORKERS = next(field.default for field in msgspec.structs.fields(ServiceSettings) if field.name == "workers")
_SPARE = 4
"""Of a pool, besides one for each worker: chassis/runtime.py."""
_RESERVED = 10
"""Connections for PostgreSQL's own superusers, CloudNativePG and a migration."""


def wrong_queues(manifests: Manifests) -> Iterator[str]:
    """Queues that do not exist, or do not scale the service that empties them."""
    scaled = manifests.kind("ScaledObject")
    for name, found in scaled.items():
        triggers = [trigger["metadata"] for trigger in found["spec"]["triggers"] if trigger["type"] == "rabbitmq"]
        target = found["spec"]["scaleTargetRef"]["name"]
        expected = set(queues_of(target)) if target in SERVICES else set()
        for queue in sorted({trigger["queueName"] for trigger in triggers} ^ expected):
            yield f"{name}: scaled by {queue}, or not scaled by it"
    if scaled:
        yield from (f"{service}: not scaled" for service in SERVICES if service not in scaled)


def without_backup(manifests: Manifests) -> Iterator[str]:
    """Databases of a platform with several machines that nothing copies."""
    planned = {backup["spec"]["cluster"]["name"] for backup in manifests.kind("ScheduledBackup").values()}
    stores = set(manifests.kind("ObjectStore"))
    for service in SERVICES:
        cluster = manifests.kind("Cluster").get(database(service))
        if cluster is None:
            yield f"{service}: no database"
        elif cluster["spec"]["instances"] > 1:
            plugins = [plugin for plugin in cluster["spec"].get("plugins", ()) if plugin.get("isWALArchiver")]
            if not plugins or plugins[0]["parameters"]["barmanObjectName"] not in stores:
                yield f"{service}: its log is not archived"
            if database(service) not in planned:
                yield f"{service}: no base backup"


def too_many_connections(manifests: Manifests) -> Iterator[str]:
    """Services whose pods, and one more while they are replaced, open more connections than the server accepts."""
    each = _WORKERS + _SPARE
    for name, scaled in manifests.kind("ScaledObject").items():
        pods = scaled["spec"]["maxReplicaCount"] + 1
        cluster = manifests.kind("Cluster").get(database(name))
        accepted = int(cluster["spec"]["postgresql"]["parameters"]["max_connections"]) if cluster else 0
        if pods * each + _RESERVED > accepted:
            yield f"{name}: {pods} pods open more connections than the database accepts"
