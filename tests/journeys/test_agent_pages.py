"""Agents on the platform's own pages, in a real browser: their organisation's tool logs them in; no content."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from cli.main import app
from client.people import DemoPeople, login_for
from client.waiting import wait_for
from contracts.records.consent_texts import OPENING_TEXTS
from contracts.vocabulary import OpeningChannel
from deploy.dev.organisation import CLIENT_ID
from tests.support.operators import TwoOperators
from tests.support.pages import PHONE, PageUser, chromium
from tests.support.people import Holder, activate_account, deposit_new, new_patient, open_record

LOGIN = "accueil.1"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


def link(demo: DemoPeople, operator_cli: TwoOperators) -> str:
    """The path of a link, as the tool of the test organisation opens it."""
    printed = operator_cli.invoke(app, ["agent", LOGIN])
    assert printed.exit_code == 0, printed.output
    return printed.stdout.split()[-1].removeprefix(demo.gateway)


def log_in(user: PageUser, demo: DemoPeople, operator_cli: TwoOperators) -> str:
    """Follow a link; returns it."""
    path = link(demo, operator_cli)
    user.go(path)
    user.main.locator("form button").click()
    user.main.locator("[name=matricule]").wait_for()
    return path


def test_an_agent_opens_closes_and_reopens_a_record(
    browser: Browser, demo: DemoPeople, operator_cli: TwoOperators
) -> None:
    patient = new_patient()
    card = demo.card_for(patient)
    user = PageUser.arrives(browser, demo.gateway, scheme="dark", size=PHONE)
    barriers = {}

    def look(page: str) -> None:
        barriers[page] = user.accessibility()
        assert user.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), page

    user.go("/agent")
    assert user.path == "/agent/connexion"
    look("login")
    user.go(link(demo, operator_cli))
    look("link")
    user.main.locator("form button").click()
    user.main.locator("[name=matricule]").wait_for()
    look("search")
    user.main.locator("a[href='/agent/ouvrir']").click()
    user.main.locator("[name=vitale_proof]").fill(demo.vitale_proof(card))
    user.main.locator("form button").click()
    user.main.locator("[name=consent]").check()
    look("check")
    user.main.locator("form button").click()
    user.main.locator(".message[role=status]").wait_for()
    look("opened")
    record = user.path.rpartition("/")[2]
    consent = activate_account(demo, Holder(patient, card, record, login_for(patient))).record(record).consent
    assert consent is not None
    assert (consent.channel, consent.collector) == (OpeningChannel.AGENT, f"{CLIENT_ID}:{LOGIN}")
    assert consent.text == OPENING_TEXTS[-1]

    user.main.locator("a[href$='/fermer']").click()
    look("closing")
    user.main.locator("form button").click()
    user.main.locator(".message[role=status]").wait_for()
    look("closed")
    user.main.locator("form[action$='/rouvrir'] button").click()
    user.main.locator("a[href$='/compte']").click()
    look("account")
    user.main.locator("form button").click()
    user.main.locator("[role=alert]").wait_for()
    assert [each for found in barriers.values() for each in found] == []
    assert user.complaints == []


def test_an_agent_finds_people_and_sees_no_content_without_a_script(
    browser: Browser, demo: DemoPeople, operator_cli: TwoOperators
) -> None:
    holder = open_record(demo)
    deposit_new(demo, holder)
    user = PageUser.arrives(browser, demo.gateway, language="en", scripts=False)
    log_in(user, demo, operator_cli)
    user.main.locator("[name=birth_date]").fill("31 février")
    user.main.locator("form[action$=traits] button").click()
    assert user.main.locator("#family_name-error, #birth_date-error").count() == 2
    user.main.locator("[name=family_name]").fill(holder.patient.family_name)
    user.main.locator("[name=birth_date]").fill(f"{holder.patient.birth_date:%d/%m/%Y}")
    user.main.locator("form[action$=traits] button").click()
    user.main.locator("a.row").click()
    assert user.path == f"/agent/d/{holder.record}"
    by_traits = user.main.inner_text()
    user.go("/agent")
    user.main.locator("[name=matricule]").fill(holder.patient.ins.matricule)
    user.main.locator("[name=oid]").select_option(holder.patient.ins.oid)
    user.main.locator("form[action$=ins] button").click()
    assert user.main.inner_text() == by_traits
    assert not [word for word in ("Synthèse", "NOVELLE", "document") if word in by_traits]
    for path in ("/pro", f"/pro/d/{holder.record}", "/espace", f"/espace/d/{holder.record}"):
        user.go(path)
        assert user.main.locator("[role=alert]").count() == 1, path
    assert user.complaints == []


def test_a_login_link_serves_once_and_ends_with_the_session(
    browser: Browser, demo: DemoPeople, operator_cli: TwoOperators
) -> None:
    user, second = (PageUser.arrives(browser, demo.gateway) for _ in range(2))
    used = log_in(user, demo, operator_cli)
    second.go(used)
    second.main.locator("form button").click()
    assert second.main.locator("[role=alert]").inner_text()
    user.page.locator("form[action='/agent/deconnexion'] button").click()
    user.main.locator("[role=status]").wait_for()

    def is_logged_out() -> bool:
        user.go("/agent")
        return user.path == "/agent/connexion"

    wait_for(is_logged_out, "the browser is logged out")
    assert [user.complaints, second.complaints] == [[], []]
