"""PostgreSQL: a cluster for each service, two copies of what is committed, backups elsewhere, connections."""

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from chassis.settings import ServiceSettings
from contracts.wiring import SERVICES
from deploy.k8s.connections import PROCESSES, database
from tests.deployment.manifests import Manifests
from tests.deployment.policies.secrets import keys_of_secrets

_WORKERS = next(field.default for field in msgspec.structs.fields(ServiceSettings) if field.name == "workers")
_SPARE = 4
"""Of a pool, besides one for each worker: chassis/runtime.py."""
_RESERVED = 10
"""Connections for PostgreSQL's own superusers, CloudNativePG and a migration."""
_INSTANCES, _DAYS, _VERSION = 3, 30, 18


def unsafe_clusters(manifests: Manifests) -> Iterator[str]:
    """Clusters that lose what was committed, that take connections in the clear, or are of another service."""
    for service in SERVICES:
        cluster = manifests.kind("Cluster").get(database(service))
        if cluster is None:
            yield f"{service}: no database"
            continue
        spec, postgresql = cluster["spec"], cluster["spec"]["postgresql"]
        synchronous = postgresql.get("synchronous") or {}
        (initial,) = spec["bootstrap"].values()
        is_doubled = synchronous.get("dataDurability") == "required" and spec["instances"] >= _INSTANCES
        wrong = {
            "what is committed is on one machine": manifests.is_production and not is_doubled,
            "connections in the clear": postgresql.get("pg_hba", [""])[0].split()
            != ["hostnossl", "all", "all", "all", "reject"],
            "its superuser may log in": spec.get("enableSuperuserAccess") is not False,
            f"another version than {_VERSION}": f":{_VERSION}." not in spec["imageName"],
            "another owner or database": (initial["owner"], initial["database"]) != (service, service),
            "another collation than it is tested with": "source" not in initial
            and initial.get("locale") != "C.UTF-8",
        }
        yield from (f"{service}: {what}" for what, is_wrong in wrong.items() if is_wrong)


def without_backup(manifests: Manifests) -> Iterator[str]:
    """Databases in production that nothing copies to another place."""
    planned = {
        backup["spec"]["cluster"]["name"]
        for backup in manifests.kind("ScheduledBackup").values()
        if backup["spec"].get("method") == "plugin" and not backup["spec"].get("suspend")
        # Seconds first.
        if len(backup["spec"]["schedule"].split()) == 6
    }
    stores = set(manifests.kind("ObjectStore"))
    for name, cluster in manifests.kind("Cluster").items() if manifests.is_production else ():
        service = name.removesuffix("-database")
        plugins = [plugin for plugin in cluster["spec"].get("plugins", ()) if plugin.get("isWALArchiver")]
        if not plugins or plugins[0]["parameters"]["barmanObjectName"] not in stores:
            yield f"{service}: its log is not archived"
        if name not in planned:
            yield f"{service}: no base backup"


def wrong_recoveries(manifests: Manifests) -> Iterator[str]:
    """Databases made from the backups of another one, archived over them, or as of different moments."""
    recovered = {name: found["spec"] for name, found in manifests.kind("Cluster").items() if _recovery(found["spec"])}
    for name, spec in recovered.items():
        sources = {found["name"]: found["plugin"]["parameters"] for found in spec["externalClusters"]}
        source = sources.get(_recovery(spec)["source"], {})
        if source.get("serverName") != name:
            yield f"{name}: made from another database"
        if any(plugin["parameters"].get("serverName", name) == name for plugin in spec["plugins"]):
            yield f"{name}: archived over its own backups"
    moments = {str(_recovery(spec).get("recoveryTarget", {}).get("targetTime")) for spec in recovered.values()}
    if len(moments) > 1 or (recovered and len(recovered) != len(SERVICES)):
        yield f"databases of different moments: {', '.join(sorted(moments))}"


def unsafe_stores(manifests: Manifests) -> Iterator[str]:
    """Stores of backups that forget too early, are reached in the clear, or whose key a process has."""
    known = keys_of_secrets(manifests)
    for name, found in manifests.kind("ObjectStore").items():
        configuration = found["spec"]["configuration"]
        days = re.fullmatch("([0-9]+)d", found["spec"].get("retentionPolicy", ""))
        if not days or int(days[1]) < _DAYS:
            yield f"{name}: kept for less than {_DAYS} days"
        if not configuration["endpointURL"].startswith("https://"):
            yield f"{name}: reached in the clear"
        for reference in _credentials(configuration):
            if reference["name"] in PROCESSES or reference["key"] not in known.get(reference["name"], set()):
                yield f"{name}: secret {reference['name']} has no {reference['key']} for it"


def too_many_connections(manifests: Manifests) -> Iterator[str]:
    """Services whose pods, and one more while they are replaced, open more connections than the server accepts."""
    for name, scaled in manifests.kind("ScaledObject").items():
        if name not in SERVICES or name not in manifests.kind("Deployment"):
            continue
        workers = int(manifests.environment(manifests.deployment(name)).get("CARNET_WORKERS", _WORKERS))
        pods = scaled["spec"]["maxReplicaCount"] + 1
        cluster = manifests.kind("Cluster").get(database(name))
        accepted = int(cluster["spec"]["postgresql"]["parameters"]["max_connections"]) if cluster else 0
        if pods * (workers + _SPARE) + _RESERVED > accepted:
            yield f"{name}: {pods} pods open more connections than the database accepts"


def _credentials(configuration: dict[str, Any]) -> list[dict[str, str]]:
    credentials: dict[str, dict[str, str]] = configuration["s3Credentials"]
    return list(credentials.values())


def _recovery(spec: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = spec["bootstrap"].get("recovery", {})
    return found
