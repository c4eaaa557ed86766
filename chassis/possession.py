"""Proofs of possession (DPoP, RFC 9449): a client signs each request with the key its token is bound to."""

import hashlib
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from typing import Any

import msgspec
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey, import_key

from chassis.signatures import ALGORITHMS, Key, is_strong
from contracts.errors import PossessionUnproven

KEPT_SECONDS = 150
"""How long a proof must be remembered, so that it serves once."""
_KIND = "dpop+jwt"
_OLDEST, _AHEAD = 90, 30
"""Seconds a proof may be old, or a client's clock ahead."""
_LONGEST = 6_000


class _KeyRegistry(jws.JWSRegistry):
    # The key rides in the header, which joserfc otherwise keeps below 512 bytes.
    max_header_length = 4_096


_REGISTRY = _KeyRegistry(algorithms=list(ALGORITHMS))


class _ProofClaims(msgspec.Struct, frozen=True, kw_only=True):
    jti: str
    htm: str
    htu: str
    iat: int
    ath: str = ""


@dataclass(frozen=True)
class Possession:
    """Which key was proven, by its thumbprint (RFC 7638); `replay_key` is what must not be seen twice."""

    thumbprint: str
    replay_key: bytes


def read_possession(proof: str, *, method: str, url: str, now: float, token: str = "") -> Possession:
    """What a proof proves of the one who sends this request.

    Args:
        url: of the request, without query. token: the access token it comes with, if any.

    Raises:
        PossessionUnproven: whatever is wrong with it.
    """
    if len(proof) > _LONGEST:
        raise PossessionUnproven
    try:
        shown = jws.extract_compact(proof.encode(), registry=_REGISTRY)
        header = shown.headers()
        key = _public_key(header.get("jwk"))
        is_signed = header.get("typ") == _KIND and jws.validate_compact(shown, key, registry=_REGISTRY)
        claims = msgspec.json.decode(shown.payload, type=_ProofClaims)
    except (JoseError, msgspec.MsgspecError, ValueError, TypeError, KeyError):
        raise PossessionUnproven from None
    is_of_this = claims.htm == method and claims.htu.partition("?")[0].partition("#")[0] == url
    is_in_time = now - _OLDEST <= claims.iat <= now + _AHEAD
    if not (is_signed and is_of_this and is_in_time and 8 <= len(claims.jti) <= 128):
        raise PossessionUnproven
    if token and claims.ath != _hash_of(token):
        raise PossessionUnproven
    thumbprint = key.thumbprint()
    return Possession(thumbprint, hashlib.sha256(f"dpop\0{thumbprint}\0{claims.jti}".encode()).digest())


def _public_key(jwk: Any) -> Key:
    if not isinstance(jwk, dict):
        raise TypeError("no key")
    key = import_key(jwk)
    if not isinstance(key, ECKey | RSAKey | OKPKey) or key.is_private or not is_strong(key):
        raise TypeError("a key that proves nothing")
    return key


def _hash_of(token: str) -> str:
    return urlsafe_b64encode(hashlib.sha256(token.encode()).digest()).rstrip(b"=").decode()
