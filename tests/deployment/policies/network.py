"""The network: nothing is let through that no policy names, and only the ingress is reached from outside."""

from collections.abc import Iterator

from contracts.wiring import GATEWAY
from deploy.k8s.connections import OUTSIDE
from tests.deployment.manifests import Manifests, Workload

_FOR_ALL = {"default-deny", "dns"}
_PORT_OF = {"CARNET_SMTP_HOST": "CARNET_SMTP_PORT"}


def not_denied(manifests: Manifests) -> Iterator[str]:
    deny = manifests.kind("NetworkPolicy").get("default-deny", {"spec": {}})["spec"]
    if deny != {"podSelector": {}, "policyTypes": ["Ingress", "Egress"], "ingress": [], "egress": []}:
        yield "default-deny: lets something through"


def without_policy(manifests: Manifests) -> Iterator[str]:
    """Pods about which no policy but those for all says anything, and policies about no pod."""
    policies = {name: spec for name, spec in manifests.kind("NetworkPolicy").items() if name not in _FOR_ALL}
    for workload in manifests.workloads():
        if not any(workload.is_selected_by(policy["spec"]["podSelector"]) for policy in policies.values()):
            yield f"{workload.name}: no NetworkPolicy"


def published(manifests: Manifests) -> Iterator[str]:
    """Ports that are reached from outside the cluster, but through the ingress."""
    for name, service in manifests.kind("Service").items():
        if service["spec"].get("type", "ClusterIP") != "ClusterIP" or "externalIPs" in service["spec"]:
            yield f"{name}: the service is reached from outside"
    for workload in manifests.workloads():
        ports = workload.container.get("ports", ())
        if workload.pod.get("hostNetwork") or any("hostPort" in port for port in ports):
            yield f"{workload.name}: a port of the machine"
    for name, ingress in manifests.kind("Ingress").items():
        paths = [path for rule in ingress["spec"]["rules"] for path in rule["http"]["paths"]]
        if {path["backend"]["service"]["name"] for path in paths} != {GATEWAY} or not ingress["spec"].get("tls"):
            yield f"{name}: the ingress leads to another service, or is without TLS"


def broken_services(manifests: Manifests) -> Iterator[str]:
    """Services that no pod, or no port of a pod, stands behind."""
    for name, service in manifests.kind("Service").items():
        selector = {"matchLabels": service["spec"]["selector"]}
        behind = [found for found in manifests.workloads() if found.is_selected_by(selector)]
        ports = {port["name"] for workload in behind for port in workload.container["ports"]}
        if not {port["targetPort"] for port in service["spec"]["ports"]} <= ports:
            yield f"{name}: the service leads nowhere"


def closed_ports(manifests: Manifests) -> Iterator[str]:
    """Ports outside that a setting names and no policy lets the process reach."""
    for process, outside in OUTSIDE.items():
        workload = manifests.deployment(process)
        environment, opened = manifests.environment(workload), _ports_out(manifests, workload)
        for setting, usual in outside.items():
            if setting not in environment:
                continue
            _, _, port = environment[setting].rpartition(":")
            named = environment.get(_PORT_OF.get(setting, ""), port)
            if (int(named) if named.isdigit() else usual) not in opened:
                yield f"{process}: no policy lets it reach {setting}"


def _ports_out(manifests: Manifests, workload: Workload) -> set[int]:
    return {
        port["port"]
        for policy in manifests.kind("NetworkPolicy").values()
        if workload.is_selected_by(policy["spec"]["podSelector"])
        for rule in policy["spec"].get("egress", ())
        for port in rule["ports"]
    }
