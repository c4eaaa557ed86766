"""Doctors come in by Pro Santé Connect, in the browser their software opens; a certified OpenID provider plays it."""

from dataclasses import replace
from typing import Any

import pytest
import requests

from chassis.db import make_engine
from cli.demo.people import DemoPeople
from cli.operator import OperatorClient
from contracts.identity import Client
from contracts.vocabulary import Finess, Rpps
from deploy.dev import people
from deploy.dev.errors import StackError
from deploy.dev.stack import Stack
from services.identity.directory import Directory, ListedProfessional, ListedStructure, take_in
from services.identity.repositories import IdentityRepositories
from tests.support.pro_sante_connect import CALLBACK, DeskSoftware, claims_of, places_in, register, told

pytestmark = pytest.mark.usefixtures("psc")

DOCTOR = people.PROFESSIONALS[0]
SOFTWARE = people.SOFTWARE[0].number
_ELSEWHERE = Finess("990000999")


@pytest.fixture
def client(operator_client: OperatorClient) -> Client:
    return register(operator_client, SOFTWARE)


@pytest.fixture
def desk(demo: DemoPeople, client: Client) -> DeskSoftware:
    return DeskSoftware(demo.gateway, client.client_id)


def code_of(desk: DeskSoftware) -> str:
    return told(desk.sign_in(claims_of(DOCTOR)))["code"]


def tokens(answer: requests.Response) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def error_in(answer: requests.Response) -> str:
    assert answer.status_code in {400, 401}, answer.text
    return str(answer.json()["error"])


def session_of(demo: DemoPeople, token: str) -> requests.Response:
    headers = {"authorization": f"Bearer {token}"}
    return requests.get(f"{demo.gateway}/me/sessions", headers=headers, timeout=20)


def test_a_doctor_works_as_with_their_card_and_sees_the_session(demo: DemoPeople, desk: DeskSoftware) -> None:
    back = told(desk.sign_in(claims_of(DOCTOR)))
    assert (back["state"], back["iss"]) == ("etat-du-logiciel", demo.gateway)
    given = tokens(desk.redeem(back["code"]))
    shown = session_of(demo, given["access_token"]).json()["sessions"][0]
    assert (shown["means"], shown["device"]) == ("pro_sante_connect", SOFTWARE)


def test_a_refresh_goes_on_in_the_same_session_and_serves_once(demo: DemoPeople, desk: DeskSoftware) -> None:
    first = tokens(desk.redeem(code_of(desk)))
    second = tokens(desk.refresh(first["refresh_token"]))
    assert session_of(demo, second["access_token"]).status_code == 200
    assert error_in(desk.refresh(first["refresh_token"])) == "invalid_grant"
    assert error_in(desk.refresh(second["refresh_token"])) == "invalid_grant"


def test_a_code_shown_twice_ends_what_it_gave(demo: DemoPeople, desk: DeskSoftware) -> None:
    code = code_of(desk)
    given = tokens(desk.redeem(code))
    assert error_in(desk.redeem(code)) == "invalid_grant"
    assert error_in(desk.refresh(given["refresh_token"])) == "invalid_grant"


def test_a_code_serves_who_asked_for_it_alone(
    demo: DemoPeople, desk: DeskSoftware, operator_client: OperatorClient
) -> None:
    other = register(operator_client, SOFTWARE)
    assert error_in(desk.redeem(code_of(desk), code_verifier="x" * 43)) == "invalid_grant"
    assert error_in(desk.redeem(code_of(desk), redirect_uri=f"{CALLBACK}/2")) == "invalid_grant"
    assert error_in(desk.redeem(code_of(desk), client_id=other.client_id)) == "invalid_grant"


def test_who_works_in_several_places_says_where_they_are(
    demo: DemoPeople, platform: Stack, desk: DeskSoftware
) -> None:
    twofold = replace(DOCTOR, rpps=Rpps("10999000010"))
    listed = ListedProfessional(
        rpps=twofold.rpps,
        title="",
        family_name="DEUXLIEUX",
        given_names="ANNE",
        profession=twofold.profession,
        structures=(DOCTOR.structure, _ELSEWHERE),
    )
    engine = make_engine(platform.addresses.database_url("identity"), size=1)
    with engine.begin() as connection:
        place = ListedStructure(_ELSEWHERE, "MAISON DE SANTE D'AILLEURS")
        take_in(Directory((place,), (listed,), ()), IdentityRepositories(connection))
    engine.dispose()

    page = desk.sign_in(claims_of(twofold))
    assert sorted(places_in(page)) == sorted([DOCTOR.structure, _ELSEWHERE])
    assert f"form-action 'self' {CALLBACK.rpartition('/')[0]}" in page.headers["content-security-policy"]
    assert desk.choose(page, _ELSEWHERE, origin="https://ailleurs.example").status_code == 404
    assert desk.choose(page, "990000000").status_code == 403
    given = tokens(desk.redeem(told(desk.choose(page, _ELSEWHERE))["code"]))
    assert session_of(demo, given["access_token"]).status_code == 200
    assert desk.choose(page, _ELSEWHERE).status_code == 404


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
def test_whom_the_directory_does_not_state_so_stays_out(desk: DeskSoftware, claims: dict[str, Any]) -> None:
    answer = desk.sign_in(claims)
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
def test_whom_it_does_not_confirm_as_it_must_stays_out(
    desk: DeskSoftware, claims: dict[str, Any], how: dict[str, str]
) -> None:
    assert desk.sign_in(claims, **how).status_code == 401


def test_whoever_gives_up_there_goes_back_to_their_software(desk: DeskSoftware) -> None:
    back = told(desk.sign_in(claims_of(DOCTOR), error="access_denied"))
    assert (back["error"], back["state"], "code" in back) == ("access_denied", "etat-du-logiciel", False)


def test_another_browser_does_not_go_on_with_a_way_back(demo: DemoPeople, desk: DeskSoftware) -> None:
    address = desk.way_back(claims_of(DOCTOR))
    stranger = DeskSoftware(demo.gateway, desk.client_id)
    assert stranger.get(address).status_code == 404
    stranger.begin()
    assert stranger.get(address).status_code == 404
    assert told(desk.get(address))["code"]
    assert desk.get(address).status_code == 404


def test_a_code_of_pro_sante_connect_for_another_request_is_refused(demo: DemoPeople, desk: DeskSoftware) -> None:
    victim = DeskSoftware(demo.gateway, desk.client_id)
    begun = victim.begin().headers["location"]
    state = dict(part.split("=", 1) for part in begun.partition("?")[2].split("&"))["state"]
    injected = dict(part.split("=", 1) for part in desk.way_back(claims_of(DOCTOR)).partition("?")[2].split("&"))
    answer = victim.get(f"{demo.gateway}/oauth/pro-sante-connect?state={state}&code={injected['code']}")
    assert answer.status_code == 401


def test_a_request_of_software_is_no_patients_to_answer(demo: DemoPeople, desk: DeskSoftware) -> None:
    begun = desk.begin().headers["location"]
    state = dict(part.split("=", 1) for part in begun.partition("?")[2].split("&"))["state"]
    assert desk.get(f"{demo.gateway}/oauth/authorize/{state}").status_code == 404


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": ""}, "invalid_request"),
    ],
)
def test_what_a_software_asks_wrongly_goes_back_to_it(
    desk: DeskSoftware, changed: dict[str, str], error: str
) -> None:
    assert told(desk.begin(**changed))["error"] == error


def test_a_suspended_software_loses_its_sessions_and_its_door(
    demo: DemoPeople, desk: DeskSoftware, client: Client, operator_client: OperatorClient
) -> None:
    given = tokens(desk.redeem(code_of(desk)))
    operator_client.suspend(f"/operator/apps/{client.client_id}", Client, suspended=True)
    assert error_in(desk.refresh(given["refresh_token"])) == "invalid_client"
    assert desk.begin().status_code == 400
    operator_client.suspend(f"/operator/apps/{client.client_id}", Client, suspended=False)
    assert error_in(desk.refresh(given["refresh_token"])) == "invalid_grant"


@pytest.mark.parametrize("which", ["access_token", "refresh_token"])
def test_a_software_looks_at_its_tokens_and_ends_them(demo: DemoPeople, desk: DeskSoftware, which: str) -> None:
    given = tokens(desk.redeem(code_of(desk)))
    form = {"client_id": desk.client_id, "token": given[which]}

    def ask(endpoint: str) -> requests.Response:
        return requests.post(f"{demo.gateway}/oauth/{endpoint}", data=form, timeout=20)

    assert (ask("introspect").json()["active"], ask("introspect").json()["sub"]) == (True, DOCTOR.rpps)
    assert ask("revoke").status_code == 200
    assert ask("introspect").json() == {"active": False}
    assert error_in(desk.refresh(given["refresh_token"])) == "invalid_grant"


def test_a_door_for_browsers_is_for_homologated_software_alone(operator_client: OperatorClient) -> None:
    with pytest.raises(StackError, match="homologu"):
        register(operator_client, "LPS-INCONNU")
