"""Databases: a CloudNativePG cluster for each service, its backups, its recovery, and the jobs that migrate it."""

from collections.abc import Iterator
from typing import Any

from contracts.wiring import SERVICES
from deploy.k8s.connections import database, migration

Manifest = dict[str, Any]

PLUGIN = "barman-cloud.cloudnative-pg.io"
BACKUP_STORE = "backups"
_FIRST_HOUR = 1
_RESTORED = "-2"
"""Ends the name of the archive of a restored cluster; the next one is to be another."""


def clusters() -> Iterator[Manifest]:
    """One for each service, with a database and a role of its name; `every-cluster.yaml` adds the rest."""
    for service in SERVICES:
        initial = {
            "database": service,
            "owner": service,
            "encoding": "UTF8",
            "locale": "C.UTF-8",
            "dataChecksums": True,
        }
        yield _named("postgresql.cnpg.io/v1", "Cluster", database(service), {"bootstrap": {"initdb": initial}})


def scheduled_backups() -> Iterator[Manifest]:
    """A base backup a day for each cluster, one hour after the other; the log is archived all the time."""
    for hour, service in enumerate(SERVICES, start=_FIRST_HOUR):
        backup = {
            "schedule": f"0 0 {hour} * * *",
            "cluster": {"name": database(service)},
            "method": "plugin",
            "pluginConfiguration": {"name": PLUGIN},
            "backupOwnerReference": "self",
        }
        yield _named("postgresql.cnpg.io/v1", "ScheduledBackup", database(service), backup)


def recoveries() -> Iterator[Manifest]:
    """A patch for each cluster: made from its backups instead of empty, and archived beside them, not over them."""
    for service in SERVICES:
        name = database(service)
        origin = {"barmanObjectName": BACKUP_STORE, "serverName": name}
        archive = origin | {"serverName": f"{name}{_RESTORED}"}
        changes = {
            "bootstrap": {"initdb": None, "recovery": {"source": "origin", "database": service, "owner": service}},
            "externalClusters": [{"name": "origin", "plugin": {"name": PLUGIN, "parameters": origin}}],
            "plugins": [{"name": PLUGIN, "isWALArchiver": True, "parameters": archive}],
        }
        yield _named("postgresql.cnpg.io/v1", "Cluster", name, changes)


def migrations() -> Iterator[Manifest]:
    """A job for each service, of the same image; an overlay adds the release to its name."""
    for service in SERVICES:
        labels = {"app.kubernetes.io/name": migration(service)}
        yield _named("batch/v1", "Job", migration(service), _job(service, labels))


def _job(service: str, labels: dict[str, str]) -> Manifest:
    settings = [{"configMapRef": {"name": name}} for name in ("every-process", "every-service")]
    container = {
        "name": "process",
        "image": f"carnet/{service}",
        "command": ["python", "-m", "chassis.migrate", f"services.{service}"],
        "envFrom": settings,
        "resources": {
            "requests": {"cpu": "100m", "memory": "128Mi"},
            "limits": {"cpu": "1", "memory": "256Mi"},
        },
    }
    secret = {"name": "secrets", "projected": {"defaultMode": 0o440, "sources": database_files(service)}}
    files = {"name": "tmp", "emptyDir": {"sizeLimit": "64Mi"}}
    pod = {"restartPolicy": "OnFailure", "containers": [container], "volumes": [secret, files]}
    return {
        # The database may be younger than the job.
        "backoffLimit": 20,
        "ttlSecondsAfterFinished": 86_400,
        "template": {"metadata": {"labels": labels}, "spec": pod},
    }


def database_files(service: str) -> list[Manifest]:
    """The URL and the authority that CloudNativePG writes for a cluster, as files of a projected volume."""
    url, authority = {"key": "uri", "path": "database-url"}, {"key": "ca.crt", "path": "database-ca.pem"}
    return [
        {"secret": {"name": f"{database(service)}-app", "items": [url]}},
        {"secret": {"name": f"{database(service)}-ca", "items": [authority]}},
    ]


def _named(version: str, kind: str, name: str, spec: Manifest) -> Manifest:
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name}, "spec": spec}
