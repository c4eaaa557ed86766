"""Tokens of the floor: JWS compact with Ed25519, verified once and then found in a cache."""

import base64
import binascii

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from bench.floor.messages import TOKEN_REFUSED, Refused

_CACHE_SIZE = 20_000


class EchoClaims(msgspec.Struct, frozen=True, kw_only=True):
    """Who acts, for whom the token is meant, and until when it is good (Unix time)."""

    sub: str
    role: str
    aud: tuple[str, ...]
    exp: int


def sign(key: Ed25519PrivateKey, claims: EchoClaims) -> str:
    """The signed token."""
    header = msgspec.json.encode({"alg": "Ed25519", "kid": "floor", "typ": "floor+jwt"})
    signed = _armoured(header) + b"." + _armoured(msgspec.json.encode(claims))
    return (signed + b"." + _armoured(key.sign(signed))).decode()


class EchoKeyring:
    """The one public key that a service believes, in tokens meant for it."""

    def __init__(self, name: str, key: Ed25519PublicKey) -> None:
        self._name = name
        self._key = key
        self._known: dict[str, EchoClaims] = {}

    def check(self, token: str, *, now: float) -> EchoClaims:
        """Who a token speaks for.

        Raises:
            Refused: wrong shape or signature, meant for others, or expired.
        """
        known = self._known.get(token)
        if known is None:
            known = self._verify(token)
            if len(self._known) >= _CACHE_SIZE:
                self._known.clear()
            self._known[token] = known
        if now >= known.exp:
            raise Refused(TOKEN_REFUSED)
        return known

    def _verify(self, token: str) -> EchoClaims:
        try:
            signed, _, signature = token.encode().rpartition(b".")
            self._key.verify(_bare(signature), signed)
            claims = msgspec.json.decode(_bare(signed.partition(b".")[2]), type=EchoClaims)
        except (InvalidSignature, binascii.Error, msgspec.MsgspecError, ValueError):
            raise Refused(TOKEN_REFUSED) from None
        if self._name not in claims.aud:
            raise Refused(TOKEN_REFUSED)
        return claims


def _armoured(content: bytes) -> bytes:
    return base64.urlsafe_b64encode(content).rstrip(b"=")


def _bare(armoured: bytes) -> bytes:
    return base64.urlsafe_b64decode(armoured + b"=" * (-len(armoured) % 4))
