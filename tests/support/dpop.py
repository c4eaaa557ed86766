"""Makes DPoP keys and proofs of possession, also invalid ones (RFC 9449)."""

import hashlib
import json
import secrets
import time
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

from joserfc import jws
from joserfc.jwk import ECKey

_ES256 = jws.JWSRegistry().get_alg("ES256")
"""The bare algorithm: joserfc's functions for whole tokens would refuse to sign invalid proofs."""


def new_key() -> ECKey:
    return ECKey.generate_key("P-256")


@dataclass(frozen=True)
class Prover:
    """Signs proofs with one key."""

    key: ECKey = field(default_factory=new_key)

    @property
    def thumbprint(self) -> str:
        return self.key.thumbprint()

    def proof(self, method: str, url: str, token: str = "", **changed: Any) -> str:
        """A proof for one request; claims, `header` and `signed_by` can be changed to make it invalid."""
        header = {"typ": "dpop+jwt", "alg": "ES256", "jwk": self.key.as_dict(private=False)}
        header |= changed.pop("header", {})
        signing: ECKey = changed.pop("signed_by", self.key)
        claims: dict[str, Any] = {
            "jti": secrets.token_urlsafe(12),
            "htm": method,
            "htu": url,
            "iat": int(time.time()),
        }
        if token:
            claims["ath"] = _in_base64(hashlib.sha256(token.encode()).digest())
        payload = {name: value for name, value in (claims | changed).items() if value is not None}
        signed = f"{_part(header)}.{_part(payload)}"
        return f"{signed}.{_in_base64(_ES256.sign(signed.encode(), signing))}"


def _part(content: dict[str, Any]) -> str:
    return _in_base64(json.dumps(content).encode())


def _in_base64(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()
