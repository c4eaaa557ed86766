"""Who is let in where: for each route exactly those whom the question behind it admits; nobody without a token."""

import re

import pytest

from contracts.api import Method
from contracts.errors import NotShared
from contracts.records import Records
from contracts.vocabulary import Role
from gateway.guards import PUBLIC, ROLES
from tests.integration.gateway.asks import ASKS
from tests.integration.gateway.builders import BYTES, DOCUMENTS, FACTS, PAGE, TOGETHER, People
from tests.integration.gateway.fhir_knocks import KNOCKS as FHIR_KNOCKS
from tests.integration.gateway.fhir_knocks import Knock
from tests.integration.gateway.flats import Flats
from tests.integration.gateway.process import Gateway
from tests.unit.gateway.test_structure import HANDLERS

KNOCKS = [
    *((ask.verb, ask.path, ask.body, ask.method) for ask in ASKS if not ask.method.anonymous),
    ("POST", DOCUMENTS, {"stands": "for bytes"}, Records.prepare_deposit),
    ("GET", BYTES, None, Records.open_content),
    ("GET", PAGE, None, Records.open_content),
    ("GET", FACTS, None, Records.open_content),
    *(("GET", path, None, Records.open_facts) for path in TOGETHER),
]
"""A request that is well made for every route, and the question it leads to first."""


def is_for(handler: str, verb: str, path: str) -> bool:
    """Whether a request reaches the handler of that verb and path template."""
    verbs, _, template = handler.partition(" ")
    pattern = re.sub(r"\\{[^}]*\\}", "[^/]+", re.escape(template))
    return verb in verbs.split("/") and re.fullmatch(pattern, path.partition("?")[0]) is not None


def refused_as(role: Role | None) -> tuple[int, str]:
    """What somebody hears who is not let in; no service comes by the street door, so none has a token for it."""
    if role is None:
        return 401, "token.missing"
    return (401, "token.invalid") if role is Role.SERVICE else (403, "access.role")


@pytest.mark.parametrize("role", [*Role, None], ids=lambda role: role or "nobody")
@pytest.mark.parametrize(
    ("verb", "path", "body", "method"), KNOCKS, ids=[f"{verb} {path}" for verb, path, _, _ in KNOCKS]
)
def test_a_route_lets_in_whom_its_question_admits_and_nobody_else(
    gateway: Gateway,
    flats: Flats,
    people: People,
    verb: str,
    path: str,
    body: object,
    method: Method[object, object],  # type: ignore[type-var]
    role: Role | None,
) -> None:
    flats.answer(method, NotShared())
    token = people.of[role] if role else ""
    reply = gateway.ask(verb, path, token=token, json_body=body)
    if role in method.roles:
        assert (reply.status, reply.json()["code"]) == (403, "access.not_shared")
        assert [(one.route, one.context.token) for one in flats.asked] == [(method.route, token)]
    else:
        assert (reply.status, reply.json()["code"]) == refused_as(role)
        assert flats.asked == []


@pytest.mark.parametrize("role", [*Role, None], ids=lambda role: role or "nobody")
@pytest.mark.parametrize("knock", FHIR_KNOCKS, ids=[f"{one.verb} {one.path[:40]}" for one in FHIR_KNOCKS])
def test_the_fhir_door_lets_in_whom_its_question_admits_and_nobody_else(
    gateway: Gateway, flats: Flats, people: People, knock: Knock, role: Role | None
) -> None:
    flats.answer(knock.method, NotShared())
    token = people.of[role] if role else ""
    headers = {"content-type": knock.type} if knock.type else {}
    reply = gateway.ask(knock.verb, knock.path, token=token, body=knock.body, headers=headers)
    code = reply.json()["issue"][0]["details"]["coding"][0]["code"]
    if role in knock.method.roles:
        assert (reply.status, code) == (403, "access.not_shared")
        assert [(one.route, one.context.token) for one in flats.asked] == [(knock.method.route, token)]
    else:
        assert (reply.status, code) == refused_as(role)
        assert flats.asked == []


def test_who_may_prepare_a_deposit_may_make_it() -> None:
    assert Records.prepare_deposit.roles == Records.deposit_document.roles
    assert Records.prepare_lot.roles == Records.deposit_lot.roles


@pytest.mark.parametrize("handler", [name for name, one in HANDLERS.items() if one.opt[ROLES] != PUBLIC])
def test_no_route_with_a_token_is_left_out(handler: str) -> None:
    knocks = [*((verb, path) for verb, path, _, _ in KNOCKS), *((one.verb, one.path) for one in FHIR_KNOCKS)]
    assert any(is_for(handler, verb, path) for verb, path in knocks)
