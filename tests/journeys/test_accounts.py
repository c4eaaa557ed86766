"""A patient's account: password, contact, recovery, locks and login limits, each with a notice to the patient."""

import secrets
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from uuid import uuid4

import msgspec
import pytest
import requests
from typer.testing import CliRunner

from cli.main import app
from client.errors import ApiError
from client.patient import PatientClient
from client.people import DemoPeople
from deploy.dev.stack import Stack
from services.identity.repositories.attempts import OpenedBy
from tests.conftest import LOGINS_PER_ADDRESS
from tests.support.clock import run_sql
from tests.support.journal_and_notices import expect_notices, journal_lines
from tests.support.people import Holder, activate_account, new_patient, open_record
from tests.support.refusals import expect_refusal
from tests.support.waiting import wait_until

NEW = "une autre phrase que personne ne devine"


@pytest.fixture
def holder(demo: DemoPeople) -> Holder:
    return open_record(demo)


@pytest.fixture
def patient(demo: DemoPeople, holder: Holder) -> PatientClient:
    return activate_account(demo, holder)


def logged_in(demo: DemoPeople, holder: Holder, password: str) -> PatientClient:
    return demo.logged_in_patient(msgspec.structs.replace(holder.login, password=password))


def password_is_accepted(platform: Stack, demo: DemoPeople, holder: Holder, password: str) -> bool:
    """As only the database tells: the answer is the same, and the code is sent after it."""
    attempt = PatientClient(demo.gateway).start_login(holder.login.identifier, password, "email")
    query = "SELECT opened_by FROM code_attempts WHERE attempt_id = %(attempt)s"
    ((opened_by,),) = run_sql(platform, "identity", query, attempt=attempt)
    return bool(opened_by != OpenedBy.NOTHING)


def is_ended(client: PatientClient) -> bool:
    try:
        client.contact()
    except ApiError as refused:
        return refused.status == 401
    return False


def test_changing_the_password_invalidates_the_old_one_and_ends_other_sessions(
    platform: Stack, demo: DemoPeople, holder: Holder, patient: PatientClient
) -> None:
    elsewhere = logged_in(demo, holder, holder.login.password)
    assert patient.change_password(holder.login.password, NEW) == 1
    wait_until(lambda: is_ended(elsewhere), "the other session has ended")
    assert not is_ended(patient)
    assert not password_is_accepted(platform, demo, holder, holder.login.password)
    assert password_is_accepted(platform, demo, holder, NEW)
    expect_notices(patient, holder.record, "MOT_DE_PASSE")


def test_changing_the_password_requires_the_current_one_and_a_strong_new_one(
    platform: Stack, demo: DemoPeople, holder: Holder, patient: PatientClient
) -> None:
    expect_refusal("login.failed", 401, lambda: patient.change_password("une phrase devinée au hasard", NEW))
    expect_refusal("account.password_weak", 400, lambda: patient.change_password(holder.login.password, "court"))
    assert password_is_accepted(platform, demo, holder, holder.login.password)


def test_guessing_the_current_password_from_an_open_session_is_rate_limited(
    demo: DemoPeople, holder: Holder, patient: PatientClient
) -> None:
    for _ in range(5):
        expect_refusal("login.failed", 401, lambda: patient.change_password("une phrase devinée au hasard", NEW))
    expect_refusal("login.too_many", 429, lambda: patient.change_password(holder.login.password, NEW))


def test_a_new_address_is_confirmed_by_code_and_the_old_one_is_notified(
    demo: DemoPeople, holder: Holder, patient: PatientClient
) -> None:
    other = new_patient().email
    before = demo.mailbox.newest(holder.login.email)
    attempt = patient.change_contact("email", other)
    assert patient.contact().email == holder.login.email
    assert patient.confirm_contact(attempt, demo.mailbox.code_sent_to(other, after=0)).email == other
    warned = [message for message in demo.mailbox.messages(holder.login.email) if message.number > before]
    assert any("coordonnées" in message.subject for message in warned)
    assert other not in str(warned)
    expect_notices(patient, holder.record, "COORDONNEES")


def test_a_contact_changes_only_with_its_own_code_in_its_own_account(
    demo: DemoPeople, holder: Holder, patient: PatientClient
) -> None:
    other, stranger = new_patient().email, open_record(demo)
    neighbour = activate_account(demo, stranger)
    attempt = patient.change_contact("email", other)
    code = demo.mailbox.code_sent_to(other, after=0)
    expect_refusal("login.failed", 401, lambda: patient.confirm_contact(attempt, f"{(int(code) + 1) % 10**6:06d}"))
    expect_refusal("login.failed", 401, lambda: neighbour.confirm_contact(attempt, code))
    assert patient.contact().email == holder.login.email
    assert neighbour.contact().email == stranger.login.email


def test_an_account_writes_to_five_new_addresses_and_then_waits(demo: DemoPeople, patient: PatientClient) -> None:
    for _ in range(5):
        other = new_patient().email
        attempt = patient.change_contact("email", other)
        patient.confirm_contact(attempt, demo.mailbox.code_sent_to(other, after=0))
    last = new_patient().email
    expect_refusal("login.too_many", 429, lambda: patient.change_contact("email", last))
    assert demo.mailbox.messages(last) == []


@pytest.mark.parametrize(
    ("channel", "address"), [("email", "pas une adresse"), ("sms", "0612"), ("sms", "+33100000000")]
)
def test_an_invalid_contact_address_is_refused(
    demo: DemoPeople, holder: Holder, patient: PatientClient, channel: str, address: str
) -> None:
    expect_refusal("account.contact_invalid", 400, lambda: patient.change_contact(channel, address))


def test_recovery_by_card_and_code_sets_a_new_password_and_ends_every_session(
    platform: Stack, demo: DemoPeople, holder: Holder, patient: PatientClient
) -> None:
    client, before = PatientClient(demo.gateway), demo.mailbox.newest(holder.login.email)
    attempt = client.recover_account(demo.vitale_proof(holder.card), "email")
    code = demo.mailbox.code_sent_to(holder.login.email, after=before)
    expect_refusal("account.password_weak", 400, lambda: client.finish_recovery(attempt, code, "court"))
    client.finish_recovery(attempt, code, NEW)
    assert client.contact().email == holder.login.email
    wait_until(lambda: is_ended(patient), "the earlier session has ended")
    assert password_is_accepted(platform, demo, holder, NEW)
    assert not password_is_accepted(platform, demo, holder, holder.login.password)
    expect_refusal("login.failed", 401, lambda: client.finish_recovery(attempt, code, f"{NEW} encore"))
    expect_notices(client, holder.record, "MOT_DE_PASSE")


def test_login_codes_and_recovery_codes_are_not_interchangeable(
    demo: DemoPeople, holder: Holder, patient: PatientClient
) -> None:
    client, before = PatientClient(demo.gateway), demo.mailbox.newest(holder.login.email)
    login = client.start_login(holder.login.identifier, holder.login.password, "email")
    code = demo.mailbox.code_sent_to(holder.login.email, after=before)
    expect_refusal("login.failed", 401, lambda: client.finish_recovery(login, code, NEW))
    before = demo.mailbox.newest(holder.login.email)
    recovery = client.recover_account(demo.vitale_proof(holder.card), "email")
    code = demo.mailbox.code_sent_to(holder.login.email, after=before)
    expect_refusal("login.failed", 401, lambda: client.finish_login(recovery, code))


def test_recovery_by_a_card_without_an_account_is_refused(demo: DemoPeople) -> None:
    stranger = open_record(demo)
    client = PatientClient(demo.gateway)
    expect_refusal(
        "account.not_found", 404, lambda: client.recover_account(demo.vitale_proof(stranger.card), "email")
    )


def test_codes_sent_to_one_address_are_rate_limited(demo: DemoPeople) -> None:
    """Five codes per address, whichever cards request them."""
    address = new_patient().email
    for _ in range(5):
        PatientClient(demo.gateway).activate(_account(demo, address))
    expect_refusal("login.too_many", 429, lambda: PatientClient(demo.gateway).activate(_account(demo, address)))


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


def test_the_login_limit_counts_the_address_seen_by_the_ingress(platform: Stack, demo: DemoPeople) -> None:
    """The last address that is not a trusted ingress counts; the client can forge those before it."""
    address, other_address = (f"2001:db8:{secrets.token_hex(2)}:{secrets.token_hex(2)}::1" for _ in range(2))
    begun = datetime.now(UTC)
    forged = [f"{secrets.token_hex(2)}.example, 198.51.100.{number}, {address}" for number in range(3)]
    assert [login_status_from(demo, forwarded) for forwarded in forged[:2]] == [202, 202]
    raise_count_of_logins(platform, begun, 2, LOGINS_PER_ADDRESS - 1)
    assert login_status_from(demo, forged[2]) == 202
    assert login_status_from(demo, address) == 429
    assert login_status_from(demo, f"{address}, {other_address}") == 202


def raise_count_of_logins(platform: Stack, since: datetime, started: int, wanted: int) -> None:
    """Raise the only count of that many unfinished logins since then; each is of an identifier of its own."""
    raised = run_sql(
        platform,
        "identity",
        """
        UPDATE unfinished_logins SET started = %(wanted)s
        WHERE started = %(started)s AND last_at >= %(since)s RETURNING 1
        """,
        since=since.isoformat(),
        started=str(started),
        wanted=str(wanted),
    )
    assert raised == [(1,)]


def login_status_from(demo: DemoPeople, forwarded: str) -> int:
    body = {"identifier": secrets.token_hex(8), "password": "devine", "channel": "email", "send": False}
    headers = {"x-forwarded-for": forwarded}
    return requests.post(f"{demo.gateway}/sessions", json=body, headers=headers, timeout=20).status_code


@pytest.fixture
def set_lock(operator_cli: CliRunner, holder: Holder) -> Iterator[Callable[[str], str]]:
    """Runs `carnet account lock` or `unlock` for the holder and returns its output; unlocks at the end."""

    def run(verb: str) -> str:
        done = operator_cli.invoke(app, ["account", verb, holder.record])
        assert done.exit_code == 0, done.output
        return done.output

    yield run
    run("unlock")


def test_a_locked_account_refuses_logins_and_reveals_the_lock_only_to_its_owner(
    demo: DemoPeople, holder: Holder, patient: PatientClient, set_lock: Callable[[str], str]
) -> None:
    assert "locked" in set_lock("lock")
    wait_until(lambda: is_ended(patient), "the open session has ended")
    refused = expect_refusal("account.locked", 403, lambda: logged_in(demo, holder, holder.login.password))
    assert "verrouillé" in refused.text
    guess = PatientClient(demo.gateway)
    attempt = guess.start_login(holder.login.identifier, "une phrase devinée", "email")
    expect_refusal("login.failed", 401, lambda: guess.finish_login(attempt, "000000"))
    client, before = PatientClient(demo.gateway), demo.mailbox.newest(holder.login.email)
    recovery = client.recover_account(demo.vitale_proof(holder.card), "email")
    code = demo.mailbox.code_sent_to(holder.login.email, after=before)
    expect_refusal("account.locked", 403, lambda: client.finish_recovery(recovery, code, NEW))
    assert "open" in set_lock("unlock")
    again = logged_in(demo, holder, holder.login.password)
    expect_notices(again, holder.record, "COMPTE_VERROUILLE", times=2)
    # Of each, the first operator's signature and the second's, with which it is done.
    wait_until(
        lambda: len(journal_lines(again, holder.record, "verrou_compte")) == 4, "lock and unlock in the journal"
    )


def test_unlocking_resets_the_login_limit(
    platform: Stack, demo: DemoPeople, holder: Holder, patient: PatientClient, set_lock: Callable[[str], str]
) -> None:
    client = PatientClient(demo.gateway)
    for _ in range(5):
        client.start_login(holder.login.identifier, "une phrase devinée", "email", send=False)
    expect_refusal("login.too_many", 429, lambda: password_is_accepted(platform, demo, holder, holder.login.password))
    set_lock("unlock")
    assert password_is_accepted(platform, demo, holder, holder.login.password)


def test_locking_an_unknown_account_fails(operator_cli: CliRunner) -> None:
    done = operator_cli.invoke(app, ["account", "lock", str(uuid4())])
    assert (done.exit_code, "record.not_found" in done.output) == (1, True)
