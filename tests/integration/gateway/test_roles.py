"""Access by role: every route allows exactly the roles of the RPC method that it calls first."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from contracts.api import Method
from contracts.errors.request import NotShared
from contracts.identity.api import Identity
from contracts.records.api import Records
from contracts.vocabulary import Role
from gateway.guards import PAGE, PUBLIC, ROLES
from tests.integration.gateway.builders import (
    CONTENT_PATH,
    DATA_PATH,
    DOCUMENTS,
    PAGE_PATH,
    RECORD,
    RECORD_DATA_PATHS,
    TokenHolders,
)
from tests.integration.gateway.fake_services import FakeServices
from tests.integration.gateway.fhir_cases import FHIR_CASES, FhirCase
from tests.integration.gateway.process import Gateway
from tests.integration.gateway.route_cases.all_cases import ROUTE_CASES
from tests.support.comparisons import check_all
from tests.unit.gateway.test_structure import HANDLERS

Outcome = tuple[int, str, list[tuple[str, str]]]
"""Status, code, and the route and token of each message that the services received."""

REST_REQUESTS = [
    *((case.verb, case.path, case.body, case.method) for case in ROUTE_CASES if not case.method.anonymous),
    ("POST", DOCUMENTS, {"placeholder": "for bytes"}, Records.prepare_deposit),
    ("GET", CONTENT_PATH, None, Records.open_content),
    ("GET", PAGE_PATH, None, Records.open_content),
    ("GET", DATA_PATH, None, Records.open_content),
    *(("GET", path, None, Records.open_facts) for path in RECORD_DATA_PATHS),
    ("POST", f"{RECORD}/contextual-links", None, Identity.create_record_link),
    ("POST", "/me/browser-links", None, Identity.create_login_link),
]
"""A valid request for every route with a token, and the RPC method that it calls first."""


def matches(handler: str, verb: str, path: str) -> bool:
    """Whether a request is routed to the handler with that verb and path template."""
    verbs, _, template = handler.partition(" ")
    pattern = re.sub(r"\\{[^}]*\\}", "[^/]+", re.escape(template))
    return verb in verbs.split("/") and re.fullmatch(pattern, path.partition("?")[0]) is not None


def expected_refusal(role: Role | None) -> tuple[int, str]:
    """Status and code; the gateway does not trust tokens of services."""
    if role is None:
        return 401, "token.missing"
    return (401, "token.invalid") if role is Role.SERVICE else (403, "access.role")


def expected(method: Method[Any, Any], role: Role | None, token: str) -> Outcome:
    """The refusal of the service, which received the token, or that of the gateway, and nothing was received."""
    if role in method.roles:
        return 403, "access.not_shared", [(method.route, token)]
    return *expected_refusal(role), []


@pytest.mark.parametrize(
    ("verb", "path", "body", "method"), REST_REQUESTS, ids=[f"{verb} {path}" for verb, path, _, _ in REST_REQUESTS]
)
def test_route_allows_exactly_the_roles_of_its_method(
    gateway: Gateway,
    services: FakeServices,
    people: TokenHolders,
    verb: str,
    path: str,
    body: object,
    method: Method[Any, Any],
) -> None:
    def outcome(token: str) -> Outcome:
        services.reset()
        services.answer(method, NotShared())
        reply = gateway.request(verb, path, token=token, json_body=body)
        return reply.status, reply.json()["code"], routes_and_tokens(services)

    check_roles("route and role", people, method, outcome)


@pytest.mark.parametrize("case", FHIR_CASES, ids=[f"{case.verb} {case.path[:40]}" for case in FHIR_CASES])
def test_fhir_route_allows_exactly_the_roles_of_its_method(
    gateway: Gateway, services: FakeServices, people: TokenHolders, case: FhirCase
) -> None:
    def outcome(token: str) -> Outcome:
        services.reset()
        services.answer(case.method, NotShared())
        headers = {"content-type": case.type} if case.type else {}
        reply = gateway.request(case.verb, case.path, token=token, body=case.body, headers=headers)
        code = reply.json()["issue"][0]["details"]["coding"][0]["code"]
        return reply.status, code, routes_and_tokens(services)

    check_roles("FHIR route and role", people, case.method, outcome)


def routes_and_tokens(services: FakeServices) -> list[tuple[str, str]]:
    """What the services received."""
    return [(received.route, received.context.token) for received in services.received]


def check_roles(what: str, people: TokenHolders, method: Method[Any, Any], outcome: Callable[[str], Outcome]) -> None:
    """Ask with the token of every role, and with none."""
    tokens: dict[Role | None, str] = {None: "", **{role: people.of[role] for role in Role}}
    found = {role or "nobody": outcome(token) for role, token in tokens.items()}
    check_all(what, found, {role or "nobody": expected(method, role, token) for role, token in tokens.items()})


def test_preparing_a_deposit_needs_the_same_roles_as_depositing() -> None:
    assert Records.prepare_deposit.roles == Records.deposit_document.roles
    assert Records.prepare_lot.roles == Records.deposit_lot.roles


def test_every_route_with_a_token_is_tested() -> None:
    requests = [(verb, path) for verb, path, _, _ in REST_REQUESTS] + [(case.verb, case.path) for case in FHIR_CASES]
    # Pages know who calls by a cookie: `test_page_roles.py`.
    private = {name: handler for name, handler in HANDLERS.items() if handler.opt[ROLES] != PUBLIC}
    with_token = [name for name, handler in private.items() if not handler.opt.get(PAGE)]
    tested = {name: any(matches(name, verb, path) for verb, path in requests) for name in with_token}
    check_all("route with a token", tested, dict.fromkeys(with_token, True))
