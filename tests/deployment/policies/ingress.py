"""The ingress: TLS, cards as client certificates, the gateway's public port and no other."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from contracts.wiring import GATEWAY
from tests.deployment.manifests import Manifest, Manifests

_PREFIX = "haproxy-ingress.github.io/"
_CARD_HEADERS = ("Client-Cert", "Client-Cert-Chain")
"""RFC 9440."""


def missing(manifests: Manifests) -> Iterator[str]:
    if manifests.is_production and not manifests.kind("Ingress"):
        yield "no ingress"


def wrong_backend(manifests: Manifests) -> Iterator[str]:
    """Paths that lead past the gateway's public port."""
    for name, ingress in manifests.kind("Ingress").items():
        paths = [path["backend"] for rule in ingress["spec"]["rules"] for path in rule["http"]["paths"]]
        if [path["service"] for path in paths] != [{"name": GATEWAY, "port": {"name": "http"}}]:
            yield f"{name}: the ingress leads to another service or port"
        if "defaultBackend" in ingress["spec"]:
            yield f"{name}: the ingress leads elsewhere by default"


def wrong_host(manifests: Manifests) -> Iterator[str]:
    """Hosts that are not the public one, or without a certificate."""
    public = manifests.environment(manifests.deployment(GATEWAY))["CARNET_PUBLIC_URL"]
    for name, ingress in manifests.kind("Ingress").items():
        hosts = {rule.get("host") for rule in ingress["spec"]["rules"]}
        encrypted = {host for entry in ingress["spec"].get("tls", ()) for host in entry["hosts"]}
        if not hosts == encrypted == {urlsplit(public).hostname}:
            yield f"{name}: another host than CARNET_PUBLIC_URL, or without TLS"
        annotations = ingress["metadata"]["annotations"]
        if "cert-manager.io/cluster-issuer" not in annotations:
            yield f"{name}: nobody issues its certificate"
        if ingress["spec"].get("ingressClassName") != "haproxy":
            yield f"{name}: read by another controller than its annotations are for"
        if annotations.get(f"{_PREFIX}ssl-redirect") != "true":
            yield f"{name}: served in the clear"


def wrong_cards(manifests: Manifests) -> Iterator[str]:
    """Cards that are not asked for, or that a client may claim to have by a header."""
    for name, ingress in manifests.kind("Ingress").items():
        lines = _configuration(ingress)
        verified = ingress["metadata"]["annotations"].get(f"{_PREFIX}auth-tls-verify-client")
        if f"{_PREFIX}auth-tls-secret" not in ingress["metadata"]["annotations"] or verified != "optional":
            yield f"{name}: no card is asked for"
        setting = [line for line in lines if line.startswith("http-request set-header Client-Cert ")]
        dropped = [f"http-request del-header {header}" for header in _CARD_HEADERS]
        is_dropped_first = setting and all(line in lines[: lines.index(setting[0])] for line in dropped)
        if not is_dropped_first or "ssl_c_verify 0" not in setting[0]:
            yield f"{name}: a client may claim a card"
        if "http-request set-header X-Forwarded-For %[src]" not in lines:
            yield f"{name}: a client may claim an address"


def _configuration(ingress: Manifest) -> list[str]:
    text: str = ingress["metadata"]["annotations"].get(f"{_PREFIX}config-backend", "")
    return text.splitlines()
