"""Access to pages by role: each admits professionals by their cookie, and asks services nothing for anybody else."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from contracts.api import Method
from contracts.consent.api import Consent
from contracts.envelope import Actor
from contracts.errors.request import NotShared
from contracts.identity.api import Identity
from contracts.identity.browser_sessions import BrowserAccess
from contracts.records.api import Records
from contracts.vocabulary import Role
from gateway.guards import PAGE, PUBLIC, ROLES
from tests.integration.gateway.builders import DOCUMENT, NAME, PATIENT, TokenHolders
from tests.integration.gateway.fake_services import FakeServices
from tests.integration.gateway.process import Gateway, HttpReply
from tests.integration.gateway.test_roles import matches
from tests.support.comparisons import check_all
from tests.unit.gateway.test_structure import HANDLERS

RECORD = f"/pro/d/{PATIENT}"
PAGES = [
    ("GET", "/pro"),
    ("GET", "/pro/recherche/traits"),
    ("GET", "/pro/recherche/ins"),
    ("POST", "/pro/recherche/traits"),
    ("POST", "/pro/recherche/ins"),
    ("POST", "/pro/deconnexion"),
    ("GET", "/pro/sessions"),
    ("POST", "/pro/sessions"),
    ("GET", RECORD),
    ("GET", f"{RECORD}/essentiel"),
    ("GET", f"{RECORD}/lire/{DOCUMENT}"),
    ("GET", f"{RECORD}/cote-a-cote/{DOCUMENT}"),
    ("GET", f"{RECORD}/cote-a-cote/{DOCUMENT}/{DOCUMENT}"),
    ("GET", f"{RECORD}/contenu/{DOCUMENT}"),
    ("GET", f"{RECORD}/autorisation"),
    ("POST", f"{RECORD}/autorisation"),
    ("GET", f"{RECORD}/urgence"),
    ("POST", f"{RECORD}/urgence"),
]
ASKED_BY_PAGES: tuple[Method[Any, Any], ...] = (
    *(Records.list_my_records, Records.list_documents, Records.get_document, Records.open_content),
    *(Records.open_facts, Records.find_record, Identity.list_sessions, Identity.end_sessions),
    *(Identity.find_by_traits, Consent.declare_authorisation, Consent.open_emergency),
)
WITHOUT_LOGIN = {"GET": 303, "POST": 401}


def ask(gateway: Gateway, verb: str, path: str, cookie: str = "", **more: str) -> HttpReply:
    headers = {"origin": gateway.url, "content-type": "application/x-www-form-urlencoded", **more}
    headers |= {"cookie": f"carnet-session={cookie}"} if cookie else {}
    body = b"vitale_proof=x&reason=x&matricule=1&family_name=x&birth_date=14071985" if verb == "POST" else None
    return gateway.request(verb, path, body=body, headers=headers)


def log_in(services: FakeServices, people: TokenHolders, role: Role) -> str:
    """The cookie of a browser in which somebody of this role is logged in."""
    actor = Actor(role=role, subject="10100000001", name=NAME, session=str(uuid4()))
    services.answer(
        Identity.renew_browser_session,
        BrowserAccess(
            access_token=people.token(actor), expires_in=600, actor=actor, until=datetime.now(UTC) + timedelta(1)
        ),
    )
    return str(uuid4())


@pytest.mark.parametrize(("verb", "path"), PAGES, ids=[f"{verb} {path}" for verb, path in PAGES])
def test_a_page_admits_professionals_by_their_cookie_and_nobody_else(
    gateway: Gateway, services: FakeServices, people: TokenHolders, verb: str, path: str
) -> None:
    assert ask(gateway, verb, path).status == WITHOUT_LOGIN[verb]
    assert ask(gateway, verb, path, authorization=f"Bearer {people.doctor}").status == WITHOUT_LOGIN[verb]
    assert services.received == []

    for role in (Role.PATIENT, Role.AGENT, Role.APP, Role.FEEDER):
        services.reset()
        reply = ask(gateway, verb, path, log_in(services, people, role))
        assert (reply.status, [each.route for each in services.received]) == (
            403,
            [Identity.renew_browser_session.route],
        ), role

    services.reset()
    cookie = log_in(services, people, Role.PROFESSIONAL)
    for method in ASKED_BY_PAGES:
        services.answer(method, NotShared())
    reply = ask(gateway, verb, path, cookie)
    asks_services = len(services.received) > 1
    assert asks_services or reply.status in {200, 303}


def test_every_page_with_a_login_is_tested() -> None:
    pages = [name for name, handler in HANDLERS.items() if handler.opt.get(PAGE) and handler.opt[ROLES] != PUBLIC]
    tested = {name: any(matches(name, verb, path) for verb, path in PAGES) for name in pages}
    check_all("page with a login", tested, dict.fromkeys(pages, True))
