"""Rate limits: of a software in one structure, of anonymous requests from one address, and of nobody else."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from contracts.envelope import Actor
from contracts.errors.request import TokenInvalid
from contracts.identity.api import Identity
from contracts.identity.browser_sessions import BrowserAccess
from contracts.identity.directory import ProfessionalsFound
from contracts.identity.logins import Sessions
from contracts.vocabulary import Finess, Role
from tests.integration.gateway.builders import TokenHolders
from tests.integration.gateway.fake_documents import FakeDocuments
from tests.integration.gateway.fake_services import FakeServices
from tests.integration.gateway.process import Gateway, HttpReply
from tests.support.waiting import wait_past_minute_boundary

_PATH = "/me/sessions"
_FORM = "application/x-www-form-urlencoded"


@pytest.fixture(autouse=True)
def _start_early_in_a_minute() -> None:
    wait_past_minute_boundary()


def token(people: TokenHolders, structure: str, quota: int, software: str) -> str:
    return people.token(
        Actor(
            role=Role.PROFESSIONAL,
            subject="10100000001",
            structure=Finess(structure),
            software=software,
            quota=quota,
        )
    )


def get(gateway: Gateway, token: str, path: str = _PATH) -> HttpReply:
    return gateway.request("GET", path, token=token)


def test_requests_beyond_a_quota_are_429(gateway: Gateway, services: FakeServices, people: TokenHolders) -> None:
    services.answer(Identity.list_sessions, Sessions(sessions=(), current=""))
    limited = token(people, "990000010", 3, "LPS-BOUND")
    assert [get(gateway, limited).status for _ in range(4)] == [200, 200, 200, 429]
    refused = get(gateway, limited)
    assert refused.json()["code"] == "software.quota"
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert get(gateway, limited, "/fhir/DocumentReference?patient=x").status == 429


def test_quota_affects_no_other_structure_or_software(
    gateway: Gateway, services: FakeServices, people: TokenHolders
) -> None:
    services.answer(Identity.list_sessions, Sessions(sessions=(), current=""))
    limited = token(people, "990000010", 1, "LPS-WILD")
    assert [get(gateway, limited).status for _ in range(2)] == [200, 429]
    assert get(gateway, token(people, "990000028", 1, "LPS-WILD")).status == 200
    assert get(gateway, token(people, "990000010", 1, "LPS-CALM")).status == 200
    assert get(gateway, token(people, "990000010", 0, "LPS-FREE")).status == 200


def test_searches_of_the_directory_are_limited_in_each_session(
    gateway: Gateway, services: FakeServices, people: TokenHolders
) -> None:
    services.answer(Identity.search_professionals, ProfessionalsFound(professionals=()))

    def search(token: str) -> HttpReply:
        return gateway.request("POST", "/dmp/professionals/search", token=token, json_body={"name": "sorgue"})

    actors = [Actor(role=Role.PATIENT, subject=str(uuid4()), session=str(uuid4())) for _ in range(2)]
    tokens = [people.token(actor) for actor in actors]
    assert [search(tokens[0]).status for _ in range(31)] == [*[200] * 30, 429]
    assert 1 <= int(search(tokens[0]).headers["retry-after"]) <= 60
    assert search(tokens[1]).status == 200


@pytest.fixture
def limited_gateway(
    broker: str, services: FakeServices, documents: FakeDocuments, trusted_keys: Path
) -> Iterator[Gateway]:
    """A separate gateway that allows three anonymous requests a minute."""
    gateway = Gateway(amqp_url=broker, documents_url=documents.url, trusted_keys=trusted_keys, anonymous_per_minute=3)
    try:
        yield gateway.wait_until()
    finally:
        gateway.end()


def test_anonymous_requests_of_one_address_are_limited_and_others_are_not(
    limited_gateway: Gateway, services: FakeServices, people: TokenHolders
) -> None:
    services.answer(Identity.list_sessions, Sessions(sessions=(), current=""))
    replies = [
        limited_gateway.request("GET", "/oauth/pro-sante-connect"),
        limited_gateway.request("POST", "/oauth/token", body=b"x=y", headers={"Content-Type": _FORM}),
        limited_gateway.request("GET", "/oauth/pro-sante-connect?state=x"),
        limited_gateway.request("POST", "/sessions", body=b"{}", headers={"Content-Type": "application/json"}),
        limited_gateway.request("GET", "/oauth/authorize"),
    ]
    assert [reply.status == 429 for reply in replies] == [False, False, False, True, True]
    assert replies[3].json()["code"] == "request.too_many"
    assert 1 <= int(replies[4].headers["retry-after"]) <= 60
    assert get(limited_gateway, people.patient).status == 200
    for path in ("/health/live", "/openapi/openapi.json", "/.well-known/openid-configuration", "/fhir/metadata"):
        assert limited_gateway.request("GET", path).status == 200


def test_forms_of_who_is_not_logged_in_are_counted(limited_gateway: Gateway) -> None:
    form = {"content-type": _FORM, "origin": limited_gateway.url}
    statuses = [
        limited_gateway.request("POST", "/pro/recherche/traits", body=b"family_name=x", headers=form).status
        for _ in range(4)
    ]
    assert statuses == [401, 401, 401, 429]


def test_the_cookie_of_a_session_that_has_ended_is_counted_as_an_invented_one(
    limited_gateway: Gateway, services: FakeServices, people: TokenHolders
) -> None:
    actor = Actor(role=Role.PROFESSIONAL, subject="10100000001", session=str(uuid4()))
    access = BrowserAccess(
        access_token=people.token(actor), expires_in=600, actor=actor, until=datetime.now(UTC), workplace=""
    )
    services.answer(Identity.renew_browser_session, access)
    services.answer(Identity.list_sessions, Sessions(sessions=(), current=""))

    def ask() -> int:
        return limited_gateway.request("GET", "/pro/sessions", headers={"cookie": "carnet-session=x"}).status

    assert ask() == 200
    services.answer(Identity.renew_browser_session, TokenInvalid())
    # The first is still taken for somebody's.
    assert [ask() for _ in range(4)] == [303, 303, 303, 429]
