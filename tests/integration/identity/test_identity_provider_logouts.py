"""A session that ends at Pro Santé Connect ends here: exactly what it opened, and what it is still opening."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from contracts.audit import JournalEntry
from contracts.errors.request import AuthorizationGone, GrantInvalid, LogoutRefused
from contracts.identity.apps import ClientKind, RegisterClient
from contracts.identity.workplaces import (
    ChooseStructure,
)
from contracts.vocabulary import Act, Finess, Rpps
from deploy.dev import people
from services.identity.directory import (
    Directory,
    ListedProfessional,
    ListedStructure,
    import_directory,
    read_directory,
)
from services.identity.handlers import workplaces
from tests.integration.identity.false_provider import FalseProvider, relying_party
from tests.integration.identity.harness import IdentityHarness
from tests.integration.identity.provider_logins import CALLBACK, CLIENT, Logins

DOCTOR, COLLEAGUE = people.PROFESSIONALS[:2]
IN_TWO_PLACES = Rpps("10999000010")
ELSEWHERE = Finess("990000999")


@pytest.fixture
def logins(engine: Engine, cards: Path, provider: FalseProvider) -> Logins:
    harness = IdentityHarness(engine, cards, pro_sante_connect=relying_party(provider.issuer))
    listed = ListedProfessional(
        rpps=IN_TWO_PLACES,
        title="",
        family_name="DEUXLIEUX",
        given_names="ANNE",
        profession=DOCTOR.profession,
        structures=(DOCTOR.structure, ELSEWHERE),
    )
    client = RegisterClient(
        client_id=CLIENT,
        name="Logiciel",
        publisher="Essai",
        purpose="Soigner",
        kind=ClientKind.SOFTWARE,
        redirect_uris=(CALLBACK,),
        software=people.FULL_SOFTWARE.number,
    )
    with harness.repositories() as repositories:
        import_directory(read_directory(people.as_directory()), repositories)
        import_directory(Directory((ListedStructure(ELSEWHERE, "Ailleurs"),), (listed,), ()), repositories)
        repositories.put_client(client, harness.now)
    return Logins(harness, provider)


def test_a_logout_ends_exactly_the_sessions_of_that_session_there(logins: Logins) -> None:
    ended = [logins.begin(DOCTOR, session="s-1") for _ in range(2)]
    others = [logins.begin(DOCTOR, session="s-2"), logins.begin(COLLEAGUE, session="s-3")]
    assert logins.log_out(sub=f"f:{DOCTOR.rpps}", sid="s-1") == 2
    assert logins.harness.ended_since(5) == {logins.session(tokens) for tokens in ended}
    assert [logins.is_continued(tokens) for tokens in (*ended, *others)] == [False, False, True, True]


def test_a_logout_that_names_the_subject_only_ends_all_their_sessions(logins: Logins) -> None:
    tokens = [logins.begin(DOCTOR, session=session) for session in ("s-1", "s-2")]
    other = logins.begin(COLLEAGUE, session="s-3")
    assert logins.log_out(sub=f"f:{DOCTOR.rpps}") == 2
    assert [logins.is_continued(each) for each in (*tokens, other)] == [False, False, True]


@pytest.mark.parametrize("claims", [{"sub": None, "sid": "another"}, {"sub": "f:another", "sid": "s-1"}])
def test_a_logout_of_another_session_or_subject_ends_nothing(logins: Logins, claims: dict[str, Any]) -> None:
    tokens = logins.begin(DOCTOR, session="s-2")
    assert logins.log_out(**claims) == 0
    assert logins.is_continued(tokens)


def test_a_logout_leaves_one_entry_of_the_professional_and_none_where_nothing_ended(logins: Logins) -> None:
    for _ in range(2):
        logins.begin(DOCTOR, session="s-1")
    logins.log_out(sid="s-1", sub=None)
    logins.log_out(sid="s-1", sub=None)
    entries = [entry for entry in logins.harness.events if isinstance(entry, JournalEntry)]
    ended = [(entry.actor, entry.reason) for entry in entries if entry.act is Act.FIN_SESSION]
    assert ended == [(DOCTOR.rpps, "pro_sante_connect")]


def test_a_logout_token_serves_once(logins: Logins) -> None:
    token = logins.provider.logout_token(sub=f"f:{DOCTOR.rpps}")
    logins.present(token)
    again = logins.begin(DOCTOR, session="s-2")
    with pytest.raises(LogoutRefused):
        logins.present(token)
    assert logins.is_continued(again)


def test_a_code_of_a_session_that_ended_opens_none(logins: Logins) -> None:
    by_session, by_subject = logins.confirm(DOCTOR, session="s-1"), logins.confirm(COLLEAGUE, session="s-2")
    logins.log_out(sid="s-1", sub=None)
    logins.log_out(sub=f"f:{COLLEAGUE.rpps}")
    for login in (by_session, by_subject):
        with pytest.raises(GrantInvalid):
            logins.redeem(login.code)


def test_a_choice_of_the_structure_in_a_session_that_ended_is_over(logins: Logins) -> None:
    login = logins.confirm(DOCTOR, session="s-1", rpps=IN_TWO_PLACES)
    assert {place.finess for place in login.signed_in.workplaces} == {DOCTOR.structure, ELSEWHERE}
    logins.log_out(sid="s-1", sub=None)
    with pytest.raises(AuthorizationGone):
        logins.harness.run(
            workplaces.choose_structure,
            ChooseStructure(request_id=login.request_id, browser=login.browser, structure=ELSEWHERE),
        )


def test_a_session_chosen_in_one_of_two_structures_ends_too(logins: Logins) -> None:
    login = logins.confirm(DOCTOR, session="s-1", rpps=IN_TWO_PLACES)
    chosen = logins.harness.run(
        workplaces.choose_structure,
        ChooseStructure(request_id=login.request_id, browser=login.browser, structure=ELSEWHERE),
    )
    assert chosen.answered is not None
    tokens = logins.redeem(chosen.answered.code)
    assert logins.log_out(sid="s-1", sub=None) == 1
    assert not logins.is_continued(tokens)


def test_a_login_that_is_confirmed_while_its_session_ends_opens_none(logins: Logins) -> None:
    logins.log_out(sid="s-1", sub=None)
    login = logins.confirm(DOCTOR, session="s-1")
    with pytest.raises(GrantInvalid):
        logins.redeem(login.code)
    assert logins.begin(DOCTOR, session="s-2").access_token
