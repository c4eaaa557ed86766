"""What is tried against the authorization server, and what comes of it: nothing, and the stolen is worth nothing."""

import json
import secrets
from base64 import urlsafe_b64encode
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
import requests
from joserfc import jws, jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

from cli.demo.client import JWT_BEARER, ApiClient, ApiError
from cli.demo.people import DemoPeople
from cli.operator import OperatorClient
from contracts.identity import Client, ClientKind
from tests.support.apps import (
    CALLBACK,
    SECONDS,
    Browser,
    SmartApp,
    allow,
    authorized,
    back,
    granted,
    log_in,
    register,
)
from tests.support.people import Holder, activate, open_record
from tests.support.refusing import expect
from tests.support.trails import line
from tests.support.waiting import wait_until

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ELSEWHERE = "https://voleur.example"


@pytest.fixture(scope="module")
def holder(demo: DemoPeople) -> Holder:
    return open_record(demo)


@pytest.fixture(scope="module")
def patient(demo: DemoPeople, holder: Holder) -> ApiClient:
    return activate(demo, holder)


@pytest.fixture
def app(demo: DemoPeople, operator_client: OperatorClient, patient: ApiClient) -> SmartApp:
    return SmartApp(demo.gateway, register(operator_client).client_id)


def begun(app: SmartApp, **changed: str) -> requests.Response:
    return Browser(app.gateway).open(f"{app.gateway}/oauth/authorize", app.parameters(**changed))


def assertion(client_id: str, audience: str, key: Any, *, kid: str = "k", alg: str = "ES256", **claims: Any) -> str:
    now = int(datetime.now(UTC).timestamp())
    said = {"iss": client_id, "sub": client_id, "aud": audience, "exp": now + 60, "jti": secrets.token_hex(8)}
    return jwt.encode({"alg": alg, "kid": kid}, said | claims, key, algorithms=[alg])


# Where a browser is sent


@pytest.mark.parametrize(
    "redirect_uri",
    [
        f"{ELSEWHERE}/retour",
        f"{CALLBACK}/",
        f"{CALLBACK}?x=1",
        f"{CALLBACK}#x",
        CALLBACK.upper(),
        CALLBACK.replace("https", "http"),
        "https://app.example@voleur.example/retour",
        "https://app.example/retour/../autre",
        "javascript:alert(1)",
        "",
    ],
)
def test_nobody_is_sent_to_an_address_that_is_not_the_apps_own_to_the_letter(
    app: SmartApp, redirect_uri: str
) -> None:
    answer = begun(app, redirect_uri=redirect_uri)
    assert answer.status_code == 400
    assert "location" not in answer.headers
    assert "text/html" in answer.headers["content-type"]


def test_an_app_nobody_knows_is_sent_nowhere(demo: DemoPeople) -> None:
    answer = begun(SmartApp(demo.gateway, "personne"))
    assert (answer.status_code, "location" in answer.headers) == (400, False)


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"code_challenge": ""}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": ""}, "invalid_request"),
        ({"code_challenge": "a" * 42}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"aud": "https://autre.example/fhir"}, "invalid_request"),
        ({"aud": ""}, "invalid_request"),
        ({"scope": "user/*.cruds system/*.rs"}, "invalid_scope"),
        ({"scope": "patient/DocumentReference.rs?category=http://loinc.org|11502-2"}, "invalid_scope"),
        ({"prompt": "none"}, "interaction_required"),
    ],
)
def test_a_request_that_is_wrong_goes_back_to_the_app_with_oauths_word(
    app: SmartApp, changed: dict[str, str], error: str
) -> None:
    said = back(begun(app, **changed))
    assert (said["error"], said["state"], said["iss"]) == (error, app.state, app.gateway)


def test_a_parameter_that_is_said_twice_is_not_chosen_from(app: SmartApp) -> None:
    query = [*app.parameters().items(), ("redirect_uri", CALLBACK)]
    answer = requests.get(f"{app.gateway}/oauth/authorize", params=query, allow_redirects=False, timeout=SECONDS)
    assert (answer.status_code, "location" in answer.headers) == (400, False)


# Codes


def test_a_code_shown_twice_ends_what_it_gave(
    demo: DemoPeople, holder: Holder, patient: ApiClient, app: SmartApp
) -> None:
    code = authorized(demo, holder, app)
    tokens = granted(app.redeem(code))
    assert app.redeem(code).json()["error"] == "invalid_grant"
    assert app.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    wait_until(
        lambda: app.read(f"Patient/{holder.record}", tokens["access_token"]).status_code == 401,
        "the access token is refused",
    )
    assert line(patient, holder.record, "connexion", outcome="refused")


@pytest.mark.parametrize(
    "changed", [{"code_verifier": "b" * 43}, {"code_verifier": ""}, {"redirect_uri": f"{CALLBACK}/"}]
)
def test_a_code_serves_only_who_asked_for_it(
    demo: DemoPeople, holder: Holder, app: SmartApp, changed: dict[str, str]
) -> None:
    code = authorized(demo, holder, app)
    assert app.redeem(code, **changed).json()["error"] == "invalid_grant"
    assert app.redeem(code).json()["error"] == "invalid_grant", "a code is tried once"


def test_a_code_is_of_no_use_to_another_app(
    demo: DemoPeople, operator_client: OperatorClient, holder: Holder, app: SmartApp
) -> None:
    other = SmartApp(demo.gateway, register(operator_client).client_id, verifier=app.verifier)
    assert other.redeem(authorized(demo, holder, app)).json()["error"] == "invalid_grant"


# Refresh tokens


def test_a_refresh_token_serves_once_and_gives_the_next(demo: DemoPeople, holder: Holder, app: SmartApp) -> None:
    first = granted(app.redeem(authorized(demo, holder, app)))
    second = granted(app.refresh(first["refresh_token"]))
    third = granted(app.token(client_id="", grant_type="refresh_token", refresh_token=second["refresh_token"]))
    assert len({one["refresh_token"] for one in (first, second, third)}) == 3
    assert third["scope"] == first["scope"]


def test_a_refresh_token_shown_again_ends_the_whole_family(demo: DemoPeople, holder: Holder, app: SmartApp) -> None:
    first = granted(app.redeem(authorized(demo, holder, app)))
    second = granted(app.refresh(first["refresh_token"]))
    assert app.refresh(first["refresh_token"]).json()["error"] == "invalid_grant"
    assert app.refresh(second["refresh_token"]).json()["error"] == "invalid_grant"
    wait_until(
        lambda: app.read(f"Patient/{holder.record}", second["access_token"]).status_code == 401,
        "the newest access token is refused",
    )


def test_of_many_who_show_one_refresh_token_at_once_one_gets_in_and_then_nobody(
    demo: DemoPeople, holder: Holder, app: SmartApp
) -> None:
    first = granted(app.redeem(authorized(demo, holder, app)))
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(app.refresh, [first["refresh_token"]] * 8))
    won = [answer for answer in answers if answer.status_code == 200]
    assert len(won) <= 1
    assert all(app.refresh(granted(one)["refresh_token"]).status_code == 400 for one in won)


def test_another_apps_refresh_token_is_refused_and_does_not_grow(
    demo: DemoPeople, operator_client: OperatorClient, holder: Holder, app: SmartApp
) -> None:
    narrow = authorized(demo, holder, app, scope="launch/patient offline_access patient/Patient.r")
    tokens = granted(app.redeem(narrow))
    other = SmartApp(demo.gateway, register(operator_client).client_id)
    assert other.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    wider = app.refresh(tokens["refresh_token"], scope="patient/*.rs patient/DocumentReference.rs")
    assert "DocumentReference" not in granted(wider)["scope"]


# The patient's browser


def test_a_request_begun_in_one_browser_is_not_gone_on_with_in_another(demo: DemoPeople, app: SmartApp) -> None:
    browser = Browser(demo.gateway)
    page = browser.open(f"{demo.gateway}/oauth/authorize", app.parameters())
    stranger = Browser(demo.gateway)
    answer = stranger.open(page.url)
    assert answer.status_code == 404
    stranger.open(f"{demo.gateway}/oauth/authorize", app.parameters())
    assert stranger.open(page.url).status_code == 404


def test_a_form_from_another_site_is_not_taken(demo: DemoPeople, holder: Holder, app: SmartApp) -> None:
    browser = Browser(demo.gateway)
    here = browser.open(f"{demo.gateway}/oauth/authorize", app.parameters()).url.removeprefix(demo.gateway)
    log_in(demo, holder, browser)
    for origin in (ELSEWHERE, "null", ""):
        answer = browser.send(f"{here}/decision", {"answer": "allow", "section": "analyses"}, origin)
        assert (answer.status_code, "location" in answer.headers) == (404, False)


def test_the_cookie_of_who_logs_in_is_made_then_and_never_taken_over(
    demo: DemoPeople, holder: Holder, app: SmartApp
) -> None:
    browser = Browser(demo.gateway)
    browser.session.cookies.set("carnet-person", "x.y.z")
    browser.open(f"{demo.gateway}/oauth/authorize", app.parameters())
    before = browser.session.cookies.get("carnet-person", domain="")
    log_in(demo, holder, browser)
    after = [one for one in browser.session.cookies if one.name == "carnet-person" and one.domain]
    assert after
    assert all(one.value != before for one in after)
    assert all(one.has_nonstandard_attr("HttpOnly") and one.get_nonstandard_attr("SameSite") for one in after)
    allow(browser)
    assert not [one for one in browser.session.cookies if one.name == "carnet-person" and one.domain]


def test_an_answer_is_given_once(demo: DemoPeople, holder: Holder, app: SmartApp) -> None:
    browser = Browser(demo.gateway)
    here = browser.open(f"{demo.gateway}/oauth/authorize", app.parameters()).url.removeprefix(demo.gateway)
    log_in(demo, holder, browser)
    assert "code" in back(allow(browser))
    assert browser.send(f"{here}/decision", {"answer": "allow", "section": "analyses"}).status_code == 404


def test_a_page_can_neither_be_framed_nor_run_a_script_nor_leave_for_elsewhere(
    demo: DemoPeople, app: SmartApp
) -> None:
    page = Browser(demo.gateway).open(f"{demo.gateway}/oauth/authorize", app.parameters())
    policy = page.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in policy
    assert "default-src 'none'" in policy
    assert "script" not in policy
    assert "form-action 'self'" in policy
    assert page.headers["cache-control"] == "private, no-store"


def test_what_an_app_calls_itself_is_text_on_the_page(demo: DemoPeople, operator_client: OperatorClient) -> None:
    client = register(operator_client, name="<script>alert(1)</script>")
    page = Browser(demo.gateway).open(
        f"{demo.gateway}/oauth/authorize", SmartApp(demo.gateway, client.client_id).parameters()
    )
    assert "<script>" not in page.text
    assert "&lt;script&gt;" in page.text


# Clients with a key of their own


@pytest.fixture(scope="module")
def key() -> ECKey:
    return ECKey.generate_key("P-256", {"kid": "k"})


def jwks(*keys: Any) -> str:
    return json.dumps({"keys": [one.as_dict(private=False) for one in keys]})


@pytest.fixture
def feeder(operator_client: OperatorClient, key: ECKey) -> Client:
    return register(operator_client, kind=ClientKind.FEEDER, redirect_uris=(), scopes="", keys=jwks(key))


def fed(demo: DemoPeople, signed: str, **form: str) -> requests.Response:
    said = {
        "grant_type": "client_credentials",
        "client_assertion_type": ASSERTION,
        "client_assertion": signed,
    }
    return requests.post(f"{demo.gateway}/oauth/token", data=said | form, timeout=SECONDS)


def test_a_back_end_gets_a_token_by_its_own_key_once_an_assertion(
    demo: DemoPeople, feeder: Client, key: ECKey
) -> None:
    audience = f"{demo.gateway}/oauth/token"
    signed = assertion(feeder.client_id, audience, key)
    tokens = granted(fed(demo, signed))
    assert "refresh_token" not in tokens
    replayed = fed(demo, signed)
    assert (replayed.status_code, replayed.json()["error"]) == (401, "invalid_client")


def test_a_forged_expired_or_foreign_assertion_proves_nothing(demo: DemoPeople, feeder: Client, key: ECKey) -> None:
    audience, client_id = f"{demo.gateway}/oauth/token", feeder.client_id
    now = int(datetime.now(UTC).timestamp())
    public = json.dumps(key.as_dict(private=False)).encode()
    stranger = ECKey.generate_key("P-256", {"kid": "k"})
    header, _, rest = assertion(client_id, audience, key).partition(".")
    unsigned = urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode() + "." + rest.partition(".")[0] + "."
    for name, signed in {
        "another's key": assertion(client_id, audience, stranger),
        "no signature": unsigned,
        "a public key as a secret": assertion(client_id, audience, OctKey.import_key(public), alg="HS256"),
        "for another server": assertion(client_id, "https://autre.example/oauth/token", key),
        "for two servers": assertion(client_id, audience, key, aud=[audience, "https://autre.example"]),
        "expired": assertion(client_id, audience, key, exp=now - 1),
        "too long": assertion(client_id, audience, key, exp=now + 3600),
        "from the future": assertion(client_id, audience, key, iat=now + 3600),
        "about another": assertion(client_id, audience, key, sub="autre"),
        "cut": header,
    }.items():
        answer = fed(demo, signed)
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client"), name


def test_an_app_may_not_act_for_itself_nor_a_back_end_for_patients(
    demo: DemoPeople, operator_client: OperatorClient, app: SmartApp, key: ECKey
) -> None:
    assert app.token(grant_type="client_credentials").json()["error"] == "unauthorized_client"
    confidential = register(operator_client, kind=ClientKind.CONFIDENTIAL, keys=jwks(key))
    without_proof = SmartApp(demo.gateway, confidential.client_id)
    assert without_proof.redeem("x").json()["error"] == "invalid_client"


def test_a_request_that_was_pushed_serves_one_browser_once(
    demo: DemoPeople, operator_client: OperatorClient, holder: Holder, patient: ApiClient, key: ECKey
) -> None:
    client = register(operator_client, kind=ClientKind.CONFIDENTIAL, keys=jwks(key))
    app, audience = SmartApp(demo.gateway, client.client_id), f"{demo.gateway}/oauth/token"

    def proven(form: dict[str, str]) -> dict[str, str]:
        return form | {
            "client_assertion_type": ASSERTION,
            "client_assertion": assertion(client.client_id, audience, key),
        }

    pushed = app.post("par", proven(app.parameters()))
    assert pushed.status_code == 201
    query = {"client_id": app.client_id, "request_uri": pushed.json()["request_uri"]}
    browser, late = Browser(demo.gateway), Browser(demo.gateway)
    browser.open(f"{demo.gateway}/oauth/authorize", query)
    assert late.open(f"{demo.gateway}/oauth/authorize", query).status_code == 404
    log_in(demo, holder, browser)
    code = back(allow(browser))["code"]
    assert app.redeem(code).json()["error"] == "invalid_client"
    tokens = granted(app.redeem(code, **proven({})))
    shown = app.post("introspect", proven({"token": tokens["access_token"]})).json()
    assert (shown["active"], shown["patient"]) == (True, holder.record)
    assert app.post("revoke", proven({"token": tokens["refresh_token"]})).status_code == 200
    for token in (tokens["access_token"], tokens["refresh_token"]):
        assert app.post("introspect", proven({"token": token})).json() == {"active": False}


def test_nobody_looks_at_or_ends_a_token_of_another_app(
    demo: DemoPeople, operator_client: OperatorClient, holder: Holder, app: SmartApp
) -> None:
    tokens = granted(app.redeem(authorized(demo, holder, app)))
    other = register(operator_client).client_id
    for token in (tokens["access_token"], tokens["refresh_token"]):
        assert app.post("introspect", {"client_id": other, "token": token}).json() == {"active": False}
        assert app.post("revoke", {"client_id": other, "token": token}).status_code == 200
    assert granted(app.refresh(tokens["refresh_token"]))


# Tokens


def test_an_id_token_is_signed_by_a_published_key_for_this_app_and_this_request(
    demo: DemoPeople, holder: Holder, app: SmartApp
) -> None:
    tokens = granted(app.redeem(authorized(demo, holder, app)))
    published = requests.get(f"{demo.gateway}/oauth/keys", timeout=SECONDS).json()["keys"]
    assert all("d" not in one for one in published)
    keys = {one["kid"]: RSAKey.import_key(one) for one in published}
    kid = jws.extract_compact(tokens["id_token"].encode()).headers()["kid"]
    claims = jwt.decode(tokens["id_token"], keys[kid], algorithms=["RS256"]).claims
    assert (claims["iss"], claims["aud"], claims["sub"]) == (demo.gateway, app.client_id, holder.record)
    assert claims["nonce"] == app.parameters()["nonce"]
    assert claims["fhirUser"] == f"{demo.gateway}/fhir/Patient/{holder.record}"
    refused = app.read(f"Patient/{holder.record}", tokens["id_token"])
    assert refused.status_code == 401, "an id token opens nothing"


def test_an_app_reads_nothing_of_another_patient(demo: DemoPeople, holder: Holder, app: SmartApp) -> None:
    tokens = granted(app.redeem(authorized(demo, holder, app)))
    other = open_record(demo)
    for path in (f"Patient/{other.record}", f"DocumentReference?patient={other.record}&status=current"):
        assert app.read(path, tokens["access_token"]).status_code == 404


# Agents of organisations


@pytest.fixture
def organisation(operator_client: OperatorClient, key: ECKey) -> Client:
    return register(
        operator_client,
        kind=ClientKind.ORGANISATION,
        name="CPAM de Savoie",
        redirect_uris=(),
        scopes="",
        keys=jwks(key),
    )


def vouched(
    demo: DemoPeople,
    client_id: str,
    key: Any,
    *,
    login: str = "accueil.12",
    typ: str = "carnet-agent+jwt",
    **claims: Any,
) -> requests.Response:
    now = int(datetime.now(UTC).timestamp())
    said = {
        "iss": client_id,
        "sub": login,
        "aud": f"{demo.gateway}/oauth/token",
        "exp": now + 60,
        "jti": secrets.token_hex(8),
    }
    signed = jwt.encode({"alg": "ES256", "kid": "k", "typ": typ}, said | claims, key, algorithms=["ES256"])
    form = {"grant_type": JWT_BEARER, "client_id": client_id, "assertion": signed}
    return requests.post(f"{demo.gateway}/oauth/token", data=form, timeout=SECONDS)


def test_an_agent_comes_in_by_the_word_of_their_organisation_and_never_reads(
    demo: DemoPeople, operator_client: OperatorClient, organisation: Client, key: ECKey, holder: Holder
) -> None:
    desk = ApiClient(demo.gateway)
    desk.carry(granted(vouched(demo, organisation.client_id, key))["access_token"])
    assert desk.find_record(holder.patient.ins.matricule, holder.patient.ins.oid)
    expect("access.role", 403, desk.list_documents, holder.record)
    operator_client.suspend(f"/operator/apps/{organisation.client_id}", Client, suspended=True)

    def is_ended() -> bool:
        try:
            desk.find_record(holder.patient.ins.matricule, holder.patient.ins.oid)
        except ApiError as refused:
            return refused.code == "token.invalid"
        return False

    wait_until(is_ended, "the agents of a suspended organisation are shut out")
    assert vouched(demo, organisation.client_id, key).json()["error"] == "invalid_client"


def test_nobody_else_vouches_for_an_agent(demo: DemoPeople, organisation: Client, key: ECKey, feeder: Client) -> None:
    name = organisation.client_id
    stranger = ECKey.generate_key("P-256", {"kid": "k"})
    for what, answer in {
        "another's key": vouched(demo, name, stranger),
        "signed for itself": vouched(demo, name, key, login=name, typ="JWT"),
        "no login": vouched(demo, name, key, login="Accueil 12"),
        "another organisation": vouched(demo, name, key, iss="autre"),
        "not an organisation": vouched(demo, feeder.client_id, key),
        "for another server": vouched(demo, name, key, aud="https://autre.example"),
        "spent": [vouched(demo, name, key, jti="toujours-le-meme") for _ in range(2)][1],
    }.items():
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client"), what
    as_itself = fed(demo, assertion(feeder.client_id, f"{demo.gateway}/oauth/token", key, sub="accueil.12"))
    assert as_itself.status_code == 401
