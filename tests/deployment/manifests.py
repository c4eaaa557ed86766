"""Rendered manifests as plain values, and the parts of them that rules are about."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml

from tests.deployment.validators import documents, render

Manifest = dict[str, Any]

OVERLAYS = ("local", "production", "recovery")
WORKLOADS = ("Deployment", "Job")


@dataclass(frozen=True)
class Manifests:
    """What an overlay applies, in the order of kustomize."""

    all: tuple[Manifest, ...]
    overlay: str

    @classmethod
    def of(cls, overlay: str) -> "Manifests":
        """A copy that a test may change."""
        return cls(deepcopy(_rendered(overlay)), overlay)

    @property
    def is_production(self) -> bool:
        """Several machines, and patients' data."""
        return self.overlay != "local"

    def kind(self, kind: str) -> dict[str, Manifest]:
        """Name -> manifest."""
        return {found["metadata"]["name"]: found for found in self.all if found["kind"] == kind}

    def spec_of(self, kind: str, name: str) -> Manifest:
        spec: Manifest = self.kind(kind)[name]["spec"]
        return spec

    def settings_of(self, process: str) -> dict[str, str]:
        """The variables of its own ConfigMap."""
        found = next(found for name, found in self.kind("ConfigMap").items() if name.startswith(f"{process}-"))
        data: dict[str, str] = found["data"]
        return data

    def workloads(self) -> Iterator["KubernetesWorkload"]:
        """Deployments and jobs."""
        for kind in WORKLOADS:
            yield from map(KubernetesWorkload, self.kind(kind).values())

    def deployment(self, name: str) -> "KubernetesWorkload":
        return KubernetesWorkload(self.kind("Deployment")[name])

    def environment(self, workload: "KubernetesWorkload") -> dict[str, str]:
        """Variables of the process, later sources before earlier ones."""
        maps = self.kind("ConfigMap")
        sources = workload.container.get("envFrom", ())
        named = (source["configMapRef"]["name"] for source in sources if "configMapRef" in source)
        return {name: value for source in named if source in maps for name, value in maps[source]["data"].items()}

    def without(self, kind: str, name: str) -> "Manifests":
        """The same, one manifest less."""
        left = tuple(found for found in self.all if (found["kind"], found["metadata"]["name"]) != (kind, name))
        return Manifests(left, self.overlay)

    def with_also(self, *more: Manifest) -> "Manifests":
        """The same, and more."""
        return Manifests((*self.all, *more), self.overlay)

    def text(self) -> str:
        return str(yaml.safe_dump_all(self.all))


@dataclass(frozen=True)
class KubernetesWorkload:
    """A deployment or a job; all have one container."""

    manifest: Manifest

    @property
    def name(self) -> str:
        name: str = self.manifest["metadata"]["name"]
        return name

    @property
    def pod(self) -> Manifest:
        pod: Manifest = self.manifest["spec"]["template"]["spec"]
        return pod

    @property
    def labels(self) -> dict[str, str]:
        labels: dict[str, str] = self.manifest["spec"]["template"]["metadata"]["labels"]
        return labels

    @property
    def container(self) -> Manifest:
        container: Manifest = self.pod["containers"][0]
        return container

    @property
    def process(self) -> str:
        """The name of its image: `audit` of `registry.example/carnet/audit:0.1.0`."""
        return str(self.container["image"]).rpartition("/")[2].partition("@")[0].partition(":")[0]

    def is_selected_by(self, selector: Manifest) -> bool:
        wanted: dict[str, str] = selector.get("matchLabels", {})
        return wanted.items() <= self.labels.items()


@cache
def _rendered(overlay: str) -> tuple[Manifest, ...]:
    return tuple(documents(render(overlay)))
