"""The manifests of each overlay are what Kubernetes, its operators, checkov and our own rules accept."""

from pathlib import Path

import pytest

from deploy.k8s.print_manifests import FOLDER, PRINTED, printed
from tests.deployment.manifests import OVERLAYS, Manifests
from tests.deployment.policies import findings
from tests.deployment.validators import (
    SCHEMAS,
    faults_of_checkov,
    faults_of_custom_resources,
    faults_of_kubernetes,
    render,
)

OWN = ("local", "production")
"""The others change only custom resources of these."""


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("manifests")
    files = {overlay: folder / f"{overlay}.yaml" for overlay in OVERLAYS}
    for overlay, file in files.items():
        file.write_text(render(overlay))
    return files


@pytest.mark.parametrize("name", PRINTED)
def test_what_follows_from_the_wiring_is_printed(name: str) -> None:
    assert (FOLDER / name).read_text() == printed(PRINTED[name]()), "python -m deploy.k8s.print_manifests"


@pytest.mark.parametrize("overlay", OWN)
def test_kubernetes_knows_every_field(overlay: str, rendered: dict[str, Path]) -> None:
    assert faults_of_kubernetes(rendered[overlay]) == []


@pytest.mark.skipif(not SCHEMAS.exists(), reason="the operators' schemas are not beside the checkout")
@pytest.mark.parametrize("overlay", OVERLAYS)
def test_operators_know_every_field(overlay: str, rendered: dict[str, Path]) -> None:
    assert faults_of_custom_resources(rendered[overlay]) == []


def test_checkov_finds_nothing_that_has_no_reason(rendered: dict[str, Path]) -> None:
    assert faults_of_checkov([rendered[overlay] for overlay in OWN]) == set()


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_rule_of_the_platform_holds(overlay: str) -> None:
    assert findings(Manifests.of(overlay)) == []
