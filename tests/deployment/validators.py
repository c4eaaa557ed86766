"""Other people's validators, in an environment of their own: kubectl, kubernetes-validate, checkov, CRD schemas."""

import json
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from deploy.dev.bootstrap import CHECKOUT, MANIFESTS
from deploy.k8s.print_manifests import FOLDER

SCHEMAS = CHECKOUT.parent / "shared" / "data" / "crds"
"""Schemas of KEDA, CloudNativePG and RabbitMQ's operator; what needs them is skipped where they are not."""
SKIPPED = Path(__file__).with_name("checkov.yaml")

_TOOLS = MANIFESTS / "bin"
_SECONDS = 600
_OLDEST = "1.32"
"""Kubernetes versions: the oldest that has every field, and the newest that the validator knows."""


class _Loader(yaml.SafeLoader):  # type: ignore[misc]
    """As Kubernetes reads YAML: a moment is a text."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def documents(text: str) -> list[dict[str, Any]]:
    """The manifests of a file."""
    return [found for found in yaml.load_all(text, Loader=_Loader) if found]


@cache
def render(overlay: str) -> str:
    """What `kubectl kustomize` prints for an overlay."""
    return _run("kubectl", "kustomize", str(FOLDER / "overlays" / overlay))


def faults_of_kubernetes(file: Path) -> list[str]:
    """What is not in the API of the oldest and of the newest version, unknown fields included."""
    newest = ("kubernetes-validate", "--strict", "--quiet", "--no-warn", str(file))
    return [
        line
        for command in (newest, (*newest[:-1], "-k", _OLDEST, newest[-1]))
        for line in _run(*command, accepted=(0, 1)).splitlines()
    ]


def faults_of_custom_resources(file: Path) -> list[str]:
    """What is not in the schemas of the operators, unknown fields included."""
    as_json = file.with_suffix(".json")
    as_json.write_text(json.dumps(documents(file.read_text())))
    printed = _run("python", str(Path(__file__).with_name("custom_resources.py")), str(SCHEMAS), str(as_json))
    found: list[str] = json.loads(printed)
    return found


def faults_of_checkov(files: list[Path]) -> set[tuple[str, str, str]]:
    """(file, check, resource) of each check that fails and is not skipped with a reason."""
    named = [argument for file in files for argument in ("--file", str(file))]
    printed = _run("checkov", "--config-file", str(SKIPPED), "--output", "json", *named, accepted=(0, 1))
    failed: list[dict[str, Any]] = json.loads(printed)["results"]["failed_checks"]
    return {(Path(check["file_path"]).name, check["check_id"], check["resource"]) for check in failed}


def _run(tool: str, *arguments: str, accepted: tuple[int, ...] = (0,)) -> str:
    """What a tool prints on both outputs."""
    assert (_TOOLS / tool).exists(), f"{MANIFESTS} is missing: make check"
    done = subprocess.run(
        (str(_TOOLS / tool), *arguments), cwd=CHECKOUT, capture_output=True, text=True, timeout=_SECONDS, check=False
    )
    assert done.returncode in accepted, f"{tool}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
    return done.stdout if done.returncode == 0 else done.stdout or done.stderr
