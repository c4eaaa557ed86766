"""Test certificate authority: roots, issuing authorities, revocation lists, cards, and signatures by cards."""

import base64
import json
import secrets
import shutil
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID, ObjectIdentifier
from joserfc import jws
from joserfc.jwk import ECKey

from contracts.vocabulary import Finess, Rpps
from deploy.dev import people
from deploy.dev.paths import write_private

_AUTHORITY_LIFE = timedelta(days=3 * 365)
_CARD_LIFE = timedelta(days=365)
_RENEWAL_MARGIN = timedelta(days=60)
_LIST_LIFE = timedelta(days=30)
_LIST_RENEWAL_AGE = timedelta(days=7)
_CLOCK_TOLERANCE = timedelta(minutes=5)
"""Certificates and lists are backdated by this, because clocks differ."""

_Subject = list[tuple[ObjectIdentifier, str]]


class CardKind(StrEnum):
    """Kinds of cards, each with its own issuing authority."""

    CPS = "cps"
    VITALE = "vitale"


class CpsCard(msgspec.Struct, frozen=True, kw_only=True):
    """A professional's card, with the structure and software that its assertions name by default."""

    private_key: str
    """PEM."""
    x5c: tuple[str, str]
    """The card's certificate and its issuer's, base64 of DER."""
    rpps: Rpps
    profession: str
    structure: Finess
    software: str


class VitaleCard(msgspec.Struct, frozen=True, kw_only=True):
    """A patient's card."""

    private_key: str
    """PEM."""
    x5c: tuple[str, str]
    """The card's certificate and its issuer's, base64 of DER."""
    matricule: str
    oid: str
    family_name: str
    given_names: str
    birth_date: date
    sex: str


AnyCard = CpsCard | VitaleCard
C = TypeVar("C", CpsCard, VitaleCard)


@dataclass(frozen=True)
class _Signer:
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate


def prepare(directory: Path) -> None:
    """Create what is missing or about to expire under `directory`; keep the rest.

    authority/<kind>/: root.pem, issuing.pem and revoked.crl, for the identity service
    private/: keys of the authorities, and the serials they revoked
    cps/, vitale/: one demo card per file
    directory.json: professionals, structures and software, for import by identity
    logins.json: login of each demo patient's account, by card name
    """
    now = datetime.now(UTC)
    if not _are_authorities_valid(directory, now):
        _make_authorities(directory, now)
    for kind in CardKind:
        if not _is_list_recent(directory, kind, now):
            issue_revocation_list(directory, kind, now)
    _prepare_cards(directory, now)
    write_private(directory / "directory.json", people.as_directory())
    people.prepare_logins(directory)


def cps_assertion(
    card: CpsCard, audience: str, structure: str, software: str, now: datetime, *, seconds: int = 120
) -> str:
    """A login assertion (RFC 7523) signed by a CPS card; `audience`: the token endpoint."""
    claims = {"iss": card.rpps, "sub": card.rpps, "profession": card.profession}
    claims |= {"structure": structure, "software": software}
    return _sign(card, "cps+jwt", claims, audience, now=now, seconds=seconds)


def vitale_proof(card: VitaleCard, audience: str, now: datetime, *, seconds: int = 120) -> str:
    """A proof of presence signed by a carte Vitale; `audience`: public URL of the platform."""
    claims = {
        "sub": card.matricule,
        "ins_oid": card.oid,
        "family_name": card.family_name,
        "given_names": card.given_names,
        "birth_date": card.birth_date.isoformat(),
        "sex": card.sex,
    }
    return _sign(card, "vitale+jwt", claims, audience, now=now, seconds=seconds)


def mint_cps(
    directory: Path,
    professional: people.Professional,
    *,
    software: str = people.FULL_SOFTWARE.number,
    since: datetime | None = None,
    until: datetime | None = None,
) -> CpsCard:
    """A new card for a professional; `until` in the past makes an expired one."""
    subject = [
        (NameOID.SERIAL_NUMBER, str(professional.rpps)),
        (NameOID.TITLE, str(professional.profession)),
        (NameOID.SURNAME, professional.family_name),
        (NameOID.GIVEN_NAME, professional.given_names),
    ]
    private_key, x5c = _mint(directory, CardKind.CPS, subject, since, until)
    return CpsCard(
        private_key=private_key,
        x5c=x5c,
        rpps=professional.rpps,
        profession=professional.profession,
        structure=professional.structure,
        software=software,
    )


def mint_vitale(
    directory: Path,
    patient: people.Patient,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
) -> VitaleCard:
    """A new card for a patient; `until` in the past makes an expired one."""
    subject = [
        (NameOID.SERIAL_NUMBER, patient.ins.matricule),
        (NameOID.SURNAME, patient.family_name),
        (NameOID.GIVEN_NAME, patient.given_names),
    ]
    private_key, x5c = _mint(directory, CardKind.VITALE, subject, since, until)
    return VitaleCard(
        private_key=private_key,
        x5c=x5c,
        matricule=patient.ins.matricule,
        oid=patient.ins.oid,
        family_name=patient.family_name,
        given_names=patient.given_names,
        birth_date=patient.birth_date,
        sex=patient.sex,
    )


def load_cps(directory: Path, name: str) -> CpsCard:
    """A demo professional's card; raises KeyError if there is none."""
    return _load_card(directory, CardKind.CPS, name, CpsCard)


def load_vitale(directory: Path, name: str) -> VitaleCard:
    """A demo patient's card; raises KeyError if there is none."""
    return _load_card(directory, CardKind.VITALE, name, VitaleCard)


def as_file(card: AnyCard) -> bytes:
    """JSON file of a card."""
    return msgspec.json.format(msgspec.json.encode(card))


def certificate_of(card: AnyCard) -> x509.Certificate:
    """The card's certificate, which its signatures are verified with."""
    return _certificate(card.x5c[0])


def revoke(directory: Path, card: AnyCard) -> None:
    """Revoke a card and publish the new revocation list."""
    kind = CardKind.CPS if isinstance(card, CpsCard) else CardKind.VITALE
    now = datetime.now(UTC)
    serial = str(_certificate(card.x5c[0]).serial_number)
    revoked = _revoked(directory, kind) | {serial: now.isoformat()}
    write_private(_revoked_file(directory, kind), json.dumps(revoked, indent=2).encode())
    issue_revocation_list(directory, kind, now)


def issue_revocation_list(directory: Path, kind: CardKind, now: datetime) -> None:
    """Publish the revocation list of an authority, valid for 30 days from `now`."""
    issuer = _issuer(directory, kind)
    made = now - _CLOCK_TOLERANCE
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.certificate.subject)
        .last_update(made)
        .next_update(now + _LIST_LIFE)
        .add_extension(x509.CRLNumber(int(now.timestamp() * 1000)), critical=False)
        .add_extension(_key_of(issuer.certificate), critical=False)
    )
    for serial, at in _revoked(directory, kind).items():
        entry = x509.RevokedCertificateBuilder().serial_number(int(serial))
        builder = builder.add_revoked_certificate(entry.revocation_date(datetime.fromisoformat(at)).build())
    revocations = builder.sign(issuer.key, hashes.SHA256())
    write_private(_public(directory, kind) / "revoked.crl", revocations.public_bytes(serialization.Encoding.PEM))


def _public(directory: Path, kind: CardKind) -> Path:
    return directory / "authority" / kind


def _revoked_file(directory: Path, kind: CardKind) -> Path:
    return directory / "private" / f"{kind}-revoked.json"


def _revoked(directory: Path, kind: CardKind) -> dict[str, str]:
    file = _revoked_file(directory, kind)
    known: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
    return known


def _issuer(directory: Path, kind: CardKind) -> _Signer:
    key = serialization.load_pem_private_key((directory / "private" / f"{kind}.key").read_bytes(), password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    certificate = x509.load_pem_x509_certificate((_public(directory, kind) / "issuing.pem").read_bytes())
    return _Signer(key, certificate)


def _are_authorities_valid(directory: Path, now: datetime) -> bool:
    try:
        issuers = [_issuer(directory, kind) for kind in CardKind]
    except (OSError, ValueError):
        return False
    return all(issuer.certificate.not_valid_after_utc > now + _CARD_LIFE + _RENEWAL_MARGIN for issuer in issuers)


def _is_list_recent(directory: Path, kind: CardKind, now: datetime) -> bool:
    try:
        found = x509.load_pem_x509_crl((_public(directory, kind) / "revoked.crl").read_bytes())
    except (OSError, ValueError):
        return False
    return found.last_update_utc > now - _LIST_RENEWAL_AGE


def _make_authorities(directory: Path, now: datetime) -> None:
    for stale in ("authority", "private", *CardKind):
        shutil.rmtree(directory / stale, ignore_errors=True)
    private = directory / "private"
    private.mkdir(parents=True, mode=0o700)
    root = _authority("Carnet test root", None, now)
    for kind in CardKind:
        issuing = _authority(f"Carnet test {kind} issuing", root, now)
        write_private(private / f"{kind}.key", _pem_of(issuing.key))
        write_private(_public(directory, kind) / "root.pem", _pem(root.certificate))
        write_private(_public(directory, kind) / "issuing.pem", _pem(issuing.certificate))
    # The key of the root is not stored: it signs nothing more.


def _authority(name: str, signer: _Signer | None, now: datetime) -> _Signer:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = _name([(NameOID.COMMON_NAME, name)])
    builder = _builder(subject, key, signer, now, now + _AUTHORITY_LIFE)
    depth = 1 if signer is None else 0
    certificate = (
        builder.add_extension(x509.BasicConstraints(ca=True, path_length=depth), critical=True)
        .add_extension(_usage(authority=True), critical=True)
        .sign(signer.key if signer else key, hashes.SHA256())
    )
    return _Signer(key, certificate)


def _mint(
    directory: Path, kind: CardKind, subject: _Subject, since: datetime | None, until: datetime | None
) -> tuple[str, tuple[str, str]]:
    issuer, key = _issuer(directory, kind), ec.generate_private_key(ec.SECP256R1())
    begin = since or datetime.now(UTC)
    certificate = (
        _builder(_name(subject), key, issuer, begin, until or begin + _CARD_LIFE)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(authority=False), critical=True)
        .sign(issuer.key, hashes.SHA256())
    )
    return _pem_of(key).decode(), (_base64(certificate), _base64(issuer.certificate))


def _builder(
    subject: x509.Name, key: ec.EllipticCurvePrivateKey, signer: _Signer | None, since: datetime, until: datetime
) -> x509.CertificateBuilder:
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(signer.certificate.subject if signer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(since - _CLOCK_TOLERANCE)
        .not_valid_after(until)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    return builder.add_extension(_key_of(signer.certificate), critical=False) if signer else builder


def _key_of(issuer: x509.Certificate) -> x509.AuthorityKeyIdentifier:
    identifier = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier)


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )


def _name(attributes: _Subject) -> x509.Name:
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in attributes])


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _pem_of(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _base64(certificate: x509.Certificate) -> str:
    return base64.b64encode(certificate.public_bytes(serialization.Encoding.DER)).decode()


def _certificate(encoded: str) -> x509.Certificate:
    return x509.load_der_x509_certificate(base64.b64decode(encoded))


def _sign(card: AnyCard, kind: str, claims: dict[str, Any], audience: str, *, now: datetime, seconds: int) -> str:
    issued = int(now.timestamp())
    dated = claims | {"aud": audience, "iat": issued, "exp": issued + seconds, "jti": secrets.token_urlsafe(16)}
    header = {"alg": "ES256", "typ": kind, "x5c": list(card.x5c)}
    return jws.serialize_compact(header, json.dumps(dated), ECKey.import_key(card.private_key), algorithms=["ES256"])


def _prepare_cards(directory: Path, now: datetime) -> None:
    for professional in people.PROFESSIONALS:
        file = directory / CardKind.CPS / f"{professional.name}.json"
        if not _is_card_valid(file, CpsCard, now):
            _save(file, mint_cps(directory, professional))
    for patient in people.PATIENTS:
        file = directory / CardKind.VITALE / f"{patient.name}.json"
        if not _is_card_valid(file, VitaleCard, now):
            _save(file, mint_vitale(directory, patient))


def _is_card_valid(file: Path, wanted: type[AnyCard], now: datetime) -> bool:
    try:
        card = msgspec.json.decode(file.read_bytes(), type=wanted)
    except (OSError, msgspec.MsgspecError):
        return False
    return _certificate(card.x5c[0]).not_valid_after_utc > now + _RENEWAL_MARGIN


def _save(file: Path, card: AnyCard) -> None:
    write_private(file, as_file(card))


def _load_card(directory: Path, kind: CardKind, name: str, wanted: type[C]) -> C:
    known = {file.stem: file for file in (directory / kind).glob("*.json")}
    return msgspec.json.decode(known[name].read_bytes(), type=wanted)
