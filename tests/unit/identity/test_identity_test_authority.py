"""The test authority: made once, kept while good, renewed when old, its keys for its owner only."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from deploy.dev import authority, people
from services.identity.directory import read_directory
from tests.unit.identity.card_builders import reader_of


def content(directory: Path) -> dict[str, bytes]:
    return {str(file): file.read_bytes() for file in directory.rglob("*") if file.is_file()}


def list_number(directory: Path, kind: str) -> int:
    found = x509.load_pem_x509_crl((directory / "authority" / kind / "revoked.crl").read_bytes())
    return found.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number


def test_preparing_again_changes_nothing(own_cards: Path) -> None:
    before = content(own_cards)
    authority.prepare(own_cards)
    assert content(own_cards) == before


def test_what_identity_is_given_holds_no_private_key(own_cards: Path) -> None:
    given = content(own_cards / "authority")
    assert given
    assert not any(b"PRIVATE" in file for file in given.values())


def test_private_files_are_for_their_owner_only(own_cards: Path) -> None:
    secret = [*(own_cards / "private").iterdir(), own_cards / "logins.json", *(own_cards / "cps").iterdir()]
    assert all(file.stat().st_mode & 0o077 == 0 for file in secret)


def test_a_list_older_than_a_week_is_published_anew_and_still_names_the_revoked(own_cards: Path) -> None:
    card = authority.mint_cps(own_cards, people.PROFESSIONALS[0])
    authority.revoke(own_cards, card)
    authority.issue_revocation_list(own_cards, authority.CardKind.CPS, datetime.now(UTC) - timedelta(days=8))
    before = {kind: list_number(own_cards, kind) for kind in authority.CardKind}
    authority.prepare(own_cards)
    assert list_number(own_cards, "cps") > before[authority.CardKind.CPS]
    assert list_number(own_cards, "vitale") == before[authority.CardKind.VITALE]
    renewed = x509.load_pem_x509_crl((own_cards / "authority" / "cps" / "revoked.crl").read_bytes())
    assert len(renewed) == 1


def test_a_card_near_its_end_is_made_anew(own_cards: Path) -> None:
    file = own_cards / "cps" / "gp.json"
    gp = next(professional for professional in people.PROFESSIONALS if professional.name == "gp")
    old = authority.mint_cps(own_cards, gp, until=datetime.now(UTC) + timedelta(days=10))
    stale = json.loads(file.read_bytes()) | {"x5c": list(old.x5c), "private_key": old.private_key}
    file.write_text(json.dumps(stale))
    authority.prepare(own_cards)
    renewed = authority.load_cps(own_cards, "gp")
    assert renewed.x5c[0] != old.x5c[0]


@pytest.mark.parametrize("lost", ["private/cps.key", "authority/vitale/issuing.pem"])
def test_a_broken_authority_is_made_anew_with_cards_that_hold(own_cards: Path, lost: str) -> None:
    (own_cards / lost).unlink()
    authority.prepare(own_cards)
    now, reader = datetime.now(UTC), reader_of(own_cards)
    card, patient = authority.load_cps(own_cards, "gp"), authority.load_vitale(own_cards, "patient")
    assert reader.read_cps(
        authority.cps_assertion(card, "https://carnet.example/oauth/token", card.structure, card.software, now), now
    )
    assert reader.read_vitale(authority.vitale_proof(patient, "https://carnet.example", now), now)


def test_passwords_of_demo_logins_are_random_and_kept(
    own_cards: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    authority.prepare(elsewhere)
    authority.prepare(own_cards)
    here, there = people.load_logins(own_cards), people.load_logins(elsewhere)
    assert set(here) == {patient.name for patient in people.PATIENTS}
    assert all(here[name].password != there[name].password for name in here)


def test_the_directory_file_reads_as_identity_takes_it(shared_cards: Path) -> None:
    directory = read_directory((shared_cards / "directory.json").read_bytes())
    assert [listed.rpps for listed in directory.professionals] == [known.rpps for known in people.PROFESSIONALS]
    assert {software.profile.value for software in directory.software} == {"gestion", "alimentation"}


def test_a_directory_with_a_wrong_number_is_not_taken(shared_cards: Path) -> None:
    content = (shared_cards / "directory.json").read_bytes().replace(b"89990000013", b"89990000014")
    with pytest.raises(ValueError, match=r"professionals\[0\].rpps"):
        read_directory(content)
