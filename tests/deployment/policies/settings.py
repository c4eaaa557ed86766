"""Settings of processes: each exists, is of its type, is safe, and none is missing or given twice."""

import importlib
import re
from collections.abc import Iterator
from functools import cache
from ipaddress import ip_network
from pathlib import Path

import msgspec

from chassis.settings import ServiceSettings, names_of
from chassis.transfers import TransferSettings
from contracts.wiring import GATEWAY, SERVICES
from deploy.k8s.connections import PROCESSES
from gateway.settings import GatewaySettings
from tests.deployment.manifests import KubernetesWorkload, Manifests

OF_IMAGE = {"CARNET_SERVICE", "CARNET_HTTP_ADDRESS"}
"""Given by the image itself."""
OF_LIBRARIES = {"PGSSLMODE", "PGSSLROOTCERT", "OTEL_EXPORTER_OTLP_ENDPOINT"}
"""Not ours: PostgreSQL's client library, OpenTelemetry."""

_SECRET = re.compile(r"CARNET_(AMQP_URL|DATABASE_URL|.*(KEY|KEYS|SECRET|TOKEN|SID|PIN|PEPPER|PASSWORD))")
_NOT_SECRET = {"CARNET_PKCS11_KEY", "CARNET_PKCS11_TOKEN"}
"""Labels."""
_MOUNTED = "/run/secrets/"
_SAFE = {
    "CARNET_TEST_IDENTITIES": "0",
    "CARNET_ACTIVATION_FACTOR": "letter|agent",
    "CARNET_S3_SECURE": "1",
    "CARNET_ARCHIVE_SECURE": "1",
    "CARNET_SCAN_REQUIRED": "1",
    "CARNET_PUBLIC_URL": "https://.*",
    "CARNET_TWILIO_ORIGIN": "https://.*",
    "CARNET_TIMESTAMP_URL": "(https://.*)?",
    "CARNET_AMQP_PLAIN": "0",
}
"""What production may set."""
_INGRESS_PREFIX = 24
"""Pods of an ingress controller are few: a wider network would be believed about addresses and cards of clients."""


def platform_deployments(manifests: Manifests) -> Iterator[KubernetesWorkload]:
    """The processes of the platform, without what stands for others."""
    deployments = map(KubernetesWorkload, manifests.kind("Deployment").values())
    return (workload for workload in deployments if workload.process in PROCESSES)


def of_workload(manifests: Manifests, workload: KubernetesWorkload) -> dict[str, str]:
    """What a process reads, defaults of its texts included."""
    is_ours = workload.process in PROCESSES and workload.manifest["kind"] == "Deployment"
    fields = fields_of(workload.process) if is_ours else ()
    defaults = {names_of(field)[0]: str(field.default) for field in fields if isinstance(field.default, str)}
    return defaults | manifests.environment(workload)


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


def of_wrong_type(manifests: Manifests) -> Iterator[str]:
    """Values that the process would refuse to start with."""
    for workload in platform_deployments(manifests):
        environment = manifests.environment(workload)
        for field in fields_of(workload.process):
            value = environment.get(names_of(field)[0])
            try:
                if value is not None:
                    msgspec.convert(value, field.type, strict=False, dec_hook=lambda _, path: Path(path))
            except msgspec.ValidationError as error:
                yield f"{workload.name}: {names_of(field)[0]}: {error}"


def in_the_open(manifests: Manifests) -> Iterator[str]:
    """Secrets that stand in the manifests instead of in a mounted file."""
    for name, found in manifests.kind("ConfigMap").items():
        for setting, value in found["data"].items():
            is_secret = _SECRET.fullmatch(setting.removesuffix("_FILE")) and setting not in _NOT_SECRET
            if (is_secret and not value.startswith(_MOUNTED)) or re.search("://[^/]*@", value):
                yield f"{name}: {setting} stands in the open"


def unsafe(manifests: Manifests) -> Iterator[str]:
    """Values for development in production, and connections that nobody proves."""
    for workload in platform_deployments(manifests):
        environment = manifests.environment(workload)
        if workload.process in SERVICES and environment.get("PGSSLMODE") != "verify-full":
            yield f"{workload.name}: the database is not made sure of"
        if not environment.get("CARNET_AMQP_CA_FILE") or environment.get("CARNET_AMQP_PLAIN", "0") != "0":
            yield f"{workload.name}: the broker is not made sure of"
        if environment.get("CARNET_METRICS_ADDRESS", "") == "":
            yield f"{workload.name}: no port of its own for metrics"
        for setting, allowed in _SAFE.items() if manifests.is_production else ():
            if setting in environment and not re.fullmatch(allowed, environment[setting]):
                yield f"{workload.name}: {setting} is not for production"


def trusted_ingress(manifests: Manifests) -> Iterator[str]:
    """Behind an ingress the gateway must know whose headers to believe, and believe no wide network."""
    if manifests.kind("Ingress"):
        configured = manifests.environment(manifests.deployment(GATEWAY)).get("CARNET_TRUSTED_INGRESS", "")
        networks = [ip_network(part.strip()) for part in configured.split(",") if part]
        if not networks or any(network.prefixlen < _INGRESS_PREFIX for network in networks):
            yield "gateway: CARNET_TRUSTED_INGRESS is missing or a wide network"


def shares_of_quotas(manifests: Manifests) -> Iterator[str]:
    """Each gateway allows its share of a quota: the fewest that run must be the configured number."""
    configured = int(manifests.environment(manifests.deployment(GATEWAY))["CARNET_GATEWAYS"])
    for scaler in manifests.kind("HorizontalPodAutoscaler").values():
        if scaler["spec"]["minReplicas"] != configured:
            yield f"gateway: CARNET_GATEWAYS is {configured}, not the fewest that run"


@cache
def fields_of(process: str) -> tuple[msgspec.structs.FieldInfo, ...]:
    """Every setting that a process reads."""
    kinds: list[type[msgspec.Struct]] = [GatewaySettings]
    if process in SERVICES:
        module = importlib.import_module(f"services.{process}.settings")
        own = [kind for name, kind in vars(module).items() if name.endswith("Settings")]
        kinds = [ServiceSettings, TransferSettings, *own]
    return tuple({field.name: field for kind in kinds for field in msgspec.structs.fields(kind)}.values())
