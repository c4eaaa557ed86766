"""Pods: Pod Security "restricted", and what it leaves open; where their settings come from."""

from collections.abc import Iterator
from typing import Any

from deploy.k8s.connections import PROCESSES
from tests.deployment.manifests import KubernetesWorkload, Manifests
from tests.deployment.policies.settings import platform_deployments
from tests.deployment.reachability import NAMESPACE

_HOST = ("hostNetwork", "hostPID", "hostIPC", "serviceAccountName", "shareProcessNamespace")
_VOLUMES = ("secret", "projected", "configMap", "emptyDir")
_READABLE_BY_ITS_GROUP = 0o440
_MADE_BY_HAND = {"card-authorities-cps", "card-authorities-vitale"}
MEASURED_MB = {
    **dict.fromkeys(("records", "consent", "audit"), 92),
    "gateway": 110,
    "identity": 427,
    "documents": 103 + 2 * 144,
    "notify": 98,
}
"""The highest seen: docs/operations.md."""
ROOM = 1.25
_FOR_ALL = {"every-process", "every-service"}


def unrestricted(manifests: Manifests) -> Iterator[str]:
    """Pods that an API server would refuse, or that may more than they need."""
    for workload in manifests.workloads():
        pod, container = workload.pod, workload.container
        security = pod.get("securityContext", {}) | container.get("securityContext", {})
        wrong = {
            "may be root": security.get("runAsNonRoot") is not True or not security.get("runAsUser"),
            "has no seccomp profile": security.get("seccompProfile") != {"type": "RuntimeDefault"},
            "may gain privileges": security.get("allowPrivilegeEscalation") is not False or "privileged" in security,
            "has capabilities": security.get("capabilities") != {"drop": ["ALL"]},
            "writes to its root": security.get("readOnlyRootFilesystem") is not True,
            "writes nowhere": "/tmp" not in {mount["mountPath"] for mount in container.get("volumeMounts", ())},
            "has a token": pod.get("automountServiceAccountToken") is not False,
            "has variables of Services": pod.get("enableServiceLinks") is not False,
            "is not alone": len(pod["containers"]) != 1 or "initContainers" in pod,
            "is close to its machine": any(pod.get(field) for field in _HOST),
            "has no limits": not _has_resources(container),
        }
        yield from (f"{workload.name}: {what}" for what, is_wrong in wrong.items() if is_wrong)


def unsafe_volumes(manifests: Manifests) -> Iterator[str]:
    """Volumes of the machine, without a limit, or with secrets that anybody in the container reads."""
    for workload in manifests.workloads():
        for volume in workload.pod.get("volumes", ()):
            kinds = set(volume) - {"name"}
            if volume.get("configMap", {}).get("name", "card-authorities-cps") not in _MADE_BY_HAND:
                yield f"{workload.name}: no ConfigMap {volume['configMap']['name']}"
            modes = [volume[kind].get("defaultMode") for kind in ("secret", "projected") if kind in volume]
            if not kinds <= set(_VOLUMES) or ("emptyDir" in volume and "sizeLimit" not in volume["emptyDir"]):
                yield f"{workload.name}: the volume {volume['name']}"
            if any(mode != _READABLE_BY_ITS_GROUP for mode in modes):
                yield f"{workload.name}: the volume {volume['name']} can be read by others"


def too_little_memory(manifests: Manifests) -> Iterator[str]:
    """Limits under which a process that was measured would be killed."""
    for workload in platform_deployments(manifests):
        limit = str(workload.container["resources"].get("limits", {}).get("memory", "0Mi"))
        megabytes = int(limit.removesuffix("Mi")) * 1.048576 if limit.endswith("Mi") else 0
        if megabytes < MEASURED_MB[workload.process] * ROOM:
            yield f"{workload.name}: {limit} of memory are less than it was seen to need"


def settings_from_elsewhere(manifests: Manifests) -> Iterator[str]:
    """Variables that do not come from a ConfigMap for all or of the process itself."""
    maps = manifests.kind("ConfigMap")
    for workload in manifests.workloads():
        if workload.container.get("env") or any("configMapRef" not in found for found in _sources(workload)):
            yield f"{workload.name}: variables that are in no ConfigMap"
        for name in [found["configMapRef"]["name"] for found in _sources(workload) if "configMapRef" in found]:
            allowed = {*_FOR_ALL, workload.process}
            if name not in maps or (workload.process in PROCESSES and name.rpartition("-")[0] not in allowed):
                yield f"{workload.name}: reads the ConfigMap {name}"


def wrong_ports(manifests: Manifests) -> Iterator[str]:
    """Ports that the manifests name and the process does not listen on, or on the loopback interface only."""
    for workload in platform_deployments(manifests):
        environment = manifests.environment(workload)
        ports = {port["name"]: port["containerPort"] for port in workload.container["ports"]}
        for name in ("http", "metrics"):
            listening = environment.get(f"CARNET_{name.upper()}_ADDRESS", "0.0.0.0:8080")
            if listening != f"0.0.0.0:{ports.get(name)}":
                yield f"{workload.name}: does not listen on its port {name}"


def namespaces(manifests: Manifests) -> Iterator[str]:
    """Objects of another namespace, and a namespace that takes pods which are not restricted."""
    labels = manifests.kind("Namespace").get(NAMESPACE, {"metadata": {"labels": {}}})["metadata"]["labels"]
    if labels.get("pod-security.kubernetes.io/enforce") != "restricted":
        yield "namespace: pods are not restricted"
    for found in manifests.all:
        if found["kind"] != "Namespace" and found["metadata"].get("namespace") != NAMESPACE:
            yield f"{found['metadata']['name']}: in another namespace"


def _has_resources(container: dict[str, Any]) -> bool:
    resources = container.get("resources", {})
    return all({"cpu", "memory"} <= resources.get(kind, {}).keys() for kind in ("requests", "limits"))


def _sources(workload: KubernetesWorkload) -> list[dict[str, Any]]:
    sources: list[dict[str, Any]] = workload.container.get("envFrom", [])
    return sources
