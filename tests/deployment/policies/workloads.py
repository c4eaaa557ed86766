"""Deployments, jobs and disruption budgets: images, commands, probes, migrations, evictions."""

import re
from collections.abc import Iterator
from inspect import getsource

from chassis.service import Service
from contracts.wiring import SERVICES
from deploy.dev.bootstrap import CHECKOUT
from deploy.k8s.connections import PROCESSES, migration
from gateway.api import health
from tests.deployment.manifests import Manifests, Workload
from tests.deployment.policies.settings import platform_deployments

_RELEASE = re.compile(r":([0-9]+\.[0-9]+\.[0-9]+|dev)(@sha256:[0-9a-f]{64})?$")
"""A release never moves; `dev` is what one machine has built itself."""
_PATHS = set(re.findall(r'"(/health/\w+)"', getsource(Service))) & set(
    re.findall(r'"(/health/\w+)"', getsource(health))
)


def unsafe_images(manifests: Manifests) -> Iterator[str]:
    for workload in manifests.workloads():
        image = str(workload.container["image"])
        if workload.process in PROCESSES and not _RELEASE.search(image):
            yield f"{workload.name}: {image} is no release"
    tags = {_tag(workload) for workload in platform_deployments(manifests)}
    if len(tags) > 1:
        yield f"several releases at once: {', '.join(sorted(tags))}"


def wrong_commands(manifests: Manifests) -> Iterator[str]:
    """Modules that do not exist."""
    for workload in manifests.workloads():
        command = workload.container.get("command", ())
        if workload.process in PROCESSES and command[:2] != ["python", "-m"]:
            yield f"{workload.name}: another command"
        for module in command[2:] if workload.process in PROCESSES else ():
            if not _exists(module):
                yield f"{workload.name}: no module {module}"


def wrong_probes(manifests: Manifests) -> Iterator[str]:
    """Paths that the process does not serve, and ports that it does not name."""
    for workload in platform_deployments(manifests):
        names = {port["name"] for port in workload.container["ports"]}
        for kind, path in (("liveness", "/health/live"), ("readiness", "/health/ready"), ("startup", "/health/live")):
            asked = workload.container.get(f"{kind}Probe", {}).get("httpGet", {})
            if asked.get("path") != path or path not in _PATHS or asked.get("port") not in names:
                yield f"{workload.name}: its {kind} is asked elsewhere"


def without_migration(manifests: Manifests) -> Iterator[str]:
    """Services whose database nothing migrates, or an image of another release."""
    for service in SERVICES:
        tag = _tag(manifests.deployment(service))
        job = manifests.kind("Job").get(f"{migration(service)}-{tag.replace('.', '-')}")
        if job is None or Workload(job).container["image"] != manifests.deployment(service).container["image"]:
            yield f"{service}: no migration of its release"


def unevictable(manifests: Manifests) -> Iterator[str]:
    """Disruption budgets that no machine can be emptied under, and processes without one."""
    budgets = manifests.kind("PodDisruptionBudget")
    for name, budget in budgets.items():
        if budget["spec"].get("maxUnavailable", 0) in {0, "0%"}:
            yield f"{name}: its disruption budget lets no pod go"
    for workload in platform_deployments(manifests):
        if not any(workload.is_selected_by(budget["spec"]["selector"]) for budget in budgets.values()):
            yield f"{workload.name}: no disruption budget"


def service_links(manifests: Manifests) -> Iterator[str]:
    """Pods with a variable for every Service: that of a Service `carnet-x` would be taken for a setting."""
    for workload in manifests.workloads():
        if workload.pod.get("enableServiceLinks", True):
            yield f"{workload.name}: variables of Services"


def _exists(module: str) -> bool:
    path = CHECKOUT / module.replace(".", "/")
    return path.is_dir() or path.with_suffix(".py").exists()


def _tag(workload: Workload) -> str:
    return str(workload.container["image"]).partition("@")[0].rpartition(":")[2]
