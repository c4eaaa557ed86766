"""Who asks too much is told to wait: a software in one place, strangers at one address; and nobody else."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from contracts.envelope import Actor
from contracts.identity import Identity, Sessions
from contracts.vocabulary import Finess, Role
from tests.integration.gateway.builders import People
from tests.integration.gateway.fake_documents import FakeDocuments
from tests.integration.gateway.fake_services import FakeServices
from tests.integration.gateway.process import Gateway, HttpReply
from tests.support.waiting import wait_for_room_in_the_minute

_PATH = "/me/sessions"
_FORM = "application/x-www-form-urlencoded"


@pytest.fixture(autouse=True)
def early_in_a_minute() -> None:
    wait_for_room_in_the_minute()


def token(people: People, structure: str, quota: int, software: str) -> str:
    return people.token(
        Actor(
            role=Role.PROFESSIONAL,
            subject="10100000001",
            structure=Finess(structure),
            software=software,
            quota=quota,
        )
    )


def ask(gateway: Gateway, token: str, path: str = _PATH) -> HttpReply:
    return gateway.ask("GET", path, token=token)


def test_what_goes_beyond_a_quota_waits(gateway: Gateway, services: FakeServices, people: People) -> None:
    services.answer(Identity.list_sessions, Sessions(sessions=(), current=""))
    here = token(people, "990000010", 3, "LPS-BOUND")
    assert [ask(gateway, here).status for _ in range(4)] == [200, 200, 200, 429]
    refused = ask(gateway, here)
    assert refused.json()["code"] == "software.quota"
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert ask(gateway, here, "/fhir/DocumentReference?patient=x").status == 429


def test_nobody_elsewhere_waits_for_it(gateway: Gateway, services: FakeServices, people: People) -> None:
    services.answer(Identity.list_sessions, Sessions(sessions=(), current=""))
    here = token(people, "990000010", 1, "LPS-WILD")
    assert [ask(gateway, here).status for _ in range(2)] == [200, 429]
    assert ask(gateway, token(people, "990000028", 1, "LPS-WILD")).status == 200
    assert ask(gateway, token(people, "990000010", 1, "LPS-CALM")).status == 200
    assert ask(gateway, token(people, "990000010", 0, "LPS-FREE")).status == 200


@pytest.fixture
def bounded(broker: str, services: FakeServices, documents: FakeDocuments, trusted_keys: Path) -> Iterator[Gateway]:
    """A gateway of its own that takes three requests a minute of strangers."""
    gateway = Gateway(amqp_url=broker, documents_url=documents.url, trusted_keys=trusted_keys, strangers=3)
    yield gateway.wait_until()
    gateway.end()


def test_strangers_from_one_address_wait_and_those_with_a_token_do_not(
    bounded: Gateway, services: FakeServices, people: People
) -> None:
    services.answer(Identity.list_sessions, Sessions(sessions=(), current=""))
    asked = [
        bounded.ask("GET", "/oauth/pro-sante-connect"),
        bounded.ask("POST", "/oauth/token", body=b"x=y", headers={"Content-Type": _FORM}),
        bounded.ask("GET", "/oauth/pro-sante-connect?state=x"),
        bounded.ask("POST", "/sessions", body=b"{}", headers={"Content-Type": "application/json"}),
        bounded.ask("GET", "/oauth/authorize"),
    ]
    assert [one.status == 429 for one in asked] == [False, False, False, True, True]
    assert asked[3].json()["code"] == "request.too_many"
    assert 1 <= int(asked[4].headers["retry-after"]) <= 60
    assert ask(bounded, people.patient).status == 200
    for public in ("/health/live", "/openapi/openapi.json", "/.well-known/openid-configuration", "/fhir/metadata"):
        assert bounded.ask("GET", public).status == 200
