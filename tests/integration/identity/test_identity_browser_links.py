"""Links of software to the platform's own pages: one use, a short time, one browser, and who asked for them."""

import json
from pathlib import Path
from secrets import token_hex
from uuid import UUID, uuid4

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey
from sqlalchemy import Engine, text

from contracts.envelope import Actor
from contracts.errors.request import LinkGone, TokenInvalid
from contracts.identity.apps import ClientKind, RegisterClient
from contracts.identity.browser_links import (
    CreateLoginLink,
    CreateRecordLink,
    FollowLoginLink,
    FollowRecordLink,
    OpenRecordLink,
)
from contracts.identity.browser_sessions import RenewBrowserSession
from contracts.identity.logins import EndSessions
from contracts.identity.people import AgentAssertion
from contracts.vocabulary import PatientId, Role
from deploy.dev import people
from services.identity.domain import TOKEN_SECONDS
from services.identity.domain.browser_links import CODE_SECONDS, LOGIN_LIFE, MOST_LINKS
from services.identity.handlers import agents, browser_links, browser_sessions, sessions
from tests.integration.identity.harness import PUBLIC_URL, IdentityHarness

DOCTOR = Actor(role=Role.PROFESSIONAL, subject=people.PROFESSIONALS[1].rpps)
COLLEAGUE = Actor(role=Role.PROFESSIONAL, subject=people.PROFESSIONALS[2].rpps)
RECORD = PatientId(UUID("018f9c5e-7a11-7c3e-8a54-3f8f4d1c2b3a"))
BROWSER, OTHER_BROWSER = "un navigateur " * 3, "un autre navigateur " * 3


class Links:
    """Links to records, made by a doctor's software."""

    def __init__(self, harness: IdentityHarness) -> None:
        self.harness = harness

    def create(self, patient_id: PatientId = RECORD) -> str:
        return self.harness.run(
            browser_links.create_record_link, CreateRecordLink(patient_id=patient_id), DOCTOR
        ).code

    def follow(self, code: str, browser: str = BROWSER) -> UUID:
        return self.harness.run(
            browser_links.follow_record_link, FollowRecordLink(code=code, browser=browser)
        ).link_id

    def opens(self, link_id: UUID, actor: Actor = DOCTOR, browser: str = BROWSER) -> PatientId | None:
        """The record that is opened; None: the link is gone."""
        message = OpenRecordLink(link_id=link_id, browser=browser)
        try:
            return self.harness.run(browser_links.open_record_link, message, actor).patient_id
        except LinkGone:
            return None


@pytest.fixture
def links(engine: Engine, cards: Path) -> Links:
    return Links(IdentityHarness(engine, cards))


def test_a_link_opens_its_record_once(links: Links) -> None:
    link = links.follow(links.create())
    assert (links.opens(link), links.opens(link)) == (RECORD, None)


def test_a_code_serves_once_and_a_spent_or_invented_one_is_answered_alike(links: Links) -> None:
    code = links.create()
    first, second, invented = links.follow(code), links.follow(code, OTHER_BROWSER), links.follow("inventé")
    assert len({first, second, invented}) == 3
    assert links.opens(second, browser=OTHER_BROWSER) is links.opens(invented) is None
    assert links.opens(first) == RECORD


def test_a_code_lasts_a_minute_and_a_followed_link_as_long_as_a_login(links: Links) -> None:
    late, in_time = links.create(), links.create()
    links.harness.wait(CODE_SECONDS - 1)
    followed, forgotten = links.follow(in_time), links.follow(links.create())
    links.harness.wait(1)
    assert links.opens(links.follow(late)) is None
    links.harness.wait(LOGIN_LIFE.total_seconds() - 2)
    assert links.opens(followed) == RECORD
    links.harness.wait(1)
    assert links.opens(forgotten) is None


def test_a_link_is_of_the_professional_who_asked_for_it_and_of_the_browser_that_followed_it(links: Links) -> None:
    link = links.follow(links.create())
    assert links.opens(link, COLLEAGUE) is None
    assert links.opens(link, browser=OTHER_BROWSER) is None
    assert links.opens(uuid4()) is None
    assert links.opens(link) == RECORD


def test_a_professional_has_a_bounded_number_of_links(links: Links) -> None:
    codes = [links.create() for _ in range(2)]
    links.harness.wait(1)
    codes += [links.create() for _ in range(MOST_LINKS - 1)]
    opened = [links.opens(links.follow(code)) for code in codes]
    assert opened.count(RECORD) == MOST_LINKS
    assert opened[2:] == [RECORD] * (MOST_LINKS - 1)


def test_neither_codes_nor_secrets_of_browsers_are_stored(links: Links) -> None:
    codes = [links.create() for _ in range(2)]
    links.follow(codes[0])
    with links.harness.engine.connect() as connection:
        stored = b"\n".join(
            bytes(value)
            for row in connection.execute(text("SELECT code, browser FROM record_links"))
            for value in row
            if value is not None
        )
    assert stored
    assert not [secret for secret in (*codes, BROWSER) if secret.encode() in stored]


class Agents:
    """Agents of one organisation, and links that log their browsers in."""

    def __init__(self, harness: IdentityHarness) -> None:
        self.harness = harness
        self.key = ECKey.generate_key("P-256", {"kid": "k"})
        keys = json.dumps({"keys": [self.key.as_dict(private=False)]})
        terms = RegisterClient(
            client_id=f"cpam-{token_hex(4)}",
            name="CPAM d'essai",
            publisher="CPAM",
            purpose="Accueil",
            kind=ClientKind.ORGANISATION,
            keys=keys,
        )
        self.client_id = terms.client_id
        with harness.repositories() as repositories:
            repositories.put_client(terms, harness.now)

    def log_in(self) -> Actor:
        claims = {
            "iss": self.client_id,
            "sub": "accueil.12",
            "aud": f"{PUBLIC_URL}/oauth/token",
            "exp": int(self.harness.now.timestamp()) + 60,
            "jti": token_hex(8),
        }
        header = {"alg": "ES256", "kid": "k", "typ": "carnet-agent+jwt"}
        assertion = jwt.encode(header, claims, self.key, algorithms=["ES256"])
        message = AgentAssertion(client_id=self.client_id, assertion=assertion)
        return self.harness.run(agents.login_agent, message).actor

    def link(self, agent: Actor) -> str:
        return self.harness.run(browser_links.create_login_link, CreateLoginLink(), agent).code

    def follow(self, code: str, replaces: str = "") -> str:
        message = FollowLoginLink(code=code, replaces=replaces)
        return self.harness.run(browser_links.follow_login_link, message).browser_token

    def in_browser(self, token: str) -> Actor:
        return self.harness.run(
            browser_sessions.renew_browser_session, RenewBrowserSession(browser_token=token)
        ).actor


@pytest.fixture
def organisation(engine: Engine, cards: Path) -> Agents:
    return Agents(IdentityHarness(engine, cards))


def test_a_link_logs_an_agents_browser_in_once_and_it_stays_so_while_it_is_used(organisation: Agents) -> None:
    agent = organisation.log_in()
    code = organisation.link(agent)
    token = organisation.follow(code)
    with pytest.raises(LinkGone):
        organisation.follow(code)
    organisation.harness.wait(TOKEN_SECONDS + 1)
    assert organisation.in_browser(token) == agent


def test_a_login_link_lasts_a_minute_and_only_the_newest_of_a_session_serves(organisation: Agents) -> None:
    agent = organisation.log_in()
    first, second = organisation.link(agent), organisation.link(agent)
    with pytest.raises(LinkGone):
        organisation.follow(first)
    organisation.harness.wait(CODE_SECONDS)
    with pytest.raises(LinkGone):
        organisation.follow(second)


def test_an_ended_session_gives_no_link_and_its_links_and_browsers_end(organisation: Agents) -> None:
    agent = organisation.log_in()
    token, code = organisation.follow(organisation.link(agent)), organisation.link(agent)
    organisation.harness.run(sessions.end_sessions, EndSessions(session_id=UUID(agent.session)), agent)
    with pytest.raises(TokenInvalid):
        organisation.link(agent)
    with pytest.raises(LinkGone):
        organisation.follow(code)
    with pytest.raises(TokenInvalid):
        organisation.in_browser(token)


def test_a_suspended_organisations_agents_are_logged_out(organisation: Agents) -> None:
    token = organisation.follow(organisation.link(organisation.log_in()))
    with organisation.harness.repositories() as repositories:
        repositories.suspend_client(organisation.client_id, organisation.harness.now)
    with pytest.raises(TokenInvalid):
        organisation.in_browser(token)
