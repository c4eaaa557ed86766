"""The rules of logins by a browser: whom Pro Santé Connect names, and what a software's code opens."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
import pytest

from contracts.errors.request import GrantInvalid, ProfessionalUnknown
from contracts.identity.apps import Client, ClientKind
from contracts.vocabulary import Finess, Rpps
from services.identity.domain import DirectoryEntry
from services.identity.domain.granting import challenge_of
from services.identity.domain.workplaces import (
    Confirmed,
    ProfessionalCode,
    ProviderSession,
    check_confirmed,
    check_professional_code,
    provider_session,
    rpps_of,
)

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
VERIFIER, BACK = "v" * 43, "http://127.0.0.1:8123/retour"
RPPS, CABINET = Rpps("89990000013"), Finess("990000013")
ENTRY = DirectoryEntry(rpps=RPPS, name="Camille VERNIER", profession="21", structures=frozenset({CABINET}))
SOFTWARE = Client(
    client_id="lgc", name="L", publisher="E", purpose="S", kind=ClientKind.SOFTWARE, software="HOM-TEST-0001"
)
OPENS = ProfessionalCode(
    session_id=UUID(int=1),
    client_id="lgc",
    redirect_uri=BACK,
    challenge=challenge_of(VERIFIER),
    rpps=RPPS,
    structure=CABINET,
    until=NOW + timedelta(seconds=60),
)


def test_a_national_identifier_of_kind_eight_holds_an_rpps_number() -> None:
    assert rpps_of(Confirmed("889990000013", frozenset())) == RPPS


@pytest.mark.parametrize("number", ["", "8", "89990000013", "089990000013", "889990000014", "8889990000013", "ANS1"])
def test_another_identifier_is_nobody_here(number: str) -> None:
    with pytest.raises(ProfessionalUnknown):
        rpps_of(Confirmed(number, frozenset()))


def test_directory_and_provider_must_state_the_same_profession_and_a_place_of_work() -> None:
    confirmed = Confirmed("889990000013", frozenset({"10", "21"}))
    assert check_confirmed(confirmed, ENTRY) is ENTRY
    for entry in (None, replace(ENTRY, profession="60"), replace(ENTRY, structures=frozenset())):
        with pytest.raises(ProfessionalUnknown):
            check_confirmed(confirmed, entry)


def test_a_code_opens_for_who_asked_in_its_time() -> None:
    check_professional_code(OPENS, SOFTWARE, BACK, VERIFIER, NOW)


@pytest.mark.parametrize(
    ("client", "back", "verifier", "after"),
    [
        (SOFTWARE, BACK, VERIFIER, 60),
        (msgspec.structs.replace(SOFTWARE, client_id="lgd"), BACK, VERIFIER, 0),
        (SOFTWARE, f"{BACK}/", VERIFIER, 0),
        (SOFTWARE, BACK, "w" * 43, 0),
        (SOFTWARE, BACK, "", 0),
    ],
    ids=["too late", "another software", "another address", "another verifier", "no verifier"],
)
def test_a_code_opens_nothing_otherwise(client: Client, back: str, verifier: str, after: int) -> None:
    with pytest.raises(GrantInvalid):
        check_professional_code(OPENS, client, back, verifier, NOW + timedelta(seconds=after))


@pytest.mark.parametrize(("subject", "session"), [("f:1", "s-1"), ("", "s-1"), ("f:1", ""), ("f" * 255, "é")])
def test_a_session_at_the_provider_has_the_names_of_its_token(subject: str, session: str) -> None:
    assert provider_session(subject, session) == ProviderSession(subject, session)
    there = ProviderSession(subject, session)
    assert replace(OPENS, provider_subject=subject, provider_session=session).at_provider == there


@pytest.mark.parametrize("name", ["f" * 256, "a\0b", "a\nb"])
def test_a_name_that_is_too_long_or_has_control_characters_is_none(name: str) -> None:
    for names in ((name, "s-1"), ("f:1", name)):
        with pytest.raises(ValueError, match="name"):
            provider_session(*names)
