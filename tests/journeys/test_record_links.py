"""Business software opens a record in the browser of its professional, on the platform's own pages (TD0.9)."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from client.people import DemoPeople
from deploy.dev import people
from tests.support.journal_and_notices import journal_lines
from tests.support.pages import PageUser, chromium
from tests.support.people import Holder, activate_account, authorised_doctor, open_record

pytestmark = pytest.mark.usefixtures("pro_sante_connect_provider")

DOCTOR, COLLEAGUE = (
    next(person for person in people.PROFESSIONALS if person.name == name) for name in ("specialist", "gp")
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def holder(demo: DemoPeople) -> Holder:
    holder = open_record(demo)
    authorised_doctor(demo, holder)
    return holder


def link(demo: DemoPeople, holder: Holder) -> str:
    """The path of a link that the doctor's business software asked for."""
    made = demo.logged_in(DOCTOR.name).record_link(holder.record)
    assert made.expires_in == 60
    assert not [each for each in (holder.record, holder.patient.ins.matricule) if each in made.url]
    return made.url.removeprefix(demo.gateway)


def refusal_shown(user: PageUser, path: str) -> str:
    """What is said instead of the record."""
    user.go(path)
    return user.main.locator("[role=alert]").inner_text()


def test_a_link_opens_the_record_for_who_is_logged_in_once(
    browser: Browser, demo: DemoPeople, holder: Holder
) -> None:
    patient = activate_account(demo, holder)
    user = PageUser.arrives(browser, demo.gateway)
    user.log_in(DOCTOR)
    path = link(demo, holder)
    referers: list[str] = []
    user.page.on("request", lambda request: referers.append(request.header_value("referer") or ""))
    user.go(path)
    assert user.path == f"/pro/d/{holder.record}"
    user.main.locator(".essentials").wait_for()
    assert not [referer for referer in referers if path in referer]
    user.page.go_back()
    assert "/lien/" not in user.page.url
    assert len(journal_lines(patient, holder.record, "consultation_liste", actor_role="professional")) == 1
    assert refusal_shown(user, path)
    assert user.accessibility() == []
    assert user.complaints == []


def test_a_link_waits_for_the_login_of_who_asked_for_it_and_of_nobody_else(
    browser: Browser, demo: DemoPeople, holder: Holder
) -> None:
    colleague = PageUser.arrives(browser, demo.gateway, language="en")
    colleague.log_in(COLLEAGUE)
    unknown = refusal_shown(colleague, "/pro/lien/inconnu")
    assert refusal_shown(colleague, link(demo, holder)) == unknown

    doctor = PageUser.arrives(browser, demo.gateway, scripts=False)
    doctor.go(link(demo, holder))
    assert doctor.path == "/pro/connexion"
    waiting = doctor.page.url
    copied = PageUser.arrives(browser, demo.gateway)
    copied.page.goto(waiting)
    copied.main.locator("a.button").click()
    copied.confirm_at_provider(DOCTOR)
    assert copied.main.locator("[role=alert]").count() == 1
    doctor.main.locator("a.button").click()
    doctor.confirm_at_provider(DOCTOR)
    assert doctor.path == f"/pro/d/{holder.record}"
    assert [colleague.complaints, doctor.complaints, copied.complaints] == [[], [], []]
