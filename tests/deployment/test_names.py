"""Wiring, settings, keys, Compose and Kubernetes name the same things."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from chassis.settings import names_of
from contracts.wiring import SERVICES
from deploy.k8s.connections import NEIGHBOURS, OUTSIDE, PROCESSES, migration
from deploy.k8s.secrets import files_of
from deploy.keys.layout import Owners, Places, make
from tests.deployment.compose import MOUNTED, Compose
from tests.deployment.manifests import OVERLAYS, Manifests
from tests.deployment.policies.pods import MEASURED_MB, ROOM
from tests.deployment.policies.settings import fields_of

COMPOSE = Compose()
OF_OPERATORS = {"ca.pem", "database-url"}
"""Files that cert-manager and CloudNativePG make instead of `carnet keys make`."""


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("keys")
    make(root, ("exploitant", "astreinte"), Places(), Owners(), datetime.now(UTC))
    return root


def release_of(image: str) -> str:
    """`4.3.5` of `rabbitmq:4.3.5-management@sha256:...`."""
    found = re.search(r":([0-9.]+)", image)
    return found[1] if found else ""


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_there_is_a_deployment_for_each_process_of_the_wiring(overlay: str) -> None:
    manifests = Manifests.of(overlay)
    assert set(PROCESSES) == set(manifests.kind("Deployment")) - {"mailbox", "object-store"}
    jobs = {re.sub("-(dev|[0-9-]+)$", "", name) for name in manifests.kind("Job")} - {"bucket"}
    assert jobs == {migration(service) for service in SERVICES}


@pytest.mark.parametrize("process", PROCESSES)
def test_secrets_are_the_files_that_keys_make_writes(process: str, keys: Path) -> None:
    written = {path.name for path in (keys / process).iterdir() if path.is_file()}
    assert set(files_of(process)) == written - OF_OPERATORS


def test_broker_and_scaler_get_what_keys_make_writes(keys: Path) -> None:
    entries = [*Manifests.of("production").kind("ExternalSecret").items()]
    wanted = {
        name: [data["remoteRef"]["property"] for data in found["spec"].get("data", ())] for name, found in entries
    }
    assert all((keys / "rabbitmq" / name).exists() for name in wanted["rabbitmq-definitions"])
    assert all((keys / "scaling" / name).exists() for name in wanted["scaling"])


@pytest.mark.parametrize(
    ("process", "setting"), [(p, s) for named in (OUTSIDE, NEIGHBOURS) for p in named for s in named[p]]
)
def test_a_policy_that_a_setting_is_the_reason_of_has_that_setting(process: str, setting: str) -> None:
    assert setting in {name for field in fields_of(process) for name in names_of(field)}


def test_compose_runs_the_same_processes() -> None:
    local = Manifests.of("local")
    for process in (*PROCESSES, "mailbox"):
        container = local.deployment(process).container
        assert COMPOSE.services[process]["command"] == container["command"], process
        assert COMPOSE.services[process]["image"].partition(":")[0] == container["image"].partition(":")[0], process
    for service in SERVICES:
        (job,) = [found for name, found in local.kind("Job").items() if name.startswith(migration(service))]
        container = job["spec"]["template"]["spec"]["containers"][0]
        assert COMPOSE.services[f"migrate-{service}"]["command"] == container["command"], service


@pytest.mark.parametrize("process", PROCESSES)
def test_compose_gives_the_same_settings(process: str) -> None:
    of_kubernetes = Manifests.of("local")
    here = of_kubernetes.environment(of_kubernetes.deployment(process))
    for setting, value in COMPOSE.environment(process).items():
        if value.startswith(MOUNTED) and setting != "CARNET_OPENID_KEYS":
            assert here[setting] == value, setting


@pytest.mark.parametrize("process", PROCESSES)
def test_compose_gives_as_much_memory_as_was_measured(process: str) -> None:
    limit = re.fullmatch("([0-9]+)m", COMPOSE.services[process]["mem_limit"])
    assert limit
    assert int(limit[1]) * 1.048576 >= MEASURED_MB[process] * ROOM


def test_compose_runs_the_same_servers() -> None:
    local = Manifests.of("local")
    broker, store = local.spec_of("RabbitmqCluster", "rabbitmq"), local.deployment("object-store").container
    assert release_of(COMPOSE.services["rabbitmq"]["image"]) == release_of(broker["image"])
    assert release_of(COMPOSE.services["object-store"]["image"]) == release_of(store["image"])
    databases = {release_of(found["spec"]["imageName"]) for found in local.kind("Cluster").values()}
    assert {version.partition(".")[0] for version in databases} == {release_of(COMPOSE.services["postgres"]["image"])}
    assert COMPOSE.services["bucket"]["environment"].items() >= {
        (name, value) for name, value in local.settings_of("documents").items() if name.startswith("CARNET_S3_")
    }
