"""A session that was ended is refused, whoever holds its token; and an authenticator app opens an account."""

import pyotp
import pytest
from typer.testing import CliRunner

from cli.demo.client import ApiClient, ApiError
from cli.demo.people import DemoPeople
from cli.main import app
from tests.support.people import Holder, activate, authorised, open_record
from tests.support.refusing import expect
from tests.support.trails import line, told
from tests.support.waiting import wait_until


@pytest.fixture
def holder(demo: DemoPeople) -> Holder:
    return open_record(demo)


def second_login(demo: DemoPeople, holder: Holder) -> ApiClient:
    client = ApiClient(demo.gateway)
    attempt = client.start_login(holder.login.identifier, holder.login.password, "email")
    client.finish_login(attempt, demo.code_sent_to(holder.login.email, after=1))
    return client


def is_refused(client: ApiClient, record: str) -> bool:
    try:
        client.list_documents(record)
    except ApiError as refused:
        assert (refused.status, refused.code) == (401, "token.invalid")
        return True
    return False


def test_a_session_ended_from_elsewhere_is_refused(demo: DemoPeople, holder: Holder) -> None:
    here = activate(demo, holder)
    there = second_login(demo, holder)
    listed = there.sessions()
    assert [one["means"] for one in listed["sessions"]] == ["code", "carte_vitale"]
    stolen = next(one["session_id"] for one in listed["sessions"] if one["session_id"] != listed["current"])
    there.end_session(stolen)
    wait_until(lambda: is_refused(here, holder.record), "the ended session is refused")
    assert not is_refused(there, holder.record)
    assert line(there, holder.record, "fin_session")["outcome"] == "allowed"


def test_all_others_are_ended_at_once_and_logging_out_is_ending_ones_own(demo: DemoPeople, holder: Holder) -> None:
    here, there = activate(demo, holder), second_login(demo, holder)
    assert there.end_other_sessions() == 1
    there.end_session(there.sessions()["current"])
    for client in (here, there):
        wait_until(lambda one=client: is_refused(one, holder.record), "refused")  # type: ignore[misc]


def test_a_professional_ends_their_own_sessions_and_nobody_elses(demo: DemoPeople, holder: Holder) -> None:
    doctor, patient = authorised(demo, holder, "nurse"), activate(demo, holder)
    doctor.end_session(patient.sessions()["current"])
    assert not is_refused(patient, holder.record)
    current = doctor.sessions()
    assert all(one["means"] == "cps" for one in current["sessions"])
    doctor.end_session(current["current"])
    wait_until(lambda: is_refused(doctor, holder.record), "refused")


def test_nobody_lists_sessions_without_one(demo: DemoPeople) -> None:
    expect("token.missing", 401, ApiClient(demo.gateway).sessions)


def test_an_authenticator_app_opens_the_account_without_a_message_and_its_holder_is_told(
    demo: DemoPeople, holder: Holder
) -> None:
    patient = activate(demo, holder)
    codes = pyotp.TOTP(patient.add_authenticator())
    proof = codes.now()
    patient.confirm_authenticator(proof)
    told(patient, holder.record, "MOYEN_CONNEXION")
    client = ApiClient(demo.gateway)
    login = {"identifier": holder.login.identifier, "password": holder.login.password}
    attempt = client.start_login(**login, channel="email", send=False)
    expect("login.failed", 401, lambda: client.finish_login(attempt, proof))
    wait_until(lambda: codes.now() != proof, "another code shown by the app", seconds=60)
    client.finish_login(attempt, codes.now())
    assert client.sessions()["sessions"][0]["means"] == "authenticator"
    assert line(client, holder.record, "moyen_connexion")["reason"] == "ajout"


def test_the_operator_ends_every_session_of_somebody_who_cannot(
    demo: DemoPeople, holder: Holder, operator: CliRunner
) -> None:
    patient, doctor = activate(demo, holder), authorised(demo, holder, "nurse")
    rpps = demo.professional("nurse").rpps
    assert operator.invoke(app, ["session", "end", "--professional", rpps, "--yes"]).exit_code == 0
    wait_until(lambda: is_refused(doctor, holder.record), "refused")
    assert not is_refused(patient, holder.record)
    assert operator.invoke(app, ["session", "end", "--patient", holder.record, "--yes"]).exit_code == 0
    wait_until(lambda: is_refused(patient, holder.record), "refused")
    assert operator.invoke(app, ["session", "end", "--yes"]).exit_code == 2
    assert operator.invoke(app, ["session", "end", "--patient", "personne", "--yes"]).exit_code == 1
