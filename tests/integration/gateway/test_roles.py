"""Who is let in where: for each route exactly those whom the question behind it admits; nobody without a token."""

import re

import pytest

from contracts.api import Method
from contracts.errors import NotShared
from contracts.records import Records
from contracts.vocabulary import Role
from gateway.guards import PUBLIC, ROLES
from tests.integration.gateway.builders import BYTES, DOCUMENTS, FACTS, PAGE, TOGETHER, People
from tests.integration.gateway.fake_services import FakeServices
from tests.integration.gateway.fhir_cases import FHIR_CASES as ROLE_CASES
from tests.integration.gateway.fhir_cases import FhirCase
from tests.integration.gateway.process import Gateway
from tests.integration.gateway.route_cases import ROUTE_CASES
from tests.unit.gateway.test_structure import HANDLERS

FHIR_CASES = [
    *((ask.verb, ask.path, ask.body, ask.method) for ask in ROUTE_CASES if not ask.method.anonymous),
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
    ("verb", "path", "body", "method"), FHIR_CASES, ids=[f"{verb} {path}" for verb, path, _, _ in FHIR_CASES]
)
def test_a_route_lets_in_whom_its_question_admits_and_nobody_else(
    gateway: Gateway,
    services: FakeServices,
    people: People,
    verb: str,
    path: str,
    body: object,
    method: Method[object, object],  # type: ignore[type-var]
    role: Role | None,
) -> None:
    services.answer(method, NotShared())
    token = people.of[role] if role else ""
    reply = gateway.ask(verb, path, token=token, json_body=body)
    if role in method.roles:
        assert (reply.status, reply.json()["code"]) == (403, "access.not_shared")
        assert [(one.route, one.context.token) for one in services.asked] == [(method.route, token)]
    else:
        assert (reply.status, reply.json()["code"]) == refused_as(role)
        assert services.asked == []


@pytest.mark.parametrize("role", [*Role, None], ids=lambda role: role or "nobody")
@pytest.mark.parametrize("case", ROLE_CASES, ids=[f"{one.verb} {one.path[:40]}" for one in ROLE_CASES])
def test_the_fhir_door_lets_in_whom_its_question_admits_and_nobody_else(
    gateway: Gateway, services: FakeServices, people: People, case: FhirCase, role: Role | None
) -> None:
    services.answer(case.method, NotShared())
    token = people.of[role] if role else ""
    headers = {"content-type": case.type} if case.type else {}
    reply = gateway.ask(case.verb, case.path, token=token, body=case.body, headers=headers)
    code = reply.json()["issue"][0]["details"]["coding"][0]["code"]
    if role in case.method.roles:
        assert (reply.status, code) == (403, "access.not_shared")
        assert [(one.route, one.context.token) for one in services.asked] == [(case.method.route, token)]
    else:
        assert (reply.status, code) == refused_as(role)
        assert services.asked == []


def test_who_may_prepare_a_deposit_may_make_it() -> None:
    assert Records.prepare_deposit.roles == Records.deposit_document.roles
    assert Records.prepare_lot.roles == Records.deposit_lot.roles


@pytest.mark.parametrize("handler", [name for name, one in HANDLERS.items() if one.opt[ROLES] != PUBLIC])
def test_no_route_with_a_token_is_left_out(handler: str) -> None:
    knocks = [*((verb, path) for verb, path, _, _ in FHIR_CASES), *((one.verb, one.path) for one in ROLE_CASES)]
    assert any(is_for(handler, verb, path) for verb, path in knocks)
