"""Proofs signed by cards: verifies a CPS assertion or a carte Vitale proof and reads its claims."""

import base64
import binascii
import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Generic, TypeVar

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID, ObjectIdentifier
from joserfc.jwk import ECKey

from chassis.jose import ClaimRules, NumericDate, RegisteredClaims, TokenFlaw, TokenFlawed, TokenReader, check_claims
from contracts.errors.request import ProofExpired, ProofInvalid
from contracts.vocabulary import Finess, Rpps
from services.identity import domain
from services.identity.authorities import CardAuthority, card_id

CPS_KIND = "cps+jwt"
VITALE_KIND = "vitale+jwt"
TOKEN_PATH = "/oauth/token"  # noqa: S105 - a path, not a secret
_KEPT_BEYOND_EXPIRY = timedelta(seconds=60)
# The certificates are in the header.
_READER = TokenReader(max_length=16_384, max_header_length=12_288, algorithms=["ES256"])


class CardClaims(RegisteredClaims, frozen=True, kw_only=True):
    """What the claims of both kinds of cards have."""

    sub: str
    aud: str | tuple[str, ...]
    iat: NumericDate
    exp: NumericDate
    jti: str


class CpsClaims(CardClaims, frozen=True, kw_only=True):
    """What a professional's card asserts (RFC 7523)."""

    iss: Rpps
    sub: Rpps
    profession: str
    structure: Finess
    software: str


class VitaleClaims(CardClaims, frozen=True, kw_only=True):
    """What a carte Vitale states of its holder; `sub` is the matricule."""

    ins_oid: str
    family_name: str
    given_names: str
    birth_date: date
    sex: str


C = TypeVar("C", bound=CardClaims)


@dataclass(frozen=True)
class ReadCard(Generic[C]):
    """A valid proof; `replay_key` must not be spent twice before `keep_until`; `card`: as `card_id` has it."""

    claims: C
    replay_key: bytes
    keep_until: datetime
    card: str


class CardReader:
    """Reads both kinds of cards, each with its own authority and audience."""

    def __init__(self, cps: CardAuthority, vitale: CardAuthority, public_url: str) -> None:
        self._cps = cps
        self._vitale = vitale
        self._public_url = public_url.rstrip("/")

    def read_cps(self, assertion: str, now: datetime, tls_certificate: str = "") -> ReadCard[CpsClaims]:
        """A professional's assertion; the certificate's RPPS and profession are the claimed ones.

        Args:
            tls_certificate: the client certificate of the TLS connection, if any: of the same authority and the same
                professional, maybe not the same certificate, for a card has one to authenticate and one to sign.

        Raises:
            ProofInvalid, ProofExpired, CardRevoked: as `_open`.
        """
        # As RFC 7523 has it in section 3: the server, or its token endpoint.
        audiences = frozenset({self._public_url, self._public_url + TOKEN_PATH})
        card, claims = _open(assertion, CPS_KIND, CpsClaims, self._cps, audiences, now)
        named = (_named(card, NameOID.SERIAL_NUMBER), _named(card, NameOID.TITLE))
        if claims.iss != claims.sub or named != (claims.sub, claims.profession) or not domain.is_rpps(claims.sub):
            raise ProofInvalid(cause="subject")
        if tls_certificate:
            tls_card = _loaded(tls_certificate)
            self._cps.check_card(tls_card, now)
            if _named(tls_card, NameOID.SERIAL_NUMBER) != claims.sub:
                raise ProofInvalid(cause="tls")
        return _read_card(card, claims)

    def revoked_among(self, cards: Collection[str], now: datetime) -> frozenset[str]:
        """Those of these CPS cards (`card_id`) that a list in force names."""
        return self._cps.revoked(now).intersection(cards) if cards else frozenset()

    def lists_end(self, now: datetime) -> dict[str, datetime | None]:
        """Authority -> when the first of its revocation lists ends; None: one is missing, or has ended."""
        return {"cps": self._cps.lists_end(now), "vitale": self._vitale.lists_end(now)}

    def read_vitale(self, proof: str, now: datetime) -> ReadCard[VitaleClaims]:
        """A patient's proof of presence; the certificate's matricule is the claimed one.

        Raises:
            ProofInvalid, ProofExpired, CardRevoked: as `_open`.
        """
        card, claims = _open(proof, VITALE_KIND, VitaleClaims, self._vitale, frozenset({self._public_url}), now)
        if _named(card, NameOID.SERIAL_NUMBER) != claims.sub:
            raise ProofInvalid(cause="subject")
        return _read_card(card, claims)


def _open(
    token: str, kind: str, wanted: type[C], authority: CardAuthority, audiences: frozenset[str], now: datetime
) -> tuple[x509.Certificate, C]:
    """The card's certificate and the claims it signed for one of these audiences.

    Raises:
        ProofInvalid: not a JWS of this kind, not ES256, not signed by this card, not this authority's card, or its
            claims are not right.
        ProofExpired. CardRevoked: revoked, or outside its validity period.
    """
    rules = ClaimRules(audiences=audiences, max_life=domain.PROOF_MAX_LIFE, skew=domain.CLOCK_SKEW)
    try:
        signed = _READER.parse(token)
        signed.check_kind(kind)
        card = _certificate(signed.header)
        authority.check_card(card, now)
        signed.check_signed_by([_key(card)])
        claims = signed.claims(wanted)
        check_claims(claims, rules, now.timestamp())
    except TokenFlawed as flawed:
        raise (ProofExpired if flawed.flaw is TokenFlaw.EXPIRED else ProofInvalid(cause=flawed.cause)) from None
    except (ValueError, TypeError):
        raise ProofInvalid(cause="shape") from None
    return card, claims


def _certificate(header: dict[str, Any]) -> x509.Certificate:
    chain = header.get("x5c")
    if not isinstance(chain, list) or not chain:
        raise ProofInvalid(cause="shape")
    return _loaded(chain[0])


def _loaded(certificate: Any) -> x509.Certificate:
    """A certificate in base64 DER; raises ProofInvalid."""
    try:
        return x509.load_der_x509_certificate(base64.b64decode(certificate, validate=True))
    except (binascii.Error, ValueError, TypeError, UnsupportedAlgorithm):
        raise ProofInvalid(cause="shape") from None


def _key(card: x509.Certificate) -> ECKey:
    key = card.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise ProofInvalid(cause="key")
    pem = key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return ECKey.import_key(pem)


def _named(card: x509.Certificate, attribute: ObjectIdentifier) -> str | None:
    found = card.subject.get_attributes_for_oid(attribute)
    return str(found[0].value) if len(found) == 1 else None


def _read_card(card: x509.Certificate, claims: C) -> ReadCard[C]:
    # Not derived from the signature: ECDSA lets a stranger make a second valid one out of the first.
    replay_key = hashlib.sha256(card.tbs_certificate_bytes + claims.jti.encode()).digest()
    return ReadCard(claims, replay_key, datetime.fromtimestamp(claims.exp, UTC) + _KEPT_BEYOND_EXPIRY, card_id(card))
