"""Logout tokens of an OpenID provider (OpenID Connect Back-Channel Logout 1.0): who has logged out there."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec

from chassis.jose import (
    ClaimRules,
    Key,
    NumericDate,
    RegisteredClaims,
    SignedToken,
    TokenFlawed,
    TokenReader,
    check_claims,
)
from contracts.errors.request import LogoutRefused
from services.identity.domain.workplaces import ProviderSession, provider_session

_EVENT = "http://schemas.openid.net/event/backchannel-logout"
_KINDS = frozenset({"jwt", "logout+jwt"})
"""Values of `typ`, which the specification recommends and does not require."""
_MOST_SECONDS = 600
"""How old a token may be, and how long it may last; the specification recommends two minutes."""


class _LogoutClaims(RegisteredClaims, frozen=True, kw_only=True):
    iss: str
    aud: str | tuple[str, ...]
    iat: NumericDate
    exp: NumericDate
    jti: str
    events: dict[str, dict[str, Any]]
    sid: str = ""
    nonce: Any = msgspec.UNSET


@dataclass(frozen=True)
class ReadLogout:
    """The session that ended at the provider; `replay_key` is stored until `keep_until`, for a token serves once."""

    ended: ProviderSession
    replay_key: bytes
    keep_until: datetime


class LogoutReader:
    """Reads the logout tokens of one provider for one client."""

    def __init__(self, issuer: str, client_id: str, algorithms: tuple[str, ...], skew: int) -> None:
        self._reader = TokenReader(max_length=8_000, algorithms=algorithms)
        self._rules = ClaimRules(
            issuer=issuer,
            audiences=frozenset({client_id}),
            max_age=_MOST_SECONDS,
            max_left=_MOST_SECONDS,
            skew=skew,
        )

    def parse(self, token: str) -> SignedToken:
        """A token in the right form, not verified yet; raises LogoutRefused."""
        try:
            signed = self._reader.parse(token)
        except TokenFlawed:
            raise LogoutRefused from None
        if "typ" in signed.header and signed.kind not in _KINDS:
            raise LogoutRefused
        return signed

    def read(self, signed: SignedToken, keys: Iterable[Key], now: datetime) -> ReadLogout:
        """What a token says that one of these keys signed; raises LogoutRefused whatever is wrong with it."""
        try:
            signed.check_signed_by(keys)
            claims = signed.claims(_LogoutClaims)
            check_claims(claims, self._rules, now.timestamp())
            ended = provider_session(claims.sub, claims.sid)
        except (TokenFlawed, ValueError):
            raise LogoutRefused from None
        if _EVENT not in claims.events or claims.nonce is not msgspec.UNSET or not (claims.sub or claims.sid):
            raise LogoutRefused
        replay_key = hashlib.sha256(f"logout\0{claims.iss}\0{claims.jti}".encode()).digest()
        return ReadLogout(ended, replay_key, datetime.fromtimestamp(claims.exp, UTC))


def ended_session_key(session: str) -> bytes:
    """What is stored of a session (`sid`) that ended at the provider: no login of it opens a session afterwards."""
    return hashlib.sha256(f"ended at provider\0{session}".encode()).digest()
