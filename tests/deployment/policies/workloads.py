"""Deployments, jobs and disruption budgets: images, commands, probes, migrations, rollouts, evictions."""

import re
from collections.abc import Iterator
from inspect import getsource

from chassis.service import Service
from contracts.wiring import SERVICES
from deploy.k8s.connections import PROCESSES, migration
from gateway.api import health
from tests.deployment.manifests import KubernetesWorkload, Manifests
from tests.deployment.policies.settings import platform_deployments

_RELEASE = re.compile(r":([0-9]+\.[0-9]+\.[0-9]+|dev)(@sha256:[0-9a-f]{64})?$")
"""A release never moves; `dev` is what one machine has built itself."""
_FINISHES_SECONDS = 30
"""What every process is to be given between SIGTERM and SIGKILL."""
_SILENT_SECONDS = 30
"""How long a process may be busy without an answer."""
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
    """Processes that run something else than their name says, or a module that does not exist."""
    for workload in manifests.workloads():
        process, kind = workload.process, workload.manifest["kind"]
        expected = [["python", "-m", "gateway"]]
        if process in SERVICES:
            runs = {"Deployment": ["chassis.run", f"services.{process}.service"]}
            expected = [["python", "-m", *runs.get(kind, ["chassis.migrate", f"services.{process}"])]]
        named = workload.labels["app.kubernetes.io/name"] in {process, f"{process}-migration"}
        if process in PROCESSES and (workload.container.get("command") not in expected or not named):
            yield f"{workload.name}: another command"


def wrong_rollouts(manifests: Manifests) -> Iterator[str]:
    """Processes whose old pods go before new ones are ready, are cut off, or that may all be on one machine."""
    for workload in platform_deployments(manifests):
        strategy = workload.manifest["spec"].get("strategy", {})
        spread = {found["topologyKey"] for found in workload.pod.get("topologySpreadConstraints", ())}
        pause = workload.container.get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0)
        wrong = {
            "old pods go before new ones are ready": strategy.get("type", "RollingUpdate") != "RollingUpdate"
            or strategy.get("rollingUpdate", {}).get("maxUnavailable") != 0,
            "may all be in one place": not {"topology.kubernetes.io/zone", "kubernetes.io/hostname"} <= spread,
            "still sent requests when it stops": not pause,
            "killed while it finishes": workload.pod.get("terminationGracePeriodSeconds", 30)
            < pause + _FINISHES_SECONDS,
        }
        yield from (f"{workload.name}: {what}" for what, is_wrong in wrong.items() if is_wrong)


def wrong_probes(manifests: Manifests) -> Iterator[str]:
    """Paths that the process does not serve, and ports that it does not name."""
    for workload in platform_deployments(manifests):
        names = {port["name"] for port in workload.container["ports"]}
        for kind, path in (("liveness", "/health/live"), ("readiness", "/health/ready"), ("startup", "/health/live")):
            probe = workload.container.get(f"{kind}Probe", {}).get("httpGet", {})
            if probe.get("path") != path or path not in _PATHS or probe.get("port") not in names:
                yield f"{workload.name}: another path or port for its {kind}"
        alive = workload.container.get("livenessProbe", {})
        if alive.get("failureThreshold", 3) * alive.get("periodSeconds", 10) < _SILENT_SECONDS:
            yield f"{workload.name}: restarted because it is busy"


def without_migration(manifests: Manifests) -> Iterator[str]:
    """Services whose database nothing migrates, or an image of another release."""
    for service in SERVICES:
        tag = _tag(manifests.deployment(service))
        job = manifests.kind("Job").get(f"{migration(service)}-{tag.replace('.', '-')}")
        if (
            job is None
            or KubernetesWorkload(job).container["image"] != manifests.deployment(service).container["image"]
        ):
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


def _tag(workload: KubernetesWorkload) -> str:
    return str(workload.container["image"]).partition("@")[0].rpartition(":")[2]
