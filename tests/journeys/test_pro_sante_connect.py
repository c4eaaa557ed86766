"""Doctors log in by Pro Santé Connect, in the browser their software opens; a certified OpenID provider stands in."""

from dataclasses import replace
from typing import Any

import pytest
import requests

from client.errors import ApiError
from client.operator import OperatorClient
from client.people import DemoPeople
from contracts.identity.apps import Client
from deploy.dev import people
from deploy.dev.stack import Stack
from tests.support.pro_sante_connect import (
    CALLBACK,
    OTHER_STRUCTURE,
    BusinessSoftware,
    claims_of,
    list_in_two_structures,
    logout_token,
    redirect_parameters,
    register_software,
    structures_offered,
)
from tests.support.waiting import wait_until

pytestmark = pytest.mark.usefixtures("pro_sante_connect_provider")

DOCTOR = people.PROFESSIONALS[0]
SOFTWARE = people.SOFTWARE[0].number


@pytest.fixture
def client(operator_client: OperatorClient) -> Client:
    return register_software(operator_client, SOFTWARE)


@pytest.fixture
def software(demo: DemoPeople, client: Client) -> BusinessSoftware:
    return BusinessSoftware(demo.gateway, client.client_id)


def code_of(software: BusinessSoftware) -> str:
    return redirect_parameters(software.sign_in(claims_of(DOCTOR)))["code"]


def tokens_in(answer: requests.Response) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def error_in(answer: requests.Response) -> str:
    assert answer.status_code in {400, 401}, answer.text
    return str(answer.json()["error"])


def session_of(demo: DemoPeople, token: str) -> requests.Response:
    headers = {"authorization": f"Bearer {token}"}
    return requests.get(f"{demo.gateway}/me/sessions", headers=headers, timeout=20)


def test_a_doctor_gets_a_session_as_with_a_card_and_sees_it(demo: DemoPeople, software: BusinessSoftware) -> None:
    back = redirect_parameters(software.sign_in(claims_of(DOCTOR)))
    assert (back["state"], back["iss"]) == ("etat-du-logiciel", demo.gateway)
    granted = tokens_in(software.redeem(back["code"]))
    session = session_of(demo, granted["access_token"]).json()["sessions"][0]
    assert (session["means"], session["device"]) == ("pro_sante_connect", SOFTWARE)


def test_a_refresh_continues_the_session_and_reuse_revokes_it(demo: DemoPeople, software: BusinessSoftware) -> None:
    first = tokens_in(software.redeem(code_of(software)))
    second = tokens_in(software.refresh(first["refresh_token"]))
    assert session_of(demo, second["access_token"]).status_code == 200
    assert error_in(software.refresh(first["refresh_token"])) == "invalid_grant"
    assert error_in(software.refresh(second["refresh_token"])) == "invalid_grant"


def test_reusing_a_code_revokes_its_tokens(demo: DemoPeople, software: BusinessSoftware) -> None:
    code = code_of(software)
    granted = tokens_in(software.redeem(code))
    assert error_in(software.redeem(code)) == "invalid_grant"
    assert error_in(software.refresh(granted["refresh_token"])) == "invalid_grant"


def test_a_code_requires_the_verifier_redirect_uri_and_client_of_its_request(
    demo: DemoPeople, software: BusinessSoftware, operator_client: OperatorClient
) -> None:
    other = register_software(operator_client, SOFTWARE)
    assert error_in(software.redeem(code_of(software), code_verifier="x" * 43)) == "invalid_grant"
    assert error_in(software.redeem(code_of(software), redirect_uri=f"{CALLBACK}/2")) == "invalid_grant"
    assert error_in(software.redeem(code_of(software), client_id=other.client_id)) == "invalid_grant"


def test_a_doctor_with_several_structures_chooses_one(
    demo: DemoPeople, platform: Stack, software: BusinessSoftware
) -> None:
    doctor = replace(DOCTOR, rpps=list_in_two_structures(platform).rpps)

    page = software.sign_in(claims_of(doctor))
    assert sorted(structures_offered(page)) == sorted([DOCTOR.structure, OTHER_STRUCTURE])
    assert f"form-action 'self' {CALLBACK.rpartition('/')[0]}" in page.headers["content-security-policy"]
    assert software.choose(page, OTHER_STRUCTURE, origin="https://ailleurs.example").status_code == 404
    assert software.choose(page, "990000000").status_code == 403
    granted = tokens_in(software.redeem(redirect_parameters(software.choose(page, OTHER_STRUCTURE))["code"]))
    assert session_of(demo, granted["access_token"]).status_code == 200
    assert software.choose(page, OTHER_STRUCTURE).status_code == 404


@pytest.mark.parametrize(
    "claims",
    [
        claims_of(DOCTOR, SubjectNameID="810999000028"),
        claims_of(DOCTOR, SubjectNameID=f"0{DOCTOR.rpps}"),
        claims_of(DOCTOR, SubjectRefPro={"exercices": [{"codeProfession": "60"}]}),
        claims_of(DOCTOR, SubjectRefPro={"exercices": []}),
    ],
    ids=["unknown", "no RPPS", "another profession", "no profession"],
)
def test_claims_that_contradict_the_directory_are_refused(software: BusinessSoftware, claims: dict[str, Any]) -> None:
    answer = software.sign_in(claims)
    assert answer.status_code == 403
    assert 'role="alert"' in answer.text


@pytest.mark.parametrize(
    ("claims", "how"),
    [
        ({"family_name": DOCTOR.family_name}, {}),
        (claims_of(DOCTOR), {"acr": "faible"}),
    ],
    ids=["nobody", "weak"],
)
def test_missing_identity_or_weak_authentication_is_refused(
    software: BusinessSoftware, claims: dict[str, Any], how: dict[str, str]
) -> None:
    assert software.sign_in(claims, **how).status_code == 401


def test_cancelling_at_the_provider_redirects_to_the_software_with_an_error(software: BusinessSoftware) -> None:
    back = redirect_parameters(software.sign_in(claims_of(DOCTOR), error="access_denied"))
    assert (back["error"], back["state"], "code" in back) == ("access_denied", "etat-du-logiciel", False)


def test_a_callback_address_works_once_and_only_in_its_browser(demo: DemoPeople, software: BusinessSoftware) -> None:
    address = software.callback_address(claims_of(DOCTOR))
    stranger = BusinessSoftware(demo.gateway, software.client_id)
    assert stranger.get(address).status_code == 404
    stranger.begin()
    assert stranger.get(address).status_code == 404
    assert redirect_parameters(software.get(address))["code"]
    assert software.get(address).status_code == 404


def test_an_injected_provider_code_of_another_request_is_refused(
    demo: DemoPeople, software: BusinessSoftware
) -> None:
    victim = BusinessSoftware(demo.gateway, software.client_id)
    location = victim.begin().headers["location"]
    state = dict(part.split("=", 1) for part in location.partition("?")[2].split("&"))["state"]
    injected = dict(
        part.split("=", 1) for part in software.callback_address(claims_of(DOCTOR)).partition("?")[2].split("&")
    )
    answer = victim.get(f"{demo.gateway}/oauth/pro-sante-connect?state={state}&code={injected['code']}")
    assert answer.status_code == 401


def test_a_patient_login_page_does_not_serve_a_request_of_business_software(
    demo: DemoPeople, software: BusinessSoftware
) -> None:
    location = software.begin().headers["location"]
    state = dict(part.split("=", 1) for part in location.partition("?")[2].split("&"))["state"]
    assert software.get(f"{demo.gateway}/oauth/authorize/{state}").status_code == 404


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": ""}, "invalid_request"),
    ],
)
def test_an_invalid_request_redirects_to_the_software_with_its_oauth_error(
    software: BusinessSoftware, changed: dict[str, str], error: str
) -> None:
    assert redirect_parameters(software.begin(**changed))["error"] == error


def test_suspending_the_client_ends_its_sessions_and_its_logins(
    demo: DemoPeople, software: BusinessSoftware, client: Client, operator_client: OperatorClient
) -> None:
    granted = tokens_in(software.redeem(code_of(software)))
    operator_client.suspend_app(client.client_id, suspended=True)
    assert error_in(software.refresh(granted["refresh_token"])) == "invalid_client"
    assert software.begin().status_code == 400
    operator_client.suspend_app(client.client_id, suspended=False)
    assert error_in(software.refresh(granted["refresh_token"])) == "invalid_grant"


@pytest.mark.parametrize("which", ["access_token", "refresh_token"])
def test_software_introspects_and_revokes_its_tokens(
    demo: DemoPeople, software: BusinessSoftware, which: str
) -> None:
    granted = tokens_in(software.redeem(code_of(software)))
    form = {"client_id": software.client_id, "token": granted[which]}

    def ask(endpoint: str) -> requests.Response:
        return software.post(endpoint, form)

    assert (ask("introspect").json()["active"], ask("introspect").json()["sub"]) == (True, DOCTOR.rpps)
    assert ask("revoke").status_code == 200
    assert ask("introspect").json() == {"active": False}
    assert error_in(software.refresh(granted["refresh_token"])) == "invalid_grant"


def test_a_logout_at_the_provider_ends_the_sessions_it_opened(demo: DemoPeople, software: BusinessSoftware) -> None:
    elsewhere = BusinessSoftware(demo.gateway, software.client_id)
    ended, other = (tokens_in(each.redeem(code_of(each))) for each in (software, elsewhere))
    software.log_out_at_provider()
    assert error_in(software.refresh(ended["refresh_token"])) == "invalid_grant"
    wait_until(
        lambda: session_of(demo, ended["access_token"]).status_code == 401, "every process refuses the session"
    )
    assert session_of(demo, other["access_token"]).status_code == 200
    assert elsewhere.refresh(other["refresh_token"]).status_code == 200


def test_the_logout_endpoint_answers_by_the_specification(demo: DemoPeople, software: BusinessSoftware) -> None:
    tokens_in(software.redeem(code_of(software)))
    token = logout_token(DOCTOR)
    for expected in (200, 400):
        answer = software.post("pro-sante-connect/logout", {"logout_token": token})
        assert (answer.status_code, "no-store" in answer.headers["cache-control"]) == (expected, True)
    assert answer.json()["error"] == "invalid_request"


def test_only_homologated_software_gets_a_browser_client(operator_client: OperatorClient) -> None:
    with pytest.raises(ApiError, match="homologu"):
        register_software(operator_client, "LPS-INCONNU")
