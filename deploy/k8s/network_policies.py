"""NetworkPolicies: nothing is let through but what `connections` names."""

from collections.abc import Iterator, Sequence
from typing import Any

from contracts.wiring import GATEWAY, SERVICES
from deploy.k8s.connections import (
    BROKER,
    BROKER_PORT,
    DATA_PLANE,
    DATABASE_PORT,
    HTTP_PORT,
    METRICS_PORT,
    NEIGHBOURS,
    OUTSIDE,
    PROCESSES,
    database,
    migration,
)

Manifest = dict[str, Any]

INGRESS_NAMESPACE = "haproxy-ingress"
MONITORING_NAMESPACE = "monitoring"
_SCALER_NAMESPACE = "keda"
_DATABASE_OPERATOR, _BROKER_OPERATOR = "cnpg-system", "rabbitmq-system"
_NAME, _CLUSTER = "app.kubernetes.io/name", "cnpg.io/cluster"

_BETWEEN_BROKERS = (4369, 15671, 25672)
_DATABASE_STATUS, _DATABASE_METRICS, _BROKER_METRICS = 8000, 9187, 15691
_PRIVATE = ("10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16")


def network_policies() -> Iterator[Manifest]:
    """Every policy of the namespace, the refusal of all else first."""
    yield _policy("default-deny", {}, ingress=[], egress=[])
    yield _policy("dns", {}, egress=[_dns()])
    yield from (_of_process(process) for process in PROCESSES)
    yield from (_of_migration(service) for service in SERVICES)
    yield from (_of_database(service) for service in SERVICES)
    yield _of_broker()


def _of_process(process: str) -> Manifest:
    ingress = [_rule("from", [_namespace(MONITORING_NAMESPACE)], METRICS_PORT)]
    if process == GATEWAY:
        ingress.append(_rule("from", [_namespace(INGRESS_NAMESPACE)], HTTP_PORT))
    callers = [caller for caller, called in DATA_PLANE.items() if process in called]
    if callers:
        ingress.append(_rule("from", list(map(_pods, callers)), HTTP_PORT))
    egress = [_rule("to", [_pods(BROKER)], BROKER_PORT)]
    if process in SERVICES:
        egress.append(_rule("to", [_database_pods(process)], DATABASE_PORT))
    if process in DATA_PLANE:
        egress.append(_rule("to", list(map(_pods, DATA_PLANE[process])), HTTP_PORT))
    for namespace, port in NEIGHBOURS.get(process, {}).values():
        egress.append(_rule("to", [_namespace(namespace)], port))
    if process in OUTSIDE:
        egress.append(_rule("to", [_public()], *sorted(set(OUTSIDE[process].values()))))
    return _policy(process, {_NAME: process}, ingress=ingress, egress=egress)


def _of_migration(service: str) -> Manifest:
    egress = [_rule("to", [_database_pods(service)], DATABASE_PORT)]
    return _policy(migration(service), {_NAME: migration(service)}, ingress=[], egress=egress)


def _of_database(service: str) -> Manifest:
    members = _database_pods(service)
    clients = [_pods(service), _pods(migration(service))]
    return _policy(
        database(service),
        {_CLUSTER: database(service)},
        ingress=[
            _rule("from", clients, DATABASE_PORT),
            _rule("from", [members, _namespace(_DATABASE_OPERATOR)], DATABASE_PORT, _DATABASE_STATUS),
            _rule("from", [_namespace(MONITORING_NAMESPACE)], _DATABASE_METRICS),
        ],
        egress=[_rule("to", [members], DATABASE_PORT, _DATABASE_STATUS), _to_api_and_store()],
    )


def _of_broker() -> Manifest:
    return _policy(
        BROKER,
        {_NAME: BROKER},
        ingress=[
            _rule("from", [*map(_pods, PROCESSES), _namespace(_SCALER_NAMESPACE)], BROKER_PORT),
            _rule("from", [_pods(BROKER), _namespace(_BROKER_OPERATOR)], *_BETWEEN_BROKERS),
            _rule("from", [_namespace(MONITORING_NAMESPACE)], _BROKER_METRICS),
        ],
        egress=[_rule("to", [_pods(BROKER)], *_BETWEEN_BROKERS), _to_api_and_store()],
    )


def _to_api_and_store() -> Manifest:
    """The cluster's API, whose address differs from one cluster to the next, and the store of backups."""
    return _rule("to", [{"ipBlock": {"cidr": "0.0.0.0/0"}}], 443, 6443)


def _dns() -> Manifest:
    resolver = _namespace("kube-system") | {"podSelector": {"matchLabels": {"k8s-app": "kube-dns"}}}
    return {"to": [resolver], "ports": [{"protocol": protocol, "port": 53} for protocol in ("UDP", "TCP")]}


def _public() -> Manifest:
    """Addresses on the internet: not the cluster's own, nor the metadata of a cloud."""
    return {"ipBlock": {"cidr": "0.0.0.0/0", "except": list(_PRIVATE)}}


def _rule(direction: str, peers: Sequence[Manifest], *ports: int) -> Manifest:
    return {direction: list(peers), "ports": [{"protocol": "TCP", "port": port} for port in ports]}


def _pods(name: str) -> Manifest:
    return {"podSelector": {"matchLabels": {_NAME: name}}}


def _database_pods(service: str) -> Manifest:
    return {"podSelector": {"matchLabels": {_CLUSTER: database(service)}}}


def _namespace(name: str) -> Manifest:
    return {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": name}}}


def _policy(name: str, pods: dict[str, str], **rules: list[Manifest]) -> Manifest:
    """A policy for pods with these labels; a direction with no rule lets nothing through."""
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": name},
        "spec": {
            "podSelector": {"matchLabels": pods} if pods else {},
            "policyTypes": [direction.capitalize() for direction in rules],
            **rules,
        },
    }
