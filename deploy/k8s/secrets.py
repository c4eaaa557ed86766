"""ExternalSecrets: the files of each process, from the store of secrets of whoever operates the platform."""

from collections.abc import Iterator
from typing import Any

from contracts.wiring import SERVICES
from deploy.k8s.connections import PROCESSES

Manifest = dict[str, Any]

OWN: dict[str, tuple[str, ...]] = {
    "identity": ("code-pepper.key",),
    "documents": ("master.key", "s3-access-key", "s3-secret-key"),
    "notify": ("twilio-account-sid", "twilio-auth-token"),
    "audit": ("journal-heads.jwk.json", "journal-subjects.key"),
}
"""Process -> files that it alone has, of those that `carnet keys make` writes into its directory."""


def files_of(process: str) -> tuple[str, ...]:
    """Files of a process in the store; database-url is CloudNativePG's, ca.pem cert-manager's."""
    signing = ("signing-key.jwk.json",) if process in SERVICES else ()
    return ("amqp-url", "trusted.jwks.json", *signing, *OWN.get(process, ()))


def external_secrets() -> Iterator[Manifest]:
    """One for each process; `identity-openid` is a directory, whose files are named after days."""
    for process in PROCESSES:
        yield _external(process, {"data": [_file(process, name) for name in files_of(process)]})
    yield _external("identity-openid", {"dataFrom": [{"extract": _remote("identity-openid")}]})
    yield _external("rabbitmq-definitions", {"data": [_file("rabbitmq", "definitions.json")]})


def _external(name: str, data: Manifest) -> Manifest:
    return {
        "apiVersion": "external-secrets.io/v1",
        "kind": "ExternalSecret",
        "metadata": {"name": name},
        "spec": {
            "refreshInterval": "1h",
            "secretStoreRef": {"kind": "SecretStore", "name": "carnet"},
            "target": {"name": name},
            **data,
        },
    }


def _file(entry: str, name: str) -> Manifest:
    return {"secretKey": name, "remoteRef": _remote(entry) | {"property": name}}


def _remote(entry: str) -> Manifest:
    """An entry of the store; some files are no text, so all are kept in base64."""
    return {"key": f"carnet/{entry}", "decodingStrategy": "Base64"}
