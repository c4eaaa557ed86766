"""The network: what the wiring and the settings name can be reached, and nothing else."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from contracts.wiring import GATEWAY, SERVICES
from deploy.k8s.connections import BROKER, BROKER_PORT, DATABASE_PORT, OUTSIDE, PROCESSES, database, migration
from deploy.k8s.network_policies import network_policies
from tests.deployment.manifests import KubernetesWorkload, Manifests
from tests.deployment.policies.settings import of_workload
from tests.deployment.reachability import Place, Policies

Edge = tuple[str, str, int]

NAME = "app.kubernetes.io/name"
INTERNET, PRIVATE = Place("internet", address="203.0.113.10"), Place("private network", address="10.20.30.40")
RESOLVER = Place("resolver", {"k8s-app": "kube-dns"}, "kube-system")

_FOR_ALL = {"default-deny", "dns"}
_ADDRESS = re.compile(r"(https?://)?[a-z0-9][a-z0-9.-]*(:[0-9]+)?(/.*)?")
_OWN = {"CARNET_PUBLIC_URL", "CARNET_HTTP_ADDRESS", "CARNET_METRICS_ADDRESS"}
"""Addresses of the process itself."""
_BETWEEN_BROKERS, _BETWEEN_DATABASES = {4369, 15671, 25672}, {DATABASE_PORT, 8000}
_METRICS = {BROKER: 15691, **dict.fromkeys(PROCESSES, 9090), **{database(name): 9187 for name in SERVICES}}


def policies_of(manifests: Manifests) -> Policies:
    return Policies([found["spec"] for found in manifests.kind("NetworkPolicy").values()])


def without_policy(manifests: Manifests) -> Iterator[str]:
    """Pods about which no policy but those for all says anything."""
    policies = {name: spec for name, spec in manifests.kind("NetworkPolicy").items() if name not in _FOR_ALL}
    for workload in manifests.workloads():
        if not any(workload.is_selected_by(policy["spec"]["podSelector"]) for policy in policies.values()):
            yield f"{workload.name}: no NetworkPolicy"


def not_as_printed(manifests: Manifests) -> Iterator[str]:
    """Policies that an overlay has changed, left out or, in production, added: one side alone keeps nobody out."""
    printed = {policy["metadata"]["name"]: policy["spec"] for policy in network_policies()}
    found = {name: policy["spec"] for name, policy in manifests.kind("NetworkPolicy").items()}
    for name in sorted({*printed, *found} if manifests.is_production else printed):
        if found.get(name) != printed.get(name):
            yield f"{name}: another NetworkPolicy than follows from the wiring"


def between_pods(manifests: Manifests) -> Iterator[str]:
    """Connections within the platform that are needed and refused, or not needed and let through."""
    policies, places = policies_of(manifests), _places(manifests)
    needed = {edge for edge in _needed(manifests) if edge[0] in places and edge[1] in places}
    for source in places.values():
        for target in places.values():
            for port in policies.ports:
                is_open, is_needed = (
                    policies.let_through(source, target, port),
                    (source.name, target.name, port) in needed,
                )
                if is_open != is_needed:
                    found = "reaches" if is_open else "does not reach"
                    yield f"{source.name}: {found} {target.name} at port {port}"


def from_outside(manifests: Manifests) -> Iterator[str]:
    """Ports that another namespace or an address reaches, but those that it is there for."""
    policies, places = policies_of(manifests), _places(manifests)
    metrics = {(name, port) for name, port in _METRICS.items() if name in places}
    databases = {(database(name), port) for name in SERVICES for port in _BETWEEN_DATABASES}
    expected = {
        "haproxy-ingress": {(GATEWAY, 8080)},
        "monitoring": metrics,
        "keda": {(BROKER, BROKER_PORT)},
        "cnpg-system": databases,
        "rabbitmq-system": {(BROKER, port) for port in _BETWEEN_BROKERS},
        "default": set(),
    }
    outside = [*(Place(name, namespace=name) for name in expected), INTERNET, PRIVATE]
    for source in outside:
        reached = {
            (target.name, port)
            for target in places.values()
            for port in policies.ports
            if policies.let_through(source, target, port)
        }
        for target, port in sorted(reached ^ expected.get(source.name, set())):
            yield f"{source.name}: reaches {target} at port {port}, or should"


def to_outside(manifests: Manifests) -> Iterator[str]:
    """Addresses outside that a setting names and that are refused, and those that nothing names and are not."""
    policies, places = policies_of(manifests), _places(manifests)
    # What may be set; of operated servers also the API of the cluster and the store of backups.
    allowed = {name: set(OUTSIDE.get(name, {}).values()) for name in places} | {
        name: {443, 6443} for name in places if name == BROKER or name.endswith("-database")
    }
    for workload, setting, host, port in _addresses(manifests):
        source = places[workload.labels[NAME]]
        target = _outside(manifests, host)
        if target is not None and not policies.let_through(source, target, port):
            yield f"{workload.name}: no policy lets it reach {setting}"
    for name, place in places.items():
        reached = {port for port in policies.ports if policies.let_through(place, INTERNET, port)}
        if not reached <= allowed[name]:
            yield f"{name}: reaches the internet at {sorted(reached - allowed[name])}"
        if any(policies.let_through(place, PRIVATE, port) for port in policies.ports if port not in allowed[name]):
            yield f"{name}: reaches other machines of the private network"
        if not policies.let_through(place, RESOLVER, 53, "UDP"):
            yield f"{name}: no policy lets it resolve names"


def published(manifests: Manifests) -> Iterator[str]:
    """Ports that are reached from outside the cluster, but through the ingress."""
    for name, service in manifests.kind("Service").items():
        if service["spec"].get("type", "ClusterIP") != "ClusterIP" or "externalIPs" in service["spec"]:
            yield f"{name}: the service is reached from outside"
        if any(port["targetPort"] in {"metrics", 9090} for port in service["spec"]["ports"]):
            yield f"{name}: the service leads to the port of metrics"
    for workload in manifests.workloads():
        ports = workload.container.get("ports", ())
        if workload.pod.get("hostNetwork") or any("hostPort" in port for port in ports):
            yield f"{workload.name}: a port of the machine"


def broken_services(manifests: Manifests) -> Iterator[str]:
    """Services that no pod, or no port of a pod, stands behind."""
    for name, service in manifests.kind("Service").items():
        behind = _behind(manifests, name)
        ports = {port["name"] for workload in behind for port in workload.container["ports"]}
        if not {port["targetPort"] for port in service["spec"]["ports"]} <= ports:
            yield f"{name}: the service leads nowhere"


def addresses_within(manifests: Manifests) -> Iterator[str]:
    """Hosts without a dot, which only a Service can be, or ports that it does not have."""
    for workload, setting, host, port in _addresses(manifests):
        service = manifests.kind("Service").get(host)
        ports = {found["port"] for found in service["spec"]["ports"]} if service else set()
        if "." not in host and port not in ports:
            yield f"{workload.name}: {setting} names no Service with port {port}"


def _places(manifests: Manifests) -> dict[str, Place]:
    """Everything of the platform that runs in a pod, by its name."""
    pods = [workload.labels for workload in manifests.workloads()]
    pods += [{NAME: name} for name in manifests.kind("RabbitmqCluster")]
    named = {labels[NAME]: Place(labels[NAME], labels) for labels in pods}
    return named | {name: Place(name, {"cnpg.io/cluster": name}) for name in manifests.kind("Cluster")}


def _needed(manifests: Manifests) -> Iterator[Edge]:
    for process in PROCESSES:
        yield (process, BROKER, BROKER_PORT)
    for service in SERVICES:
        yield from ((name, database(service), DATABASE_PORT) for name in (service, migration(service)))
        yield from ((database(service), database(service), port) for port in _BETWEEN_DATABASES)
    yield from ((BROKER, BROKER, port) for port in _BETWEEN_BROKERS)
    for workload, _, host, port in _addresses(manifests):
        yield from ((workload.labels[NAME], found.labels[NAME], port) for found in _behind(manifests, host))


def _addresses(manifests: Manifests) -> Iterator[tuple[KubernetesWorkload, str, str, int]]:
    """Process, setting, host and port of whatever it connects to, defaults included."""
    for workload in manifests.workloads():
        environment = of_workload(manifests, workload)
        if workload.manifest["kind"] == "Deployment" and "CARNET_SMTP_HOST" in environment:
            smtp = environment["CARNET_SMTP_HOST"], int(environment["CARNET_SMTP_PORT"])
            yield (workload, "CARNET_SMTP_HOST", *smtp)
        for setting, value in environment.items():
            if setting not in _OWN and _ADDRESS.fullmatch(value):
                named = urlsplit(value if "//" in value else f"//{value}")
                port = named.port or {"https": 443, "http": 80}.get(named.scheme)
                if port and named.hostname:
                    yield workload, setting, named.hostname, port


def _outside(manifests: Manifests, host: str) -> Place | None:
    """What an address outside the platform stands for; None if it is of the platform."""
    if host in manifests.kind("Service") or "." not in host:
        return None
    if host.endswith(".svc"):
        return Place(host, namespace=host.split(".")[1])
    return INTERNET


def _behind(manifests: Manifests, service: str) -> list[KubernetesWorkload]:
    found = manifests.kind("Service").get(service)
    selector = {"matchLabels": found["spec"]["selector"]} if found else None
    return [workload for workload in manifests.workloads() if selector and workload.is_selected_by(selector)]
