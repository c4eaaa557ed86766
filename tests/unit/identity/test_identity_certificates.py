"""Certificates and revocation lists: only a valid signing card of the right authority, not revoked."""

import base64
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from contracts.errors.request import CardRevoked, ProofInvalid
from deploy.dev import authority
from services.identity.cards import CardReader
from tests.unit.identity.card_builders import GP, PUBLIC_URL, assertion, cause_of, claims, reader_of, signed


def issuer_of(directory: Path) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    issuing = x509.load_pem_x509_certificate((directory / "authority" / "cps" / "issuing.pem").read_bytes())
    key = serialization.load_pem_private_key((directory / "private" / "cps.key").read_bytes(), password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return issuing, key


def test_an_expired_card_is_refused(shared_cards: Path, reader: CardReader, now: datetime) -> None:
    old = authority.mint_cps(shared_cards, GP, since=now - timedelta(days=400), until=now - timedelta(seconds=1))
    with pytest.raises(CardRevoked):
        reader.read_cps(assertion(old, now), now)


def test_a_card_of_tomorrow_is_refused(shared_cards: Path, reader: CardReader, now: datetime) -> None:
    early = authority.mint_cps(shared_cards, GP, since=now + timedelta(days=1))
    with pytest.raises(CardRevoked):
        reader.read_cps(assertion(early, now), now)


def test_a_revoked_card_is_refused_from_the_next_reading_on(own_cards: Path, now: datetime) -> None:
    reader = reader_of(own_cards)
    card, other = authority.mint_cps(own_cards, GP), authority.load_cps(own_cards, "gp")
    vitale = authority.load_vitale(own_cards, "patient")
    reader.read_cps(assertion(card, now), now)
    authority.revoke(own_cards, card)
    authority.revoke(own_cards, vitale)
    with pytest.raises(CardRevoked):
        reader.read_cps(assertion(card, now), now)
    with pytest.raises(CardRevoked):
        reader.read_vitale(authority.vitale_proof(vitale, PUBLIC_URL, now), now)
    reader.read_cps(assertion(other, now), now)


def spoil_missing(directory: Path, list_file: Path, now: datetime) -> None:
    list_file.unlink()


def spoil_unreadable(directory: Path, list_file: Path, now: datetime) -> None:
    list_file.write_bytes(b"-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n")


def spoil_expired(directory: Path, list_file: Path, now: datetime) -> None:
    authority.issue_revocation_list(directory, authority.CardKind.CPS, now - timedelta(days=31))


def spoil_future(directory: Path, list_file: Path, now: datetime) -> None:
    authority.issue_revocation_list(directory, authority.CardKind.CPS, now + timedelta(days=1))


def spoil_foreign(directory: Path, list_file: Path, now: datetime) -> None:
    other = directory / "other"
    authority.prepare(other)
    list_file.write_bytes((other / "authority" / "cps" / "revoked.crl").read_bytes())


def spoil_delta(directory: Path, list_file: Path, now: datetime) -> None:
    issuing, key = issuer_of(directory)
    delta = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuing.subject)
        .last_update(now - timedelta(minutes=5))
        .next_update(now + timedelta(days=1))
        .add_extension(x509.DeltaCRLIndicator(1), critical=True)
        .sign(key, hashes.SHA256())
    )
    list_file.write_bytes(delta.public_bytes(serialization.Encoding.DER))


@pytest.mark.parametrize(
    "spoil", [spoil_missing, spoil_unreadable, spoil_expired, spoil_future, spoil_foreign, spoil_delta]
)
def test_without_a_reliable_revocation_list_no_card_is_accepted(
    own_cards: Path, now: datetime, spoil: Callable[[Path, Path, datetime], None]
) -> None:
    reader, card = reader_of(own_cards), authority.load_cps(own_cards, "gp")
    reader.read_cps(assertion(card, now), now)
    spoil(own_cards, own_cards / "authority" / "cps" / "revoked.crl", now)
    assert cause_of(lambda: reader.read_cps(assertion(card, now), now)) == "revocation_list"


def leaf(directory: Path, key: ec.EllipticCurvePrivateKey, usage: x509.KeyUsage | None, now: datetime) -> str:
    """A certificate in the GP's name by the right authority, but not what a card is."""
    issuing, signer = issuer_of(directory)
    subject = [(NameOID.SERIAL_NUMBER, GP.rpps), (NameOID.TITLE, GP.profession)]
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(oid, value) for oid, value in subject]))
        .issuer_name(issuing.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=1))
        .not_valid_after(now + timedelta(days=1))
    )
    if usage is not None:
        builder = builder.add_extension(usage, critical=True)
    certificate = builder.sign(signer, hashes.SHA256())
    return base64.b64encode(certificate.public_bytes(serialization.Encoding.DER)).decode()


def usage(**allowed: bool) -> x509.KeyUsage:
    nothing = dict.fromkeys(
        (
            "digital_signature",
            "content_commitment",
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "key_cert_sign",
            "crl_sign",
            "encipher_only",
            "decipher_only",
        ),
        False,
    )
    return x509.KeyUsage(**(nothing | allowed))


@pytest.mark.parametrize(
    ("key_usage", "accepted"),
    [(usage(digital_signature=True), True), (usage(key_agreement=True, encipher_only=True), False), (None, False)],
)
def test_only_a_signing_certificate_signs(
    shared_cards: Path, reader: CardReader, now: datetime, key_usage: x509.KeyUsage | None, accepted: bool
) -> None:
    key, card = ec.generate_private_key(ec.SECP256R1()), authority.load_cps(shared_cards, "gp")
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    token = signed(card, claims(card, now), key=pem, x5c=[leaf(shared_cards, key, key_usage, now)])
    if accepted:
        reader.read_cps(token, now)
    else:
        assert cause_of(lambda: reader.read_cps(token, now)) == "chain"


def test_a_card_on_another_curve_is_refused(shared_cards: Path, reader: CardReader, now: datetime) -> None:
    key, card = ec.generate_private_key(ec.SECP384R1()), authority.load_cps(shared_cards, "gp")
    foreign = [leaf(shared_cards, key, usage(digital_signature=True), now)]
    token = signed(card, claims(card, now), x5c=foreign)
    assert cause_of(lambda: reader.read_cps(token, now)) == "key"


def test_an_authoritys_own_certificate_is_no_card(shared_cards: Path, reader: CardReader, now: datetime) -> None:
    card = authority.load_cps(shared_cards, "gp")
    key = (shared_cards / "private" / "cps.key").read_text()
    token = signed(card, claims(card, now), key=key, x5c=[card.x5c[1]])
    assert cause_of(lambda: reader.read_cps(token, now)) == "chain"


# The client certificate of the TLS connection


def der_of(card: authority.CpsCard) -> str:
    return str(card.x5c[0])


def test_the_card_of_the_tls_connection_is_the_card_that_signs(
    shared_cards: Path, reader: CardReader, now: datetime
) -> None:
    card = authority.load_cps(shared_cards, "gp")
    assert reader.read_cps(assertion(card, now), now, der_of(card)).claims.sub == card.rpps


def test_another_professionals_card_behind_tls_is_refused(
    shared_cards: Path, reader: CardReader, now: datetime
) -> None:
    card, other = (authority.load_cps(shared_cards, name) for name in ("gp", "pharmacist"))
    assert cause_of(lambda: reader.read_cps(assertion(card, now), now, der_of(other))) == "tls"


def test_a_certificate_of_another_authority_behind_tls_is_refused(
    tmp_path: Path, shared_cards: Path, reader: CardReader, now: datetime
) -> None:
    authority.prepare(tmp_path)
    card, foreign = authority.load_cps(shared_cards, "gp"), authority.load_cps(tmp_path, "gp")
    with pytest.raises(ProofInvalid):
        reader.read_cps(assertion(card, now), now, der_of(foreign))


@pytest.mark.parametrize("certificate", ["x", "AAAA", "é", "MIIB"])
def test_what_is_no_certificate_behind_tls_is_refused(
    shared_cards: Path, reader: CardReader, now: datetime, certificate: str
) -> None:
    card = authority.load_cps(shared_cards, "gp")
    with pytest.raises(ProofInvalid):
        reader.read_cps(assertion(card, now), now, certificate)


def test_when_the_first_list_of_an_authority_ends_is_known(own_cards: Path, now: datetime) -> None:
    reader = reader_of(own_cards)
    cps, vitale = reader.lists_end(now)["cps"], reader.lists_end(now)["vitale"]
    assert cps is not None
    assert vitale is not None
    assert now < cps <= now + timedelta(days=31)
    authority.issue_revocation_list(own_cards, authority.CardKind.CPS, now - timedelta(days=40))
    assert reader.lists_end(now) == {"cps": None, "vitale": vitale}
    (own_cards / "authority" / "vitale" / "revoked.crl").unlink()
    assert reader.lists_end(now) == {"cps": None, "vitale": None}
