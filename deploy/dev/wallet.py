"""The demo people's cards on disk, as an operator of the test authority treats them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509

from deploy.dev import authority, people
from deploy.dev.authority import AnyCard, CardKind
from deploy.dev.paths import write_private

_EXPIRED_SINCE = timedelta(minutes=1)
_BEGAN = timedelta(days=365)


@dataclass(frozen=True)
class WalletCard:
    """One card: whose, until when, and whether the authority's list names it."""

    kind: CardKind
    name: str
    until: datetime
    revoked: bool


def held(directory: Path) -> Sequence[WalletCard]:
    """Every card of the demo people, by kind and name."""
    found = []
    for kind in CardKind:
        revoked = _revoked_serials(directory, kind)
        for file in sorted((directory / kind).glob("*.json")):
            certificate = authority.certificate_of(_load(directory, kind, file.stem))
            is_revoked = certificate.serial_number in revoked
            found.append(WalletCard(kind, file.stem, certificate.not_valid_after_utc, is_revoked))
    return found


def mint(directory: Path, name: str) -> None:
    """A new card in the place of the one there is; KeyError when there is no demo person of that name."""
    _put(directory, name, since=None, until=None)


def expire(directory: Path, name: str) -> None:
    """A card that was good until a minute ago, in the place of the one there is; KeyError as `mint`."""
    now = datetime.now(UTC)
    _put(directory, name, since=now - _BEGAN, until=now - _EXPIRED_SINCE)


def revoke(directory: Path, name: str) -> None:
    """The authority takes the card back; KeyError as `mint`."""
    authority.revoke(directory, _load(directory, _kind_of(name), name))


def _put(directory: Path, name: str, *, since: datetime | None, until: datetime | None) -> None:
    kind = _kind_of(name)
    card: AnyCard
    if kind is CardKind.CPS:
        professional = next(one for one in people.PROFESSIONALS if one.name == name)
        card = authority.mint_cps(directory, professional, since=since, until=until)
    else:
        patient = next(one for one in people.PATIENTS if one.name == name)
        card = authority.mint_vitale(directory, patient, since=since, until=until)
    write_private(directory / kind / f"{name}.json", authority.as_file(card))


def _kind_of(name: str) -> CardKind:
    if any(one.name == name for one in people.PROFESSIONALS):
        return CardKind.CPS
    if any(one.name == name for one in people.PATIENTS):
        return CardKind.VITALE
    raise KeyError(name)


def _load(directory: Path, kind: CardKind, name: str) -> AnyCard:
    return authority.load_cps(directory, name) if kind is CardKind.CPS else authority.load_vitale(directory, name)


def _revoked_serials(directory: Path, kind: CardKind) -> set[int]:
    published = (directory / "authority" / kind / "revoked.crl").read_bytes()
    return {entry.serial_number for entry in x509.load_pem_x509_crl(published)}
