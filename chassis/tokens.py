"""Signed tokens between services: actor tokens, tickets and receipts, as JWS compact with Ed25519."""

import re
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar, cast

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey

from chassis.revocations import Revocations
from chassis.settings import SettingsError
from contracts.envelope import Actor
from contracts.errors.request import TokenInvalid
from contracts.vocabulary import Role
from contracts.wiring import CALLS, TOKEN_AUDIENCES

ALGORITHM = "Ed25519"
ACTOR = "carnet-actor+jwt"
"""`typ` of an actor token."""
ISSUER_OF_PEOPLE = "identity"
_OPERATOR = re.compile(r"operator\.([a-z0-9][a-z0-9._-]{0,62})")
"""The issuer of the key of an operator, by login: each has one of their own, which no service or gateway holds."""
_CACHE_SIZE = 20_000
_NO_KEY = (ValueError, TypeError, KeyError, AttributeError, JoseError)
"""What the library raises for a file that is not what it should be."""

T = TypeVar("T")


class Claims(msgspec.Struct, frozen=True, kw_only=True):
    """The claims of every token."""

    iss: str
    aud: tuple[str, ...]
    iat: int
    exp: int
    body: msgspec.Raw


class Signer:
    """Signs with a service's private key."""

    def __init__(self, key: OKPKey, issuer: str) -> None:
        self._key = key
        self.issuer = issuer

    @classmethod
    def from_file(cls, path: Path) -> "Signer":
        """Read a private JWK; its `kid` is the issuer; raises SettingsError where it is none."""
        try:
            key = OKPKey.import_key(msgspec.json.decode(path.read_bytes()))
            return cls(key, str(key.as_dict(private=True)["kid"]))
        except _NO_KEY:
            raise SettingsError(f"{path} is no private Ed25519 JWK with a kid: mount the signing key there") from None

    def sign(self, body: msgspec.Struct, *, kind: str, to: Iterable[str], seconds: int, now: float) -> str:
        """A token: `body` as JWS compact.

        Args:
            kind: the `typ`. to: the audience. now: Unix time, from which the token is valid for `seconds`.
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

    def sign_bytes(self, data: bytes) -> bytes:
        """An Ed25519 signature, 64 bytes."""
        return _private(self._key).sign(data)


class Keyring:
    """The public keys that a process trusts; it verifies tokens whose audience is the process, and caches them.

    Args:
        name: of the service or gateway that verifies.
        keys: by issuer, who has two while the key is being changed.
    """

    def __init__(self, name: str, keys: Mapping[str, Sequence[OKPKey]]) -> None:
        self._name = name
        self._keys = keys
        self.revocations = Revocations()
        self._cache: dict[tuple[str, str], tuple[int, Any]] = {}

    @classmethod
    def from_file(cls, name: str, path: Path) -> "Keyring":
        """Read a JWKS file; raises SettingsError where it is none."""
        keys: dict[str, list[OKPKey]] = {}
        try:
            for key in KeySet.import_key_set(msgspec.json.decode(path.read_bytes())).keys:
                if isinstance(key, OKPKey):
                    keys.setdefault(str(key.as_dict()["kid"]), []).append(key)
        except _NO_KEY:
            raise SettingsError(f"{path} is no JWKS whose keys have a kid: mount the trusted keys there") from None
        return cls(name, keys)

    def open(self, token: str, *, kind: str, issuer: str, body: type[T], now: float, once: bool = False) -> T:
        """The body of a token signed by `issuer`; `once`: it is not cached.

        Raises:
            TokenInvalid: wrong form, type, signature, issuer or audience, or expired.
        """
        cached = self._cache.get((kind, token))
        if cached is None:
            cached = self._verify(token, kind, issuer, body)
            if not once:
                self._put((kind, token), cached)
        expires, value = cached
        if now >= expires or not isinstance(value, body):
            raise TokenInvalid
        return value

    def is_signed_by(self, issuer: str, data: bytes, signature: bytes) -> bool:
        """Whether this is the issuer's Ed25519 signature of these bytes."""
        return any(_has_signed(key, data, signature) for key in self._keys.get(issuer, ()))

    def knows(self, issuer: str) -> bool:
        """Whether a key of this issuer is trusted."""
        return issuer in self._keys

    def _verify(self, token: str, kind: str, issuer: str, body: type[T]) -> tuple[int, T]:
        opened = self._opened(token, issuer)
        try:
            claims = msgspec.json.decode(opened.payload, type=Claims)
            value = msgspec.json.decode(claims.body, type=body)
        except (msgspec.MsgspecError, ValueError):
            raise TokenInvalid from None
        if opened.headers().get("typ") != kind or claims.iss != issuer or self._name not in claims.aud:
            raise TokenInvalid
        return claims.exp, value

    def _opened(self, token: str, issuer: str) -> jws.CompactSignature:
        for key in self._keys.get(issuer, ()):
            with suppress(JoseError, ValueError):
                return jws.deserialize_compact(token, key, algorithms=[ALGORITHM])
        raise TokenInvalid

    def _put(self, key: tuple[str, str], verified: tuple[int, Any]) -> None:
        if len(self._cache) >= _CACHE_SIZE:
            self._cache.clear()
        self._cache[key] = verified

    def actor(self, token: str, *, now: float) -> Actor:
        """The actor of a token: issued by identity for people, by an operator or a service for itself.

        Raises:
            TokenInvalid: as `open`; also another issuer, or an ended session.
        """
        cached = self._cache.get((ACTOR, token))
        if cached is not None and now < cached[0]:
            return self._unless_ended(cast(Actor, cached[1]))
        issuer = issuer_of(token)
        actor = self.open(token, kind=ACTOR, issuer=issuer, body=Actor, now=now)
        if issuer != issuer_for(actor):
            self._cache.pop((ACTOR, token), None)
            raise TokenInvalid
        return self._unless_ended(actor)

    def _unless_ended(self, actor: Actor) -> Actor:
        if self.revocations.has(actor.session):
            raise TokenInvalid
        return actor


def _private(key: OKPKey) -> Ed25519PrivateKey:
    return cast(Ed25519PrivateKey, key.private_key)


def _public(key: OKPKey) -> Ed25519PublicKey:
    return cast(Ed25519PublicKey, key.public_key)


def _has_signed(key: OKPKey, data: bytes, signature: bytes) -> bool:
    try:
        _public(key).verify(signature, data)
    except InvalidSignature:
        return False
    return True


def issuer_for(actor: Actor) -> str:
    """The only issuer of tokens for this actor."""
    match actor.role:
        case Role.SERVICE:
            return actor.subject
        case Role.OPERATOR:
            return issuer_of_operator(actor.subject)
        case _:
            return ISSUER_OF_PEOPLE


def issuer_of_operator(login: str) -> str:
    """The issuer of an operator's tokens: the `kid` of their key."""
    return f"operator.{login}"


def operator_of(issuer: str) -> str | None:
    """The login of the operator whose key this issuer's is; None if it is nobody's."""
    named = _OPERATOR.fullmatch(issuer)
    return None if named is None else named[1]


def issuer_of(token: str) -> str:
    """The issuer that a token's header names, not verified.

    Raises:
        TokenInvalid: not a JWS.
    """
    try:
        header = jws.extract_compact(token.encode()).headers()
    except (JoseError, ValueError, UnicodeError):
        raise TokenInvalid from None
    return str(header.get("kid", ""))


def sign_actor(signer: Signer, actor: Actor, *, seconds: int, now: float | None = None) -> str:
    """An actor token, valid for at most 15 minutes, for the services with methods for the actor's role."""
    moment = time.time() if now is None else now
    to = CALLS.get(actor.subject, ()) if actor.role is Role.SERVICE else TOKEN_AUDIENCES[actor.role]
    return signer.sign(actor, kind=ACTOR, to=to, seconds=min(seconds, 900), now=moment)
