"""A patient changes password and contact, and comes back in when the password is forgotten; each is told."""

import secrets
from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
import requests
from typer.testing import CliRunner

from cli.demo.client import ApiClient, ApiError
from cli.demo.people import DemoPeople
from cli.main import app
from tests.conftest import LOGINS_PER_ADDRESS
from tests.support.people import Holder, activate, new_patient, open_record
from tests.support.refusing import expect
from tests.support.trails import lines, told
from tests.support.waiting import wait_until

NEW = "une autre phrase que personne ne devine"


@pytest.fixture
def holder(demo: DemoPeople) -> Holder:
    return open_record(demo)


@pytest.fixture
def patient(demo: DemoPeople, holder: Holder) -> ApiClient:
    return activate(demo, holder)


def logged_in(demo: DemoPeople, holder: Holder, password: str) -> ApiClient:
    client, before = ApiClient(demo.gateway), demo.newest_message(holder.login.email)
    attempt = client.start_login(holder.login.identifier, password, "email")
    client.finish_login(attempt, demo.code_sent_to(holder.login.email, after=before))
    return client


def opens(demo: DemoPeople, holder: Holder, password: str) -> bool:
    client, before = ApiClient(demo.gateway), demo.newest_message(holder.login.email)
    client.start_login(holder.login.identifier, password, "email")
    return demo.newest_message(holder.login.email) > before


def is_ended(client: ApiClient) -> bool:
    try:
        client.contact()
    except ApiError as refused:
        return refused.status == 401
    return False


def test_a_new_password_opens_the_old_one_does_not_and_other_sessions_end(
    demo: DemoPeople, holder: Holder, patient: ApiClient
) -> None:
    elsewhere = logged_in(demo, holder, holder.login.password)
    assert patient.change_password(holder.login.password, NEW) == 1
    wait_until(lambda: is_ended(elsewhere), "the other session is ended")
    assert not is_ended(patient)
    assert not opens(demo, holder, holder.login.password)
    assert opens(demo, holder, NEW)
    told(patient, holder.record, "MOT_DE_PASSE")


def test_a_password_is_changed_by_who_knows_it_and_to_a_good_one(
    demo: DemoPeople, holder: Holder, patient: ApiClient
) -> None:
    expect("login.failed", 401, lambda: patient.change_password("une phrase devinée au hasard", NEW))
    expect("account.password_weak", 400, lambda: patient.change_password(holder.login.password, "court"))
    assert opens(demo, holder, holder.login.password)


def test_guesses_at_the_password_from_a_session_that_was_left_open_are_slowed(
    demo: DemoPeople, holder: Holder, patient: ApiClient
) -> None:
    for _ in range(5):
        expect("login.failed", 401, lambda: patient.change_password("une phrase devinée au hasard", NEW))
    expect("login.too_many", 429, lambda: patient.change_password(holder.login.password, NEW))


def test_a_new_address_is_proven_and_the_old_one_is_told_first(
    demo: DemoPeople, holder: Holder, patient: ApiClient
) -> None:
    other = new_patient().email
    before = demo.newest_message(holder.login.email)
    attempt = patient.change_contact("email", other)
    assert patient.contact()["email"] == holder.login.email
    assert patient.confirm_contact(attempt, demo.code_sent_to(other, after=0))["email"] == other
    warned = [one for one in demo.messages(holder.login.email) if one["number"] > before]
    assert any("coordonnées" in one["subject"] for one in warned)
    assert other not in str(warned)
    told(patient, holder.record, "COORDONNEES")


def test_a_new_address_is_nobodys_until_its_own_code_comes_back_to_its_own_account(
    demo: DemoPeople, holder: Holder, patient: ApiClient
) -> None:
    other, stranger = new_patient().email, open_record(demo)
    neighbour = activate(demo, stranger)
    attempt = patient.change_contact("email", other)
    code = demo.code_sent_to(other, after=0)
    expect("login.failed", 401, lambda: patient.confirm_contact(attempt, f"{(int(code) + 1) % 10**6:06d}"))
    expect("login.failed", 401, lambda: neighbour.confirm_contact(attempt, code))
    assert patient.contact()["email"] == holder.login.email
    assert neighbour.contact()["email"] == stranger.login.email


@pytest.mark.parametrize(
    ("channel", "address"), [("email", "pas une adresse"), ("sms", "0612"), ("sms", "+33100000000")]
)
def test_an_address_that_is_none_is_refused(
    demo: DemoPeople, holder: Holder, patient: ApiClient, channel: str, address: str
) -> None:
    expect("account.contact_invalid", 400, lambda: patient.change_contact(channel, address))


def test_card_and_code_set_a_forgotten_password_and_end_every_session(
    demo: DemoPeople, holder: Holder, patient: ApiClient
) -> None:
    client, before = ApiClient(demo.gateway), demo.newest_message(holder.login.email)
    attempt = client.recover_account(demo.vitale_proof(holder.card), "email")
    code = demo.code_sent_to(holder.login.email, after=before)
    expect("account.password_weak", 400, lambda: client.finish_recovery(attempt, code, "court"))
    client.finish_recovery(attempt, code, NEW)
    assert client.contact()["email"] == holder.login.email
    wait_until(lambda: is_ended(patient), "the earlier session is ended")
    assert opens(demo, holder, NEW)
    assert not opens(demo, holder, holder.login.password)
    expect("login.failed", 401, lambda: client.finish_recovery(attempt, code, f"{NEW} encore"))
    told(client, holder.record, "MOT_DE_PASSE")


def test_a_code_of_a_login_recovers_nothing_nor_the_other_way_round(
    demo: DemoPeople, holder: Holder, patient: ApiClient
) -> None:
    client, before = ApiClient(demo.gateway), demo.newest_message(holder.login.email)
    login = client.start_login(holder.login.identifier, holder.login.password, "email")
    code = demo.code_sent_to(holder.login.email, after=before)
    expect("login.failed", 401, lambda: client.finish_recovery(login, code, NEW))
    before = demo.newest_message(holder.login.email)
    recovery = client.recover_account(demo.vitale_proof(holder.card), "email")
    code = demo.code_sent_to(holder.login.email, after=before)
    expect("login.failed", 401, lambda: client.finish_login(recovery, code))


def test_a_card_without_an_account_recovers_none(demo: DemoPeople) -> None:
    stranger = open_record(demo)
    client = ApiClient(demo.gateway)
    expect("account.not_found", 404, lambda: client.recover_account(demo.vitale_proof(stranger.card), "email"))


def test_nobodys_telephone_is_flooded_with_codes(demo: DemoPeople) -> None:
    """Whatever cards the codes are asked with, one address gets five, then waits."""
    address = new_patient().email
    for _ in range(5):
        ApiClient(demo.gateway).activate(_account(demo, address))
    expect("login.too_many", 429, lambda: ApiClient(demo.gateway).activate(_account(demo, address)))


def _account(demo: DemoPeople, address: str) -> dict[str, str]:
    patient = new_patient()
    return {
        "proof": demo.vitale_proof(demo.card_for(patient)),
        "identifier": patient.name,
        "password": secrets.token_urlsafe(18),
        "email": address,
        "mobile": patient.mobile,
        "channel": "email",
    }


def test_where_somebody_comes_from_is_what_the_ingress_says_and_never_what_they_say(demo: DemoPeople) -> None:
    """The last address that no ingress of ours bears counts; those before it are the client's own words."""
    place, elsewhere = (f"2001:db8::{secrets.token_hex(2)}:{secrets.token_hex(2)}" for _ in range(2))
    answers = [
        start_from(demo, f"{secrets.token_hex(2)}.example, 198.51.100.{number % 250}, {place}")
        for number in range(LOGINS_PER_ADDRESS)
    ]
    assert set(answers) == {202}
    assert start_from(demo, place) == 429
    assert start_from(demo, f"{place}, {elsewhere}") == 202


def start_from(demo: DemoPeople, forwarded: str) -> int:
    body = {"identifier": secrets.token_hex(8), "password": "devine", "channel": "email", "send": False}
    headers = {"x-forwarded-for": forwarded}
    return requests.post(f"{demo.gateway}/sessions", json=body, headers=headers, timeout=20).status_code


@pytest.fixture
def unlocked(operator: CliRunner, holder: Holder) -> Iterator[Callable[[str], str]]:
    """`carnet account lock` and `unlock` for the holder; what they say."""

    def run(verb: str) -> str:
        done = operator.invoke(app, ["account", verb, holder.record])
        assert done.exit_code == 0, done.output
        return done.output

    yield run
    run("unlock")


def test_a_locked_account_opens_to_nobody_and_tells_only_who_proves_that_it_is_theirs(
    demo: DemoPeople, holder: Holder, patient: ApiClient, unlocked: Callable[[str], str]
) -> None:
    assert "locked" in unlocked("lock")
    wait_until(lambda: is_ended(patient), "whoever was in is out")
    refused = expect("account.locked", 403, lambda: logged_in(demo, holder, holder.login.password))
    assert "verrouillé" in refused.text
    guess = ApiClient(demo.gateway)
    attempt = guess.start_login(holder.login.identifier, "une phrase devinée", "email")
    expect("login.failed", 401, lambda: guess.finish_login(attempt, "000000"))
    client, before = ApiClient(demo.gateway), demo.newest_message(holder.login.email)
    recovery = client.recover_account(demo.vitale_proof(holder.card), "email")
    code = demo.code_sent_to(holder.login.email, after=before)
    expect("account.locked", 403, lambda: client.finish_recovery(recovery, code, NEW))
    assert "open" in unlocked("unlock")
    again = logged_in(demo, holder, holder.login.password)
    told(again, holder.record, "COMPTE_VERROUILLE", times=2)
    wait_until(lambda: len(lines(again, holder.record, "verrou_compte")) == 2, "both stand in the journal")


def test_unlocking_forgets_what_had_to_be_waited_for(
    demo: DemoPeople, holder: Holder, patient: ApiClient, unlocked: Callable[[str], str]
) -> None:
    client = ApiClient(demo.gateway)
    for _ in range(5):
        client.start_login(holder.login.identifier, "une phrase devinée", "email", send=False)
    expect("login.too_many", 429, lambda: opens(demo, holder, holder.login.password))
    unlocked("unlock")
    assert opens(demo, holder, holder.login.password)


def test_an_account_that_is_none_is_not_locked(operator: CliRunner) -> None:
    done = operator.invoke(app, ["account", "lock", str(uuid4())])
    assert (done.exit_code, "record.not_found" in done.output) == (1, True)
