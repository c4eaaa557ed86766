"""Mistakes put into the manifests of production, one by one: each is found."""

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.deployment.manifests import Manifests
from tests.deployment.policies import findings
from tests.deployment.validators import SCHEMAS, faults_of_checkov, faults_of_custom_resources, faults_of_kubernetes

Change = Callable[[Manifests], None]


@pytest.fixture
def production() -> Manifests:
    return Manifests.of("production")


@pytest.fixture
def written(tmp_path: Path) -> Callable[[Manifests], Path]:
    def write(manifests: Manifests) -> Path:
        file = tmp_path / "production.yaml"
        file.write_text(manifests.text())
        return file

    return write


def settings_of(manifests: Manifests, process: str) -> dict[str, str]:
    """The variables of its own ConfigMap."""
    found = next(found for name, found in manifests.kind("ConfigMap").items() if name.startswith(f"{process}-"))
    data: dict[str, str] = found["data"]
    return data


# ---- what general validators find ------------------------------------------------------------


def test_a_typing_error_in_a_field(production: Manifests, written: Callable[[Manifests], Path]) -> None:
    container = production.deployment("records").container
    container["livenessprobe"] = container.pop("livenessProbe")
    assert any("livenessprobe" in fault for fault in faults_of_kubernetes(written(production)))


@pytest.mark.skipif(not SCHEMAS.exists(), reason="the operators' schemas are not beside the checkout")
@pytest.mark.parametrize(
    ("kind", "name", "field"),
    [
        ("Cluster", "records-database", "instance"),
        ("RabbitmqCluster", "rabbitmq", "replica"),
        ("ScaledObject", "records", "maxReplicas"),
    ],
)
def test_a_typing_error_in_a_custom_resource(
    kind: str, name: str, field: str, production: Manifests, written: Callable[[Manifests], Path]
) -> None:
    production.kind(kind)[name]["spec"][field] = 3
    assert any(f"'{field}'" in fault for fault in faults_of_custom_resources(written(production)))


def _without_limits(container: dict[str, Any], _pod: dict[str, Any]) -> None:
    del container["resources"]["limits"]


def _as_root(_container: dict[str, Any], pod: dict[str, Any]) -> None:
    pod["securityContext"] |= {"runAsUser": 0, "runAsNonRoot": False}


def _writable_root(container: dict[str, Any], _pod: dict[str, Any]) -> None:
    container["securityContext"]["readOnlyRootFilesystem"] = False


def _with_a_token(_container: dict[str, Any], pod: dict[str, Any]) -> None:
    pod["automountServiceAccountToken"] = True


def _with_capabilities(container: dict[str, Any], _pod: dict[str, Any]) -> None:
    container["securityContext"]["capabilities"] = {"add": ["NET_ADMIN"]}


UNSAFE = {
    "CKV_K8S_13": _without_limits,
    "CKV_K8S_23": _as_root,
    "CKV_K8S_22": _writable_root,
    "CKV_K8S_38": _with_a_token,
    "CKV_K8S_37": _with_capabilities,
}


@pytest.fixture(scope="module")
def found_in_unsafe(tmp_path_factory: pytest.TempPathFactory) -> set[tuple[str, str]]:
    """(file, check): checkov starts once for all, each mistake is in a file of its own."""
    folder = tmp_path_factory.mktemp("unsafe")
    files = []
    for check, change in UNSAFE.items():
        workload = Manifests.of("production").deployment("records")
        change(workload.container, workload.pod)
        files.append(folder / f"{check}.yaml")
        files[-1].write_text(yaml.safe_dump(workload.manifest))
    return {(Path(file).stem, check) for file, check, _ in faults_of_checkov(files)}


@pytest.mark.parametrize("check", UNSAFE, ids=[change.__name__.strip("_") for change in UNSAFE.values()])
def test_an_unsafe_pod(check: str, found_in_unsafe: set[tuple[str, str]]) -> None:
    assert (check, check) in found_in_unsafe


# ---- what only this platform's rules find ------------------------------------------------------------


def _setting_that_does_not_exist(manifests: Manifests) -> None:
    settings_of(manifests, "notify")["CARNET_SMTP_SERVER"] = "mail.example"


def _setting_left_out(manifests: Manifests) -> None:
    del settings_of(manifests, "audit")["CARNET_JOURNAL_ORIGIN"]


def _setting_given_twice(manifests: Manifests) -> None:
    settings_of(manifests, "documents")["CARNET_S3_SECRET_KEY"] = "in the open"


def _fewer_gateways_than_told(manifests: Manifests) -> None:
    manifests.kind("HorizontalPodAutoscaler")["gateway"]["spec"]["minReplicas"] = 5


def _key_that_the_secret_lacks(manifests: Manifests) -> None:
    entries = manifests.kind("ExternalSecret")["notify"]["spec"]["data"]
    entries[-1]["secretKey"] = "twilio-token"


def _secret_of_another(manifests: Manifests) -> None:
    volume = next(found for found in manifests.deployment("notify").pod["volumes"] if found["name"] == "secrets")
    volume["projected"]["sources"].append({"secret": {"name": "documents"}})


def _moving_tag(manifests: Manifests) -> None:
    manifests.deployment("gateway").container["image"] = "registry.example/carnet/gateway:latest"


def _two_releases(manifests: Manifests) -> None:
    manifests.deployment("gateway").container["image"] = "registry.example/carnet/gateway:0.2.0"


def _probe_on_a_wrong_path(manifests: Manifests) -> None:
    manifests.deployment("consent").container["readinessProbe"]["httpGet"]["path"] = "/healthz"


def _module_of_another_name(manifests: Manifests) -> None:
    manifests.deployment("consent").container["command"][-1] = "services.consents.service"


def _budget_that_lets_no_pod_go(manifests: Manifests) -> None:
    manifests.kind("PodDisruptionBudget")["identity"]["spec"]["maxUnavailable"] = 0


def _variables_of_services(manifests: Manifests) -> None:
    del manifests.deployment("records").pod["enableServiceLinks"]


def _published_service(manifests: Manifests) -> None:
    manifests.kind("Service")["documents"]["spec"]["type"] = "LoadBalancer"


def _ingress_to_a_service(manifests: Manifests) -> None:
    paths = manifests.kind("Ingress")["gateway"]["spec"]["rules"][0]["http"]["paths"]
    paths.append({"path": "/content", "pathType": "Prefix", "backend": {"service": {"name": "documents"}}})


def _service_that_leads_nowhere(manifests: Manifests) -> None:
    manifests.kind("Service")["documents"]["spec"]["selector"] = {"app.kubernetes.io/name": "document"}


def _open_default(manifests: Manifests) -> None:
    manifests.kind("NetworkPolicy")["default-deny"]["spec"]["policyTypes"] = ["Ingress"]


def _port_that_no_policy_opens(manifests: Manifests) -> None:
    settings_of(manifests, "notify")["CARNET_SMTP_PORT"] = "465"


def _queue_that_does_not_exist(manifests: Manifests) -> None:
    trigger = manifests.kind("ScaledObject")["audit"]["spec"]["triggers"][-1]
    trigger["metadata"]["queueName"] = "audit.entry_written"


def _database_whose_log_is_not_archived(manifests: Manifests) -> None:
    del manifests.kind("Cluster")["records-database"]["spec"]["plugins"]


def _backup_of_another_database(manifests: Manifests) -> None:
    manifests.kind("ScheduledBackup")["records-database"]["spec"]["cluster"]["name"] = "audit-database"


def _more_pods_than_connections(manifests: Manifests) -> None:
    manifests.kind("ScaledObject")["identity"]["spec"]["maxReplicaCount"] = 12


MISTAKES: dict[str, Change] = {
    "notify: no such setting: CARNET_SMTP_SERVER": _setting_that_does_not_exist,
    "audit: not set: CARNET_JOURNAL_ORIGIN": _setting_left_out,
    "documents: given twice: CARNET_S3_SECRET_KEY": _setting_given_twice,
    "gateway: CARNET_GATEWAYS is 2": _fewer_gateways_than_told,
    "notify: CARNET_TWILIO_AUTH_TOKEN_FILE names": _key_that_the_secret_lacks,
    "notify: mounts the secret documents": _secret_of_another,
    "gateway: registry.example/carnet/gateway:latest is no release": _moving_tag,
    "several releases at once: 0.1.0, 0.2.0": _two_releases,
    "consent: its readiness is asked elsewhere": _probe_on_a_wrong_path,
    "consent: no module": _module_of_another_name,
    "identity: its disruption budget lets no pod go": _budget_that_lets_no_pod_go,
    "records: variables of Services": _variables_of_services,
    "documents: the service is reached from outside": _published_service,
    "gateway: the ingress leads to another service": _ingress_to_a_service,
    "documents: the service leads nowhere": _service_that_leads_nowhere,
    "default-deny: lets something through": _open_default,
    "notify: no policy lets it reach CARNET_SMTP_HOST": _port_that_no_policy_opens,
    "audit: scaled by audit.entry_written": _queue_that_does_not_exist,
    "records: its log is not archived": _database_whose_log_is_not_archived,
    "records: no base backup": _backup_of_another_database,
    "identity: 13 pods open more connections": _more_pods_than_connections,
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
        ("Job", "records-migration-0-1-0", "records: no migration of its release"),
        ("PodDisruptionBudget", "records", "records: no disruption budget"),
        ("ScaledObject", "records", "records: not scaled"),
        ("Cluster", "records-database", "records: no database"),
    ],
)
def test_something_left_out(kind: str, name: str, finding: str, production: Manifests) -> None:
    assert finding in findings(production.without(kind, name))


def test_a_new_service_without_policy_and_budget(production: Manifests) -> None:
    agenda = deepcopy(production.deployment("consent").manifest)
    agenda["metadata"]["name"] = "agenda"
    agenda["spec"]["template"]["metadata"]["labels"]["app.kubernetes.io/name"] = "agenda"
    assert findings(Manifests((*production.all, agenda))) == [
        "agenda: no NetworkPolicy",
        "agenda: no disruption budget",
    ]
