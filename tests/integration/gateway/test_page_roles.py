"""Access to pages by role: each admits one role by the cookie, and asks services nothing for anybody else."""

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from contracts.envelope import Actor
from contracts.errors.request import NotShared
from contracts.identity.api import Identity
from contracts.identity.browser_sessions import BrowserAccess
from contracts.records.api import Records
from contracts.vocabulary import Role
from gateway.forms import FORM, MULTIPART
from gateway.guards import LIVE, PAGE, PUBLIC, ROLES
from tests.integration.gateway.builders import NAME, PATIENT, TokenHolders
from tests.integration.gateway.fake_services import FakeServices
from tests.integration.gateway.process import Gateway, HttpReply
from tests.unit.gateway.test_structure import HANDLERS

PAGES = {
    name: handler
    for name, handler in HANDLERS.items()
    # Streams answer otherwise (test_live_streams.py).
    if handler.opt.get(PAGE) and handler.opt[ROLES] != PUBLIC and not handler.opt.get(LIVE)
}
BROWSER = "n" * 43
WITHOUT_LOGIN = {"GET": 303, "POST": 401}
_FORM = (
    b"vitale_proof=x&reason=x&matricule=1&family_name=x&birth_date=14071985&code=x"
    b"&decision=bloquer+89990000039&setting=montrer-masques&name=sorgue"
    b"&sections=synthese&carer_label=x&holder_label=x"
)
"""What makes each form ask a service."""
_UPLOAD = b'--x\r\nContent-Disposition: form-data; name="file"; filename="x.xml"\r\n\r\n<x/>\r\n--x--\r\n'
ROLES_IN_BROWSERS = {Role.PROFESSIONAL, Role.PATIENT, Role.AGENT, Role.APP, Role.FEEDER}


def ask(gateway: Gateway, name: str, cookie: str = "", **more: str) -> HttpReply:
    """Open the page of a route, or send its form."""
    verb, _, template = name.partition(" ")
    path = re.sub(r"\{[^}]*\}", str(PATIENT), template.replace("{act:str}", "fin-aidant"))
    is_upload = PAGES[name].opt.get("takes") == MULTIPART
    headers = {"origin": gateway.url, "content-type": f"{MULTIPART}; boundary=x" if is_upload else FORM, **more}
    headers |= {"cookie": f"carnet-session={cookie}; carnet-browser={BROWSER}"} if cookie else {}
    body = (_UPLOAD if is_upload else _FORM) if verb == "POST" else None
    return gateway.request(verb, path, body=body, headers=headers)


def log_in(services: FakeServices, people: TokenHolders, role: Role) -> str:
    """The cookie of a browser in which somebody of this role is logged in."""
    actor = Actor(
        role=role, subject=str(PATIENT) if role is Role.PATIENT else "10100000001", name=NAME, session=str(uuid4())
    )
    services.answer(
        Identity.renew_browser_session,
        BrowserAccess(
            access_token=people.token(actor), expires_in=600, actor=actor, until=datetime.now(UTC) + timedelta(1)
        ),
    )
    return str(uuid4())


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_page_admits_its_role_by_the_cookie_and_nobody_else(
    gateway: Gateway, services: FakeServices, people: TokenHolders, name: str
) -> None:
    verb = name.partition(" ")[0]
    [admitted] = PAGES[name].opt[ROLES]
    assert ask(gateway, name).status == WITHOUT_LOGIN[verb]
    assert ask(gateway, name, authorization=f"Bearer {people.doctor}").status == WITHOUT_LOGIN[verb]
    assert services.received == []

    for role in ROLES_IN_BROWSERS - {admitted}:
        services.reset()
        reply = ask(gateway, name, log_in(services, people, role))
        assert (reply.status, [each.route for each in services.received]) == (
            403,
            [Identity.renew_browser_session.route],
        ), role

    services.reset()
    cookie = log_in(services, people, admitted)
    services.refuse_all_else(NotShared())
    reply = ask(gateway, name, cookie)
    asks_services = len(services.received) > 1
    assert asks_services or reply.status in {200, 303, 400, 422}


def test_pages_for_agents_ask_for_nothing_that_is_in_a_record(
    gateway: Gateway, services: FakeServices, people: TokenHolders
) -> None:
    """Every page of theirs, and every form: a search, a state, a change of state, a card, a session."""
    received = set()
    for name in (name for name, handler in PAGES.items() if handler.opt[ROLES] == {Role.AGENT}):
        services.reset()
        cookie = log_in(services, people, Role.AGENT)
        services.refuse_all_else(NotShared())
        ask(gateway, name, cookie)
        received |= {each.route for each in services.received}
    assert received == {
        method.route
        for method in (
            *(Identity.renew_browser_session, Identity.end_sessions, Identity.find_by_traits),
            *(Identity.confirm_in_person, Records.find_record, Records.open_record, Records.show_state),
            *(Records.close_record, Records.reopen_record),
        )
    }
