"""Identity's own rules: professionals admitted, lives of proofs, identifiers, passwords, delays, contacts."""

from datetime import UTC, datetime, timedelta

import pytest

from contracts.errors.base import Refusal
from contracts.errors.request import (
    AddressUnsupported,
    InvalidContact,
    InvalidRequest,
    ProfessionalUnknown,
    ProfessionRetired,
    SoftwareRefused,
    WeakPassword,
)
from contracts.identity.apps import Software
from contracts.vocabulary import Finess, Role, Rpps, SoftwareProfile
from services.identity import contacts, domain

NOW = datetime(2030, 3, 1, 9, 0, tzinfo=UTC)
STAMP = int(NOW.timestamp())
ALIMENTATION = SoftwareProfile.ALIMENTATION
HERE, ELSEWHERE = Finess("990000010"), Finess("990000028")


def entry(profession: str = "10") -> domain.DirectoryEntry:
    return domain.DirectoryEntry(Rpps("89990000013"), "Dr Ada RIVE", profession, frozenset({HERE}))


def test_the_token_speaks_for_what_directory_and_software_list_say() -> None:
    actor = domain.professional_actor(
        entry(), Software(number="HOM-1", name="A", profile=ALIMENTATION, quota=60), profession="10", structure=HERE
    )
    assert (actor.role, actor.subject, actor.name) == (Role.PROFESSIONAL, "89990000013", "Dr Ada RIVE")
    assert (actor.profession, actor.structure, actor.software) == ("10", HERE, "HOM-1")
    assert (actor.profile, actor.quota) == (ALIMENTATION, 60)


GESTION = Software(number="HOM-1", name="G", profile=SoftwareProfile.GESTION)


@pytest.mark.parametrize(
    ("known", "profession", "structure", "software", "refusal"),
    [
        (None, "10", HERE, GESTION, ProfessionalUnknown),
        (entry("21"), "10", HERE, GESTION, ProfessionalUnknown),
        (entry(), "10", ELSEWHERE, GESTION, ProfessionalUnknown),
        (entry(), "35", HERE, GESTION, ProfessionalUnknown),
        *((entry(code), code, HERE, GESTION, ProfessionRetired) for code in ("35", "36", "37", "38", "39", "93")),
        (entry(), "10", HERE, None, SoftwareRefused),
    ],
)
def test_a_professional_is_refused_with_the_reason(
    known: domain.DirectoryEntry | None,
    profession: str,
    structure: Finess,
    software: Software | None,
    refusal: type[Refusal],
) -> None:
    with pytest.raises(refusal):
        domain.professional_actor(known, software, profession=profession, structure=structure)


@pytest.mark.parametrize("written", ["Zoé.Lune", " zoé.lune ", "ZOE\u0301.LUNE"])
def test_an_identifier_is_the_same_however_it_is_written(written: str) -> None:
    folded = domain.fold_identifier(written)
    domain.check_identifier(folded)
    assert folded == "zoé.lune"


@pytest.mark.parametrize("identifier", ["", "ab", "a b c", "x" * 65, "a\nbc", "<script>"])
def test_an_identifier_out_of_shape_is_refused(identifier: str) -> None:
    with pytest.raises(InvalidRequest):
        domain.check_identifier(identifier)


def is_guessable(password: str) -> bool:
    return password.casefold() == "motdepasse123"


@pytest.mark.parametrize("password", ["", "onze-lettre", "motdepasse123", "MotDePasse123"])
def test_a_short_or_guessable_password_is_refused(password: str) -> None:
    with pytest.raises(WeakPassword):
        domain.check_password(password, is_guessable)


@pytest.mark.parametrize("password", ["douze lettre", "x" * 256])
def test_any_other_password_is_taken(password: str) -> None:
    domain.check_password(password, is_guessable)


def test_an_endless_password_is_malformed() -> None:
    with pytest.raises(InvalidRequest):
        domain.check_password("x" * 257, is_guessable)


def test_the_delay_grows_with_each_unfinished_login_up_to_a_quarter_of_an_hour() -> None:
    waits = [domain.seconds_to_wait(started, NOW, NOW) for started in range(13)]
    assert waits == [0, 0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900, 900]


def test_the_delay_runs_off() -> None:
    assert domain.seconds_to_wait(5, NOW, NOW + timedelta(seconds=29.5)) == 1
    assert domain.seconds_to_wait(5, NOW, NOW + timedelta(seconds=30)) == 0
    assert domain.seconds_to_wait(10_000, NOW, NOW) == 900


@pytest.mark.parametrize(
    ("given", "normal"),
    [("+33 6 39 98 00 01", "+33639980001"), ("+33-7-56-78-90-12", "+33756789012"), ("+32470123456", "+32470123456")],
)
def test_a_mobile_number_takes_its_international_form(given: str, normal: str) -> None:
    assert contacts.normal_mobile(given) == normal


@pytest.mark.parametrize("number", ["", "0639980001", "+3363998", "+33142345678", "not a number", "+0000000000"])
def test_what_is_no_mobile_number_is_refused(number: str) -> None:
    with pytest.raises(InvalidContact):
        contacts.normal_mobile(number)


def test_an_address_takes_its_normal_form() -> None:
    assert contacts.normal_email("Adele.Lune@COURRIER.example") == "Adele.Lune@courrier.example"


@pytest.mark.parametrize(
    ("given", "normal"),
    [
        ("adele@hôpital-santé.fr", "adele@xn--hpital-sant-lbb6k.fr"),
        ("Adele@HÔPITAL-santé.FR", "Adele@xn--hpital-sant-lbb6k.fr"),
        ("adele@xn--hpital-sant-lbb6k.fr", "adele@xn--hpital-sant-lbb6k.fr"),
    ],
)
def test_an_internationalised_domain_is_stored_as_it_is_looked_up(given: str, normal: str) -> None:
    """RFC 5890: A-labels, which every mail server takes."""
    assert contacts.normal_email(given) == normal


def test_an_address_that_few_servers_take_is_refused_by_its_own_name() -> None:
    """RFC 6531."""
    with pytest.raises(AddressUnsupported):
        contacts.normal_email("adèle@courrier.example")


@pytest.mark.parametrize(
    "address", ["Adele <adele@courrier.example>", "adele@courrier.example.", "adele@[192.0.2.1]", "adele@-é.fr"]
)
def test_what_mail_programs_show_around_an_address_is_refused(address: str) -> None:
    with pytest.raises(InvalidContact):
        contacts.normal_email(address)


@pytest.mark.parametrize("address", ["", "adele", "adele@", "a@b@c.example", "adele@localhost", "a b@c.example"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(InvalidContact):
        contacts.normal_email(address)
