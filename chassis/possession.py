"""Proofs of possession (DPoP, RFC 9449): a client signs each request with the key its token is bound to."""

import hashlib
from base64 import urlsafe_b64encode
from dataclasses import dataclass

from chassis.jose import ClaimRules, RegisteredClaims, TokenFlawed, TokenReader, check_claims, public_key
from contracts.errors.request import PossessionUnproven

KEPT_SECONDS = 150
"""How long a proof's `replay_key` must be stored, in seconds."""
_TYP = "dpop+jwt"
_RULES = ClaimRules(max_age=90, skew=30)
# The header contains the key.
_READER = TokenReader(max_length=6_000, max_header_length=4_096)


class _ProofClaims(RegisteredClaims, frozen=True, kw_only=True):
    jti: str
    htm: str
    htu: str
    iat: int
    ath: str = ""


@dataclass(frozen=True)
class Possession:
    """The thumbprint of the proven key (RFC 7638), and the `jti` of the proof, which is valid once."""

    thumbprint: str
    jti: str

    @property
    def replay_key(self) -> bytes:
        """What identifies the proof, among those of all keys."""
        return hashlib.sha256(f"dpop\0{self.thumbprint}\0{self.jti}".encode()).digest()


def read_possession(proof: str, *, method: str, url: str, now: float, token: str = "") -> Possession:
    """The key that the sender of a request possesses.

    Args:
        url: of the request, without query. now: Unix time. token: the access token of the request, if any.

    Raises:
        PossessionUnproven: the proof is invalid for any reason.
    """
    try:
        signed = _READER.parse(proof)
        signed.check_kind(_TYP)
        key = public_key(signed.header.get("jwk"))
        signed.check_signed_by([key])
        claims = signed.claims(_ProofClaims)
        check_claims(claims, _RULES, now)
    except (TokenFlawed, ValueError):
        raise PossessionUnproven from None
    if claims.htm != method or claims.htu.partition("?")[0].partition("#")[0] != url:
        raise PossessionUnproven
    if token and claims.ath != _hash_of(token):
        raise PossessionUnproven
    return Possession(key.thumbprint(), claims.jti)


def _hash_of(token: str) -> str:
    return urlsafe_b64encode(hashlib.sha256(token.encode()).digest()).rstrip(b"=").decode()
