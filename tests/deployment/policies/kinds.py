"""Kinds of objects: those that somebody has thought about, in the versions whose schemas are checked."""

from collections.abc import Iterator

from tests.deployment.manifests import Manifests

KINDS = {
    **dict.fromkeys(("Namespace", "ConfigMap", "Service", "ServiceAccount"), "v1"),
    "Deployment": "apps/v1",
    "Job": "batch/v1",
    "PodDisruptionBudget": "policy/v1",
    "HorizontalPodAutoscaler": "autoscaling/v2",
    **dict.fromkeys(("NetworkPolicy", "Ingress"), "networking.k8s.io/v1"),
    **dict.fromkeys(("Cluster", "ScheduledBackup"), "postgresql.cnpg.io/v1"),
    "ObjectStore": "barmancloud.cnpg.io/v1",
    "RabbitmqCluster": "rabbitmq.com/v1beta1",
    **dict.fromkeys(("ScaledObject", "TriggerAuthentication"), "keda.sh/v1alpha1"),
    **dict.fromkeys(("ExternalSecret", "SecretStore"), "external-secrets.io/v1"),
    **dict.fromkeys(("Certificate", "Issuer"), "cert-manager.io/v1"),
}
"""No Secret: what is in a manifest is in the repository. No rights in the cluster: no process asks its API."""


def unexpected(manifests: Manifests) -> Iterator[str]:
    for found in manifests.all:
        if KINDS.get(found["kind"]) != found["apiVersion"]:
            yield f"{found['kind']}/{found['metadata']['name']}: no known kind of {found['apiVersion']}"
