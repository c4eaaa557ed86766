"""Keys that apps bind their tokens to, and the proofs they sign with them (DPoP, RFC 9449)."""

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
"""By itself: what signs whole proofs would not sign the wrong ones."""


def new_key() -> ECKey:
    return ECKey.generate_key("P-256")


@dataclass(frozen=True)
class Prover:
    """An app with a key of its own."""

    key: ECKey = field(default_factory=new_key)

    @property
    def thumbprint(self) -> str:
        return self.key.thumbprint()

    def proof(self, method: str, url: str, token: str = "", **changed: Any) -> str:
        """A proof for one request; `changed` claims, or `header` and `signed_by`, are not as they should be."""
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
        said = {name: value for name, value in (claims | changed).items() if value is not None}
        signed = f"{_part(header)}.{_part(said)}"
        return f"{signed}.{_in_base64(_ES256.sign(signed.encode(), signing))}"


def _part(content: dict[str, Any]) -> str:
    return _in_base64(json.dumps(content).encode())


def _in_base64(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()
