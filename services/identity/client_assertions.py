"""Assertions a client signs to prove who it is (private_key_jwt, RFC 7523 and SMART Backend Services)."""

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from chassis.jose import (
    ClaimRules,
    NumericDate,
    RegisteredClaims,
    TokenFlawed,
    TokenReader,
    check_claims,
    public_keys,
)
from contracts.errors.request import ClientUnknown, InvalidRequest
from services.identity import domain

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
AGENT_KIND = "carnet-agent+jwt"
"""`typ` of what an organisation signs for an agent."""
_AGENT = re.compile(r"[a-z0-9][a-z0-9._-]{1,63}")
_KEPT_BEYOND_EXPIRY = timedelta(minutes=1)
_READER = TokenReader(max_length=8_000)


class _AssertionClaims(RegisteredClaims, frozen=True, kw_only=True):
    iss: str
    sub: str
    aud: str | tuple[str, ...]
    exp: NumericDate
    jti: str


@dataclass(frozen=True)
class ReadAssertion:
    """A valid assertion; `replay_key` is stored until `keep_until`, for it serves once."""

    replay_key: bytes
    keep_until: datetime


def check_keys(jwks: str) -> None:
    """Raises InvalidRequest unless these are public keys strong enough to verify signatures."""
    try:
        public_keys(jwks)
    except ValueError:
        raise InvalidRequest(field="keys") from None


def unproven_client(assertion: str) -> str:
    """The issuer an assertion claims, not verified yet; raises ClientUnknown."""
    try:
        return _READER.parse(assertion).claims(_AssertionClaims).iss
    except TokenFlawed:
        raise ClientUnknown from None


def read_agent(
    assertion: str, jwks: str, client_id: str, audiences: frozenset[str], now: datetime
) -> tuple[ReadAssertion, str]:
    """What an organisation has signed for an agent, and the agent's login.

    Raises:
        ClientUnknown: whatever is wrong with it; also an assertion the organisation signed for itself.
    """
    claims = _claims(assertion, jwks, _rules(client_id, None, audiences), now, is_for_agent=True)
    if not _AGENT.fullmatch(claims.sub):
        raise ClientUnknown
    return _read(claims), claims.sub


def read_assertion(
    assertion: str, jwks: str, client_id: str, audiences: frozenset[str], now: datetime
) -> ReadAssertion:
    """An assertion signed by one of the client's keys, for this server, in its time.

    Raises:
        ClientUnknown: whatever is wrong with it.
    """
    rules = _rules(client_id, client_id, audiences)
    return _read(_claims(assertion, jwks, rules, now, is_for_agent=False))


def _rules(client_id: str, subject: str | None, audiences: frozenset[str]) -> ClaimRules:
    return ClaimRules(
        issuer=client_id,
        subject=subject,
        audiences=audiences,
        max_left=domain.PROOF_MAX_LIFE,
        skew=domain.CLOCK_SKEW,
    )


def _claims(assertion: str, jwks: str, rules: ClaimRules, now: datetime, *, is_for_agent: bool) -> _AssertionClaims:
    try:
        signed = _READER.parse(assertion)
        # What was signed for an agent serves for nothing else, and the other way round.
        if (signed.kind == AGENT_KIND) is not is_for_agent:
            raise ClientUnknown
        kid = signed.header.get("kid")
        signed.check_signed_by(key for key in public_keys(jwks) if kid is None or key.kid in {None, kid})
        claims = signed.claims(_AssertionClaims)
        check_claims(claims, rules, now.timestamp())
    except (TokenFlawed, ValueError):
        raise ClientUnknown from None
    return claims


def _read(claims: _AssertionClaims) -> ReadAssertion:
    replay_key = hashlib.sha256(f"client\0{claims.iss}\0{claims.jti}".encode()).digest()
    return ReadAssertion(replay_key, datetime.fromtimestamp(claims.exp, UTC) + _KEPT_BEYOND_EXPIRY)
