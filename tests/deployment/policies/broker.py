"""RabbitMQ: a quorum, TLS only, and the users and queues that the platform's keys define."""

from collections.abc import Iterator

from deploy.k8s.connections import BROKER
from tests.deployment.manifests import Manifest, Manifests
from tests.deployment.policies.secrets import keys_of_secrets
from tests.deployment.reachability import NAMESPACE

_QUORUM = 3
_NAMES = {BROKER, f"{BROKER}.{NAMESPACE}.svc"}
"""Under which processes, and a scaler in another namespace, reach it."""


def without_quorum(manifests: Manifests) -> Iterator[str]:
    """Nodes whose majority does not survive one of them, or that may be on one machine."""
    for name, found in manifests.kind("RabbitmqCluster").items():
        nodes, affinity = found["spec"].get("replicas", 1), found["spec"].get("affinity", {})
        if manifests.is_production and (nodes < _QUORUM or nodes % 2 == 0):
            yield f"{name}: {nodes} nodes are no quorum without one"
        rules = affinity.get("podAntiAffinity", {}).get("requiredDuringSchedulingIgnoredDuringExecution", ())
        if "kubernetes.io/hostname" not in {rule["topologyKey"] for rule in rules}:
            yield f"{name}: its nodes may be on one machine"
        if found["spec"]["persistence"]["storage"] in {"0", "0Gi"}:
            yield f"{name}: its messages are in memory only"
        budgets = [budget["spec"]["selector"] for budget in manifests.kind("PodDisruptionBudget").values()]
        if {"matchLabels": {"app.kubernetes.io/name": name}} not in budgets:
            yield f"{name}: no disruption budget"
    if BROKER not in manifests.kind("RabbitmqCluster"):
        yield f"{BROKER}: no broker"


def without_tls(manifests: Manifests) -> Iterator[str]:
    """A broker that is reached in the clear, from outside, or under a name that its certificate does not have."""
    for name, found in manifests.kind("RabbitmqCluster").items():
        tls = found["spec"].get("tls", {})
        if not tls.get("disableNonTLSListeners"):
            yield f"{name}: reached in the clear"
        if found["spec"].get("service", {}).get("type", "ClusterIP") != "ClusterIP":
            yield f"{name}: reached from outside"
        certificates = [made["spec"] for made in manifests.kind("Certificate").values()]
        own = [spec for spec in certificates if spec["secretName"] == tls.get("secretName")]
        if not own or not set(own[0]["dnsNames"]) >= _NAMES:
            yield f"{name}: no certificate for its name"
    for name, found in manifests.kind("Certificate").items():
        if found["spec"]["issuerRef"]["name"] not in manifests.kind("Issuer"):
            yield f"{name}: nobody issues this certificate"


def without_definitions(manifests: Manifests) -> Iterator[str]:
    """A broker without the users, permissions and queues of the platform, or with a user that everybody knows."""
    known = keys_of_secrets(manifests)
    for name, found in manifests.kind("RabbitmqCluster").items():
        lines = [line.partition("=") for line in found["spec"]["rabbitmq"]["additionalConfig"].splitlines()]
        settings = {key.strip(): value.strip() for key, _, value in lines if not key.startswith("#")}
        if settings.get("load_definitions") not in _mounted(found, known):
            yield f"{name}: its definitions are not mounted"
        if {"loopback_users", "loopback_users.guest", "default_user", "default_pass"} & settings.keys():
            yield f"{name}: a user that everybody knows"


def _mounted(broker: Manifest, known: dict[str, set[str]]) -> set[str]:
    """Paths of secret files in the container of the broker."""
    pod = broker["spec"]["override"]["statefulSet"]["spec"]["template"]["spec"]
    secrets = {volume["name"]: volume["secret"]["secretName"] for volume in pod["volumes"]}
    mounts = {mount["mountPath"]: secrets[mount["name"]] for mount in pod["containers"][0]["volumeMounts"]}
    return {f"{path}/{key}" for path, secret in mounts.items() for key in known.get(secret, set())}
