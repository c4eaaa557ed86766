"""Patients decide on the platform's own pages, in a real browser, who may read; what they decide holds at once."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from client.patient import PatientClient
from client.people import DemoPeople
from tests.support.journal_and_notices import journal_lines, wait_for_line
from tests.support.pages import PHONE, PageUser, chromium
from tests.support.people import Holder, activate_account, authorised_doctor, open_record
from tests.support.refusals import expect_refusal

REASON = "Patient inconscient, traitement inconnu"
STATUS = ".message[role=status]"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def holder(demo: DemoPeople) -> Holder:
    return open_record(demo)


@pytest.fixture
def patient(demo: DemoPeople, holder: Holder) -> PatientClient:
    return activate_account(demo, holder)


def arrive(browser: Browser, demo: DemoPeople, holder: Holder, page: str, **combination: Any) -> PageUser:
    """Somebody logged in, on a page of their record."""
    user = PageUser.arrives(browser, demo.gateway, **combination)
    user.log_in_patient(holder.login, demo.mailbox)
    user.go(f"/espace/d/{holder.record}/{page}")
    return user


def check_page(user: PageUser) -> None:
    """It fits the window, and axe finds nothing."""
    assert user.accessibility() == []
    page: Any = user.page
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def press(user: PageUser, decision: str) -> None:
    """A button; the page that follows says what was done."""
    user.main.locator(f"button[value='{decision}']").first.click()
    user.main.locator(STATUS).wait_for()


def test_a_patient_blocks_and_unblocks_ends_and_gives_again(
    browser: Browser, demo: DemoPeople, holder: Holder, patient: PatientClient
) -> None:
    doctor, rpps = authorised_doctor(demo, holder), demo.professional("specialist").rpps
    user = arrive(browser, demo, holder, "professionnels", scheme="dark")
    assert "Malik SORGUE" in user.main.locator("#readers").inner_text()
    check_page(user)
    press(user, f"bloquer {rpps}")
    expect_refusal("consent.blocked", 403, doctor.list_documents, holder.record)
    check_page(user)
    press(user, f"debloquer {rpps}")
    doctor.list_documents(holder.record)
    press(user, f"terminer {rpps}")
    expect_refusal("consent.missing", 403, doctor.list_documents, holder.record)
    user.main.locator(f"{STATUS} button").click()
    user.page.get_by_text("peut maintenant lire").wait_for()
    doctor.list_documents(holder.record)
    # The message is told once.
    user.page.reload()
    user.main.locator("#readers").wait_for()
    assert user.main.locator(STATUS).count() == 0
    assert user.complaints == []


def test_a_patient_finds_a_professional_by_keyboard_and_authorises_them_without_scripts(
    browser: Browser, demo: DemoPeople, holder: Holder, patient: PatientClient
) -> None:
    rpps = demo.professional("specialist").rpps
    doctor = demo.logged_in("specialist")
    user = arrive(browser, demo, holder, "professionnels", language="en", size=PHONE, scripts=False)
    assert user.main.locator("#readers .empty").count() == 1
    user.main.locator("[name=name]").fill("é")
    user.main.locator("[name=name]").press("Enter")
    assert "two letters" in user.main.locator("[role=alert]").inner_text()
    user.main.locator("[name=name]").fill("malik sorg")
    user.main.locator("[name=structure]").fill("halle")
    user.main.locator("[name=structure]").press("Enter")
    assert user.main.locator(".row .title").all_inner_texts() == ["Dr Malik SORGUE"]
    assert "sorg" not in user.page.url
    press(user, f"autoriser {rpps}")
    assert "Dr Malik SORGUE" in user.main.locator(STATUS).inner_text()
    doctor.list_documents(holder.record)
    # Its lines are those of its calls: a search is none, each of the two lists is a reading.
    wait_for_line(patient, holder.record, "ajout_autorisation")
    wait_for_line(patient, holder.record, "consultation_liste")
    assert len(journal_lines(patient, holder.record, "lecture_droits")) == 2
    press(user, f"terminer {rpps}")
    expect_refusal("consent.missing", 403, doctor.list_documents, holder.record)


def test_a_patient_refuses_accesses_in_emergencies_and_allows_them_again(
    browser: Browser, demo: DemoPeople, holder: Holder, patient: PatientClient
) -> None:
    doctor = demo.logged_in("specialist")
    user = arrive(browser, demo, holder, "urgence", size=PHONE)
    check_page(user)
    press(user, "refuser-bris_de_glace")
    expect_refusal("emergency.opposed", 403, doctor.break_glass, holder.record, REASON)
    press(user, "refuser-centre_15")
    press(user, "montrer-masques")
    decided = patient.circle(holder.record)
    assert ([str(mode) for mode in decided.oppositions], decided.unmasks_in_emergency) == (
        ["centre_15", "bris_de_glace"],
        True,
    )
    check_page(user)
    user.main.locator(f"{STATUS} button").click()
    user.page.get_by_text("Même en urgence, les").wait_for()
    press(user, "permettre-bris_de_glace")
    doctor.break_glass(holder.record, REASON)
    assert not patient.circle(holder.record).unmasks_in_emergency
    assert user.complaints == []
