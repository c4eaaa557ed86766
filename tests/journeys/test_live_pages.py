"""Pages that are kept up to date: what is hidden disappears, what is new is offered, access that ends is seen."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

import pytest
from playwright.sync_api import Browser

from client.people import DemoPeople
from client.waiting import wait_for
from contracts.vocabulary import AccessMode, Visibility
from deploy.dev import people
from tests.support.journal_and_notices import journal_lines, wait_for_line
from tests.support.pages import PHONE, PageUser, chromium
from tests.support.people import Holder, activate_account, authorised_doctor, deposit_new, open_record

pytestmark = pytest.mark.usefixtures("pro_sante_connect_provider")

DOCTOR = next(person for person in people.PROFESSIONALS if person.name == "specialist")
ROWS, OFFER, SUMMARY, BANNER = "a[data-row]", "[data-live-says] a", ".essentials #essentials", "section.emergency"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def holder(demo: DemoPeople) -> Holder:
    return open_record(demo)


@pytest.fixture
def doctor(browser: Browser, demo: DemoPeople) -> Iterator[PageUser]:
    """The doctor's window."""
    user = PageUser.arrives(browser, demo.gateway)
    user.log_in(DOCTOR)
    yield user
    user.page.context.close()
    assert user.complaints == []


@contextmanager
def seen(what: str) -> Iterator[None]:
    """Log how long the other window took; it is compared with nothing, for the machine may be busy."""
    before = monotonic()
    yield
    logging.getLogger(__name__).warning("%s: seen after %.2f s", what, monotonic() - before)


def open_page(user: PageUser, holder: Holder) -> None:
    """The record, with all its parts, and its stream connected."""
    with user.page.expect_request("**/direct?*"):
        user.go(f"/pro/d/{holder.record}")
    user.main.locator(SUMMARY).wait_for()


def test_what_a_patient_hides_disappears_and_what_is_new_is_offered(
    doctor: PageUser, demo: DemoPeople, holder: Holder
) -> None:
    first, second = deposit_new(demo, holder), deposit_new(demo, holder)
    authorised_doctor(demo, holder)
    patient = activate_account(demo, holder)

    def readings() -> dict[str, int]:
        acts = ("consultation_liste", "lecture_donnees", "consultation_document")
        return {act: len(journal_lines(patient, holder.record, act, actor_role="professional")) for act in acts}

    open_page(doctor, holder)
    assert doctor.main.locator(ROWS).count() == 2
    wait_for_line(patient, holder.record, "lecture_donnees", actor_role="professional")
    with seen("a document is hidden"), doctor.page.expect_navigation():
        patient.set_masked(holder.record, first, masked=True)
    doctor.main.locator(SUMMARY).wait_for()
    assert doctor.main.locator(ROWS).count() == 1
    once_more = {"consultation_liste": 2, "lecture_donnees": 2, "consultation_document": 0}
    wait_for(lambda: readings() == once_more, "one line for each request that was made again")

    hidden = deposit_new(demo, holder, Visibility.MASQUE_PS)
    wait_for_line(patient, holder.record, "depot_document", document_id=hidden)
    assert doctor.main.locator(OFFER).count() == 0
    with seen("a document is new"):
        deposit_new(demo, holder)
        doctor.main.locator(OFFER).wait_for()
    assert doctor.main.locator(ROWS).count() == 1
    assert doctor.accessibility() == []
    assert readings() == once_more
    doctor.main.locator(OFFER).click()
    wait_for(lambda: doctor.main.locator(ROWS).count() == 2, "what was offered")
    shown = [row.get_attribute("href") or "" for row in doctor.main.locator(ROWS).all()]
    assert any(second in address for address in shown)
    assert not any(hidden in address for address in shown)


def test_a_doctor_who_is_blocked_sees_that_access_has_ended(
    doctor: PageUser, demo: DemoPeople, holder: Holder
) -> None:
    deposit_new(demo, holder)
    authorised_doctor(demo, holder)
    patient = activate_account(demo, holder)
    open_page(doctor, holder)
    with seen("a block"), doctor.page.expect_navigation():
        patient.block(holder.record, DOCTOR.rpps)
    assert doctor.main.locator(ROWS).count() == 0
    assert doctor.main.locator("[role=status]").inner_text()
    line = wait_for_line(patient, holder.record, "consultation_liste", outcome="refused")
    assert journal_lines(patient, holder.record, "consultation_liste", outcome="refused") == [line]


def test_an_emergency_is_offered_on_the_patients_page_and_its_end_is_seen_on_the_doctors(
    browser: Browser, doctor: PageUser, demo: DemoPeople, holder: Holder
) -> None:
    deposit_new(demo, holder)
    patient = activate_account(demo, holder)
    home = PageUser.arrives(browser, demo.gateway, language="en", scheme="dark", size=PHONE)
    with home.page.expect_request("**/direct?*"):
        home.log_in_patient(holder.login, demo.mailbox)
    doctor.go(f"/pro/d/{holder.record}/urgence")
    doctor.main.locator("[name=reason]").fill("Patient inconscient")
    with seen("an emergency"):
        doctor.main.locator("form button").click()
        home.main.locator(OFFER).wait_for()
    assert home.accessibility() == []
    assert journal_lines(patient, holder.record, "consultation_liste", actor_role="patient", outcome="refused") == []

    doctor.main.locator(SUMMARY).wait_for()
    assert doctor.page.locator(BANNER).count() == 1
    with seen("an opposition"), doctor.page.expect_navigation():
        patient.set_opposed(holder.record, AccessMode.BRIS_DE_GLACE.value, opposed=True)
    doctor.main.locator("[role=status]").first.wait_for()
    assert doctor.page.locator(BANNER).count() == doctor.main.locator(ROWS).count() == 0
    assert home.complaints == []


def test_a_page_of_whoever_is_logged_out_elsewhere_goes(doctor: PageUser, demo: DemoPeople, holder: Holder) -> None:
    authorised_doctor(demo, holder)
    open_page(doctor, holder)
    with seen("the end of the session"):
        demo.logged_in(DOCTOR.name).end_other_sessions()
        doctor.page.wait_for_url("**/pro/connexion?*")
