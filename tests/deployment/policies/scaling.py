"""How many pods run: queues and processors by which they are scaled, and who reads the queues' lengths."""

from collections.abc import Iterator

from chassis.broker_permissions import SCALING, queues_of
from contracts.wiring import GATEWAY, SERVICES
from tests.deployment.manifests import Manifests
from tests.deployment.policies.secrets import keys_of_secrets
from tests.deployment.policies.settings import platform_deployments

_FEWEST = 2
"""Pods of a process in production: one may be away."""


def wrong_queues(manifests: Manifests) -> Iterator[str]:
    """Queues that do not exist, or do not scale the service that empties them."""
    scaled = manifests.kind("ScaledObject")
    for name, found in scaled.items():
        triggers = [trigger["metadata"] for trigger in found["spec"]["triggers"] if trigger["type"] == "rabbitmq"]
        target = found["spec"]["scaleTargetRef"]["name"]
        expected = set(queues_of(target)) if target in SERVICES else set()
        for queue in sorted({trigger["queueName"] for trigger in triggers} ^ expected):
            yield f"{name}: scaled by {queue}, or not scaled by it"
        if found["spec"]["maxReplicaCount"] <= found["spec"]["minReplicaCount"]:
            yield f"{name}: scaled to no more pods"
        if target != name or target not in manifests.kind("Deployment"):
            yield f"{name}: scales {target}"


def not_scaled(manifests: Manifests) -> Iterator[str]:
    """Processes that nothing scales, two things scale, a fixed number stands against, or that may be alone."""
    objects, processors = manifests.kind("ScaledObject"), manifests.kind("HorizontalPodAutoscaler")
    by_queues = [
        (found["spec"]["scaleTargetRef"]["name"], found["spec"]["minReplicaCount"]) for found in objects.values()
    ]
    by_processor = [
        (found["spec"]["scaleTargetRef"]["name"], found["spec"]["minReplicas"]) for found in processors.values()
    ]
    if manifests.is_production:
        for process, scalers in {GATEWAY: by_processor, **dict.fromkeys(SERVICES, by_queues)}.items():
            if [name for name, _ in (*by_queues, *by_processor)].count(process) != 1 or process not in dict(scalers):
                yield f"{process}: not scaled"
        yield from (f"{name}: one pod may be all" for name, fewest in (*by_queues, *by_processor) if fewest < _FEWEST)
        for workload in platform_deployments(manifests):
            if "replicas" in workload.manifest["spec"]:
                yield f"{workload.name}: another apply undoes its scaling"


def wrong_authentication(manifests: Manifests) -> Iterator[str]:
    """Triggers without the secret of the scaler's own user at the broker, or with that of another."""
    known, logins = keys_of_secrets(manifests), manifests.kind("TriggerAuthentication")
    for name, found in manifests.kind("ScaledObject").items():
        for trigger in found["spec"]["triggers"]:
            login = trigger.get("authenticationRef", {}).get("name")
            if trigger["type"] == "rabbitmq" and login not in logins:
                yield f"{name}: logs in by {login}, which does not exist"
    for name, found in logins.items():
        references = {reference["parameter"]: reference for reference in found["spec"]["secretTargetRef"]}
        if references.get("host", {}).get("name") != SCALING or references.keys() != {"host", "tls", "ca"}:
            yield f"{name}: not the user of the scaler, over TLS"
        for reference in references.values():
            if reference["key"] not in known.get(reference["name"], set()):
                yield f"{name}: secret {reference['name']} has no {reference['key']}"
