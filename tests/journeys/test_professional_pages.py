"""Doctors on the platform's own pages, in a real browser: log in, find the patient, read, and what ends there."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Browser, Response

from client.errors import ApiError
from client.people import DemoPeople, as_author, as_subject
from client.professional import ProfessionalClient
from client.waiting import wait_for
from deploy.dev import people
from deploy.dev.stack import Stack
from samples.coded import coded_summary
from tests.support.clock import let_an_hour_pass
from tests.support.journal_and_notices import journal_lines, wait_for_line
from tests.support.pages import PHONE, WIDE, PageUser, chromium
from tests.support.people import (
    Holder,
    activate_account,
    authorised_doctor,
    deposit,
    deposit_new,
    new_unique_id,
    open_record,
)

pytestmark = pytest.mark.usefixtures("pro_sante_connect_provider")

DOCTOR = next(person for person in people.PROFESSIONALS if person.name == "specialist")
FIRST_PAGE_BYTES, FIRST_PAGE_REQUESTS, LATER_PAGE_BYTES = 100_000, 10, 20_000
ROWS, READING, SUMMARY = "a[data-row]", "#lecture iframe", ".essentials .statements"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def holder(demo: DemoPeople) -> Holder:
    """A patient with two documents, one of which is coded."""
    holder, author = open_record(demo), demo.professional("hospital")
    deposit_new(demo, holder)
    coded = coded_summary(
        patient=as_subject(holder.patient),
        author=as_author(author),
        unique_id=new_unique_id(),
        effective_time=datetime.now(UTC),
    )
    deposit(demo.logged_in(author.name), holder, coded)
    return holder


@pytest.fixture
def user(browser: Browser, demo: DemoPeople) -> Iterator[PageUser]:
    user = PageUser.arrives(browser, demo.gateway)
    yield user
    assert user.complaints == []


def find(user: PageUser, holder: Holder) -> None:
    """Search by traits, as the first page offers it."""
    user.main.locator("[name=family_name]").fill(holder.patient.family_name)
    user.main.locator("[name=birth_date]").fill(f"{holder.patient.birth_date:%d/%m/%Y}")
    user.main.locator("[name=birth_date]").press("Enter")
    user.main.locator(ROWS).wait_for()


def is_refused(client: ProfessionalClient) -> bool:
    try:
        client.sessions()
    except ApiError as error:
        return error.status == 401
    return False


def declare(user: PageUser, demo: DemoPeople, holder: Holder) -> None:
    """Declare the patient's consent on the page of a record without access."""
    user.main.locator("a[href$='/autorisation']").click()
    user.main.locator("[name=vitale_proof]").fill(demo.vitale_proof(holder.card))
    user.main.locator("form button").click()
    user.main.locator(".message[role=status]").wait_for()


@pytest.mark.parametrize(
    "combination",
    [{"language": "fr", "scheme": "light", "size": WIDE}, {"language": "en", "scheme": "dark", "size": PHONE}],
    ids=["French, light, wide", "English, dark, phone"],
)
def test_a_doctor_logs_in_finds_a_patient_declares_consent_and_reads(
    browser: Browser, demo: DemoPeople, holder: Holder, combination: dict[str, Any]
) -> None:
    user = PageUser.arrives(browser, demo.gateway, **combination)
    barriers = {}

    def look(page: str) -> None:
        barriers[page] = user.accessibility()
        assert user.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), page

    user.go("/pro")
    assert user.page.locator("html").get_attribute("lang") == combination["language"]
    look("login")
    user.log_in(DOCTOR)
    look("search")
    find(user, holder)
    look("found")
    user.main.locator(ROWS).click()
    user.main.locator("a[href$='/autorisation']").wait_for()
    look("no access")
    user.main.locator("a[href$='/urgence']").click()
    user.main.locator("[name=reason]").wait_for()
    look("emergency")
    user.main.locator("form button").click()
    user.main.locator("#reason-error").wait_for()
    look("emergency without a reason")
    user.page.go_back()
    user.page.go_back()
    declare(user, demo, holder)
    user.main.locator(SUMMARY).first.wait_for()
    shown = user.main.locator(".essentials").inner_text()
    assert "Amoxicilline" in shown and "Urticaire" in shown
    assert holder.patient.family_name in user.page.locator("section.patient h1").inner_text()
    user.main.locator(ROWS).first.click()
    user.main.locator(READING).wait_for()
    look("record")
    user.page.locator("#lecture [data-key=v]").click()
    user.main.locator(ROWS).first.click()
    user.main.locator("iframe").nth(1).wait_for()
    look("side by side")
    for content in user.page.frames[1:]:
        content.locator("h1").wait_for()
    assert [each for found in barriers.values() for each in found] == []
    assert user.complaints == []


def test_reading_needs_no_script(browser: Browser, demo: DemoPeople, holder: Holder) -> None:
    authorised_doctor(demo, holder)
    user = PageUser.arrives(browser, demo.gateway, scripts=False)
    user.log_in(DOCTOR)
    find(user, holder)
    user.main.locator(ROWS).click()
    user.main.locator(ROWS).first.click()
    user.main.locator("iframe").wait_for()
    assert user.page.frames[1].locator("h1").inner_text()
    user.page.go_back()
    user.main.locator(".essentials a").click()
    assert "Amoxicilline" in user.main.locator(".statements").first.inner_text()


def test_a_document_is_found_by_keyboard_only(user: PageUser, demo: DemoPeople, holder: Holder) -> None:
    authorised_doctor(demo, holder)
    user.log_in(DOCTOR)
    user.go(f"/pro/d/{holder.record}")
    user.main.locator(SUMMARY).first.wait_for()
    user.page.keyboard.press("/")
    user.page.keyboard.type("CODÉE synthese")
    user.page.keyboard.press("Enter")
    user.main.locator(".soft[role=status]").wait_for()
    assert user.main.locator(ROWS).count() == 1
    assert user.path.endswith("/recherche") and "?" not in user.page.url, "the words are in no address"
    for key in ("j", "Enter"):
        user.page.keyboard.press(key)
    user.main.locator(READING).wait_for()
    for key in ("/", "Escape", "Escape"):
        user.page.keyboard.press(key)
    assert user.page.evaluate("document.activeElement.getAttribute('aria-current')") == "true"


def test_what_is_new_is_shown_first_and_all_is_found_by_words_and_sections(
    browser: Browser, demo: DemoPeople, platform: Stack, holder: Holder
) -> None:
    authorised_doctor(demo, holder)
    user = PageUser.arrives(browser, demo.gateway, scripts=False)
    user.log_in(DOCTOR)
    user.go(f"/pro/d/{holder.record}")
    assert user.main.locator(ROWS).count() == 2
    let_an_hour_pass(platform, holder.record)
    deposit_new(demo, holder)
    choices = user.main.locator("nav a")
    for _load in range(2):
        user.go(f"/pro/d/{holder.record}")
        assert user.main.locator(ROWS).count() == 1
        assert choices.all_inner_texts() == ["Depuis ma dernière visite (1)", "Tout (3)", "Synthèse (3)"]
    choices.nth(1).click()
    assert user.main.locator(ROWS).count() == 3
    user.main.locator(".order a").click()
    assert user.main.locator("h3.month").count() == 3
    for words, number in (("codee", 1), ("scanner", 0), ("a b c d e f g", 3)):
        user.main.locator("#mots").fill(words)
        user.main.locator(".search button").click()
        assert user.main.locator(ROWS).count() == number, words
        assert user.main.locator("#mots").input_value() == words
    assert user.main.locator("#mots-error").count() == 1
    user.main.locator("a.tag").click()
    assert user.path == f"/pro/d/{holder.record}"


def test_results_over_time_are_read_in_the_dark_and_on_a_phone(
    browser: Browser, demo: DemoPeople, holder: Holder
) -> None:
    authorised_doctor(demo, holder)
    user = PageUser.arrives(browser, demo.gateway, language="en", scheme="dark", size=PHONE)
    user.log_in(DOCTOR)
    user.go(f"/pro/d/{holder.record}?vue=tous")
    user.main.locator("a[href$='/courbes']").click()
    assert user.main.locator(".trend h2").all_inner_texts() == ["Ferritine"]
    assert "Within the laboratory’s range" in user.main.locator(".newest").inner_text()
    user.main.locator(".trend summary").press("Enter")
    assert user.main.locator(".trend td").first.inner_text() == "2024-05-01"
    assert user.accessibility() == []
    assert user.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    user.main.locator(".trend td a").press("Enter")
    user.main.locator("iframe").wait_for()
    assert user.complaints == []


def test_the_list_is_read_by_keyboard_unless_the_keys_are_switched_off(
    user: PageUser, demo: DemoPeople, holder: Holder
) -> None:
    authorised_doctor(demo, holder)
    user.log_in(DOCTOR)
    user.go(f"/pro/d/{holder.record}")
    user.main.locator(SUMMARY).first.wait_for()
    for key in ("j", "j", "k", "Enter"):
        user.page.keyboard.press(key)
    user.main.locator(READING).wait_for()
    assert user.main.locator(ROWS).first.get_attribute("aria-current") == "true"
    user.page.keyboard.press("v")
    user.page.wait_for_url("**/cote-a-cote/*")
    user.page.keyboard.press("/")
    user.main.locator("[name=family_name]").press_sequentially("j/k")
    assert user.main.locator("[name=family_name]").input_value() == "j/k"
    user.page.locator("footer summary").press("Enter")
    user.page.locator("[data-keys]").press("Space")
    user.page.locator("footer summary").focus()
    user.page.keyboard.press("j")
    assert user.page.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_a_page_leaves_the_entries_that_its_requests_leave_and_no_more(
    user: PageUser, demo: DemoPeople, holder: Holder
) -> None:
    authorised_doctor(demo, holder)
    patient = activate_account(demo, holder)
    user.log_in(DOCTOR)
    user.go(f"/pro/d/{holder.record}")
    user.main.locator(SUMMARY).first.wait_for()
    user.main.locator(ROWS).first.hover()
    user.main.locator(ROWS).first.click()
    user.main.locator(READING).wait_for()
    user.page.frames[1].locator("h1").wait_for()
    wait_for(
        lambda: len(journal_lines(patient, holder.record, "consultation_document", actor_role="professional")) > 1,
        "both lines of the reading",
    )
    wait_for_line(patient, holder.record, "lecture_donnees", actor_role="professional")
    lines = {
        act: len(journal_lines(patient, holder.record, act, actor_role="professional"))
        for act in ("consultation_liste", "lecture_donnees", "consultation_document")
    }
    assert lines == {"consultation_liste": 1, "lecture_donnees": 1, "consultation_document": 2}


def test_an_emergency_is_shown_on_every_page_and_told_to_the_patient(
    user: PageUser, demo: DemoPeople, holder: Holder
) -> None:
    patient = activate_account(demo, holder)
    user.log_in(DOCTOR)
    user.go(f"/pro/d/{holder.record}/urgence")
    user.main.locator("[name=reason]").fill("Patient inconscient")
    user.main.locator("form button").click()
    banner = user.page.locator("section.emergency")
    banner.wait_for()
    user.main.locator(SUMMARY).first.wait_for()
    user.main.locator(ROWS).first.click()
    user.main.locator("#lecture a[data-key=v]").click()
    user.main.locator(ROWS).first.click()
    user.main.locator("iframe").nth(1).wait_for()
    assert banner.count() == 1
    assert wait_for_line(patient, holder.record, "ouverture_urgence").outcome == "allowed"
    user.page.locator("section.emergency a").click()
    user.main.locator("[name=family_name]").wait_for()
    assert banner.count() == 0


def test_whoever_is_logged_out_in_a_form_logs_in_again_and_sends_it(
    user: PageUser, demo: DemoPeople, holder: Holder
) -> None:
    user.log_in(DOCTOR)
    user.main.locator("[name=family_name]").fill(holder.patient.family_name)
    user.main.locator("[name=birth_date]").fill(f"{holder.patient.birth_date:%d/%m/%Y}")
    elsewhere = user.in_another_window()
    elsewhere.go("/pro")
    elsewhere.page.locator("form[action='/pro/deconnexion'] button").click()
    elsewhere.main.locator("[role=status]").wait_for()

    user.main.locator("[name=birth_date]").press("Enter")
    login = user.main.locator("a[target=_blank]")
    with user.page.expect_popup() as opened:
        login.click()
    window = user.at(opened.value)
    window.main.locator("a.button").click()
    window.confirm_at_provider(DOCTOR)
    window.main.locator("[role=status]").wait_for()
    user.main.locator("form button").click()
    assert holder.patient.family_name in user.main.locator(ROWS).inner_text()


def test_a_session_that_is_ended_ends_in_the_browser(browser: Browser, demo: DemoPeople, user: PageUser) -> None:
    user.log_in(DOCTOR)
    demo.logged_in("specialist").end_other_sessions()

    def is_logged_out() -> bool:
        user.go("/pro")
        return user.path == "/pro/connexion"

    wait_for(is_logged_out, "the browser is logged out")


def test_sessions_are_listed_and_ended(user: PageUser, demo: DemoPeople) -> None:
    user.log_in(DOCTOR)
    elsewhere = demo.logged_in("specialist")
    user.page.locator("header a[href='/pro/sessions']").click()
    user.main.locator("form button").first.wait_for()
    assert user.accessibility() == []
    listed = user.main.locator("li.row").count()
    assert listed > 1
    user.main.locator("li.row form button").first.click()
    user.main.locator("[role=status]").wait_for()
    assert user.main.locator("li.row").count() == listed - 1
    wait_for(lambda: is_refused(elsewhere), "the session is refused everywhere")
    if listed > 2:
        user.main.locator("section > form button").click()
        user.main.locator("[role=status]").wait_for()
    assert user.main.locator("li.row").count() == 1


def test_pages_are_light(browser: Browser, demo: DemoPeople, holder: Holder) -> None:
    authorised_doctor(demo, holder)
    user = PageUser.arrives(browser, demo.gateway).without_streams()
    received: list[Response] = []

    def note(answer: Response) -> None:
        # The stream that keeps a page up to date does not end.
        if not answer.headers.get("content-type", "").startswith("text/event-stream"):
            received.append(answer)

    user.page.on("response", note)

    def bytes_received() -> int:
        user.page.wait_for_load_state("networkidle")
        total = sum(answer.request.sizes()["responseBodySize"] for answer in received)
        assert len(received) <= FIRST_PAGE_REQUESTS
        received.clear()
        return total

    user.go("/pro/connexion")
    assert bytes_received() <= FIRST_PAGE_BYTES
    user.log_in(DOCTOR)
    received.clear()
    user.go(f"/pro/d/{holder.record}")
    user.main.locator(SUMMARY).first.wait_for()
    assert bytes_received() <= LATER_PAGE_BYTES
