"""The pictures of docs/tour.md: what a patient and a doctor see, on a phone, in the dark, on paper."""

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from client.people import DemoPeople, as_author, as_subject
from samples import cda
from samples.coded import coded_summary
from tests.support.page_walk import DOCTOR
from tests.support.pages import PageUser, chromium
from tests.support.people import (
    Holder,
    activate_account,
    authorised_doctor,
    deposit,
    new_patient,
    new_unique_id,
    open_record,
)

pytestmark = [pytest.mark.usefixtures("pro_sante_connect_provider"), pytest.mark.timeout(600)]

FOLDER = "CARNET_TOUR_PICTURES"
"""Where they are kept, if it is set: `make pictures` sets it to docs/pictures."""
PHONE, WIDE = (390, 844), (1280, 860)
TOUR = Path(__file__).parents[2] / "docs" / "tour.md"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def holder(demo: DemoPeople) -> Holder:
    """Somebody with a few documents, whom a doctor reads."""
    holder = open_record(demo, replace(new_patient(), family_name="MARTIN-ESSAI", given_names="JEANNE"))
    author, depositor = demo.professional("hospital"), demo.logged_in("hospital")
    kinds: tuple[Callable[..., bytes], ...] = (
        coded_summary,
        cda.biology,
        cda.imaging,
        cda.biology,
        cda.prescription,
        cda.discharge_letter,
        cda.vaccination_note,
    )
    for days, make in enumerate(kinds):
        document = make(
            patient=as_subject(holder.patient),
            author=as_author(author),
            unique_id=new_unique_id(),
            effective_time=datetime.now(UTC) - timedelta(days=17 * days),
        )
        deposit(depositor, holder, document)
    activate_account(demo, holder)
    doctor = authorised_doctor(demo, holder)
    doctor.list_documents(holder.record)
    return holder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(os.environ.get(FOLDER, tmp_path))


def take(user: PageUser, folder: Path, name: str, *, full: bool = False) -> None:
    user.page.wait_for_load_state("networkidle")
    path = folder / f"{name}.png"
    user.page.screenshot(path=path, full_page=full)
    assert path.stat().st_size > 0
    assert f"pictures/{path.name}" in TOUR.read_text()


def test_a_doctor_finds_a_patient_reads_and_follows_results(
    browser: Browser, demo: DemoPeople, holder: Holder, folder: Path
) -> None:
    user = PageUser.arrives(browser, demo.gateway, size=WIDE).without_streams()
    user.log_in(DOCTOR)
    take(user, folder, "doctor-search")
    user.go(f"/pro/d/{holder.record}")
    user.main.locator(".essentials .statements").first.wait_for()
    user.main.locator("a[data-row]").first.click()
    user.page.frame_locator("#lecture iframe").locator("h1").first.wait_for()
    user.page.evaluate("scrollTo(0, 0)")
    take(user, folder, "doctor-record")
    user.go(f"/pro/d/{holder.record}/courbes")
    take(user, folder, "doctor-results")
    user.go(f"/pro/d/{holder.record}/urgence")
    take(user, folder, "doctor-emergency")


def test_a_doctor_reads_in_the_dark_and_on_paper(
    browser: Browser, demo: DemoPeople, holder: Holder, folder: Path
) -> None:
    user = PageUser.arrives(browser, demo.gateway, language="en", scheme="dark", size=WIDE).without_streams()
    user.log_in(DOCTOR)
    user.go(f"/pro/d/{holder.record}")
    user.main.locator(".essentials .statements").first.wait_for()
    take(user, folder, "doctor-record-dark")
    user.page.emulate_media(media="print", color_scheme="light")
    take(user, folder, "doctor-record-print", full=True)


def test_a_patient_sees_on_a_phone_what_is_new_and_who_looked(
    browser: Browser, demo: DemoPeople, holder: Holder, folder: Path
) -> None:
    user = PageUser.arrives(browser, demo.gateway, size=PHONE).without_streams()
    user.go("/")
    take(user, folder, "entrance-phone")
    user.log_in_patient(holder.login, demo.mailbox)
    take(user, folder, "patient-home-phone")
    for name, path in {
        "patient-documents-phone": "documents",
        "patient-access-phone": "acces",
        "patient-readers-phone": "professionnels",
        "patient-emergency-phone": "urgence",
        "patient-results-phone": "resultats",
    }.items():
        user.go(f"/espace/d/{holder.record}/{path}")
        if path == "acces":
            user.main.locator("[data-proof] .icon").first.wait_for()
        take(user, folder, name)
    user.page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
    user.go(f"/espace/d/{holder.record}")
    take(user, folder, "patient-home")
