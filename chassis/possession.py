"""Proofs of possession (DPoP, RFC 9449): a client signs each request with the key its token is bound to."""

import hashlib
import re
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from urllib.parse import urlsplit

from chassis.jose import ClaimRules, NumericDate, RegisteredClaims, TokenFlawed, TokenReader, check_claims, public_key
from contracts.errors.request import PossessionUnproven

KEPT_SECONDS = 150
"""How long a proof's `replay_key` must be stored, in seconds."""
_TYP = "dpop+jwt"
_PORTS = {"http": 80, "https": 443}
_ESCAPED = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")
_RULES = ClaimRules(max_age=90, skew=30)
# The header contains the key.
_READER = TokenReader(max_length=6_000, max_header_length=4_096)


class _ProofClaims(RegisteredClaims, frozen=True, kw_only=True):
    jti: str
    htm: str
    htu: str
    iat: NumericDate
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
        url: of the request; a query does not count. now: Unix time. token: the access token of the request, if any.

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
    proven_url = _normal(claims.htu)
    if claims.htm != method or proven_url is None or proven_url != _normal(url):
        raise PossessionUnproven
    if token and claims.ath != _hash_of(token):
        raise PossessionUnproven
    return Possession(key.thumbprint(), claims.jti)


def _normal(url: str) -> tuple[str, str, int | None, str] | None:
    """Scheme, host, port and path of a URL, each as RFC 3986 normalises it (6.2.2, 6.2.3); None if it is none.

    Without query and fragment (RFC 9449, section 4.3, point 9).
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if not host or parts.username is not None:
        return None
    path = _ESCAPED.sub(_unescaped, parts.path)
    return parts.scheme, host, port or _PORTS.get(parts.scheme), _without_dots(path)


def _unescaped(escaped: re.Match[str]) -> str:
    letter = chr(int(escaped[1], 16))
    return letter if _UNRESERVED.fullmatch(letter) else escaped[0].upper()


def _without_dots(path: str) -> str:
    """The path without `.` and `..` (RFC 3986, 5.2.4); the empty one is `/`."""
    kept: list[str] = []
    segments = path.split("/")[1:]
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments and segments[-1] in {".", ".."}:
        kept.append("")
    return "/" + "/".join(kept)


def _hash_of(token: str) -> str:
    return urlsafe_b64encode(hashlib.sha256(token.encode()).digest()).rstrip(b"=").decode()
