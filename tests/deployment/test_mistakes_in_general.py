"""Mistakes put into the manifests of production, one by one: those that general validators find."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.deployment.manifests import Manifests
from tests.deployment.validators import SCHEMAS, faults_of_checkov, faults_of_custom_resources, faults_of_kubernetes


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
