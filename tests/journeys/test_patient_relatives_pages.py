"""Patients decide on the platform's own pages, in a real browser, which relatives read and act for them."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from client.operator import OperatorClient
from client.people import DemoPeople
from deploy.dev.stack import Stack
from tests.support.journal_and_notices import expect_notices, wait_for_line
from tests.support.pages import PHONE, PageUser, chromium
from tests.support.people import Holder, activate_account, deposit_new, new_minor, open_record
from tests.support.refusals import expect_refusal
from tests.support.staff import AGENT, appoint_representative, register_organisation, request_representative


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


def arrive(browser: Browser, demo: DemoPeople, holder: Holder, path: str, **combination: Any) -> PageUser:
    """Somebody logged in, on one of their pages."""
    user = PageUser.arrives(browser, demo.gateway, **combination)
    user.log_in_patient(holder.login, demo.mailbox)
    user.go(path)
    return user


def check_page(user: PageUser) -> None:
    """It fits the window, and axe finds nothing."""
    assert user.accessibility() == []
    page: Any = user.page
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_carer_is_invited_by_a_code_reads_what_is_shared_until_the_holder_ends_it(
    browser: Browser, demo: DemoPeople
) -> None:
    holder, son = open_record(demo), open_record(demo)
    patient, carer = activate_account(demo, holder), activate_account(demo, son)
    deposit_new(demo, holder)
    user = arrive(browser, demo, holder, f"/espace/d/{holder.record}/proches", size=PHONE, scheme="dark")
    user.main.locator("a[href$='/proches/inviter']").click()
    user.main.locator("[name=carer_label]").fill("Mon fils Paul")
    user.main.locator("[name=carer_label]").press("Enter")
    assert user.main.locator("[role=alert] li").count() == 2
    assert user.main.locator("[name=carer_label]").input_value() == "Mon fils Paul"
    check_page(user)
    user.main.locator("[name=holder_label]").fill("Maman")
    user.main.locator("[name=sections][value=synthese]").press("Space")
    user.main.locator("[name=holder_label]").press("Enter")
    code = user.main.locator(".code").inner_text()
    check_page(user)

    helper = arrive(browser, demo, son, "/espace/proches/invitation", language="en", scripts=False)
    helper.main.locator("[name=code]").fill("x")
    helper.main.locator("[name=code]").press("Enter")
    helper.main.locator("[role=alert]").wait_for()
    helper.main.locator("[name=code]").fill(f" {code} ")
    helper.main.locator("[name=code]").press("Enter")
    helper.main.locator("p[role=status]").wait_for()
    assert len(carer.list_documents(holder.record).documents) == 1
    helper.main.locator("a.button").click()
    assert "Maman" in helper.main.inner_text()

    user.go(f"/espace/d/{holder.record}/proches")
    check_page(user)
    wait_for_line(patient, holder.record, "nommer_aidant")
    user.main.locator("a[href$='/fin-aidant']").click()
    check_page(user)
    user.main.locator("form button").click()
    user.main.locator("p[role=status]").wait_for()
    user.page.reload()
    assert "a pris fin" in user.main.locator("h1").inner_text()
    expect_refusal("record.not_found", 404, carer.list_documents, holder.record)
    expect_notices(carer, son.record, "REVOCATION_AIDANT")
    assert (user.complaints, helper.complaints) == ([], [])


def test_a_minor_contests_who_wants_to_represent_them(
    browser: Browser, platform: Stack, demo: DemoPeople, operator_client: OperatorClient
) -> None:
    register_organisation(operator_client, AGENT.partition(":")[0])
    child, mother, other = open_record(demo, new_minor()), open_record(demo), open_record(demo)
    appoint_representative(platform, demo, child, mother.card)
    request_representative(platform, demo, child, other.card)
    minor = activate_account(demo, child)
    user = arrive(browser, demo, child, f"/espace/d/{child.record}/proches")
    assert "Urgent" in user.main.locator(".card.care h2").inner_text()
    assert user.main.locator("#representatives ~ ul li").count() == 1
    check_page(user)
    user.main.locator("a[href$='/contester']").click()
    check_page(user)
    user.main.locator("form button").click()
    user.main.locator("p[role=status]").wait_for()
    user.main.locator("a.button").click()
    user.main.locator(".card.care .tag").wait_for()
    [waiting] = minor.circle(child.record).representation_requests
    assert waiting.contested
    assert user.complaints == []


def test_a_representative_decides_for_a_child_until_they_stop(
    browser: Browser, platform: Stack, demo: DemoPeople, operator_client: OperatorClient
) -> None:
    register_organisation(operator_client, AGENT.partition(":")[0])
    child, mother = open_record(demo, new_minor()), open_record(demo)
    appoint_representative(platform, demo, child, mother.card)
    parent = activate_account(demo, mother)
    user = arrive(browser, demo, mother, f"/espace/d/{child.record}/urgence", language="en")
    user.main.locator("button[value=refuser-centre_15]").click()
    user.main.locator(".message[role=status]").wait_for()
    assert [str(mode) for mode in parent.circle(child.record).oppositions] == ["centre_15"]
    user.go(f"/espace/d/{child.record}/proches")
    user.main.locator("a[href$='/ne-plus-representer']").click()
    user.main.locator("form button").click()
    user.main.locator("p[role=status]").wait_for()
    expect_refusal("record.not_found", 404, parent.circle, child.record)
    user.go(f"/espace/d/{child.record}/proches")
    assert user.main.locator("[role=alert]").count() == 1
    assert user.complaints == []
