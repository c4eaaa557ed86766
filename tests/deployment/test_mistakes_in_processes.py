"""Mistakes put into the manifests of production: settings, secrets, pods, rollouts, and something left out."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from tests.deployment.manifests import Manifest, Manifests
from tests.deployment.policies import findings

Change = Callable[[Manifests], None]


@pytest.fixture
def production() -> Manifests:
    return Manifests.of("production")


def sources_of(manifests: Manifests, process: str) -> list[dict[str, Any]]:
    """What its volume of secrets is projected from."""
    volume = next(found for found in manifests.deployment(process).pod["volumes"] if found["name"] == "secrets")
    sources: list[dict[str, Any]] = volume["projected"]["sources"]
    return sources


# ---- settings and secrets ------------------------------------------------------------


def _setting_that_does_not_exist(manifests: Manifests) -> None:
    manifests.settings_of("notify")["CARNET_SMTP_SERVER"] = "mail.example"


def _setting_left_out(manifests: Manifests) -> None:
    del manifests.settings_of("audit")["CARNET_JOURNAL_ORIGIN"]


def _setting_given_twice(manifests: Manifests) -> None:
    manifests.settings_of("documents")["CARNET_S3_REGION_FILE"] = "/run/secrets/carnet/s3-secret-key"


def _setting_of_another_type(manifests: Manifests) -> None:
    manifests.settings_of("audit")["CARNET_HEAD_SECONDS"] = "often"


def _secret_in_the_open(manifests: Manifests) -> None:
    settings = manifests.settings_of("documents")
    del settings["CARNET_S3_SECRET_KEY_FILE"]
    settings["CARNET_S3_SECRET_KEY"] = "in the open"


def _broker_in_the_clear(manifests: Manifests) -> None:
    settings = manifests.settings_of("every-process")
    del settings["CARNET_AMQP_URL_FILE"]
    settings["CARNET_AMQP_URL"] = "amqp://records:password@rabbitmq:5672/%2F"


def _broker_of_any_authority(manifests: Manifests) -> None:
    del manifests.settings_of("every-process")["CARNET_AMQP_CA_FILE"]


def _identities_of_tests(manifests: Manifests) -> None:
    manifests.settings_of("identity")["CARNET_TEST_IDENTITIES"] = "1"


def _everybody_is_the_ingress(manifests: Manifests) -> None:
    manifests.settings_of("gateway")["CARNET_TRUSTED_INGRESS"] = "10.0.0.0/8"


def _fewer_gateways_than_configured(manifests: Manifests) -> None:
    manifests.spec_of("HorizontalPodAutoscaler", "gateway")["minReplicas"] = 5


def _key_that_the_secret_lacks(manifests: Manifests) -> None:
    manifests.spec_of("ExternalSecret", "notify")["data"][-1]["secretKey"] = "twilio-token"


def _key_that_the_database_lacks(manifests: Manifests) -> None:
    source = next(found for found in sources_of(manifests, "records") if found["secret"]["name"].endswith("-app"))
    source["secret"]["items"][0]["key"] = "url"


def _secret_of_another(manifests: Manifests) -> None:
    sources_of(manifests, "notify").append({"secret": {"name": "documents"}})


def _secret_read_by_another(manifests: Manifests) -> None:
    remote = {"key": "carnet/documents", "property": "master.key", "decodingStrategy": "Base64"}
    manifests.spec_of("ExternalSecret", "notify")["data"].append({"secretKey": "master.key", "remoteRef": remote})


def _settings_of_another(manifests: Manifests) -> None:
    name = next(name for name in manifests.kind("ConfigMap") if name.startswith("audit-"))
    manifests.deployment("records").container["envFrom"].append({"configMapRef": {"name": name}})


# ---- pods and rollouts ------------------------------------------------------------


def _moving_tag(manifests: Manifests) -> None:
    manifests.deployment("gateway").container["image"] = "registry.example/carnet/gateway:latest"


def _two_releases(manifests: Manifests) -> None:
    manifests.deployment("gateway").container["image"] = "registry.example/carnet/gateway:0.2.0"


def _privileged_pod(manifests: Manifests) -> None:
    manifests.deployment("records").container["securityContext"]["privileged"] = True


def _second_container(manifests: Manifests) -> None:
    manifests.deployment("records").pod["containers"].append({"name": "debug", "image": "docker.io/library/busybox"})


def _less_memory_than_measured(manifests: Manifests) -> None:
    manifests.deployment("identity").container["resources"]["limits"]["memory"] = "384Mi"


def _volume_of_the_machine(manifests: Manifests) -> None:
    manifests.deployment("records").pod["volumes"].append({"name": "machine", "hostPath": {"path": "/"}})


def _unrestricted_namespace(manifests: Manifests) -> None:
    labels = manifests.kind("Namespace")["carnet"]["metadata"]["labels"]
    labels["pod-security.kubernetes.io/enforce"] = "baseline"


def _probe_on_a_wrong_path(manifests: Manifests) -> None:
    manifests.deployment("consent").container["readinessProbe"]["httpGet"]["path"] = "/healthz"


def _module_of_another_name(manifests: Manifests) -> None:
    manifests.deployment("consent").container["command"][-1] = "services.records.service"


def _old_pods_go_first(manifests: Manifests) -> None:
    """Then nothing serves until the migration has ended."""
    manifests.deployment("records").manifest["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"] = 1


def _migration_of_the_release_before(manifests: Manifests) -> None:
    job = manifests.kind("Job")["records-migration-0-1-0"]["spec"]["template"]["spec"]
    job["containers"][0]["image"] = "registry.example/carnet/records:0.0.9"


def _killed_too_early(manifests: Manifests) -> None:
    manifests.deployment("records").pod["terminationGracePeriodSeconds"] = 20


def _pods_in_one_place(manifests: Manifests) -> None:
    del manifests.deployment("records").pod["topologySpreadConstraints"]


def _budget_that_lets_no_pod_go(manifests: Manifests) -> None:
    manifests.spec_of("PodDisruptionBudget", "identity")["maxUnavailable"] = 0


def _budget_for_nobody(manifests: Manifests) -> None:
    selector = {"matchLabels": {"app.kubernetes.io/name": "identities"}}
    manifests.spec_of("PodDisruptionBudget", "identity")["selector"] = selector


def _processor_of_nobody(manifests: Manifests) -> None:
    manifests.spec_of("HorizontalPodAutoscaler", "gateway")["scaleTargetRef"]["name"] = "gateways"


def _queue_that_does_not_exist(manifests: Manifests) -> None:
    trigger = manifests.spec_of("ScaledObject", "audit")["triggers"][-1]
    trigger["metadata"]["queueName"] = "audit.entry_written"


def _one_pod_alone(manifests: Manifests) -> None:
    manifests.spec_of("ScaledObject", "audit")["minReplicaCount"] = 1


def _scaler_with_the_rights_of_a_service(manifests: Manifests) -> None:
    manifests.spec_of("TriggerAuthentication", "broker")["secretTargetRef"][0]["name"] = "records"


MISTAKES: dict[str, Change] = {
    "notify: no such setting: CARNET_SMTP_SERVER": _setting_that_does_not_exist,
    "audit: not set: CARNET_JOURNAL_ORIGIN": _setting_left_out,
    "documents: given twice: CARNET_S3_REGION": _setting_given_twice,
    "audit: CARNET_HEAD_SECONDS: Expected": _setting_of_another_type,
    "documents-": _secret_in_the_open,
    "every-process-": _broker_in_the_clear,
    "gateway: the broker is not made sure of": _broker_of_any_authority,
    "identity: CARNET_TEST_IDENTITIES is not for production": _identities_of_tests,
    "gateway: CARNET_TRUSTED_INGRESS is missing or a wide network": _everybody_is_the_ingress,
    "gateway: CARNET_GATEWAYS is 2": _fewer_gateways_than_configured,
    "notify: CARNET_TWILIO_AUTH_TOKEN_FILE names": _key_that_the_secret_lacks,
    "records: secret records-database-app has no url": _key_that_the_database_lacks,
    "notify: mounts the secret documents": _secret_of_another,
    "notify: reads another entry of the store": _secret_read_by_another,
    "records: reads the ConfigMap audit-": _settings_of_another,
    "gateway: registry.example/carnet/gateway:latest is no release": _moving_tag,
    "several releases at once: 0.1.0, 0.2.0": _two_releases,
    "records: may gain privileges": _privileged_pod,
    "records: is not alone": _second_container,
    "identity: 384Mi of memory are less": _less_memory_than_measured,
    "records: the volume machine": _volume_of_the_machine,
    "namespace: pods are not restricted": _unrestricted_namespace,
    "consent: another path or port for its readiness": _probe_on_a_wrong_path,
    "consent: another command": _module_of_another_name,
    "records: old pods go before new ones are ready": _old_pods_go_first,
    "records: no migration of its release": _migration_of_the_release_before,
    "records: killed while it finishes": _killed_too_early,
    "records: may all be in one place": _pods_in_one_place,
    "identity: its disruption budget lets no pod go": _budget_that_lets_no_pod_go,
    "identity: no disruption budget": _budget_for_nobody,
    "gateway: not scaled": _processor_of_nobody,
    "audit: scaled by audit.entry_written": _queue_that_does_not_exist,
    "audit: one pod may be all": _one_pod_alone,
    "broker: not the user of the scaler": _scaler_with_the_rights_of_a_service,
}
"""How the finding begins -> the mistake."""


@pytest.mark.parametrize("begins", MISTAKES, ids=[change.__name__.strip("_") for change in MISTAKES.values()])
def test_a_mistake_in_what_only_this_platform_knows(begins: str, production: Manifests) -> None:
    MISTAKES[begins](production)
    assert [finding for finding in findings(production) if finding.startswith(begins)] != []


@pytest.mark.parametrize(
    ("kind", "name", "finding"),
    [
        ("NetworkPolicy", "records", "records: no NetworkPolicy"),
        ("NetworkPolicy", "dns", "records: no policy lets it resolve names"),
        ("Job", "records-migration-0-1-0", "records: no migration of its release"),
        ("PodDisruptionBudget", "records", "records: no disruption budget"),
        ("PodDisruptionBudget", "rabbitmq", "rabbitmq: no disruption budget"),
        ("ScaledObject", "records", "records: not scaled"),
        ("HorizontalPodAutoscaler", "gateway", "gateway: not scaled"),
        ("Cluster", "records-database", "records: no database"),
        ("ScheduledBackup", "records-database", "records: no base backup"),
        ("RabbitmqCluster", "rabbitmq", "rabbitmq: no broker"),
        ("Ingress", "gateway", "no ingress"),
    ],
)
def test_something_left_out(kind: str, name: str, finding: str, production: Manifests) -> None:
    assert finding in findings(production.without(kind, name))


@pytest.mark.parametrize(
    ("version", "kind"),
    [("v1", "Secret"), ("rbac.authorization.k8s.io/v1", "ClusterRoleBinding"), ("keda.sh/v1", "ScaledObject")],
)
def test_an_object_of_a_kind_that_nobody_expects(version: str, kind: str, production: Manifests) -> None:
    added: Manifest = {"apiVersion": version, "kind": kind, "metadata": {"name": "new", "namespace": "carnet"}}
    spec = {"spec": {"triggers": [], "scaleTargetRef": {"name": "new"}, "minReplicaCount": 2, "maxReplicaCount": 2}}
    assert f"{kind}/new: no known kind of {version}" in findings(production.with_also(added | spec))


def test_a_new_service_without_policy_and_budget(production: Manifests) -> None:
    agenda = deepcopy(production.deployment("consent").manifest)
    agenda["metadata"]["name"] = "agenda"
    agenda["spec"]["template"]["metadata"]["labels"]["app.kubernetes.io/name"] = "agenda"
    found = findings(production.with_also(agenda))
    assert {"agenda: no NetworkPolicy", "agenda: no disruption budget", "agenda: another command"} <= set(found)
