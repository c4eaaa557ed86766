"""Cards of the demo people on disk: list, replace, expire and revoke."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509

from deploy.dev import authority, people
from deploy.dev.authority import AnyCard, CardKind
from deploy.dev.paths import write_private

_EXPIRED_SINCE = timedelta(minutes=1)
_EXPIRED_CARD_LIFE = timedelta(days=365)


@dataclass(frozen=True)
class CardStatus:
    kind: CardKind
    name: str
    until: datetime
    revoked: bool


def list_cards(directory: Path) -> Sequence[CardStatus]:
    """Every card of the demo people, by kind and name."""
    found = []
    for kind in CardKind:
        revoked = _revoked_serials(directory, kind)
        for file in sorted((directory / kind).glob("*.json")):
            certificate = authority.certificate_of(_load(directory, kind, file.stem))
            is_revoked = certificate.serial_number in revoked
            found.append(CardStatus(kind, file.stem, certificate.not_valid_after_utc, is_revoked))
    return found


def add(directory: Path, patient: people.Patient) -> None:
    """Make a carte Vitale for a patient who is not one of the demo people."""
    card = authority.mint_vitale(directory, patient)
    write_private(directory / CardKind.VITALE / f"{patient.name}.json", authority.as_file(card))


def mint(directory: Path, name: str) -> None:
    """Replace a card by a new one; raises KeyError if no demo person has that name."""
    _replace(directory, name, since=None, until=None)


def expire(directory: Path, name: str) -> None:
    """Replace a card by one that expired a minute ago; raises KeyError as `mint`."""
    now = datetime.now(UTC)
    _replace(directory, name, since=now - _EXPIRED_CARD_LIFE, until=now - _EXPIRED_SINCE)


def revoke(directory: Path, name: str) -> None:
    """Revoke a card; raises KeyError as `mint`."""
    authority.revoke(directory, _load(directory, _kind_of(name), name))


def _replace(directory: Path, name: str, *, since: datetime | None, until: datetime | None) -> None:
    kind = _kind_of(name)
    card: AnyCard
    if kind is CardKind.CPS:
        professional = next(person for person in people.PROFESSIONALS if person.name == name)
        card = authority.mint_cps(directory, professional, since=since, until=until)
    else:
        patient = next(person for person in people.PATIENTS if person.name == name)
        card = authority.mint_vitale(directory, patient, since=since, until=until)
    write_private(directory / kind / f"{name}.json", authority.as_file(card))


def _kind_of(name: str) -> CardKind:
    if any(person.name == name for person in people.PROFESSIONALS):
        return CardKind.CPS
    if any(person.name == name for person in people.PATIENTS):
        return CardKind.VITALE
    raise KeyError(name)


def _load(directory: Path, kind: CardKind, name: str) -> AnyCard:
    return authority.load_cps(directory, name) if kind is CardKind.CPS else authority.load_vitale(directory, name)


def _revoked_serials(directory: Path, kind: CardKind) -> set[int]:
    published = (directory / "authority" / kind / "revoked.crl").read_bytes()
    return {entry.serial_number for entry in x509.load_pem_x509_crl(published)}
