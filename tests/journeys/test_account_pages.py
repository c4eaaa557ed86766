"""The account of a patient on the platform's own pages: opened, entered with a device, protected, taken back."""

from collections.abc import Iterator
from time import monotonic
from typing import Any
from urllib.parse import urlencode

import pyotp
import pytest
from playwright.sync_api import Browser, CDPSession

from client.oauth import SmartApp
from client.operator import OperatorClient
from client.people import DemoPeople
from client.waiting import wait_for
from tests.support import comparisons
from tests.support.apps import authorization_code, register_app
from tests.support.pages import PHONE, WIDE, PageUser, chromium
from tests.support.people import Holder, activate_account, deposit_new, open_record

MOST_CLICKS = 4
NEW_PASSWORD = "quatre mots sans lien aucun"
_AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


class Newcomer:
    """One person in one window: what they click is counted, and each page is looked at."""

    def __init__(self, user: PageUser, demo: DemoPeople) -> None:
        self.user, self._demo = user, demo
        self.clicks, self.barriers = 0, dict[str, list[str]]()

    def look(self, page: str) -> None:
        self.barriers[page] = self.user.accessibility()
        assert self.user.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), page

    def press(self, selector: str) -> None:
        self.user.main.locator(selector).first.click()
        self.clicks += 1

    def fill(self, **fields: str) -> None:
        for name, value in fields.items():
            self.user.main.locator(f"[name={name}]").fill(value)

    def submit(self, then: str) -> None:
        """Submit the page's form, and wait for what follows."""
        self.press("form button")
        self.user.main.locator(then).first.wait_for()

    def type_code(self, address: str, before: int, then: str) -> None:
        self.fill(code=self._demo.mailbox.code_sent_to(address, after=before))
        self.submit(then)

    def log_out(self) -> None:
        self.user.page.locator("form[action='/espace/deconnexion'] button").click()
        self.user.main.locator("[role=status]").wait_for()

    def expect_no_barrier(self) -> None:
        assert [each for found in self.barriers.values() for each in found] == []
        assert self.user.complaints == []


def arrive(browser: Browser, demo: DemoPeople, **combination: Any) -> Newcomer:
    return Newcomer(PageUser.arrives(browser, demo.gateway, **combination), demo)


def with_device_lock(user: PageUser) -> CDPSession:
    """A phone whose owner unlocks it whenever it asks."""
    session = user.page.context.new_cdp_session(user.page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": _AUTHENTICATOR})
    return session


def fill_activation(here: Newcomer, demo: DemoPeople, holder: Holder, password: str) -> None:
    login = holder.login
    here.fill(
        proof=demo.vitale_proof(holder.card),
        identifier=login.identifier,
        password=password,
        email=login.email,
        mobile=f"0{login.mobile[3:]}",
    )


def test_a_patient_activates_an_account_saves_the_device_and_reads_what_is_new(
    browser: Browser, demo: DemoPeople
) -> None:
    holder = open_record(demo)
    deposit_new(demo, holder)
    here = arrive(browser, demo, size=PHONE)
    with_device_lock(here.user)
    begun = monotonic()
    here.user.go("/espace")
    here.press("a[href='/espace/activer']")
    fill_activation(here, demo, holder, holder.login.password)
    before = demo.mailbox.newest(holder.login.email)
    here.submit("[name=code]")
    here.user.page.reload()
    here.type_code(holder.login.email, before, "#make")
    here.look("a passkey is offered")
    here.press("#make")
    here.user.page.wait_for_url(f"**/espace/d/{holder.record}")
    assert here.user.main.locator(".row").count() >= 1
    comparisons.MADE["clicks of a patient, fresh account to first document"] = here.clicks
    comparisons.MADE["seconds of a patient, fresh account to first document"] = round(monotonic() - begun)
    assert here.clicks <= MOST_CLICKS
    here.log_out()
    here.press("a[href^='/espace/connexion/cle']")
    here.user.page.wait_for_url(f"**/espace/d/{holder.record}")
    here.expect_no_barrier()


def test_wrong_entries_are_answered_in_words_and_kept(browser: Browser, demo: DemoPeople) -> None:
    holder = open_record(demo)
    here = arrive(browser, demo, language="en", scheme="dark", size=WIDE)
    with_device_lock(here.user)
    here.user.go("/espace/activer")
    here.submit(".govuk-error-message")
    assert here.user.main.locator(".govuk-error-message").count() == 5
    fill_activation(here, demo, holder, "motdepasse123")
    here.submit("#password-error")
    assert here.user.main.locator("[name=identifier]").input_value() == holder.login.identifier
    here.look("activation with a weak password")
    here.fill(password=holder.login.password, mobile="123")
    here.submit("#mobile-error")
    here.user.go("/espace/connexion")
    assert here.user.main.locator("[name=by]:checked").input_value() == "email"
    here.fill(identifier=holder.login.identifier, password="nothing right")
    here.submit("[name=code]")
    here.fill(code="000000")
    here.submit("#code-error")
    here.look("a wrong code")
    here.user.page.go_back()
    here.user.go("/espace/connexion/cle")
    here.user.main.locator("#passkey-failed").wait_for()
    here.look("no passkey")
    here.user.go("/espace/oubli")
    here.fill(proof="nothing")
    here.submit("#proof-error")
    here.look("recovery without a card")
    here.expect_no_barrier()


def test_a_patient_protects_their_account(browser: Browser, demo: DemoPeople) -> None:
    holder = open_record(demo)
    elsewhere = activate_account(demo, holder)
    here = arrive(browser, demo, size=PHONE, scheme="dark")
    with_device_lock(here.user)
    here.user.log_in_patient(holder.login, demo.mailbox)
    here.user.go("/espace/compte")
    here.look("account with something to do")
    here.press("a[href$='/application']")
    secret = here.user.main.locator("[name=secret]").input_value()
    here.fill(code="000000")
    here.submit("#code-error")
    here.look("authenticator with a wrong code")
    here.fill(code=pyotp.TOTP(secret).now())
    here.submit("[role=status]")
    here.press("a[href$='/cles/nouvelle']")
    here.look("a new passkey")
    here.press("#make")
    here.user.main.locator("[role=status]").wait_for()
    here.look("account with nothing to do")
    assert [each.label for each in elsewhere.passkeys()] == ["Chrome, Linux"]
    here.press("a[href$='/mot-de-passe']")
    here.fill(current="not mine", password=NEW_PASSWORD)
    here.submit("#current-error")
    here.press("p a[href='/espace/compte']")
    here.press("a[href$='/courriel']")
    here.fill(email=f"nouveau.{holder.login.email}")
    before = demo.mailbox.newest(f"nouveau.{holder.login.email}")
    here.submit("[name=code]")
    here.type_code(f"nouveau.{holder.login.email}", before, "[role=status]")
    assert elsewhere.contact().email == f"nouveau.{holder.login.email}"
    here.press("a[href$='/appareils']")
    here.user.main.locator("form button[name=session]").click()
    here.user.main.locator("[role=status]").wait_for()
    here.look("sessions")
    assert here.user.main.locator("form button[name=session]").count() == 0
    here.user.go("/espace/compte")
    here.press("a[href*='/cles/retirer/']")
    here.look("what removing a passkey means")
    here.submit("[role=status]")
    assert here.user.main.locator("a[href*='/cles/retirer/']").count() == 0
    here.expect_no_barrier()


def test_a_patient_takes_their_account_back_with_the_card(browser: Browser, demo: DemoPeople) -> None:
    holder = open_record(demo)
    before_loss = activate_account(demo, holder)
    before_loss.confirm_authenticator(pyotp.TOTP(before_loss.add_authenticator()).now())
    here = arrive(browser, demo, language="en", scripts=False)
    here.user.go("/espace/compte")
    here.press("a[href='/espace/oubli']")
    here.fill(proof=demo.vitale_proof(holder.card))
    before = demo.mailbox.newest(holder.login.email)
    here.submit("[name=code]")
    here.type_code(holder.login.email, before, "[name=password]")
    here.fill(password="court")
    here.user.main.locator("[name=authenticator]").check()
    here.submit("#password-error")
    assert here.user.main.locator("[name=authenticator]").is_checked()
    here.fill(password=NEW_PASSWORD)
    here.press("form button")
    here.user.page.wait_for_url(f"**/espace/d/{holder.record}")
    here.user.go("/espace/compte")
    assert here.user.main.locator("a[href$='/application/retirer']").count() == 1
    assert here.user.complaints == []


def test_who_is_logged_out_in_a_form_keeps_it_and_goes_on(browser: Browser, demo: DemoPeople) -> None:
    holder = open_record(demo)
    activate_account(demo, holder)
    here = arrive(browser, demo)
    here.user.log_in_patient(holder.login, demo.mailbox)
    here.user.go("/espace/compte/courriel")
    here.fill(email=f"autre.{holder.login.email}")
    here.user.page.context.clear_cookies()
    here.submit("[role=alert]")
    with here.user.page.context.expect_page() as opened:
        here.press("ol a")
    second = Newcomer(here.user.at(opened.value), demo)
    before = demo.mailbox.newest(holder.login.email)
    second.fill(identifier=holder.login.identifier, password=holder.login.password)
    second.user.main.locator("form button").last.click()
    second.type_code(holder.login.email, before, "[role=status]")
    assert second.user.path == "/espace/connexion/faite"
    here.press("form button")
    here.user.main.locator("[name=code]").wait_for()
    here.user.page.context.clear_cookies()
    here.user.go("/espace/connexion/suite")
    here.user.main.locator("[role=alert]").wait_for()
    here.expect_no_barrier()


def test_a_patient_reads_notices_once_and_ends_an_apps_access(
    browser: Browser, demo: DemoPeople, operator_client: OperatorClient
) -> None:
    holder = open_record(demo)
    activate_account(demo, holder)
    app = SmartApp(demo.gateway, register_app(operator_client).client_id)
    authorization_code(demo, holder, app)
    here = arrive(browser, demo, size=PHONE)
    here.user.log_in_patient(holder.login, demo.mailbox)
    patient = demo.logged_in_patient(holder.login)
    wait_for(lambda: any(each.code == "APPLICATION_AUTORISEE" for each in patient.notices(holder.record)))
    here.user.page.reload()
    here.user.page.locator("nav a[href$='/avis']", has_text="(").click()
    here.user.main.locator(".tag").first.wait_for()
    here.look("new notices")
    here.press(f"a[href='/espace/d/{holder.record}/applications']")
    here.user.main.get_by_role("heading", name="Carnet de vaccins").wait_for()
    here.look("apps")
    here.press("section .button")
    here.look("what ending an access means")
    here.submit("[role=status]")
    assert patient.apps(holder.record) == ()
    here.user.go("/espace/avis")
    here.user.main.locator(".row").first.wait_for()
    assert here.user.main.locator(".tag").count() == 0
    here.expect_no_barrier()


def test_an_apps_login_and_consent_look_like_our_pages(
    browser: Browser, demo: DemoPeople, operator_client: OperatorClient
) -> None:
    holder = open_record(demo)
    activate_account(demo, holder)
    app = SmartApp(demo.gateway, register_app(operator_client).client_id)
    here = arrive(browser, demo, language="fr", scheme="dark", size=PHONE)
    here.user.go(f"/oauth/authorize?{urlencode(app.parameters())}")
    here.look("login for an app")
    assert here.user.main.locator("[name=by]:checked").input_value() == "email"
    here.user.page.locator("header button").click()
    here.user.page.locator("html[lang=en]").wait_for()
    here.fill(identifier=holder.login.identifier, password=holder.login.password)
    before = demo.mailbox.newest(holder.login.email)
    here.user.main.locator("form[action$='/login'] button").click()
    here.user.main.locator("[name=code]").wait_for()
    here.look("code for an app")
    here.type_code(holder.login.email, before, "[name=section]")
    here.look("consent")
    here.user.main.locator("button[value=allow]").click()
    here.user.main.locator("[role=alert]").wait_for()
    here.look("consent to nothing")
    here.expect_no_barrier()
