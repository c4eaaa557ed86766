"""A professional opens the record of a patient who is present, on the platform's own pages, in a real browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from client.people import DemoPeople, login_for
from contracts.records.consent_texts import OPENING_TEXTS
from deploy.dev import people
from deploy.dev.authority import VitaleCard
from tests.support.pages import PHONE, PageUser, chromium
from tests.support.people import Holder, activate_account, new_patient, open_record

pytestmark = pytest.mark.usefixtures("pro_sante_connect_provider")

DOCTOR = next(person for person in people.PROFESSIONALS if person.name == "gp")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


def read_card(user: PageUser, demo: DemoPeople, card: VitaleCard) -> None:
    user.main.locator("[name=vitale_proof]").fill(demo.vitale_proof(card))
    user.main.locator("form button").click()


def test_a_record_is_opened_with_card_and_consent(browser: Browser, demo: DemoPeople) -> None:
    patient = new_patient()
    card = demo.card_for(patient)
    user = PageUser.arrives(browser, demo.gateway, scheme="dark", size=PHONE)
    barriers = {}

    def look(page: str) -> None:
        barriers[page] = user.accessibility()
        assert user.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), page

    user.log_in(DOCTOR)
    user.main.locator("[name=family_name]").fill(patient.family_name)
    user.main.locator("[name=birth_date]").fill(f"{patient.birth_date:%d/%m/%Y}")
    user.main.locator("[name=birth_date]").press("Enter")
    user.main.locator("a[href='/pro/ouvrir']").click()
    user.main.locator("[name=vitale_proof]").wait_for()
    look("card")
    user.main.locator("form button").click()
    user.main.locator("#vitale_proof-error").wait_for()
    user.main.locator("[name=vitale_proof]").fill("ni carte ni preuve")
    user.main.locator("form button").click()
    user.main.locator("#vitale_proof-error").get_by_text("preuve").wait_for()
    read_card(user, demo, card)
    user.main.locator("[name=consent]").wait_for()
    assert f"{patient.family_name} {patient.given_names}" in user.main.locator("#person").inner_text()
    look("check")
    user.main.locator("form button").click()
    user.main.locator("#consent-error").wait_for()
    look("no consent")
    user.main.locator("[name=consent]").check()
    user.main.locator("form button").click()
    user.page.wait_for_url("**/pro/d/*")
    assert user.main.locator(".message[role=status]").count() == 1
    look("opened")
    record = user.path.rpartition("/")[2]
    consent = activate_account(demo, Holder(patient, card, record, login_for(patient))).record(record).consent
    assert consent is not None
    assert (consent.collector, consent.structure, consent.text) == (DOCTOR.rpps, DOCTOR.structure, OPENING_TEXTS[-1])
    assert [each for found in barriers.values() for each in found] == []
    assert user.complaints == []


def test_the_card_of_somebody_with_a_record_leads_to_it_without_a_script(browser: Browser, demo: DemoPeople) -> None:
    holder = open_record(demo)
    user = PageUser.arrives(browser, demo.gateway, language="en", scripts=False)
    user.log_in(DOCTOR)
    user.go("/pro/ouvrir")
    read_card(user, demo, holder.card)
    user.main.locator(".message[role=status]").wait_for()
    assert user.path == f"/pro/d/{holder.record}"
    user.go("/pro/ouvrir/verification")
    assert user.path == "/pro/ouvrir"
