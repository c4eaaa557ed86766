"""A holder who takes the account back by card and code leaves nobody else inside."""

from client.oauth import SmartApp
from client.operator import OperatorClient
from client.patient import PatientClient
from client.people import DemoPeople
from tests.journeys.test_passkeys import add_passkey, logged_in
from tests.support.apps import authorization_code, register_app, tokens_in
from tests.support.passkeys import Device
from tests.support.people import activate_account, open_record
from tests.support.refusals import expect_refusal
from tests.support.waiting import wait_until

NEW = "une autre phrase que personne ne devine"


def test_recovery_ends_a_thiefs_passkey_and_app_and_keeps_what_the_holder_names(
    demo: DemoPeople, operator_client: OperatorClient
) -> None:
    holder = open_record(demo)
    thief = activate_account(demo, holder)
    mine, thiefs = Device(demo.gateway), Device(demo.gateway)
    add_passkey(thief, mine, "Téléphone")
    add_passkey(thief, thiefs, "Voleur")
    app = SmartApp(demo.gateway, register_app(operator_client).client_id)
    tokens = tokens_in(app.redeem(authorization_code(demo, holder, app)))
    client, before = PatientClient(demo.gateway), demo.mailbox.newest(holder.login.email)
    attempt = client.recover_account(demo.vitale_proof(holder.card), "email")
    code = demo.mailbox.code_sent_to(holder.login.email, after=before)
    expect_refusal("login.failed", 401, lambda: client.review_recovery(attempt, "000000"))
    shown = client.review_recovery(attempt, code)
    assert [grant.app for grant in shown.apps] == [app.client_id]
    kept = [passkey.passkey for passkey in shown.passkeys if passkey.label == "Téléphone"]
    client.finish_recovery(attempt, code, NEW, keep_passkeys=kept)
    logged_in(demo, mine)
    expect_refusal("login.failed", 401, lambda: logged_in(demo, thiefs))
    assert app.refresh(tokens["refresh_token"]).status_code == 400
    wait_until(
        lambda: app.read(f"Patient/{holder.record}", tokens["access_token"]).status_code == 401,
        "the app's token is refused",
    )
    wait_until(lambda: client.apps(holder.record) == (), "consent has forgotten the app")
