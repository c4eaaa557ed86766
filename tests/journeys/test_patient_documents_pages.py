"""A patient's documents on the platform's own pages, in a real browser: find, read, hide, arrange; whose they are."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Browser

from client.people import DemoPeople, as_author, as_subject
from client.waiting import wait_for
from deploy.dev.stack import Stack
from samples.coded import coded_summary
from tests.support.journal_and_notices import journal_lines
from tests.support.pages import PHONE, WIDE, PageUser, chromium
from tests.support.people import (
    Holder,
    activate_account,
    authorised_doctor,
    deposit,
    deposit_new,
    new_minor,
    new_unique_id,
    open_record,
)
from tests.support.staff import appoint_representative

ROWS, STATUS = "a[data-row]", "main [role=status]"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def holder(demo: DemoPeople) -> Holder:
    """A patient with an account and two documents, one of which is coded; a doctor has read the list."""
    holder, author = open_record(demo), demo.professional("hospital")
    deposit_new(demo, holder)
    coded = coded_summary(
        patient=as_subject(holder.patient),
        author=as_author(author),
        unique_id=new_unique_id(),
        effective_time=datetime.now(UTC),
    )
    deposit(demo.logged_in(author.name), holder, coded)
    activate_account(demo, holder)
    return holder


@pytest.fixture
def user(browser: Browser, demo: DemoPeople) -> Iterator[PageUser]:
    user = PageUser.arrives(browser, demo.gateway)
    yield user
    assert user.complaints == []


def act(user: PageUser, path: str, value: str = "") -> None:
    """Press the button of the form of an act, and wait for the page that says what was done."""
    which = f"[value='{value}']" if value else ""
    user.main.locator(f"form[action$='{path}'] button{which}").last.click()
    user.page.wait_for_url("**fait=*")
    user.page.locator(STATUS).wait_for()


def expect_right(user: PageUser) -> None:
    """For a state of a page that its address alone does not show."""
    assert user.accessibility() == []
    assert user.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def arrange(user: PageUser) -> None:
    """Pin the document, put it in a new folder, and try another one of that name."""
    act(user, "/epingle", "oui")
    user.main.locator("[name=name]").fill("Grossesse")
    act(user, "/classeurs")
    assert user.main.locator("[name=classeur]:checked").count() == 1
    user.main.locator("[name=name]").fill("grossesse")
    user.main.locator("form[action$='/classeurs'] button").click()
    user.main.locator("#name-error").wait_for()
    assert user.main.locator("[name=name]").input_value() == "grossesse"
    expect_right(user)


def search(user: PageUser) -> None:
    """Find the archived document among the archived ones, by a word of its title."""
    user.main.locator("p a[href$='/documents']").click()
    assert user.main.locator(ROWS).count() == 1
    user.main.locator("details summary").first.click()
    user.main.locator("a[href*='archives=oui']").first.click()
    user.page.wait_for_url("**archives=oui")
    assert user.main.locator(ROWS).count() == 2
    user.main.locator("#mots").fill("CODÉE")
    user.main.locator("#mots").press("Enter")
    user.page.wait_for_url("**/recherche")
    assert user.main.locator(ROWS).count() == 1
    expect_right(user)
    user.main.locator("#mots").fill("a b c d e f g")
    user.main.locator("#mots").press("Enter")
    user.main.locator("#mots-error").wait_for()
    expect_right(user)


@pytest.mark.parametrize(
    "combination",
    [{"language": "fr", "scheme": "light", "size": PHONE}, {"language": "en", "scheme": "dark", "size": WIDE}],
    ids=["French, light, phone", "English, dark, wide"],
)
def test_a_patient_finds_reads_hides_and_arranges_a_document(
    browser: Browser, demo: DemoPeople, holder: Holder, combination: dict[str, Any]
) -> None:
    authorised_doctor(demo, holder).list_documents(holder.record)
    user = PageUser.arrives(browser, demo.gateway, **combination)
    user.log_in_patient(holder.login, demo.mailbox)
    wait_for(lambda: bool(user.page.reload()) and user.main.locator("#readers ~ .rows li").count() == 1, "who looked")
    assert "Albertine" in user.main.locator("h1").inner_text()
    user.main.locator(ROWS).filter(has_text="codée").click()
    user.main.frame_locator("iframe").locator("h1").wait_for()
    expect_right(user)
    act(user, "/visibilite", "oui")
    doctor = demo.logged_in("specialist")
    assert len(doctor.list_documents(holder.record).documents) == 1
    act(user, "/visibilite", "non")
    assert len(doctor.list_documents(holder.record).documents) == 2
    arrange(user)
    act(user, "/archive", "oui")
    search(user)
    user.go(f"/espace/d/{holder.record}/profil")
    assert "Amoxicilline" not in user.main.inner_text(), "its document is archived"
    assert user.complaints == []


def test_a_page_leaves_the_entries_that_its_requests_leave_and_no_more(
    user: PageUser, demo: DemoPeople, holder: Holder
) -> None:
    patient = demo.logged_in_patient(holder.login)
    user.log_in_patient(holder.login, demo.mailbox)
    user.main.locator(ROWS).first.hover()
    user.main.locator(ROWS).first.click()
    user.main.frame_locator("iframe").locator("h1").wait_for()

    def lines(what: str) -> int:
        return len(journal_lines(patient, holder.record, what))

    wait_for(lambda: lines("consultation_document") == 2 and lines("consultation_liste") == 2, "the lines are there")
    assert lines("lecture_journal") >= 1
    assert lines("lecture_droits") == 0
    assert lines("lecture_identite") == 0


def test_two_windows_show_two_profiles_and_each_says_whose_record_it_is(
    user: PageUser, demo: DemoPeople, platform: Stack, holder: Holder
) -> None:
    child, helped = open_record(demo, new_minor(6)), open_record(demo)
    appoint_representative(platform, demo, child, holder.card)
    other = activate_account(demo, helped)
    code = other.invite_carer(helped.record, ("synthese",), "Ma voisine", "Mamie").code
    demo.logged_in_patient(holder.login).answer_invitation(code, accepted=True)
    of_child, _ = deposit_new(demo, child), deposit_new(demo, helped)

    user.log_in_patient(holder.login, demo.mailbox)
    user.page.locator(".whose a").click()
    assert user.main.locator("li a").count() == 3
    assert user.accessibility() == []
    second = user.in_another_window()
    second.go(f"/espace/d/{helped.record}/documents")
    user.main.locator(f"a[href='/espace/d/{child.record}']").click()
    for window, name in ((user, "Albertine"), (second, "Mamie")):
        assert name in window.page.locator(".whose").inner_text()
        assert window.accessibility() == []
    user.main.locator(ROWS).click()
    act(user, "/visibilite", "oui")
    assert user.path == f"/espace/d/{child.record}/documents/{of_child}"
    second.main.locator(ROWS).click()
    second.main.locator("iframe").wait_for()
    assert "Mamie" in second.page.locator(".whose").inner_text()
    assert second.main.locator("form").count() == 0
    assert second.page.locator("nav.tabs a[href$='/acces']").count() == 0
    second.go(f"/espace/d/{helped.record}")
    assert second.main.locator("#readers").count() == 0
    user.page.locator("form[action='/espace/deconnexion'] button").click()
    user.page.locator(STATUS).wait_for()
    assert [cookie for cookie in user.page.context.cookies() if "profiles" in str(cookie["name"])] == []


def test_a_record_is_closed_reopened_and_its_destruction_requested_for_a_child_too(
    user: PageUser, demo: DemoPeople, platform: Stack, holder: Holder
) -> None:
    child = open_record(demo, new_minor(6))
    appoint_representative(platform, demo, child, holder.card)
    user.log_in_patient(holder.login, demo.mailbox)
    for record in (holder.record, child.record):
        user.go(f"/espace/d/{record}/dossier")
        act(user, "/visibilite", "oui")
        act(user, "/visibilite", "non")
        user.main.locator("a[href$='/fermeture']").press("Enter")
        user.main.locator(".grave").wait_for()
        assert user.accessibility() == []
        act(user, "/fermeture")
        user.go(f"/espace/d/{record}/documents")
        assert user.path == f"/espace/d/{record}/dossier"
        assert user.accessibility() == []
        act(user, "/reouverture")
        user.main.locator("a[href$='/destruction']").press("Enter")
        act(user, "/destruction")
        user.page.go_back()
        user.page.go_forward()
        assert user.main.locator("form[action$='/reouverture']").count() == 1
        assert user.accessibility() == []


def test_documents_are_found_read_and_hidden_without_scripts(
    browser: Browser, demo: DemoPeople, holder: Holder
) -> None:
    user = PageUser.arrives(browser, demo.gateway, scripts=False)
    user.log_in_patient(holder.login, demo.mailbox)
    user.page.locator("nav.tabs a[href$='/documents']").click()
    user.main.locator("#mots").fill("synthese")
    user.main.locator("form[role=search] button").click()
    user.main.locator(ROWS).first.click()
    assert user.main.frame_locator("iframe").locator("h1").inner_text()
    act(user, "/visibilite", "oui")
    act(user, "/visibilite", "non")
    user.main.locator("a[href$='enregistrer=oui']").wait_for()
    user.go(f"/espace/d/{holder.record}/resultats")
    assert "Dans la norme du laboratoire" in user.main.locator("section", has_text="Ferritine").inner_text()
    for path in ("documents?rubrique=nulle", "documents?classeur=1", "documents?apres=x"):
        user.go(f"/espace/d/{holder.record}/{path}")
        assert user.main.locator("[role=alert]").inner_text()
    assert user.complaints == []
