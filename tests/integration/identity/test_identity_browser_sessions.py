"""Browsers on the platform's own pages: logged in by a token, renewed while used, ended with their session."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from chassis.opaque import token_hash
from contracts.envelope import Actor
from contracts.errors.request import ClientNotAllowed, ProfessionalUnknown, SoftwareRefused, TokenInvalid
from contracts.identity.browser_sessions import (
    PORTAL_CLIENT,
    PORTAL_RETURN_PATH,
    BrowserAccess,
    OpenBrowserSession,
    RenewBrowserSession,
)
from contracts.identity.logins import EndSessions
from contracts.vocabulary import Role
from deploy.dev import people
from services.identity.directory import import_directory, read_directory
from services.identity.domain.browser_sessions import IDLE_LIFE, lasts_until
from services.identity.handlers import browser_sessions, sessions
from tests.integration.identity.false_provider import FalseProvider, relying_party
from tests.integration.identity.harness import PUBLIC_URL, IdentityHarness
from tests.integration.identity.provider_logins import Logins

DOCTOR = people.PROFESSIONALS[1]


class Browsers:
    """Browsers of professionals on the platform's own pages."""

    def __init__(self, harness: IdentityHarness, provider: FalseProvider) -> None:
        self.harness = harness
        self.logins = Logins(harness, provider, client_id=PORTAL_CLIENT, callback=f"{PUBLIC_URL}{PORTAL_RETURN_PATH}")

    def log_in(self, *, replaces: str = "") -> str:
        """The token of a browser in which the doctor has logged in."""
        issued = self.logins.begin(DOCTOR, session="s-1")
        return self.open(self.actor(issued.access_token), replaces=replaces)

    def open(self, actor: Actor, *, replaces: str = "") -> str:
        opened = self.harness.run(browser_sessions.open_browser_session, OpenBrowserSession(replaces=replaces), actor)
        return opened.browser_token

    def actor(self, access_token: str) -> Actor:
        return self.harness.keyring.actor(access_token, now=self.harness.now.timestamp())

    def renew(self, token: str) -> BrowserAccess:
        return self.harness.run(browser_sessions.renew_browser_session, RenewBrowserSession(browser_token=token))

    def is_logged_in(self, token: str) -> bool:
        try:
            self.renew(token)
        except TokenInvalid:
            return False
        return True

    def wait(self, duration: timedelta) -> None:
        self.harness.now += duration


@pytest.fixture
def browsers(engine: Engine, cards: Path, provider: FalseProvider) -> Browsers:
    harness = IdentityHarness(
        engine,
        cards,
        pro_sante_connect=relying_party(provider.issuer),
        portal_software=people.PORTAL_SOFTWARE.number,
    )
    with harness.repositories() as repositories:
        import_directory(read_directory(people.as_directory()), repositories)
    return Browsers(harness, provider)


def test_a_browser_gets_access_tokens_of_its_session_and_who_works_where(browsers: Browsers) -> None:
    access = browsers.renew(browsers.log_in())
    assert access.actor == browsers.actor(access.access_token)
    assert (access.actor.rpps, access.actor.software) == (DOCTOR.rpps, people.PORTAL_SOFTWARE.number)
    assert access.workplace == "Maison de santé du Canal"


def test_only_the_hash_of_a_browser_token_is_stored(browsers: Browsers) -> None:
    token = browsers.log_in()
    with browsers.harness.engine.connect() as connection:
        stored = {bytes(row.token) for row in connection.execute(text("SELECT token FROM browser_sessions"))}
    assert token_hash(token) in stored
    assert not any(token.encode() in each for each in stored)


def test_a_browser_in_use_stays_logged_in_until_the_absolute_limit(browsers: Browsers) -> None:
    token, started = browsers.log_in(), browsers.harness.now
    assert browsers.renew(token).until == lasts_until(started)
    while browsers.harness.now + IDLE_LIFE < lasts_until(started):
        browsers.wait(IDLE_LIFE - timedelta(seconds=1))
        assert browsers.is_logged_in(token)
    browsers.wait(lasts_until(started) - browsers.harness.now)
    assert not browsers.is_logged_in(token)


def test_a_browser_not_used_is_logged_out_and_its_session_ends_everywhere(browsers: Browsers) -> None:
    token = browsers.log_in()
    session = browsers.renew(token).actor.session
    browsers.wait(IDLE_LIFE)
    assert not browsers.is_logged_in(token)
    assert session in browsers.harness.ended_since(5)


def test_a_new_login_rotates_the_token_and_ends_what_the_browser_had(browsers: Browsers) -> None:
    first = browsers.log_in()
    second = browsers.log_in(replaces=first)
    assert first != second
    assert (browsers.is_logged_in(first), browsers.is_logged_in(second)) == (False, True)


def test_ending_a_session_logs_its_browser_out_and_no_other(browsers: Browsers) -> None:
    tokens = [browsers.log_in() for _ in range(2)]
    actor = browsers.renew(tokens[0]).actor
    browsers.harness.run(sessions.end_sessions, EndSessions(), actor)
    assert [browsers.is_logged_in(token) for token in tokens] == [True, False]


def test_a_logout_at_the_provider_logs_the_browser_out(browsers: Browsers) -> None:
    token = browsers.log_in()
    browsers.logins.log_out(sub=f"f:{DOCTOR.rpps}", sid="s-1")
    assert not browsers.is_logged_in(token)


def test_an_ended_session_opens_no_browser(browsers: Browsers) -> None:
    actor = browsers.actor(browsers.logins.begin(DOCTOR, session="s-1").access_token)
    browsers.logins.log_out(sub=f"f:{DOCTOR.rpps}", sid="s-1")
    with pytest.raises(TokenInvalid):
        browsers.open(actor)


def test_a_session_of_business_software_is_not_carried_into_a_browser(browsers: Browsers) -> None:
    actor = Actor(role=Role.PROFESSIONAL, subject=DOCTOR.rpps, software=people.FEEDING_SOFTWARE.number)
    with pytest.raises(ClientNotAllowed):
        browsers.open(actor)


@pytest.mark.parametrize("table", ["software", "practices"])
def test_directory_and_software_list_are_checked_at_every_renewal(browsers: Browsers, table: str) -> None:
    token = browsers.log_in()
    with browsers.harness.engine.begin() as connection:
        connection.execute(text(f"DELETE FROM {table}"))
    with pytest.raises((ProfessionalUnknown, SoftwareRefused)):
        browsers.renew(token)
