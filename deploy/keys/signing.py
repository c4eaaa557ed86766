"""Ed25519 keys that sign tokens and events, and the public set that every process trusts."""

import json
from collections.abc import Iterable
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import OKPKey, RSAKey

from chassis.tokens import issuer_of_operator, operator_of
from contracts.wiring import GATEWAY, SERVICES
from deploy.dev.errors import StackError
from deploy.keys.files import KeyFiles

TRUSTED = "trusted.jwks.json"

_OPENID_BITS = 2048
FIRST_OPENID_KEY = "2026-01-01.jwk.json"
"""Named after the first day on which it signs."""


def key_file(issuer: str) -> str:
    """The file of a service's or operator's private key; raises StackError for another issuer."""
    return _file_of(issuer, "signing-key", "")


def next_key_file(issuer: str) -> str:
    """The file of the key that is to replace it; raises StackError."""
    return _file_of(issuer, "next-signing-key", ".next")


def write_trusted(files: KeyFiles, keys: Iterable[dict[str, Any]]) -> None:
    """Write the set of trusted keys, and the copy of each process."""
    trusted = trusted_set(keys)
    files.derived(TRUSTED, trusted)
    for process in (GATEWAY, *SERVICES):
        files.derived(f"{process}/{TRUSTED}", trusted)


def new_signing_key(issuer: str) -> bytes:
    """A private JWK; its `kid` is the issuer."""
    return _written(OKPKey.generate_key("Ed25519", {"kid": issuer, "use": "sig"}))


def new_openid_key() -> bytes:
    """A private RSA JWK for id tokens."""
    return json.dumps(RSAKey.generate_key(_OPENID_BITS).as_dict(private=True)).encode()


def public_part(private: bytes, issuer: str) -> dict[str, Any]:
    """The public JWK of a signing key.

    Raises:
        StackError: it is no key of this issuer.
    """
    try:
        key = OKPKey.import_key(json.loads(private))
    except (ValueError, JoseError):
        raise StackError(f"clé illisible / this key does not read: {issuer}") from None
    found: dict[str, Any] = key.as_dict(private=False)
    if found.get("kid") != issuer:
        raise StackError(f"ce n'est pas la clé de / this is not the key of {issuer}: {found.get('kid')}")
    return found


def trusted_set(keys: Iterable[dict[str, Any]]) -> bytes:
    """A JWKS of public keys, each once; an issuer whose key is being changed has two."""
    distinct = {(key["kid"], key["x"]): key for key in keys}
    return json.dumps({"keys": list(distinct.values())}, indent=2).encode()


def keys_of(trusted: bytes) -> list[dict[str, Any]]:
    """The public keys of a JWKS; raises StackError."""
    try:
        found: list[dict[str, Any]] = json.loads(trusted)["keys"]
    except (ValueError, KeyError, TypeError):
        raise StackError("trusted.jwks.json : illisible / does not read") from None
    return found


def _file_of(issuer: str, name: str, mark: str) -> str:
    if issuer in SERVICES:
        return f"{issuer}/{name}.jwk.json"
    login = operator_of(issuer)
    if login is None:
        raise StackError(f"ni service ni {issuer_of_operator('LOGIN')} / neither a service nor an operator: {issuer}")
    return f"operators/{login}{mark}.jwk.json"


def _written(key: OKPKey) -> bytes:
    return json.dumps(key.as_dict(private=True), indent=2).encode()
