"""The rules of the authorization server: what may be registered, requested, granted and presented."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
import pytest

from contracts.errors.base import Refusal
from contracts.errors.request import (
    AuthorizationGone,
    ClientUnknown,
    GrantInvalid,
    InteractionRequired,
    InvalidRequest,
    RedirectRefused,
    ResponseTypeUnsupported,
    ScopeRefused,
)
from contracts.identity.apps import Client, ClientKind, RegisterClient
from contracts.identity.oauth import AuthorizationParameters, DecideAuthorization
from contracts.scopes import ALL_SECTIONS, Scopes, write_scopes
from contracts.vocabulary import PatientId, Role, Section
from services.identity.domain.authorizing import check_redirect, check_request, granted, require_waiting
from services.identity.domain.clients import check_registration, is_redirect
from services.identity.domain.granting import (
    GRANT_LIFE,
    Grant,
    agent_actor,
    app_actor,
    challenge_of,
    check_bound,
    check_code,
    feeder_actor,
    may_repeat,
    narrowed,
)

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
BACK, FHIR = "https://app.example/retour", "https://carnet.example/fhir"
VERIFIER = "v" * 43
TERMS = RegisterClient(
    client_id="app-1",
    name="App",
    publisher="Essai",
    purpose="Essayer",
    kind=ClientKind.PUBLIC,
    redirect_uris=(BACK,),
    scopes="patient/*.rs openid",
)
APP = msgspec.convert(msgspec.to_builtins(TERMS), Client)
SUSPENDED = msgspec.structs.replace(APP, suspended_at=NOW)
REQUEST = AuthorizationParameters(
    client_id="app-1",
    response_type="code",
    redirect_uri=BACK,
    scope="patient/DocumentReference.rs patient/Patient.r openid offline_access",
    code_challenge=challenge_of(VERIFIER),
    code_challenge_method="S256",
    aud=FHIR,
)
GRANT = Grant(
    grant_id=UUID(int=1),
    client_id="app-1",
    patient_id=PatientId(UUID(int=2)),
    scopes=write_scopes(Scopes(sections=ALL_SECTIONS, identity=True)),
    redirect_uri=BACK,
    challenge=challenge_of(VERIFIER),
    nonce="",
    started_at=NOW,
    code_until=NOW + timedelta(seconds=60),
)


def test_a_request_waits_or_is_gone() -> None:
    assert require_waiting(REQUEST) is REQUEST
    with pytest.raises(AuthorizationGone):
        require_waiting(None)


# Registering


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"client_id": "Majuscule"}, "client_id"),
        ({"client_id": "a"}, "client_id"),
        ({"name": " "}, "name"),
        ({"publisher": "x" * 301}, "publisher"),
        ({"purpose": ""}, "purpose"),
        ({"redirect_uris": ()}, "redirect_uris"),
        ({"redirect_uris": (BACK,) * 11}, "redirect_uris"),
        ({"redirect_uris": ("http://app.example/",)}, "redirect_uris"),
        ({"scopes": "user/*.rs"}, "scopes"),
        ({"keys": "{}"}, "keys"),
        ({"kind": ClientKind.CONFIDENTIAL}, "keys"),
        ({"kind": ClientKind.FEEDER, "keys": "{}"}, "redirect_uris"),
        ({"software": "LPS-1"}, "software"),
        ({"kind": ClientKind.SOFTWARE, "scopes": ""}, "software"),
        ({"kind": ClientKind.SOFTWARE, "software": "LPS-1"}, "scopes"),
        ({"kind": ClientKind.SOFTWARE, "software": "LPS-1", "scopes": "", "redirect_uris": ()}, "redirect_uris"),
        ({"kind": ClientKind.ORGANISATION, "keys": "{}", "redirect_uris": ()}, "scopes"),
    ],
)
def test_terms_that_do_not_hold_together_are_refused(changed: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        check_registration(msgspec.structs.replace(TERMS, **changed))
    assert refused.value.details == {"field": field}


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"kind": ClientKind.CONFIDENTIAL, "keys": "{}"},
        {"kind": ClientKind.FEEDER, "keys": "{}", "redirect_uris": (), "scopes": ""},
        {"kind": ClientKind.ORGANISATION, "keys": "{}", "redirect_uris": (), "scopes": ""},
        {"kind": ClientKind.SOFTWARE, "software": "LPS-1", "scopes": ""},
        {"kind": ClientKind.SOFTWARE, "software": "LPS-1", "scopes": "", "keys": "{}"},
    ],
)
def test_each_kind_has_its_terms(changed: dict[str, object]) -> None:
    check_registration(msgspec.structs.replace(TERMS, **changed))


@pytest.mark.parametrize(
    "uri", [BACK, f"{BACK}?x=1", "http://127.0.0.1:8000/cb", "http://[::1]/cb", "http://localhost/", "org.essai:/cb"]
)
def test_a_redirect_uri_is_accepted(uri: str) -> None:
    assert is_redirect(uri)


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "https://",
        "https://app.example/#x",
        "https://a@app.example/",
        "http://a@localhost/",
        "http://app.example/",
        "javascript:alert(1)",
        "data:text/html,x",
        "https://app.example/ x",
        "https://app.example/\n",
        "https://[::1",
        "https://app.example/" + "x" * 500,
    ],
)
def test_a_redirect_uri_is_refused(uri: str) -> None:
    assert not is_redirect(uri)


# Requesting


@pytest.mark.parametrize(("client", "uri"), [(None, BACK), (SUSPENDED, BACK), (APP, f"{BACK}/"), (APP, "")])
def test_a_redirect_uri_that_is_not_registered_is_refused(client: Client | None, uri: str) -> None:
    with pytest.raises(RedirectRefused):
        check_redirect(client, uri)


LOOPBACK = msgspec.structs.replace(
    APP, redirect_uris=("http://127.0.0.1/cb", "http://[::1]:8000/cb?x=1", "http://localhost:8000/cb")
)


@pytest.mark.parametrize(
    "uri",
    [
        *("http://127.0.0.1/cb", "http://127.0.0.1:1/cb", "http://127.0.0.1:65535/cb"),
        *("http://[::1]:8000/cb?x=1", "http://[::1]:51004/cb?x=1", "http://[::1]/cb?x=1", "http://localhost:8000/cb"),
    ],
)
def test_a_loopback_address_may_have_any_port(uri: str) -> None:
    """RFC 8252, 7.3."""
    assert check_redirect(LOOPBACK, uri) is LOOPBACK


@pytest.mark.parametrize(
    "uri",
    [
        *("http://127.0.0.1:0/cb", "http://127.0.0.1:65536/cb", "http://127.0.0.1:/cb", "http://127.0.0.1:x/cb"),
        *("http://127.0.0.1:8000/", "http://127.0.0.1:8000/cb/", "http://127.0.0.1:8000/cb?x=1", "http://[::1]/cb"),
        *("https://127.0.0.1:8000/cb", "HTTP://127.0.0.1:8000/cb", "http://127.0.0.2:8000/cb", "http://127.1/cb"),
        *("http://localhost:8001/cb", "http://a@127.0.0.1:8000/cb", "http://127.0.0.1:80@elsewhere.example/cb"),
        *("http://127.0.0.1.elsewhere.example/cb", "http://127.0.0.1:8000/cb#x", "http://[::ffff:127.0.0.1]:1/cb"),
    ],
)
def test_nothing_else_of_a_loopback_address_may_differ(uri: str) -> None:
    with pytest.raises(RedirectRefused):
        check_redirect(LOOPBACK, uri)


@pytest.mark.parametrize("uri", [f"{BACK}:8443", "https://app.example:8443/retour"])
def test_the_port_of_another_address_may_not_differ(uri: str) -> None:
    with pytest.raises(RedirectRefused):
        check_redirect(APP, uri)


def test_an_app_gets_no_more_than_it_was_registered_for() -> None:
    assert check_redirect(APP, BACK) == APP
    found = check_request(REQUEST, APP, FHIR)
    assert found == Scopes(sections=ALL_SECTIONS, identity=True, openid=True)


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"response_type": "token"}, ResponseTypeUnsupported),
        ({"response_mode": "fragment"}, InvalidRequest),
        ({"code_challenge_method": "plain"}, InvalidRequest),
        ({"code_challenge": "x"}, InvalidRequest),
        ({"aud": "https://autre.example/fhir"}, InvalidRequest),
        ({"state": "x" * 1001}, InvalidRequest),
        ({"nonce": "x" * 1001}, InvalidRequest),
        ({"prompt": "login none"}, InteractionRequired),
        ({"scope": "offline_access"}, ScopeRefused),
    ],
)
def test_a_request_that_is_wrong_is_refused(changed: dict[str, str], refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        check_request(msgspec.structs.replace(REQUEST, **changed), APP, FHIR)


def answer(**given: object) -> DecideAuthorization:
    fields = {"request_id": UUID(int=1), "browser": "b", "allowed": True} | given
    return DecideAuthorization(**fields)  # type: ignore[arg-type]


def test_the_patient_grants_what_is_ticked_of_what_was_requested() -> None:
    requested = Scopes(sections=(Section.ANALYSES, Section.IMAGERIE), identity=True, offline=True, openid=True)
    ticked = granted(requested, answer(sections=(Section.ANALYSES, Section.SYNTHESE)))
    assert ticked == Scopes(sections=(Section.ANALYSES,), openid=True)
    assert granted(requested, answer(sections=(Section.ANALYSES,), allowed=False)) is None
    assert granted(requested, answer()) is None
    assert granted(Scopes(openid=True), answer()) == Scopes(openid=True)


# Granting


def test_a_code_opens_its_grant() -> None:
    check_code(GRANT, APP, BACK, VERIFIER, NOW)


@pytest.mark.parametrize(
    ("grant", "uri", "verifier", "now"),
    [
        (replace(GRANT, ended_at=NOW), BACK, VERIFIER, NOW),
        (GRANT, BACK, VERIFIER, NOW + timedelta(seconds=60)),
        (replace(GRANT, client_id="autre"), BACK, VERIFIER, NOW),
        (GRANT, f"{BACK}/", VERIFIER, NOW),
        (GRANT, BACK, "w" * 43, NOW),
        (GRANT, BACK, "v" * 42, NOW),
    ],
)
def test_a_code_opens_nothing_else(grant: Grant, uri: str, verifier: str, now: datetime) -> None:
    with pytest.raises(GrantInvalid):
        check_code(grant, APP, uri, verifier, now)


def test_a_grant_ends_by_itself() -> None:
    assert GRANT.lasts(NOW + GRANT_LIFE - timedelta(seconds=1))
    assert not GRANT.lasts(NOW + GRANT_LIFE)


def test_a_public_client_need_not_name_itself_but_must_not_be_another() -> None:
    confidential = msgspec.structs.replace(APP, kind=ClientKind.CONFIDENTIAL)
    other = msgspec.structs.replace(APP, client_id="autre")
    assert check_bound(None, APP) == check_bound(APP, APP) == APP
    assert check_bound(confidential, confidential) == confidential
    for client, owner in ((None, None), (None, SUSPENDED), (None, confidential)):
        with pytest.raises(ClientUnknown):
            check_bound(client, owner)
    with pytest.raises(GrantInvalid):
        check_bound(other, APP)


@pytest.mark.parametrize(
    ("grace", "after", "is_repeated", "may"),
    [(10, 0, False, True), (10, 9, False, True), (10, 10, False, False), (10, 5, True, False), (0, -1, False, False)],
)
def test_a_refresh_is_repeated_once_and_soon(grace: int, after: int, is_repeated: bool, may: bool) -> None:
    now, repeated_at = NOW + timedelta(seconds=after), NOW if is_repeated else None
    assert may_repeat(NOW, repeated_at, now, timedelta(seconds=grace)) is may


def test_a_new_token_may_be_for_less_and_never_for_more() -> None:
    assert narrowed(GRANT, "") == Scopes(sections=ALL_SECTIONS, identity=True)
    assert narrowed(GRANT, "patient/Patient.r offline_access") == Scopes(identity=True)
    with pytest.raises(ScopeRefused):
        narrowed(GRANT, "offline_access")


def test_each_token_says_for_whom_it_speaks() -> None:
    app = app_actor(GRANT, APP, Scopes(identity=True))
    assert (app.role, app.subject, app.patient) == (Role.APP, "app-1", str(GRANT.patient_id))
    assert (app.session, app.scopes) == (str(GRANT.grant_id), "patient/Patient.r")
    assert feeder_actor(APP).role is Role.FEEDER
    assert agent_actor(APP, "accueil").subject == "app-1:accueil"


def test_a_grant_of_a_representative_names_them_and_one_of_the_patient_nobody() -> None:
    mother = PatientId(UUID(int=9))
    given = replace(GRANT, representative=mother, bound_to="thumbprint")
    assert (GRANT.giver, given.giver) == (GRANT.patient_id, mother)
    own, hers = (app_actor(grant, APP, Scopes(identity=True)) for grant in (GRANT, given))
    assert (own.patient, own.representative, own.bound_to) == (str(GRANT.patient_id), "", "")
    assert (hers.patient, hers.representative, hers.bound_to) == (str(GRANT.patient_id), str(mother), "thumbprint")
