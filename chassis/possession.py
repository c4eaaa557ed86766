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
"""How long a proof's `replay_key` must be stored, in seconds."""
_TYP = "dpop+jwt"
_MAX_AGE_SECONDS, _MAX_AHEAD_SECONDS = 90, 30
"""How old a proof may be, and how far a client's clock may be ahead."""
_MAX_LENGTH = 6_000


class _KeyRegistry(jws.JWSRegistry):
    # The header contains the key; joserfc's default limit is 512 bytes.
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
    """The thumbprint of the proven key (RFC 7638); `replay_key` identifies the proof, which is valid once."""

    thumbprint: str
    replay_key: bytes


def read_possession(proof: str, *, method: str, url: str, now: float, token: str = "") -> Possession:
    """The key that the sender of a request possesses.

    Args:
        url: of the request, without query. now: Unix time. token: the access token of the request, if any.

    Raises:
        PossessionUnproven: the proof is invalid for any reason.
    """
    if len(proof) > _MAX_LENGTH:
        raise PossessionUnproven
    try:
        proof_jws = jws.extract_compact(proof.encode(), registry=_REGISTRY)
        header = proof_jws.headers()
        key = _public_key(header.get("jwk"))
        is_signed = header.get("typ") == _TYP and jws.validate_compact(proof_jws, key, registry=_REGISTRY)
        claims = msgspec.json.decode(proof_jws.payload, type=_ProofClaims)
    except (JoseError, msgspec.MsgspecError, ValueError, TypeError, KeyError):
        raise PossessionUnproven from None
    is_for_request = claims.htm == method and claims.htu.partition("?")[0].partition("#")[0] == url
    is_in_time = now - _MAX_AGE_SECONDS <= claims.iat <= now + _MAX_AHEAD_SECONDS
    if not (is_signed and is_for_request and is_in_time and 8 <= len(claims.jti) <= 128):
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
        raise TypeError("not a strong public key")
    return key


def _hash_of(token: str) -> str:
    return urlsafe_b64encode(hashlib.sha256(token.encode()).digest()).rstrip(b"=").decode()
