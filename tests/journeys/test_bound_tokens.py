"""DPoP-bound tokens (RFC 9449): useless without a fresh proof by the app's key."""

from collections.abc import Callable
from typing import Any

import pytest
import requests

from client.oauth import SmartApp
from client.operator import OperatorClient
from client.people import DemoPeople
from tests.support.apps import SECONDS, authorization_code, register_app, tokens_in
from tests.support.dpop import Prover
from tests.support.people import Holder, activate_account, deposit_new, open_record
from tests.support.waiting import wait_until


@pytest.fixture
def holder(demo: DemoPeople) -> Holder:
    found = open_record(demo)
    activate_account(demo, found)
    deposit_new(demo, found)
    return found


@pytest.fixture
def app(demo: DemoPeople, operator_client: OperatorClient) -> SmartApp:
    return SmartApp(demo.gateway, register_app(operator_client).client_id)


PROVER = Prover()


def exchange(app: SmartApp, form: dict[str, str], proof: str | None) -> requests.Response:
    headers = {} if proof is None else {"dpop": proof}
    return app.post("token", {"client_id": app.client_id} | form, **headers)


def redeem(app: SmartApp, code: str, proof: str | None) -> requests.Response:
    return exchange(app, app.exchange_of(code), proof)


def refresh_with(app: SmartApp, token: str, proof: str | None) -> requests.Response:
    return exchange(app, {"grant_type": "refresh_token", "refresh_token": token}, proof)


def token_proof(app: SmartApp, prover: Prover = PROVER, **changed: Any) -> str:
    return prover.proof("POST", f"{app.gateway}/oauth/token", **changed)


def bound_tokens(demo: DemoPeople, holder: Holder, app: SmartApp) -> dict[str, Any]:
    tokens = tokens_in(redeem(app, authorization_code(demo, holder, app), token_proof(app)))
    assert tokens["token_type"] == "DPoP"
    token = tokens["access_token"]
    wait_until(
        lambda: read(app, holder, token, PROVER.proof("GET", search_url(app), token)).status_code == 200,
        "consent has received that the app is listed",
    )
    return tokens


def search_url(app: SmartApp) -> str:
    return f"{app.gateway}/fhir/DocumentReference"


def read(app: SmartApp, holder: Holder, token: str, proof: str | None, scheme: str = "DPoP") -> requests.Response:
    headers = {"authorization": f"{scheme} {token}", "accept": "application/fhir+json"}
    if proof is not None:
        headers["dpop"] = proof
    params = {"patient": holder.record, "status": "current"}
    return requests.get(search_url(app), params=params, headers=headers, timeout=SECONDS)


def test_a_bound_token_reads_with_a_new_proof_each_time(demo: DemoPeople, holder: Holder, app: SmartApp) -> None:
    token = bound_tokens(demo, holder, app)["access_token"]
    for _ in range(2):
        assert read(app, holder, token, PROVER.proof("GET", search_url(app), token)).status_code == 200


@pytest.mark.parametrize(
    "proof",
    [
        lambda app, token: None,
        lambda app, token: Prover().proof("GET", search_url(app), token),
        lambda app, token: PROVER.proof("POST", search_url(app), token),
        lambda app, token: PROVER.proof("GET", f"{app.gateway}/fhir/Patient", token),
        lambda app, token: PROVER.proof("GET", search_url(app)),
        lambda app, token: PROVER.proof("GET", search_url(app), "another.token.altogether"),
        lambda app, token: "a.b.c",
    ],
    ids=["none", "another key", "another method", "another address", "of no token", "of another", "nonsense"],
)
def test_a_bound_token_without_a_valid_proof_is_refused(
    demo: DemoPeople, holder: Holder, app: SmartApp, proof: Callable[[SmartApp, str], str | None]
) -> None:
    token = bound_tokens(demo, holder, app)["access_token"]
    refused = read(app, holder, token, proof(app, token))
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"].startswith('DPoP error="invalid_dpop_proof"')
    assert refused.json()["issue"][0]["details"]["coding"][0]["code"] == "token.possession"


def test_a_proof_is_used_once_and_bound_and_bearer_tokens_are_not_interchangeable(
    demo: DemoPeople, holder: Holder, app: SmartApp
) -> None:
    token = bound_tokens(demo, holder, app)["access_token"]
    proof = PROVER.proof("GET", search_url(app), token)
    assert read(app, holder, token, proof).status_code == 200
    assert read(app, holder, token, proof).status_code == 401
    assert read(app, holder, token, PROVER.proof("GET", search_url(app), token), scheme="Bearer").status_code == 401
    bearer = tokens_in(app.redeem(authorization_code(demo, holder, app)))
    assert bearer["token_type"] == "Bearer"
    other = bearer["access_token"]
    assert read(app, holder, other, PROVER.proof("GET", search_url(app), other)).status_code == 401
    assert read(app, holder, other, None, scheme="Bearer").status_code == 200


def test_a_bound_refresh_token_requires_its_key_and_survives_a_wrong_one(
    demo: DemoPeople, holder: Holder, app: SmartApp
) -> None:
    refresh = bound_tokens(demo, holder, app)["refresh_token"]
    for proof in (None, token_proof(app, Prover())):
        refused = refresh_with(app, refresh, proof)
        assert (refused.status_code, refused.json()["error"]) == (401, "invalid_dpop_proof")
    renewed = tokens_in(refresh_with(app, refresh, token_proof(app)))
    token = renewed["access_token"]
    assert renewed["token_type"] == "DPoP"
    assert read(app, holder, token, PROVER.proof("GET", search_url(app), token)).status_code == 200


def test_a_proof_at_the_token_endpoint_is_used_once_and_only_there(
    demo: DemoPeople, holder: Holder, app: SmartApp
) -> None:
    used = token_proof(app)
    tokens_in(redeem(app, authorization_code(demo, holder, app), used))
    for proof in (
        used,
        PROVER.proof("GET", f"{app.gateway}/oauth/token"),
        PROVER.proof("POST", search_url(app)),
        "a.b.c",
    ):
        refused = redeem(app, authorization_code(demo, holder, app), proof)
        assert (refused.status_code, refused.json()["error"]) == (401, "invalid_dpop_proof")


def test_introspection_of_a_bound_token_shows_its_key(demo: DemoPeople, holder: Holder, app: SmartApp) -> None:
    tokens = bound_tokens(demo, holder, app)
    for name in ("access_token", "refresh_token"):
        introspected = app.post("introspect", {"client_id": app.client_id, "token": tokens[name]}).json()
        assert (introspected["active"], introspected["cnf"]) == (True, {"jkt": PROVER.thumbprint})
