"""Tokens that others sign (JWS compact): opened with accepted algorithms and keys, registered claims checked."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar

import msgspec
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet, OKPKey, RSAKey, import_key

ALGORITHMS = ("ES256", "ES384", "RS256", "RS384", "PS256", "Ed25519", "EdDSA")
"""Accepted in signatures of third parties."""
_MIN_RSA_BITS = 2048
# RecursionError: JSON that is nested a thousand deep.
_ERRORS = (JoseError, msgspec.MsgspecError, ValueError, TypeError, KeyError, RecursionError)

Key = ECKey | RSAKey | OKPKey
T = TypeVar("T")


_CLAIM = re.compile(r"required field `(\w{1,32})`|`\$\.(\w{1,32})`")


class TokenFlaw(Enum):
    """What is wrong with a token; LIFE: not yet valid, from the future, too old or valid for too long."""

    SHAPE = "shape"
    KIND = "kind"
    SIGNATURE = "signature"
    CLAIMS = "claims"
    ISSUER = "issuer"
    SUBJECT = "subject"
    AUDIENCE = "audience"
    EXPIRED = "expired"
    LIFE = "life"


class TokenFlawed(Exception):
    """A token with its first flaw; `cause`: the flaw, and the claim if one is missing or of another type."""

    def __init__(self, flaw: TokenFlaw, claim: str = "") -> None:
        self.flaw = flaw
        self.cause = f"{flaw.value}: {claim}" if claim else flaw.value
        super().__init__(self.cause)


NumericDate = int | float
"""Unix seconds, with a fraction if the signer likes (RFC 7519, section 2)."""


class RegisteredClaims(msgspec.Struct, frozen=True, kw_only=True):
    """Claims of RFC 7519; a subclass declares again those that it requires."""

    iss: str = ""
    sub: str = ""
    aud: str | tuple[str, ...] = ()
    exp: NumericDate | None = None
    nbf: NumericDate | None = None
    iat: NumericDate | None = None
    jti: str = ""


@dataclass(frozen=True, kw_only=True)
class ClaimRules:
    """What registered claims must be, besides a `jti` of 8 to 128 characters; None is not checked. In seconds.

    `audiences`: the token names at least one of these and no other. `max_age`: since `iat`. `max_life`: from `iat` to
    `exp`. `max_left`: from the signer's now to `exp`. `skew`: how far the signer's clock may be ahead; whatever is
    compared with now allows for it, but `exp` as an end, which a signer chooses late enough.
    """

    issuer: str | None = None
    subject: str | None = None
    audiences: frozenset[str] | None = None
    max_age: int | None = None
    max_life: int | None = None
    max_left: int | None = None
    skew: int


@dataclass(frozen=True)
class SignedToken:
    """A token in the right form, not verified yet."""

    header: dict[str, Any]
    _signature: jws.CompactSignature
    _registry: jws.JWSRegistry

    @property
    def kind(self) -> str | None:
        """The header's `typ`: a media type, in any case, with or without `application/` (RFC 7515, 4.1.9)."""
        typ = self.header.get("typ")
        return typ.lower().removeprefix("application/") if isinstance(typ, str) else None

    def check_kind(self, typ: str) -> None:
        """Raises TokenFlawed (KIND) unless the header has this `typ`."""
        if self.kind != typ:
            raise TokenFlawed(TokenFlaw.KIND)

    def check_signed_by(self, keys: Iterable[Key]) -> None:
        """Raises TokenFlawed: SHAPE for an unacceptable header or `alg`, SIGNATURE if no key made the signature."""
        try:
            self._registry.check_header(self.header)
        except _ERRORS:
            raise TokenFlawed(TokenFlaw.SHAPE) from None
        if self.header["alg"] not in (self._registry.allowed or ()):
            raise TokenFlawed(TokenFlaw.SHAPE)
        if not any(self._is_signed_by(key) for key in keys):
            raise TokenFlawed(TokenFlaw.SIGNATURE)

    def claims(self, wanted: type[T]) -> T:
        """The payload; raises TokenFlawed (CLAIMS) if it is of another type."""
        try:
            return msgspec.json.decode(self._signature.payload, type=wanted)
        except _ERRORS as error:
            # The message names the claim, and may quote nothing else of the payload than a name of ours.
            found = _CLAIM.search(str(error))
            raise TokenFlawed(TokenFlaw.CLAIMS, (found[1] or found[2]) if found else "") from None

    def _is_signed_by(self, key: Key) -> bool:
        # A key of another type than the algorithm's is no error here: the next one may fit.
        try:
            return bool(jws.validate_compact(self._signature, key, registry=self._registry))
        except _ERRORS:
            return False


class TokenReader:
    """Reads one kind of token; lengths are in characters."""

    def __init__(
        self, *, max_length: int, max_header_length: int = 512, algorithms: Collection[str] = ALGORITHMS
    ) -> None:
        self._max_length = max_length
        # What is not understood in a header is ignored, unless `crit` names it (RFC 7515, section 4).
        self._registry = jws.JWSRegistry(algorithms=algorithms, strict_check_header=False)
        self._registry.max_header_length = max_header_length

    def parse(self, token: str) -> SignedToken:
        """Raises TokenFlawed (SHAPE): too long, or no JWS."""
        if len(token) > self._max_length:
            raise TokenFlawed(TokenFlaw.SHAPE)
        try:
            signature = jws.extract_compact(token.encode(), registry=self._registry)
        except _ERRORS:
            raise TokenFlawed(TokenFlaw.SHAPE) from None
        header: Any = signature.headers()
        if not isinstance(header, dict):
            raise TokenFlawed(TokenFlaw.SHAPE)
        return SignedToken(header, signature, self._registry)


def check_claims(claims: RegisteredClaims, rules: ClaimRules, now: float) -> None:
    """Raises TokenFlawed with the first rule that is broken; `now` in Unix seconds."""
    for flaw, is_kept in (*_identity_checks(claims, rules), *_time_checks(claims, rules, now)):
        if not is_kept:
            raise TokenFlawed(flaw, "jti" if flaw is TokenFlaw.CLAIMS else "")


def _identity_checks(claims: RegisteredClaims, rules: ClaimRules) -> Iterator[tuple[TokenFlaw, bool]]:
    named = {claims.aud} if isinstance(claims.aud, str) else set(claims.aud)
    yield TokenFlaw.ISSUER, rules.issuer in {None, claims.iss}
    yield TokenFlaw.SUBJECT, rules.subject in {None, claims.sub}
    yield TokenFlaw.AUDIENCE, rules.audiences is None or (bool(named) and named <= rules.audiences)
    yield TokenFlaw.CLAIMS, 8 <= len(claims.jti) <= 128


def _time_checks(claims: RegisteredClaims, rules: ClaimRules, now: float) -> Iterator[tuple[TokenFlaw, bool]]:
    # An integer in JSON may be too large for a float: it is compared with one, never added to it or subtracted.
    issued, expires = claims.iat, claims.exp
    yield TokenFlaw.EXPIRED, expires is None or now < expires
    yield TokenFlaw.LIFE, all(since is None or since <= now + rules.skew for since in (claims.nbf, issued))
    if rules.max_age is not None:
        yield TokenFlaw.LIFE, issued is not None and issued >= now - rules.max_age
    if rules.max_life is not None:
        yield (
            TokenFlaw.LIFE,
            (issued is not None and expires is not None and issued < expires <= issued + rules.max_life),
        )
    if rules.max_left is not None:
        yield TokenFlaw.LIFE, expires is not None and expires <= now + rules.max_left + rules.skew


def public_keys(jwks: str) -> list[Key]:
    """The keys of a JWKS.

    Raises:
        ValueError: it has none, or one that is private, too weak or signs nothing.
    """
    try:
        return [_checked(key) for key in KeySet.import_key_set(msgspec.json.decode(jwks)).keys]
    except _ERRORS:
        raise ValueError("not a set of strong public keys") from None


def public_key(jwk: Any) -> Key:
    """The key of a JWK, an object of JSON; raises ValueError as `public_keys` does."""
    try:
        return _checked(import_key(jwk if isinstance(jwk, dict) else {}))
    except _ERRORS:
        raise ValueError("not a strong public key") from None


def _checked(key: object) -> Key:
    if not isinstance(key, ECKey | RSAKey | OKPKey) or key.is_private:
        raise TypeError("not a public key")
    if isinstance(key, RSAKey) and int(key.raw_value.key_size) < _MIN_RSA_BITS:
        raise ValueError("too short")
    if isinstance(key, OKPKey) and key.curve_name.startswith("X"):
        raise ValueError("X25519 and X448 do not sign")
    return key
