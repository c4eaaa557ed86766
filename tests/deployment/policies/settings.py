"""Settings of processes: each exists, none is missing or given twice."""

import importlib
from collections.abc import Iterator
from functools import cache

import msgspec

from chassis.settings import PREFIX, ServiceSettings
from chassis.transfers import TransferSettings
from contracts.wiring import GATEWAY, SERVICES
from deploy.k8s.connections import PROCESSES
from gateway.settings import GatewaySettings
from tests.deployment.manifests import Manifests, Workload

OF_IMAGE = {"CARNET_SERVICE", "CARNET_HTTP_ADDRESS"}
"""Given by the image itself."""
OF_LIBRARIES = {"PGSSLMODE", "PGSSLROOTCERT", "OTEL_EXPORTER_OTLP_ENDPOINT"}
"""Not ours: PostgreSQL's client library, OpenTelemetry."""


def platform_deployments(manifests: Manifests) -> Iterator[Workload]:
    """The processes of the platform, without what stands for others."""
    deployments = map(Workload, manifests.kind("Deployment").values())
    return (workload for workload in deployments if workload.process in PROCESSES)


def unknown(manifests: Manifests) -> Iterator[str]:
    for workload in platform_deployments(manifests):
        known = {name for field in fields_of(workload.process) for name in names_of(field)} | OF_LIBRARIES
        for name in sorted(set(manifests.environment(workload)) - known):
            yield f"{workload.name}: no such setting: {name}"


def missing(manifests: Manifests) -> Iterator[str]:
    for workload in platform_deployments(manifests):
        given = set(manifests.environment(workload)) | OF_IMAGE
        for field in fields_of(workload.process):
            if field.required and not given & set(names_of(field)):
                yield f"{workload.name}: not set: {names_of(field)[0]}"


def given_twice(manifests: Manifests) -> Iterator[str]:
    for workload in platform_deployments(manifests):
        given = set(manifests.environment(workload))
        for field in fields_of(workload.process):
            if len(given & set(names_of(field))) > 1:
                yield f"{workload.name}: given twice: {names_of(field)[0]}"


def shares_of_quotas(manifests: Manifests) -> Iterator[str]:
    """Each gateway allows its share of a quota: the fewest that run must be the number it is told."""
    told = int(manifests.environment(manifests.deployment(GATEWAY))["CARNET_GATEWAYS"])
    for scaler in manifests.kind("HorizontalPodAutoscaler").values():
        if scaler["spec"]["minReplicas"] != told:
            yield f"gateway: CARNET_GATEWAYS is {told}, not the fewest that run"


@cache
def fields_of(process: str) -> tuple[msgspec.structs.FieldInfo, ...]:
    """Every setting that a process reads."""
    kinds: list[type[msgspec.Struct]] = [GatewaySettings]
    if process in SERVICES:
        module = importlib.import_module(f"services.{process}.settings")
        own = [kind for name, kind in vars(module).items() if name.endswith("Settings")]
        kinds = [ServiceSettings, TransferSettings, *own]
    return tuple({field.name: field for kind in kinds for field in msgspec.structs.fields(kind)}.values())


def names_of(field: msgspec.structs.FieldInfo) -> list[str]:
    """The variables by which a setting may be given."""
    variable = PREFIX + field.name.upper()
    return [variable, f"{variable}_FILE"] if field.type is str else [variable]
