"""Sessions: ended ones are refused, others continue; logging in with an authenticator app."""

import pyotp
import pytest
from typer.testing import CliRunner

from cli.main import app
from client.api_client import ApiClient
from client.errors import ApiError
from client.patient import PatientClient
from client.people import DemoPeople
from deploy.dev.stack import Stack
from tests.support.clock import let_step_of_codes_pass
from tests.support.journal_and_notices import expect_notices, wait_for_line
from tests.support.people import Holder, activate_account, authorised_doctor, open_record
from tests.support.refusals import expect_refusal
from tests.support.waiting import wait_until


@pytest.fixture
def holder(demo: DemoPeople) -> Holder:
    return open_record(demo)


def is_refused(client: ApiClient, record: str) -> bool:
    try:
        client.list_documents(record)
    except ApiError as refused:
        assert (refused.status, refused.code) == (401, "token.invalid")
        return True
    return False


def test_a_session_ended_from_another_session_is_refused(demo: DemoPeople, holder: Holder) -> None:
    here = activate_account(demo, holder)
    there = demo.logged_in_patient(holder.login)
    listed = there.sessions()
    assert [session.means for session in listed.sessions] == ["code", "carte_vitale"]
    stolen = next(session.session_id for session in listed.sessions if str(session.session_id) != listed.current)
    there.end_session(stolen)
    wait_until(lambda: is_refused(here, holder.record), "the ended session is refused")
    assert not is_refused(there, holder.record)
    assert wait_for_line(there, holder.record, "fin_session").outcome == "allowed"


def test_a_patient_ends_all_other_sessions_and_logs_out(demo: DemoPeople, holder: Holder) -> None:
    here, there = activate_account(demo, holder), demo.logged_in_patient(holder.login)
    assert there.end_other_sessions() == 1
    there.end_session(there.sessions().current)
    for client in (here, there):
        wait_until(lambda client=client: is_refused(client, holder.record), "refused")  # type: ignore[misc]


def test_a_professional_ends_only_their_own_sessions(demo: DemoPeople, holder: Holder) -> None:
    doctor, patient = authorised_doctor(demo, holder, "nurse"), activate_account(demo, holder)
    doctor.end_session(patient.sessions().current)
    assert not is_refused(patient, holder.record)
    current = doctor.sessions()
    assert all(session.means == "cps" for session in current.sessions)
    doctor.end_session(current.current)
    wait_until(lambda: is_refused(doctor, holder.record), "refused")


def test_listing_sessions_requires_a_token(demo: DemoPeople) -> None:
    expect_refusal("token.missing", 401, PatientClient(demo.gateway).sessions)


def test_an_authenticator_app_logs_in_without_a_message_and_its_setup_is_notified(
    platform: Stack, demo: DemoPeople, holder: Holder
) -> None:
    patient = activate_account(demo, holder)
    codes = pyotp.TOTP(patient.add_authenticator())
    proof = codes.now()
    patient.confirm_authenticator(proof)
    expect_notices(patient, holder.record, "MOYEN_CONNEXION")
    client = PatientClient(demo.gateway)
    login = {"identifier": holder.login.identifier, "password": holder.login.password}
    attempt = client.start_login(**login, channel="email", send=False)
    expect_refusal("login.failed", 401, lambda: client.finish_login(attempt, proof))
    let_step_of_codes_pass(platform, holder.record)
    client.finish_login(attempt, codes.now())
    assert client.sessions().sessions[0].means == "authenticator"
    assert wait_for_line(client, holder.record, "moyen_connexion").reason == "ajout"


def test_the_operator_ends_every_session_of_a_person(
    demo: DemoPeople, holder: Holder, operator_cli: CliRunner
) -> None:
    patient, doctor = activate_account(demo, holder), authorised_doctor(demo, holder, "nurse")
    rpps = demo.professional("nurse").rpps
    assert operator_cli.invoke(app, ["session", "end", "--professional", rpps, "--yes"]).exit_code == 0
    wait_until(lambda: is_refused(doctor, holder.record), "refused")
    assert not is_refused(patient, holder.record)
    assert operator_cli.invoke(app, ["session", "end", "--patient", holder.record, "--yes"]).exit_code == 0
    wait_until(lambda: is_refused(patient, holder.record), "refused")
    assert operator_cli.invoke(app, ["session", "end", "--yes"]).exit_code == 2
    assert operator_cli.invoke(app, ["session", "end", "--patient", "personne", "--yes"]).exit_code == 1
