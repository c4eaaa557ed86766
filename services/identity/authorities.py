"""The card authorities identity trusts: chains up to a configured root, and revocation lists that fail closed."""

import hashlib
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.x509.verification import (
    Criticality,
    ExtensionPolicy,
    Policy,
    PolicyBuilder,
    Store,
    VerificationError,
)

from chassis.settings import SettingsError
from contracts.errors.request import CardRevoked, ProofInvalid

_Stamp = tuple[tuple[str, int, int], ...]


class CardAuthority:
    """One card authority: its issuing certificates, and the cards it has revoked."""

    def __init__(self, roots: list[x509.Certificate], issuing: list[x509.Certificate], lists: Path) -> None:
        """`lists` is the directory whose *.crl files are read again whenever one changes."""
        self._roots = Store(roots)
        self._issuing = issuing
        self._lists = lists
        self._stamp: _Stamp = ()
        self._revocations: list[x509.CertificateRevocationList] = []
        self._revoked: dict[x509.Name, frozenset[str]] = {}

    @classmethod
    def from_directory(cls, directory: Path) -> "CardAuthority":
        """Read root.pem and issuing.pem; each may hold several certificates.

        Raises:
            SettingsError: one is missing, or is no certificate.
        """
        try:
            roots = x509.load_pem_x509_certificates((directory / "root.pem").read_bytes())
            issuing = x509.load_pem_x509_certificates((directory / "issuing.pem").read_bytes())
        except (OSError, ValueError):
            wanted = f"{directory}/root.pem and {directory}/issuing.pem"
            raise SettingsError(f"CARNET_CARD_AUTHORITIES: mount certificates in PEM as {wanted}") from None
        return cls(roots, issuing, directory)

    def check_card(self, card: x509.Certificate, now: datetime) -> None:
        """Check that the card was issued under this authority, is in its validity period, and was not revoked.

        Certificates in the proof beside the card's own are never trusted: the chain is built from the configured
        certificates alone.

        Raises:
            ProofInvalid: another authority, not a signing card, or no revocation list to rely on.
            CardRevoked: revoked, or outside its validity period.
        """
        if not card.not_valid_before_utc <= now <= card.not_valid_after_utc:
            raise CardRevoked
        verifier = (
            PolicyBuilder()
            .store(self._roots)
            .time(now)
            .max_chain_depth(2)
            .extension_policies(ca_policy=ExtensionPolicy.webpki_defaults_ca(), ee_policy=_CARD)
            .build_client_verifier()
        )
        try:
            chain = verifier.verify(card, self._issuing).chain
        except VerificationError:
            raise ProofInvalid(cause="chain") from None
        if len(chain) < 3:
            raise ProofInvalid(cause="chain")
        revoked = self._list_of(chain[1], now).get_revoked_certificate_by_serial_number(card.serial_number)
        if revoked is not None:
            raise CardRevoked

    def revoked(self, now: datetime) -> frozenset[str]:
        """The cards (`card_id`) that the lists in force name; of an authority without such a list, none."""
        in_force = [
            found
            for found in self._read_lists()
            for issuer in self._issuing
            if found.issuer == issuer.subject and _is_reliable(found, issuer, now)
        ]
        for found in in_force:
            # Once for each version of a list: it may name a hundred thousand cards.
            if found.issuer not in self._revoked:
                self._revoked[found.issuer] = frozenset(_id(found.issuer, card.serial_number) for card in found)
        return frozenset().union(*(self._revoked[found.issuer] for found in in_force))

    def lists_end(self, now: datetime) -> datetime | None:
        """When the first of its lists in force ends; None: for an issuer there is none, and its cards are refused."""
        ends = []
        for issuer in self._issuing:
            in_force = [
                found.next_update_utc
                for found in self._read_lists()
                if found.issuer == issuer.subject and _is_reliable(found, issuer, now)
            ]
            ends.append(max((end for end in in_force if end is not None), default=None))
        return min((end for end in ends if end is not None), default=None) if None not in ends else None

    def _list_of(self, issuer: x509.Certificate, now: datetime) -> x509.CertificateRevocationList:
        for revocations in self._read_lists():
            if revocations.issuer == issuer.subject and _is_reliable(revocations, issuer, now):
                return revocations
        raise ProofInvalid(cause="revocation_list")

    def _read_lists(self) -> list[x509.CertificateRevocationList]:
        files = sorted(self._lists.glob("*.crl"))
        stamp = tuple((file.name, (at := file.stat()).st_mtime_ns, at.st_ino) for file in files)
        if stamp != self._stamp:
            # Compared with None: a list that names no card is falsy, and good.
            loaded = [_load_list(file.read_bytes()) for file in files]
            self._revocations = [found for found in loaded if found is not None]
            self._stamp, self._revoked = stamp, {}
        return self._revocations


def card_id(card: x509.Certificate) -> str:
    """What a card is known by as long as it lasts: its authority and its serial number."""
    return _id(card.issuer, card.serial_number)


def _id(issuer: x509.Name, serial: int) -> str:
    return f"{hashlib.sha256(issuer.public_bytes()).hexdigest()[:16]}:{serial:x}"


def _load_list(content: bytes) -> x509.CertificateRevocationList | None:
    load = x509.load_pem_x509_crl if content.startswith(b"-----BEGIN") else x509.load_der_x509_crl
    try:
        return load(content)
    except (ValueError, UnsupportedAlgorithm):
        return None


def _is_reliable(revocations: x509.CertificateRevocationList, issuer: x509.Certificate, now: datetime) -> bool:
    # A critical extension narrows what a list covers (delta, partition); such a list proves nothing about a card.
    next_update = revocations.next_update_utc
    try:
        return (
            revocations.last_update_utc <= now
            and next_update is not None
            and now < next_update
            and not any(extension.critical for extension in revocations.extensions)
            and revocations.is_signature_valid(issuer.public_key())  # type: ignore[arg-type]
        )
    except (TypeError, ValueError, UnsupportedAlgorithm):
        return False


def _check_signs(_policy: Policy, _card: x509.Certificate, usage: x509.KeyUsage) -> None:
    if not usage.digital_signature or usage.key_cert_sign:
        raise ValueError("not a signing card")


def _check_no_authority(_policy: Policy, _card: x509.Certificate, constraints: x509.BasicConstraints | None) -> None:
    if constraints is not None and constraints.ca:
        raise ValueError("an authority is not a card")


_CARD = (
    ExtensionPolicy.permit_all()
    .require_present(x509.KeyUsage, Criticality.AGNOSTIC, _check_signs)
    .may_be_present(x509.BasicConstraints, Criticality.AGNOSTIC, _check_no_authority)
)
