"""Secrets as files: each that a setting names is mounted, and no process has another's."""

from collections.abc import Iterator
from typing import Any

from contracts.wiring import SERVICES
from deploy.k8s.connections import BROKER, PROCESSES, database
from deploy.k8s.secrets import files_of
from tests.deployment.manifests import KubernetesWorkload, Manifests

Source = dict[str, Any]

_ANY = "*"
_MOUNTED = "/run/secrets/"
_ENTRIES = {"rabbitmq-definitions": "rabbitmq"}
_MADE_BY_HAND = {
    **{process: set(files_of(process)) for process in PROCESSES},
    "identity-openid": {_ANY},
    "mailbox": {"twilio-account-sid", "twilio-auth-token"},
    "rabbitmq-definitions": {"definitions.json"},
}
"""Where no store of secrets is read, whoever installs makes them of the same files."""


def unknown_keys(manifests: Manifests) -> Iterator[str]:
    """Keys that the Secret will not have."""
    known = keys_of_secrets(manifests)
    for workload in manifests.workloads():
        for source in _sources(workload):
            keys = known.get(source["name"], set())
            wanted = {item["key"] for item in source.get("items", ())} or keys
            if not wanted or not (wanted <= keys or _ANY in keys):
                yield f"{workload.name}: secret {source['name']} has no {', '.join(sorted(wanted - keys)) or 'keys'}"


def missing_files(manifests: Manifests) -> Iterator[str]:
    """Files that a setting names and no volume has."""
    known = keys_of_secrets(manifests)
    for workload in manifests.workloads():
        mounted = _files(workload, known)
        for name, value in manifests.environment(workload).items():
            if value.startswith(_MOUNTED) and value not in mounted and _is_read(workload, name):
                yield f"{workload.name}: {name} names {value}, which is not mounted"


def of_others(manifests: Manifests) -> Iterator[str]:
    """Secrets of another process; of the broker's certificate only the authority."""
    for workload in manifests.workloads():
        if workload.process not in PROCESSES:
            continue
        for source in _sources(workload):
            name, keys = source["name"], {item["key"] for item in source.get("items", ())}
            own = name == workload.process or name.startswith(f"{workload.process}-")
            if not own and (name, keys) != (f"{BROKER}-tls", {"ca.crt"}):
                yield f"{workload.name}: mounts the secret {name}"


def of_other_entries(manifests: Manifests) -> Iterator[str]:
    """Secrets that are read from another entry of the store, under another name, or from no store."""
    for name, external in manifests.kind("ExternalSecret").items():
        spec, entry = external["spec"], f"carnet/{_ENTRIES.get(name, name)}"
        found = [
            (data["remoteRef"]["key"], data["remoteRef"]["property"], data["secretKey"])
            for data in spec.get("data", ())
        ]
        whole = [source["extract"]["key"] for source in spec.get("dataFrom", ())]
        if any(key != entry or name_there != here for key, name_there, here in found) or {*whole} - {entry}:
            yield f"{name}: reads another entry of the store"
        if spec["secretStoreRef"]["name"] not in manifests.kind("SecretStore"):
            yield f"{name}: no such store of secrets"


def unreadable_stores(manifests: Manifests) -> Iterator[str]:
    """Stores of secrets that are reached in the clear, or by an account that does not exist."""
    for name, found in manifests.kind("SecretStore").items():
        vault = found["spec"]["provider"].get("vault", {})
        account = vault.get("auth", {}).get("kubernetes", {}).get("serviceAccountRef", {}).get("name")
        if vault and (account not in manifests.kind("ServiceAccount") or not vault["server"].startswith("https://")):
            yield f"{name}: a store that is not reached, or in the clear"


def keys_of_secrets(manifests: Manifests) -> dict[str, set[str]]:
    """Name of a Secret -> its keys; `*` where they are not known beforehand."""
    keys: dict[str, set[str]] = {} if manifests.kind("ExternalSecret") else dict(_MADE_BY_HAND)
    for external in manifests.kind("ExternalSecret").values():
        spec = external["spec"]
        written = {entry["secretKey"] for entry in spec.get("data", ())}
        written |= set(spec["target"].get("template", {}).get("data", {}))
        keys[spec["target"]["name"]] = written | ({_ANY} if "dataFrom" in spec else set())
    for service in SERVICES:
        if database(service) in manifests.kind("Cluster"):
            keys |= {f"{database(service)}-app": {"uri"}, f"{database(service)}-ca": {"ca.crt"}}
    for certificate in manifests.kind("Certificate").values():
        keys[certificate["spec"]["secretName"]] = {"ca.crt", "tls.crt", "tls.key"}
    return keys


def _sources(workload: KubernetesWorkload) -> Iterator[Source]:
    for volume in workload.pod.get("volumes", ()):
        yield from _sources_of(volume)


def _sources_of(volume: Source) -> Iterator[Source]:
    if "secret" in volume:
        yield {"name": volume["secret"]["secretName"], "items": volume["secret"].get("items", ())}
    for source in volume.get("projected", {}).get("sources", ()):
        if "secret" in source:
            yield source["secret"]


def _files(workload: KubernetesWorkload, known: dict[str, set[str]]) -> set[str]:
    """Paths of secret files in the container, and of the directories they are in."""
    paths = {volume["mountPath"] for volume in workload.container.get("volumeMounts", ())}
    volumes = {volume["name"]: volume for volume in workload.pod.get("volumes", ())}
    for mount in workload.container.get("volumeMounts", ()):
        for source in _sources_of(volumes[mount["name"]]):
            names = {item["path"] for item in source.get("items", ())} or known.get(source["name"], set())
            paths |= {f"{mount['mountPath']}/{name}" for name in names}
    return paths


def _is_read(workload: KubernetesWorkload, setting: str) -> bool:
    """A job that migrates gets the settings of the service and reads its database only."""
    return workload.manifest["kind"] != "Job" or setting in {"CARNET_DATABASE_URL_FILE", "PGSSLROOTCERT"}
