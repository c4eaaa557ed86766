"""Patients on the platform's own pages, in a real browser: log in, see what is new, log out."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from client.people import DemoPeople
from tests.support.pages import PHONE, WIDE, PageUser, chromium
from tests.support.people import activate_account, deposit_new, open_record


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.mark.parametrize(
    "combination",
    [{"language": "fr", "scheme": "light", "size": PHONE}, {"language": "en", "scheme": "dark", "size": WIDE}],
    ids=["French, light, phone", "English, dark, wide"],
)
def test_a_patient_logs_in_sees_what_is_new_and_logs_out(
    browser: Browser, demo: DemoPeople, combination: dict[str, Any]
) -> None:
    holder = open_record(demo)
    deposit_new(demo, holder)
    activate_account(demo, holder)
    user = PageUser.arrives(browser, demo.gateway, **combination)
    user.go("/espace")
    assert user.path == "/espace/connexion"
    assert user.accessibility() == []
    user.log_in_patient(holder.login, demo.mailbox)
    assert user.path == f"/espace/d/{holder.record}"
    assert user.main.locator(".row").count() == 1
    assert user.accessibility() == []
    user.page.locator("form[action='/espace/deconnexion'] button").click()
    user.main.locator("[role=status]").wait_for()
    user.go(f"/espace/d/{holder.record}")
    assert user.path == "/espace/connexion"
    assert user.complaints == []
