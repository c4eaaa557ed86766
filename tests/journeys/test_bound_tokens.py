"""Tokens that an app binds to a key of its own: whoever steals them can do nothing with them (DPoP, RFC 9449)."""

from collections.abc import Callable
from typing import Any

import pytest
import requests

from cli.demo.people import DemoPeople
from cli.operator import OperatorClient
from tests.support.apps import SECONDS, SmartApp, authorized, granted, register
from tests.support.people import Holder, activate, deposited, open_record
from tests.support.possession import Prover
from tests.support.waiting import wait_until


@pytest.fixture
def holder(demo: DemoPeople) -> Holder:
    found = open_record(demo)
    activate(demo, found)
    deposited(demo, found)
    return found


@pytest.fixture
def app(demo: DemoPeople, operator_client: OperatorClient) -> SmartApp:
    return SmartApp(demo.gateway, register(operator_client).client_id)


PROVER = Prover()


def exchange(app: SmartApp, form: dict[str, str], proof: str | None) -> requests.Response:
    headers = {} if proof is None else {"dpop": proof}
    said = {"client_id": app.client_id} | form
    return requests.post(f"{app.gateway}/oauth/token", data=said, headers=headers, timeout=SECONDS)


def by_code(app: SmartApp, code: str, proof: str | None) -> requests.Response:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": app.redirect_uri,
        "code_verifier": app.verifier,
    }
    return exchange(app, form, proof)


def by_refresh(app: SmartApp, token: str, proof: str | None) -> requests.Response:
    return exchange(app, {"grant_type": "refresh_token", "refresh_token": token}, proof)


def at_token(app: SmartApp, prover: Prover = PROVER, **changed: Any) -> str:
    return prover.proof("POST", f"{app.gateway}/oauth/token", **changed)


def bound(demo: DemoPeople, holder: Holder, app: SmartApp) -> dict[str, Any]:
    tokens = granted(by_code(app, authorized(demo, holder, app), at_token(app)))
    assert tokens["token_type"] == "DPoP"
    token = tokens["access_token"]
    wait_until(
        lambda: read(app, holder, token, PROVER.proof("GET", where(app), token)).status_code == 200,
        "consent has heard that the app is listed",
    )
    return tokens


def where(app: SmartApp) -> str:
    return f"{app.gateway}/fhir/DocumentReference"


def read(app: SmartApp, holder: Holder, token: str, proof: str | None, scheme: str = "DPoP") -> requests.Response:
    headers = {"authorization": f"{scheme} {token}", "accept": "application/fhir+json"}
    if proof is not None:
        headers["dpop"] = proof
    params = {"patient": holder.record, "status": "current"}
    return requests.get(where(app), params=params, headers=headers, timeout=SECONDS)


def test_a_bound_token_reads_with_a_new_proof_each_time(demo: DemoPeople, holder: Holder, app: SmartApp) -> None:
    token = bound(demo, holder, app)["access_token"]
    for _ in range(2):
        assert read(app, holder, token, PROVER.proof("GET", where(app), token)).status_code == 200


@pytest.mark.parametrize(
    "proof",
    [
        lambda app, token: None,
        lambda app, token: Prover().proof("GET", where(app), token),
        lambda app, token: PROVER.proof("POST", where(app), token),
        lambda app, token: PROVER.proof("GET", f"{app.gateway}/fhir/Patient", token),
        lambda app, token: PROVER.proof("GET", where(app)),
        lambda app, token: PROVER.proof("GET", where(app), "another.token.altogether"),
        lambda app, token: "a.b.c",
    ],
    ids=["none", "another key", "another method", "another address", "of no token", "of another", "nonsense"],
)
def test_without_the_right_proof_it_is_worth_nothing(
    demo: DemoPeople, holder: Holder, app: SmartApp, proof: Callable[[SmartApp, str], str | None]
) -> None:
    token = bound(demo, holder, app)["access_token"]
    refused = read(app, holder, token, proof(app, token))
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"].startswith('DPoP error="invalid_dpop_proof"')
    assert refused.json()["issue"][0]["details"]["coding"][0]["code"] == "token.possession"


def test_a_proof_serves_once_and_a_bound_token_is_not_anybodys(
    demo: DemoPeople, holder: Holder, app: SmartApp
) -> None:
    token = bound(demo, holder, app)["access_token"]
    proof = PROVER.proof("GET", where(app), token)
    assert read(app, holder, token, proof).status_code == 200
    assert read(app, holder, token, proof).status_code == 401
    assert read(app, holder, token, PROVER.proof("GET", where(app), token), scheme="Bearer").status_code == 401
    anybodys = granted(app.redeem(authorized(demo, holder, app)))
    assert anybodys["token_type"] == "Bearer"
    other = anybodys["access_token"]
    assert read(app, holder, other, PROVER.proof("GET", where(app), other)).status_code == 401
    assert read(app, holder, other, None, scheme="Bearer").status_code == 200


def test_a_refresh_token_is_good_with_the_same_key_only_and_a_wrong_one_does_not_spend_it(
    demo: DemoPeople, holder: Holder, app: SmartApp
) -> None:
    refresh = bound(demo, holder, app)["refresh_token"]
    for proof in (None, at_token(app, Prover())):
        refused = by_refresh(app, refresh, proof)
        assert (refused.status_code, refused.json()["error"]) == (401, "invalid_dpop_proof")
    renewed = granted(by_refresh(app, refresh, at_token(app)))
    token = renewed["access_token"]
    assert renewed["token_type"] == "DPoP"
    assert read(app, holder, token, PROVER.proof("GET", where(app), token)).status_code == 200


def test_a_proof_at_the_token_address_serves_once_and_for_it_alone(
    demo: DemoPeople, holder: Holder, app: SmartApp
) -> None:
    spent = at_token(app)
    granted(by_code(app, authorized(demo, holder, app), spent))
    for proof in (
        spent,
        PROVER.proof("GET", f"{app.gateway}/oauth/token"),
        PROVER.proof("POST", where(app)),
        "a.b.c",
    ):
        refused = by_code(app, authorized(demo, holder, app), proof)
        assert (refused.status_code, refused.json()["error"]) == (401, "invalid_dpop_proof")


def test_who_looks_at_a_bound_token_is_told_its_key(demo: DemoPeople, holder: Holder, app: SmartApp) -> None:
    tokens = bound(demo, holder, app)
    for name in ("access_token", "refresh_token"):
        told = app.post("introspect", {"client_id": app.client_id, "token": tokens[name]}).json()
        assert (told["active"], told["cnf"]) == (True, {"jkt": PROVER.thumbprint})
