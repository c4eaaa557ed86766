"""Assertions a client signs to prove who it is (private_key_jwt, RFC 7523 and SMART Backend Services)."""

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import msgspec
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet, OKPKey, RSAKey

from chassis.signatures import ALGORITHMS, Key, is_strong
from contracts.errors import ClientUnknown, InvalidRequest
from services.identity import domain

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
AGENT_KIND = "carnet-agent+jwt"
"""`typ` of what an organisation signs for an agent."""
_AGENT = re.compile(r"[a-z0-9][a-z0-9._-]{1,63}")
_LONGEST = 8_000
_KEPT_BEYOND_EXPIRY = timedelta(minutes=1)


class _AssertionClaims(msgspec.Struct, frozen=True, kw_only=True):
    iss: str
    sub: str
    aud: str | tuple[str, ...]
    exp: int
    jti: str
    iat: int | None = None


@dataclass(frozen=True)
class ReadAssertion:
    """A valid assertion; `replay_key` is stored until `keep_until`, for it serves once."""

    replay_key: bytes
    keep_until: datetime


def check_keys(jwks: str) -> None:
    """Raises InvalidRequest unless these are public keys strong enough to verify signatures."""
    try:
        keys = _keys(jwks)
    except (JoseError, msgspec.MsgspecError, ValueError, TypeError, KeyError):
        raise InvalidRequest(field="keys") from None
    if not keys or any(key.is_private or not is_strong(key) for key in keys):
        raise InvalidRequest(field="keys")


def unproven_client(assertion: str) -> str:
    """The issuer an assertion claims, not verified yet; raises ClientUnknown."""
    try:
        found = jws.extract_compact(assertion[:_LONGEST].encode(), registry=_REGISTRY)
        return msgspec.json.decode(found.payload, type=_AssertionClaims).iss
    except (JoseError, msgspec.MsgspecError, ValueError):
        raise ClientUnknown from None


def read_agent(
    assertion: str, jwks: str, client_id: str, audiences: frozenset[str], now: datetime
) -> tuple[ReadAssertion, str]:
    """What an organisation has signed for an agent, and the agent's login.

    Raises:
        ClientUnknown: whatever is wrong with it; also an assertion the organisation signed for itself.
    """
    claims = _signed_claims(assertion, jwks, kind=AGENT_KIND)
    if not _AGENT.fullmatch(claims.sub):
        raise ClientUnknown
    return _checked(claims, client_id, audiences, now), claims.sub


def read_assertion(
    assertion: str, jwks: str, client_id: str, audiences: frozenset[str], now: datetime
) -> ReadAssertion:
    """An assertion signed by one of the client's keys, for this server, in its time.

    Raises:
        ClientUnknown: whatever is wrong with it.
    """
    claims = _signed_claims(assertion, jwks)
    if claims.sub != client_id:
        raise ClientUnknown
    return _checked(claims, client_id, audiences, now)


def _checked(claims: _AssertionClaims, client_id: str, audiences: frozenset[str], now: datetime) -> ReadAssertion:
    claimed = {claims.aud} if isinstance(claims.aud, str) else set(claims.aud)
    moment = now.timestamp()
    issued = claims.iat if claims.iat is not None else int(moment)
    is_in_time = moment < claims.exp <= moment + domain.PROOF_MAX_LIFE and issued <= moment + domain.CLOCK_SKEW
    if (
        claims.iss != client_id
        or not claimed <= audiences
        or not claimed
        or not 8 <= len(claims.jti) <= 128
        or not is_in_time
    ):
        raise ClientUnknown
    replay_key = hashlib.sha256(f"client\0{client_id}\0{claims.jti}".encode()).digest()
    return ReadAssertion(replay_key, datetime.fromtimestamp(claims.exp, UTC) + _KEPT_BEYOND_EXPIRY)


def _signed_claims(assertion: str, jwks: str, kind: str = "") -> _AssertionClaims:
    if len(assertion) > _LONGEST:
        raise ClientUnknown
    try:
        signature = jws.extract_compact(assertion.encode(), registry=_REGISTRY)
        kid, typ = signature.headers().get("kid"), signature.headers().get("typ", "")
        # What was signed for an agent serves for nothing else, and the other way round.
        if (typ == AGENT_KIND) is not (kind == AGENT_KIND):
            raise ClientUnknown
        fitting = [key for key in _keys(jwks) if kid is None or key.kid in {None, kid}]
        if any(_is_signed_with(signature, key) for key in fitting):
            return msgspec.json.decode(signature.payload, type=_AssertionClaims)
    except (JoseError, msgspec.MsgspecError, ValueError, TypeError, KeyError):
        pass
    raise ClientUnknown


def _is_signed_with(signature: jws.CompactSignature, key: Key) -> bool:
    # A key of another type than the algorithm's is no error here: the next one may fit.
    try:
        return bool(jws.validate_compact(signature, key, registry=_REGISTRY))
    except (JoseError, ValueError, TypeError):
        return False


def _keys(jwks: str) -> list[Key]:
    found = KeySet.import_key_set(msgspec.json.decode(jwks)).keys
    if not all(isinstance(key, ECKey | RSAKey | OKPKey) for key in found):
        raise TypeError("a key that signs nothing")
    return [key for key in found if isinstance(key, ECKey | RSAKey | OKPKey)]


_REGISTRY = jws.JWSRegistry(algorithms=list(ALGORITHMS))
