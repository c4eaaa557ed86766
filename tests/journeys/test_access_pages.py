"""Who looked: patients read the journal of their record, and their own browser verifies it."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Browser

from client.errors import ApiError
from client.patient import PatientClient
from client.people import DemoPeople
from client.waiting import wait_for
from tests.support.journal_and_notices import wait_for_line
from tests.support.pages import PHONE, WIDE, PageUser, chromium
from tests.support.people import Holder, activate_account, authorised_doctor, deposit_new, open_record

REASON = "patiente inconsciente, traitement inconnu"
RESULT = "[data-result]"
EXPECTED = {"fr": ("à partir d'aujourd'hui", "inchangé"), "en": ("From today", "unchanged")}
"""On a first visit, and on the next."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def holder(demo: DemoPeople) -> Holder:
    """A patient whose record was read with consent, in an emergency, and by somebody who was refused."""
    holder = open_record(demo)
    document = deposit_new(demo, holder)
    patient = activate_account(demo, holder)
    authorised_doctor(demo, holder).document(holder.record, document)
    samu = demo.logged_in("emergency")
    samu.open_emergency(holder.record, "bris_de_glace", REASON)
    samu.list_documents(holder.record, mode="bris_de_glace")
    with pytest.raises(ApiError):
        demo.logged_in("gp").list_documents(holder.record)
    wait_for_line(patient, holder.record, "consultation_liste", outcome="refused")
    return holder


def verified(user: PageUser) -> str:
    """What the page says, once the browser has verified the lines that the newest head covers."""
    user.main.locator(f"{RESULT} use[href$='shield-check']").wait_for()
    return user.main.locator(RESULT).inner_text()


def wait_for_head(patient: PatientClient, holder: Holder) -> None:
    """Wait for a signed head over the lines so far."""
    newest = patient.journal(holder.record, count="1")[0].position
    wait_for(lambda: int(patient.head().split("\n")[1]) > newest, "a head over all lines")


def names(user: PageUser) -> list[str]:
    return user.main.locator("[data-name]").all_inner_texts()


@pytest.mark.parametrize(
    "combination",
    [{"language": "fr", "scheme": "light", "size": WIDE}, {"language": "en", "scheme": "dark", "size": PHONE}],
    ids=["French, light, wide", "English, dark, phone"],
)
def test_a_holder_sees_who_looked_and_their_browser_verifies_it(
    browser: Browser, demo: DemoPeople, holder: Holder, combination: dict[str, Any]
) -> None:
    user = PageUser.arrives(browser, demo.gateway, **combination)
    user.log_in_patient(holder.login, demo.mailbox)
    wait_for_head(demo.logged_in_patient(holder.login), holder)
    user.go(f"/espace/d/{holder.record}/acces")
    first, again = {"fr": ("à partir d'aujourd'hui", "inchangé"), "en": ("From today", "unchanged")}[
        combination["language"]
    ]
    assert first in verified(user)
    assert user.accessibility() == []
    assert user.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert {"Dr Hélène AUBRAC", "Dr Yann KERVADEC", "Dr Malik SORGUE"} <= set(names(user))
    assert user.main.locator(".tag.care").count() == user.main.locator(".badge.care").count() == 1
    assert user.main.locator(".refused").count() == 1
    assert REASON in user.main.locator("[data-person]", has_text="KERVADEC").inner_text()
    assert "Centre hospitalier de Valbrune" in user.main.locator("[data-person]", has_text="NOVELLE").inner_text()
    reading = user.main.locator("[data-person]", has_text="SORGUE").locator("[data-document]")
    assert f"/espace/d/{holder.record}/documents/" in str(reading.get_attribute("href"))
    user.page.reload()
    assert again in verified(user)
    assert user.complaints == []


def test_older_pages_go_on_where_the_newer_ended(browser: Browser, demo: DemoPeople, holder: Holder) -> None:
    patient = demo.logged_in_patient(holder.login)
    for _ in range(45):
        patient.notices(holder.record)
    user = PageUser.arrives(browser, demo.gateway)
    user.log_in_patient(holder.login, demo.mailbox)
    wait_for(lambda: len(patient.journal(holder.record, act="lecture_notifications")) == 45, "all lines")
    wait_for_head(patient, holder)
    user.go(f"/espace/d/{holder.record}/acces")
    verified(user)
    user.main.get_by_role("link", name="Plus ancien").click()
    user.main.get_by_role("link", name="Revenir au plus récent").wait_for()
    assert "Aucune ligne ne manque depuis l'ouverture" in verified(user)
    assert user.complaints == []


def test_without_scripts_lines_are_chosen_and_nothing_is_said_to_be_verified(
    browser: Browser, demo: DemoPeople, holder: Holder
) -> None:
    user = PageUser.arrives(browser, demo.gateway, scripts=False)
    user.log_in_patient(holder.login, demo.mailbox)
    began = datetime.now(UTC)
    user.go(f"/espace/d/{holder.record}/acces")
    assert "pas encore été vérifiées" in user.main.locator(RESULT).inner_text()
    assert user.main.locator("[data-proof]:not(:empty)").count() == 0
    assert names(user)[-1] == "Vous" and user.main.locator("details:not([open])").count() == 1
    user.main.locator("[data-person]", has_text="SORGUE").get_by_role("link", name="Tous ses accès").click()
    assert set(names(user)) == {"Dr Malik SORGUE"}
    user.main.get_by_role("link", name="Refus").click()
    assert names(user) == ["Dr Hélène AUBRAC"]
    user.main.get_by_role("link", name="Bris de glace").click()
    assert names(user) == ["Dr Yann KERVADEC"]
    ended = datetime.now(UTC)
    for query in ("genre=tout", "qui=a%20b", "avant=-1", "avant=x"):
        response = user.page.goto(f"{demo.gateway}/espace/d/{holder.record}/acces?{query}")
        assert response is not None and response.status == 400
    assert user.complaints == []
    patient = demo.logged_in_patient(holder.login)
    # Reasons are asked where an emergency access is shown: on the first page and on the last.
    expected = {"lecture_journal": 4, "consultation_liste": 4, "lecture_droits": 2}
    span = {"since": began.isoformat(), "until": ended.isoformat()}
    wait_for(
        lambda: Counter(line.act for line in patient.journal(holder.record, **span)) == expected,
        "the lines of these pages, and no others",
    )
