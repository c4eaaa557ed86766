"""Mistakes put into the manifests of production: connections, the broker and the databases."""

from collections.abc import Callable

import pytest

from tests.deployment.manifests import Manifests
from tests.deployment.policies import findings

Change = Callable[[Manifests], None]


@pytest.fixture
def production() -> Manifests:
    return Manifests.of("production")


# ---- the network ------------------------------------------------------------


def _broker_closed_to_one(manifests: Manifests) -> None:
    rule = manifests.spec_of("NetworkPolicy", "rabbitmq")["ingress"][0]
    rule["from"].remove({"podSelector": {"matchLabels": {"app.kubernetes.io/name": "audit"}}})


def _database_open_to_another(manifests: Manifests) -> None:
    for name, direction, peer in (("audit-database", "ingress", "from"), ("notify", "egress", "to")):
        rules = manifests.spec_of("NetworkPolicy", name)[direction]
        labels = {"app.kubernetes.io/name": "notify"} if peer == "from" else {"cnpg.io/cluster": "audit-database"}
        rules.append({peer: [{"podSelector": {"matchLabels": labels}}], "ports": [{"protocol": "TCP", "port": 5432}]})


def _database_open_from_one_side(manifests: Manifests) -> None:
    manifests.spec_of("NetworkPolicy", "audit-database")["ingress"][0]["from"] = [{"podSelector": {}}]


def _service_that_calls_home(manifests: Manifests) -> None:
    rule = {"to": [{"ipBlock": {"cidr": "0.0.0.0/0"}}], "ports": [{"protocol": "TCP", "port": 443}]}
    manifests.spec_of("NetworkPolicy", "records")["egress"].append(rule)


def _open_default(manifests: Manifests) -> None:
    manifests.spec_of("NetworkPolicy", "default-deny")["policyTypes"] = ["Ingress"]


def _port_that_no_policy_opens(manifests: Manifests) -> None:
    manifests.settings_of("notify")["CARNET_SMTP_PORT"] = "465"


def _scanner_where_nobody_listens(manifests: Manifests) -> None:
    manifests.settings_of("documents")["CARNET_CLAMD_ADDRESS"] = "clamav:3310"


def _published_service(manifests: Manifests) -> None:
    manifests.spec_of("Service", "documents")["type"] = "LoadBalancer"


def _service_that_leads_nowhere(manifests: Manifests) -> None:
    manifests.spec_of("Service", "documents")["selector"] = {"app.kubernetes.io/name": "document"}


def _ingress_to_a_service(manifests: Manifests) -> None:
    paths = manifests.spec_of("Ingress", "gateway")["rules"][0]["http"]["paths"]
    paths.append({"path": "/content", "pathType": "Prefix", "backend": {"service": {"name": "documents"}}})


def _ingress_to_the_metrics(manifests: Manifests) -> None:
    path = manifests.spec_of("Ingress", "gateway")["rules"][0]["http"]["paths"][0]
    path["backend"]["service"]["port"] = {"number": 9090}


def _service_to_the_metrics(manifests: Manifests) -> None:
    manifests.spec_of("Service", "gateway")["ports"][0]["targetPort"] = "metrics"


def _card_that_a_client_claims(manifests: Manifests) -> None:
    annotations = manifests.kind("Ingress")["gateway"]["metadata"]["annotations"]
    name = "haproxy-ingress.github.io/config-backend"
    annotations[name] = annotations[name].replace("http-request del-header Client-Cert\n", "")


# ---- broker and databases ------------------------------------------------------------


def _broker_of_two_nodes(manifests: Manifests) -> None:
    manifests.spec_of("RabbitmqCluster", "rabbitmq")["replicas"] = 2


def _broker_that_listens_in_the_clear(manifests: Manifests) -> None:
    manifests.spec_of("RabbitmqCluster", "rabbitmq")["tls"]["disableNonTLSListeners"] = False


def _broker_of_another_name(manifests: Manifests) -> None:
    manifests.spec_of("Certificate", "rabbitmq")["dnsNames"] = ["broker.carnet.svc"]


def _broker_without_users(manifests: Manifests) -> None:
    pod = manifests.spec_of("RabbitmqCluster", "rabbitmq")["override"]["statefulSet"]["spec"]["template"]["spec"]
    pod["volumes"][0]["secret"]["secretName"] = "definitions"


def _database_on_one_machine(manifests: Manifests) -> None:
    manifests.spec_of("Cluster", "records-database")["instances"] = 1


def _database_in_the_clear(manifests: Manifests) -> None:
    manifests.spec_of("Cluster", "records-database")["postgresql"]["pg_hba"] = ["host all all all scram-sha-256"]


def _database_whose_log_is_not_archived(manifests: Manifests) -> None:
    del manifests.spec_of("Cluster", "records-database")["plugins"]


def _backup_of_another_database(manifests: Manifests) -> None:
    manifests.spec_of("ScheduledBackup", "records-database")["cluster"]["name"] = "audit-database"


def _backups_that_are_soon_gone(manifests: Manifests) -> None:
    manifests.spec_of("ObjectStore", "backups")["retentionPolicy"] = "2d"


def _backups_with_the_key_of_documents(manifests: Manifests) -> None:
    credentials = manifests.spec_of("ObjectStore", "backups")["configuration"]["s3Credentials"]
    credentials["accessKeyId"] = {"name": "documents", "key": "s3-access-key"}


def _more_pods_than_connections(manifests: Manifests) -> None:
    manifests.spec_of("ScaledObject", "identity")["maxReplicaCount"] = 12


def _more_workers_than_connections(manifests: Manifests) -> None:
    manifests.settings_of("every-service")["CARNET_WORKERS"] = "48"


MISTAKES: dict[str, Change] = {
    "audit: does not reach rabbitmq at port 5671": _broker_closed_to_one,
    "notify: reaches audit-database at port 5432": _database_open_to_another,
    "audit-database: another NetworkPolicy": _database_open_from_one_side,
    "records: reaches the internet at [443]": _service_that_calls_home,
    "default-deny: another NetworkPolicy": _open_default,
    "notify: no policy lets it reach CARNET_SMTP_HOST": _port_that_no_policy_opens,
    "documents: CARNET_CLAMD_ADDRESS names no Service": _scanner_where_nobody_listens,
    "documents: the service is reached from outside": _published_service,
    "documents: the service leads nowhere": _service_that_leads_nowhere,
    "gateway: the ingress leads to another service": _ingress_to_a_service,
    "gateway: the ingress leads to another service or port": _ingress_to_the_metrics,
    "gateway: the service leads to the port of metrics": _service_to_the_metrics,
    "gateway: a client may claim a card": _card_that_a_client_claims,
    "rabbitmq: 2 nodes are no quorum": _broker_of_two_nodes,
    "rabbitmq: reached in the clear": _broker_that_listens_in_the_clear,
    "rabbitmq: no certificate for its name": _broker_of_another_name,
    "rabbitmq: its definitions are not mounted": _broker_without_users,
    "records: what is committed is on one machine": _database_on_one_machine,
    "records: connections in the clear": _database_in_the_clear,
    "records: its log is not archived": _database_whose_log_is_not_archived,
    "records: no base backup": _backup_of_another_database,
    "backups: kept for less than 30 days": _backups_that_are_soon_gone,
    "backups: secret documents": _backups_with_the_key_of_documents,
    "identity: 7 pods open more connections": _more_workers_than_connections,
    "identity: 13 pods open more connections": _more_pods_than_connections,
}
"""How the finding begins -> the mistake."""


@pytest.mark.parametrize("begins", MISTAKES, ids=[change.__name__.strip("_") for change in MISTAKES.values()])
def test_a_mistake_in_what_the_platform_stands_on(begins: str, production: Manifests) -> None:
    MISTAKES[begins](production)
    assert [finding for finding in findings(production) if finding.startswith(begins)] != []


@pytest.mark.parametrize(
    ("name", "value", "begins"),
    [
        ("externalClusters", "audit-database", "records-database: made from another database"),
        ("plugins", "records-database", "records-database: archived over its own backups"),
    ],
)
def test_a_recovery_that_goes_wrong(name: str, value: str, begins: str) -> None:
    recovery = Manifests.of("recovery")
    entry = recovery.spec_of("Cluster", "records-database")[name][0]
    entry.get("plugin", entry)["parameters"]["serverName"] = value
    assert findings(recovery) == [begins]


def test_a_recovery_to_different_moments() -> None:
    recovery = Manifests.of("recovery")
    target = {"targetTime": "2027-03-01 12:00:01+00"}
    recovery.spec_of("Cluster", "audit-database")["bootstrap"]["recovery"]["recoveryTarget"] = target
    assert any(finding.startswith("databases of different moments") for finding in findings(recovery))
