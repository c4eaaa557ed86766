"""A software that asks too much in one place is told to wait there, and there alone."""

from contracts.envelope import Actor
from contracts.identity import Identity, Sessions
from contracts.vocabulary import Finess, Role
from tests.integration.gateway.builders import People
from tests.integration.gateway.flats import Flats
from tests.integration.gateway.process import Gateway, Reply

_PATH = "/me/sessions"


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


def ask(gateway: Gateway, token: str, path: str = _PATH) -> Reply:
    return gateway.ask("GET", path, token=token)


def test_what_goes_beyond_a_quota_waits(gateway: Gateway, flats: Flats, people: People) -> None:
    flats.answer(Identity.list_sessions, Sessions(sessions=(), current=""))
    here = token(people, "990000010", 3, "LPS-BOUND")
    assert [ask(gateway, here).status for _ in range(4)] == [200, 200, 200, 429]
    refused = ask(gateway, here)
    assert refused.json()["code"] == "software.quota"
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert ask(gateway, here, "/fhir/DocumentReference?patient=x").status == 429


def test_nobody_elsewhere_waits_for_it(gateway: Gateway, flats: Flats, people: People) -> None:
    flats.answer(Identity.list_sessions, Sessions(sessions=(), current=""))
    here = token(people, "990000010", 1, "LPS-WILD")
    assert [ask(gateway, here).status for _ in range(2)] == [200, 429]
    assert ask(gateway, token(people, "990000028", 1, "LPS-WILD")).status == 200
    assert ask(gateway, token(people, "990000010", 1, "LPS-CALM")).status == 200
    assert ask(gateway, token(people, "990000010", 0, "LPS-FREE")).status == 200
