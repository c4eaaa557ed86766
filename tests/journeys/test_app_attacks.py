"""Attacks on the authorization server: redirects, codes, refresh tokens, browser sessions, client keys, agents."""

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

from client.api_client import ApiClient
from client.errors import ApiError
from client.oauth import CALLBACK, SmartApp
from client.operator import OperatorClient
from client.patient import PatientClient
from client.people import DemoPeople
from client.professional import JWT_BEARER
from contracts.identity.apps import Client, ClientKind
from tests.support.apps import (
    SECONDS,
    Browser,
    allow_access,
    authorization_code,
    log_in_browser,
    redirect_parameters,
    register_app,
    tokens_in,
)
from tests.support.journal_and_notices import wait_for_line
from tests.support.people import Holder, activate_account, open_record
from tests.support.refusals import expect_refusal
from tests.support.waiting import wait_until

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
OTHER_SITE = "https://voleur.example"


@pytest.fixture(scope="module")
def holder(demo: DemoPeople) -> Holder:
    return open_record(demo)


@pytest.fixture(scope="module")
def patient(demo: DemoPeople, holder: Holder) -> PatientClient:
    return activate_account(demo, holder)


@pytest.fixture
def app(demo: DemoPeople, operator_client: OperatorClient, patient: PatientClient) -> SmartApp:
    return SmartApp(demo.gateway, register_app(operator_client).client_id)


def begin_authorization(app: SmartApp, **changed: str) -> requests.Response:
    return Browser(app.gateway).open(f"{app.gateway}/oauth/authorize", app.parameters(**changed))


def assertion(client_id: str, audience: str, key: Any, *, kid: str = "k", alg: str = "ES256", **claims: Any) -> str:
    now = int(datetime.now(UTC).timestamp())
    defaults = {"iss": client_id, "sub": client_id, "aud": audience, "exp": now + 60, "jti": secrets.token_hex(8)}
    return jwt.encode({"alg": alg, "kid": kid}, defaults | claims, key, algorithms=[alg])


# Redirects


@pytest.mark.parametrize(
    "redirect_uri",
    [
        f"{OTHER_SITE}/retour",
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
def test_only_the_exact_redirect_uri_of_the_app_is_accepted(app: SmartApp, redirect_uri: str) -> None:
    answer = begin_authorization(app, redirect_uri=redirect_uri)
    assert answer.status_code == 400
    assert "location" not in answer.headers
    assert "text/html" in answer.headers["content-type"]


def test_an_unknown_client_gets_no_redirect(demo: DemoPeople) -> None:
    answer = begin_authorization(SmartApp(demo.gateway, "personne"))
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
def test_an_invalid_request_redirects_to_the_app_with_its_oauth_error(
    app: SmartApp, changed: dict[str, str], error: str
) -> None:
    parameters = redirect_parameters(begin_authorization(app, **changed))
    assert (parameters["error"], parameters["state"], parameters["iss"]) == (error, app.state, app.gateway)


def test_a_repeated_parameter_is_refused(app: SmartApp) -> None:
    query = [*app.parameters().items(), ("redirect_uri", CALLBACK)]
    answer = requests.get(f"{app.gateway}/oauth/authorize", params=query, allow_redirects=False, timeout=SECONDS)
    assert (answer.status_code, "location" in answer.headers) == (400, False)


# Codes


def test_reusing_a_code_revokes_its_tokens(
    demo: DemoPeople, holder: Holder, patient: PatientClient, app: SmartApp
) -> None:
    code = authorization_code(demo, holder, app)
    tokens = tokens_in(app.redeem(code))
    assert app.redeem(code).json()["error"] == "invalid_grant"
    assert app.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    wait_until(
        lambda: app.read(f"Patient/{holder.record}", tokens["access_token"]).status_code == 401,
        "the access token is refused",
    )
    assert wait_for_line(patient, holder.record, "connexion", outcome="refused")


@pytest.mark.parametrize(
    "changed", [{"code_verifier": "b" * 43}, {"code_verifier": ""}, {"redirect_uri": f"{CALLBACK}/"}]
)
def test_a_code_requires_the_verifier_and_redirect_uri_of_its_request(
    demo: DemoPeople, holder: Holder, app: SmartApp, changed: dict[str, str]
) -> None:
    code = authorization_code(demo, holder, app)
    assert app.redeem(code, **changed).json()["error"] == "invalid_grant"
    assert app.redeem(code).json()["error"] == "invalid_grant", "a failed attempt uses up the code"


def test_a_code_is_refused_to_another_app(
    demo: DemoPeople, operator_client: OperatorClient, holder: Holder, app: SmartApp
) -> None:
    other = SmartApp(demo.gateway, register_app(operator_client).client_id, verifier=app.verifier)
    assert other.redeem(authorization_code(demo, holder, app)).json()["error"] == "invalid_grant"


# Refresh tokens


def test_a_refresh_token_is_rotated_at_each_use(demo: DemoPeople, holder: Holder, app: SmartApp) -> None:
    first = tokens_in(app.redeem(authorization_code(demo, holder, app)))
    second = tokens_in(app.refresh(first["refresh_token"]))
    third = tokens_in(app.token(client_id="", grant_type="refresh_token", refresh_token=second["refresh_token"]))
    assert len({tokens["refresh_token"] for tokens in (first, second, third)}) == 3
    assert third["scope"] == first["scope"]


def test_reusing_a_refresh_token_revokes_its_whole_family(demo: DemoPeople, holder: Holder, app: SmartApp) -> None:
    first = tokens_in(app.redeem(authorization_code(demo, holder, app)))
    second = tokens_in(app.refresh(first["refresh_token"]))
    assert app.refresh(first["refresh_token"]).json()["error"] == "invalid_grant"
    assert app.refresh(second["refresh_token"]).json()["error"] == "invalid_grant"
    wait_until(
        lambda: app.read(f"Patient/{holder.record}", second["access_token"]).status_code == 401,
        "the newest access token is refused",
    )


def test_concurrent_uses_of_one_refresh_token_succeed_at_most_once_and_revoke_it(
    demo: DemoPeople, holder: Holder, app: SmartApp
) -> None:
    first = tokens_in(app.redeem(authorization_code(demo, holder, app)))
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(app.refresh, [first["refresh_token"]] * 8))
    won = [answer for answer in answers if answer.status_code == 200]
    assert len(won) <= 1
    assert all(app.refresh(tokens_in(answer)["refresh_token"]).status_code == 400 for answer in won)


def test_a_refresh_token_is_refused_to_another_app_and_cannot_widen_its_scope(
    demo: DemoPeople, operator_client: OperatorClient, holder: Holder, app: SmartApp
) -> None:
    narrow = authorization_code(demo, holder, app, scope="launch/patient offline_access patient/Patient.r")
    tokens = tokens_in(app.redeem(narrow))
    other = SmartApp(demo.gateway, register_app(operator_client).client_id)
    assert other.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    wider = app.refresh(tokens["refresh_token"], scope="patient/*.rs patient/DocumentReference.rs")
    assert "DocumentReference" not in tokens_in(wider)["scope"]


# The patient's browser


def test_an_authorization_request_continues_only_in_the_browser_that_began_it(
    demo: DemoPeople, app: SmartApp
) -> None:
    browser = Browser(demo.gateway)
    page = browser.open(f"{demo.gateway}/oauth/authorize", app.parameters())
    stranger = Browser(demo.gateway)
    answer = stranger.open(page.url)
    assert answer.status_code == 404
    stranger.open(f"{demo.gateway}/oauth/authorize", app.parameters())
    assert stranger.open(page.url).status_code == 404


def test_a_form_from_another_origin_is_refused(demo: DemoPeople, holder: Holder, app: SmartApp) -> None:
    browser = Browser(demo.gateway)
    request_path = browser.open(f"{demo.gateway}/oauth/authorize", app.parameters()).url.removeprefix(demo.gateway)
    log_in_browser(demo, holder, browser)
    for origin in (OTHER_SITE, "null", ""):
        answer = browser.send(f"{request_path}/decision", {"answer": "allow", "section": "analyses"}, origin)
        assert (answer.status_code, "location" in answer.headers) == (404, False)


def test_the_session_cookie_is_new_at_login_http_only_and_gone_after_the_decision(
    demo: DemoPeople, holder: Holder, app: SmartApp
) -> None:
    browser = Browser(demo.gateway)
    browser.session.cookies.set("carnet-person", "x.y.z")
    browser.open(f"{demo.gateway}/oauth/authorize", app.parameters())
    before = browser.session.cookies.get("carnet-person", domain="")
    log_in_browser(demo, holder, browser)
    after = [cookie for cookie in browser.session.cookies if cookie.name == "carnet-person" and cookie.domain]
    assert after
    assert all(cookie.value != before for cookie in after)
    assert all(
        cookie.has_nonstandard_attr("HttpOnly") and cookie.get_nonstandard_attr("SameSite") for cookie in after
    )
    allow_access(browser)
    assert not [cookie for cookie in browser.session.cookies if cookie.name == "carnet-person" and cookie.domain]


def test_a_decision_is_accepted_once(demo: DemoPeople, holder: Holder, app: SmartApp) -> None:
    browser = Browser(demo.gateway)
    request_path = browser.open(f"{demo.gateway}/oauth/authorize", app.parameters()).url.removeprefix(demo.gateway)
    log_in_browser(demo, holder, browser)
    assert "code" in redirect_parameters(allow_access(browser))
    assert browser.send(f"{request_path}/decision", {"answer": "allow", "section": "analyses"}).status_code == 404


def test_the_login_page_forbids_framing_scripts_foreign_forms_and_caching(demo: DemoPeople, app: SmartApp) -> None:
    page = Browser(demo.gateway).open(f"{demo.gateway}/oauth/authorize", app.parameters())
    policy = page.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in policy
    assert "default-src 'none'" in policy
    assert "script" not in policy
    assert "form-action 'self'" in policy
    assert page.headers["cache-control"] == "private, no-store"


def test_the_name_of_an_app_is_escaped_on_the_page(demo: DemoPeople, operator_client: OperatorClient) -> None:
    client = register_app(operator_client, name="<script>alert(1)</script>")
    page = Browser(demo.gateway).open(
        f"{demo.gateway}/oauth/authorize", SmartApp(demo.gateway, client.client_id).parameters()
    )
    assert "<script>" not in page.text
    assert "&lt;script&gt;" in page.text


# Clients with keys


@pytest.fixture(scope="module")
def key() -> ECKey:
    return ECKey.generate_key("P-256", {"kid": "k"})


def jwks(*keys: Any) -> str:
    return json.dumps({"keys": [key.as_dict(private=False) for key in keys]})


@pytest.fixture
def feeder(operator_client: OperatorClient, key: ECKey) -> Client:
    return register_app(operator_client, kind=ClientKind.FEEDER, redirect_uris=(), scopes="", keys=jwks(key))


def request_token(demo: DemoPeople, signed: str, **form: str) -> requests.Response:
    defaults = {
        "grant_type": "client_credentials",
        "client_assertion_type": ASSERTION,
        "client_assertion": signed,
    }
    return requests.post(f"{demo.gateway}/oauth/token", data=defaults | form, timeout=SECONDS)


def test_a_back_end_gets_a_token_by_its_key_and_an_assertion_is_used_once(
    demo: DemoPeople, feeder: Client, key: ECKey
) -> None:
    audience, now = f"{demo.gateway}/oauth/token", datetime.now(UTC).timestamp()
    ahead = assertion(feeder.client_id, f"{demo.gateway}/oauth/par", key, iat=now + 2, exp=now + 302)
    assert request_token(demo, ahead).status_code == 200, "a clock 2 s ahead, and an endpoint of RFC 9126"
    signed = assertion(feeder.client_id, audience, key)
    tokens = tokens_in(request_token(demo, signed))
    assert "refresh_token" not in tokens
    replayed = request_token(demo, signed)
    assert (replayed.status_code, replayed.json()["error"]) == (401, "invalid_client")


def test_a_forged_expired_or_foreign_client_assertion_is_refused(
    demo: DemoPeople, feeder: Client, key: ECKey
) -> None:
    audience, client_id = f"{demo.gateway}/oauth/token", feeder.client_id
    now = int(datetime.now(UTC).timestamp())
    public = json.dumps(key.as_dict(private=False)).encode()
    stranger = ECKey.generate_key("P-256", {"kid": "k"})
    header, _, rest = assertion(client_id, audience, key).partition(".")
    nested = urlsafe_b64encode(b'{"x":' + b"[" * 4_999).decode()
    unsigned = urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode() + "." + rest.partition(".")[0] + "."
    for name, signed in {
        "another's key": assertion(client_id, audience, stranger),
        "no signature": unsigned,
        "a public key as a secret": assertion(client_id, audience, OctKey.import_key(public), alg="HS256"),
        "for another server": assertion(client_id, "https://autre.example/oauth/token", key),
        "for two servers": assertion(client_id, audience, key, aud=[audience, "https://autre.example"]),
        "expired": assertion(client_id, audience, key, exp=now - 1),
        "lifetime too long": assertion(client_id, audience, key, exp=now + 3600),
        "from the future": assertion(client_id, audience, key, iat=now + 3600),
        "not yet valid": assertion(client_id, audience, key, nbf=now + 3600),
        "nested without end": f"{header}.{nested}.AAAA",
        "about another": assertion(client_id, audience, key, sub="autre"),
        "truncated": header,
    }.items():
        answer = request_token(demo, signed)
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client"), name


def test_a_public_app_gets_no_client_credentials_and_a_confidential_one_must_prove_its_key(
    demo: DemoPeople, operator_client: OperatorClient, app: SmartApp, key: ECKey
) -> None:
    assert app.token(grant_type="client_credentials").json()["error"] == "unauthorized_client"
    confidential = register_app(operator_client, kind=ClientKind.CONFIDENTIAL, keys=jwks(key))
    without_proof = SmartApp(demo.gateway, confidential.client_id)
    assert without_proof.redeem("x").json()["error"] == "invalid_client"


def test_a_pushed_request_is_used_once_in_one_browser(
    demo: DemoPeople, operator_client: OperatorClient, holder: Holder, patient: PatientClient, key: ECKey
) -> None:
    client = register_app(operator_client, kind=ClientKind.CONFIDENTIAL, keys=jwks(key))
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
    log_in_browser(demo, holder, browser)
    code = redirect_parameters(allow_access(browser))["code"]
    assert app.redeem(code).json()["error"] == "invalid_client"
    tokens = tokens_in(app.redeem(code, **proven({})))
    introspected = app.post("introspect", proven({"token": tokens["access_token"]})).json()
    assert (introspected["active"], introspected["patient"]) == (True, holder.record)
    assert app.post("revoke", proven({"token": tokens["refresh_token"]})).status_code == 200
    for token in (tokens["access_token"], tokens["refresh_token"]):
        assert app.post("introspect", proven({"token": token})).json() == {"active": False}


def test_an_app_can_neither_introspect_nor_revoke_tokens_of_another_app(
    demo: DemoPeople, operator_client: OperatorClient, holder: Holder, app: SmartApp
) -> None:
    tokens = tokens_in(app.redeem(authorization_code(demo, holder, app)))
    other = register_app(operator_client).client_id
    for token in (tokens["access_token"], tokens["refresh_token"]):
        assert app.post("introspect", {"client_id": other, "token": token}).json() == {"active": False}
        assert app.post("revoke", {"client_id": other, "token": token}).status_code == 200
    assert tokens_in(app.refresh(tokens["refresh_token"]))


# Tokens


def test_an_id_token_is_signed_by_a_published_key_and_bound_to_app_and_request(
    demo: DemoPeople, holder: Holder, app: SmartApp
) -> None:
    tokens = tokens_in(app.redeem(authorization_code(demo, holder, app)))
    published = requests.get(f"{demo.gateway}/oauth/keys", timeout=SECONDS).json()["keys"]
    assert all("d" not in jwk for jwk in published)
    keys = {jwk["kid"]: RSAKey.import_key(jwk) for jwk in published}
    kid = jws.extract_compact(tokens["id_token"].encode()).headers()["kid"]
    claims = jwt.decode(tokens["id_token"], keys[kid], algorithms=["RS256"]).claims
    assert (claims["iss"], claims["aud"], claims["sub"]) == (demo.gateway, app.client_id, holder.record)
    assert claims["nonce"] == app.parameters()["nonce"]
    assert claims["fhirUser"] == f"{demo.gateway}/fhir/Patient/{holder.record}"
    refused = app.read(f"Patient/{holder.record}", tokens["id_token"])
    assert refused.status_code == 401, "an id token is no access token"


def test_an_app_reads_nothing_of_another_patient(demo: DemoPeople, holder: Holder, app: SmartApp) -> None:
    tokens = tokens_in(app.redeem(authorization_code(demo, holder, app)))
    other = open_record(demo)
    for path in (f"Patient/{other.record}", f"DocumentReference?patient={other.record}&status=current"):
        assert app.read(path, tokens["access_token"]).status_code == 404


# Agents of organisations


@pytest.fixture
def organisation(operator_client: OperatorClient, key: ECKey) -> Client:
    return register_app(
        operator_client,
        kind=ClientKind.ORGANISATION,
        name="CPAM de Savoie",
        redirect_uris=(),
        scopes="",
        keys=jwks(key),
    )


def agent_token(
    demo: DemoPeople,
    client_id: str,
    key: Any,
    *,
    login: str = "accueil.12",
    typ: str = "carnet-agent+jwt",
    **claims: Any,
) -> requests.Response:
    now = int(datetime.now(UTC).timestamp())
    defaults = {
        "iss": client_id,
        "sub": login,
        "aud": f"{demo.gateway}/oauth/token",
        "exp": now + 60,
        "jti": secrets.token_hex(8),
    }
    signed = jwt.encode({"alg": "ES256", "kid": "k", "typ": typ}, defaults | claims, key, algorithms=["ES256"])
    form = {"grant_type": JWT_BEARER, "client_id": client_id, "assertion": signed}
    return requests.post(f"{demo.gateway}/oauth/token", data=form, timeout=SECONDS)


def test_an_agent_logs_in_by_an_assertion_of_their_organisation_and_reads_no_documents(
    demo: DemoPeople, operator_client: OperatorClient, organisation: Client, key: ECKey, holder: Holder
) -> None:
    agent = ApiClient(demo.gateway)
    agent.set_token(tokens_in(agent_token(demo, organisation.client_id, key))["access_token"])
    assert agent.find_record(holder.patient.ins.matricule, holder.patient.ins.oid)
    expect_refusal("access.role", 403, agent.list_documents, holder.record)
    operator_client.suspend_app(organisation.client_id, suspended=True)

    def is_ended() -> bool:
        try:
            agent.find_record(holder.patient.ins.matricule, holder.patient.ins.oid)
        except ApiError as refused:
            return refused.code == "token.invalid"
        return False

    wait_until(is_ended, "the agents of a suspended organisation are refused")
    assert agent_token(demo, organisation.client_id, key).json()["error"] == "invalid_client"


def test_an_agent_assertion_must_be_signed_by_its_organisation_and_used_once(
    demo: DemoPeople, organisation: Client, key: ECKey, feeder: Client
) -> None:
    name = organisation.client_id
    stranger = ECKey.generate_key("P-256", {"kid": "k"})
    for what, answer in {
        "another's key": agent_token(demo, name, stranger),
        "signed for itself": agent_token(demo, name, key, login=name, typ="JWT"),
        "no login": agent_token(demo, name, key, login="Accueil 12"),
        "another organisation": agent_token(demo, name, key, iss="autre"),
        "not an organisation": agent_token(demo, feeder.client_id, key),
        "for another server": agent_token(demo, name, key, aud="https://autre.example"),
        "reused": [agent_token(demo, name, key, jti="toujours-le-meme") for _ in range(2)][1],
    }.items():
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client"), what
    as_itself = request_token(demo, assertion(feeder.client_id, f"{demo.gateway}/oauth/token", key, sub="accueil.12"))
    assert as_itself.status_code == 401
