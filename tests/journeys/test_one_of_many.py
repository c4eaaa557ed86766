"""From the login to the right document among many: clicks are bounded, seconds are printed."""

import json
import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from time import perf_counter

import pytest
from playwright.sync_api import Browser, Locator

from client.people import DemoPeople, as_author, as_subject
from deploy.dev import people
from samples import cda
from tests.support.pages import PageUser, chromium
from tests.support.people import Holder, authorised_doctor, deposit, new_unique_id, open_record

pytestmark = pytest.mark.usefixtures("pro_sante_connect_provider")

MANY = "CARNET_DOCUMENTS_TO_FIND_AMONG"
"""Set by `make proof`."""
FEW, MOST_CLICKS = 4, 4
DOCTOR = next(person for person in people.PROFESSIONALS if person.name == "specialist")


@pytest.fixture
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


def fill(demo: DemoPeople, holder: Holder, number: int) -> None:
    """So many notes of vaccination and, older than all, one report of a scan."""
    author = demo.professional("hospital")
    depositor = demo.logged_in(author.name)
    for age in range(number):
        make = cda.imaging if age == number - 1 else cda.vaccination_note
        document = make(
            patient=as_subject(holder.patient),
            author=as_author(author),
            unique_id=new_unique_id(),
            effective_time=datetime.now(UTC) - timedelta(days=age),
        )
        deposit(depositor, holder, document)


def test_a_doctor_finds_one_document_of_many_in_four_clicks(browser: Browser, demo: DemoPeople) -> None:
    number, holder = int(os.environ.get(MANY, FEW)), open_record(demo)
    fill(demo, holder, number)
    authorised_doctor(demo, holder)
    user, clicks = PageUser.arrives(browser, demo.gateway), 0

    def click(target: Locator) -> None:
        nonlocal clicks
        target.click()
        clicks += 1

    user.go("/pro")
    click(user.main.get_by_role("link", name="Pro Santé Connect"))
    user.confirm_at_provider(DOCTOR)
    started = perf_counter()
    click(user.main.locator("a[data-row]", has_text=holder.patient.family_name))
    click(user.main.locator("#mots"))
    user.page.keyboard.type("scanner thorax")
    user.page.keyboard.press("Enter")
    user.main.locator(".soft[role=status]").wait_for()
    click(user.main.locator("a[data-row]"))
    user.main.locator("#lecture iframe").wait_for()
    assert "scanner" in user.page.frames[1].locator("h1").inner_text().casefold()
    seconds = round(perf_counter() - started, 2)
    sys.stdout.write(json.dumps({"documents": number, "clicks": clicks, "seconds_from_login": seconds}) + "\n")
    assert clicks <= MOST_CLICKS
    assert user.complaints == []
