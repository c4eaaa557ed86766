"""Signed words between rooms: actor tokens, tickets and receipts, as JWS compact with Ed25519."""

import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar, cast

import msgspec
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey

from chassis.revocations import Revocations
from contracts.envelope import Actor
from contracts.errors import TokenInvalid
from contracts.vocabulary import Role
from contracts.wiring import CALLS, TOKEN_AUDIENCES

ALGORITHM = "Ed25519"
ACTOR = "carnet-actor+jwt"
"""`typ` of a token that says who acts."""
ISSUER_OF_PEOPLE = "identity"
ISSUER_OF_OPERATORS = "operator"
"""A key of the host's own, held by nobody who answers on the network."""
_CACHE_SIZE = 20_000

T = TypeVar("T")


class Claims(msgspec.Struct, frozen=True, kw_only=True):
    """What every signed word carries around its body."""

    iss: str
    aud: tuple[str, ...]
    iat: int
    exp: int
    body: msgspec.Raw


class Signer:
    """Signs with one service's own private key."""

    def __init__(self, key: OKPKey, issuer: str) -> None:
        self._key = key
        self.issuer = issuer

    @classmethod
    def from_file(cls, path: Path) -> "Signer":
        """Read a private JWK; its `kid` is the issuer."""
        key = OKPKey.import_key(msgspec.json.decode(path.read_bytes()))
        return cls(key, str(key.as_dict()["kid"]))

    def sign(self, body: msgspec.Struct, *, kind: str, to: Iterable[str], seconds: int, now: float) -> str:
        """Sign a body as JWS compact of type `kind`, good for `seconds` from `now` (Unix time).

        Args:
            to: the services it is meant for; no other believes it.
        """
        claims = Claims(
            iss=self.issuer,
            aud=tuple(sorted(to)),
            iat=int(now),
            exp=int(now) + seconds,
            body=msgspec.Raw(msgspec.json.encode(body)),
        )
        header = {"alg": ALGORITHM, "kid": self.issuer, "typ": kind}
        return jws.serialize_compact(header, msgspec.json.encode(claims), self._key, algorithms=[ALGORITHM])


class Keyring:
    """The public keys that a process believes, in words meant for it; what was verified once is remembered until it
    expires.

    Args:
        name: of the service that reads, or the gateway.
    """

    def __init__(self, name: str, keys: dict[str, OKPKey]) -> None:
        self._name = name
        self._keys = keys
        self.revocations = Revocations()
        self._known: dict[tuple[str, str], tuple[int, Any]] = {}

    @classmethod
    def from_file(cls, name: str, path: Path) -> "Keyring":
        """Read a JWKS file."""
        keys = KeySet.import_key_set(msgspec.json.decode(path.read_bytes())).keys
        return cls(name, {str(key.as_dict()["kid"]): key for key in keys if isinstance(key, OKPKey)})

    def open(self, token: str, *, kind: str, issuer: str, body: type[T], now: float, once: bool = False) -> T:
        """The body of a token signed by `issuer`; `once` keeps it out of the cache.

        Raises:
            TokenInvalid: wrong shape, type, signature or issuer, meant for others, or expired.
        """
        known = self._known.get((kind, token))
        if known is None:
            known = self._verify(token, kind, issuer, body)
            if not once:
                self._remember((kind, token), known)
        expires, value = known
        if now >= expires or not isinstance(value, body):
            raise TokenInvalid
        return value

    def _verify(self, token: str, kind: str, issuer: str, body: type[T]) -> tuple[int, T]:
        key = self._keys.get(issuer)
        if key is None:
            raise TokenInvalid
        try:
            opened = jws.deserialize_compact(token, key, algorithms=[ALGORITHM])
            claims = msgspec.json.decode(opened.payload, type=Claims)
            value = msgspec.json.decode(claims.body, type=body)
        except (JoseError, msgspec.MsgspecError, ValueError):
            raise TokenInvalid from None
        if opened.headers().get("typ") != kind or claims.iss != issuer or self._name not in claims.aud:
            raise TokenInvalid
        return claims.exp, value

    def _remember(self, key: tuple[str, str], known: tuple[int, Any]) -> None:
        if len(self._known) >= _CACHE_SIZE:
            self._known.clear()
        self._known[key] = known

    def actor(self, token: str, *, now: float) -> Actor:
        """Who a token speaks for: people by identity's word, operators by the host's, a service only by its own.

        Raises:
            TokenInvalid: as `open`; also an issuer speaking for anybody else, and a session that was ended.
        """
        known = self._known.get((ACTOR, token))
        if known is not None and now < known[0]:
            return self._unless_ended(cast(Actor, known[1]))
        issuer = issuer_of(token)
        actor = self.open(token, kind=ACTOR, issuer=issuer, body=Actor, now=now)
        if issuer != _speaks_for(actor):
            self._known.pop((ACTOR, token), None)
            raise TokenInvalid
        return self._unless_ended(actor)

    def _unless_ended(self, actor: Actor) -> Actor:
        if self.revocations.has(actor.session):
            raise TokenInvalid
        return actor


def _speaks_for(actor: Actor) -> str:
    """The one issuer who may speak for this actor."""
    match actor.role:
        case Role.SERVICE:
            return actor.subject
        case Role.OPERATOR:
            return ISSUER_OF_OPERATORS
        case _:
            return ISSUER_OF_PEOPLE


def issuer_of(token: str) -> str:
    """The issuer a token names in its header, not yet believed.

    Raises:
        TokenInvalid: not a JWS.
    """
    try:
        header = jws.extract_compact(token.encode()).headers()
    except (JoseError, ValueError, UnicodeError):
        raise TokenInvalid from None
    return str(header.get("kid", ""))


def sign_actor(signer: Signer, actor: Actor, *, seconds: int, now: float | None = None) -> str:
    """An actor token, at most 15 minutes long, for those who have an answer for that role."""
    moment = time.time() if now is None else now
    to = CALLS.get(actor.subject, ()) if actor.role is Role.SERVICE else TOKEN_AUDIENCES[actor.role]
    return signer.sign(actor, kind=ACTOR, to=to, seconds=min(seconds, 900), now=moment)
