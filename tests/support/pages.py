"""Debian's Chromium on the platform's pages, as a person at a computer or with a phone uses it."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, sync_playwright

from client.mailbox import Mailbox
from deploy.dev.people import Login, Professional
from tests.support.pro_sante_connect import claims_of

_FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage")
_MILLISECONDS = 20_000
PHONE, WIDE = (320, 640), (1280, 900)


@contextmanager
def chromium() -> Iterator[Browser]:
    """One browser process without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(_FLAGS))
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class PageUser:
    """One person's window; `complaints`: what the browser wrote on its console, refusals of the policy included."""

    page: Page
    site: str
    complaints: list[str] = field(default_factory=list)

    @classmethod
    def arrives(
        cls,
        browser: Browser,
        site: str,
        *,
        language: str = "fr",
        scheme: Literal["light", "dark"] = "light",
        size: tuple[int, int] = WIDE,
        scripts: bool = True,
    ) -> "PageUser":
        """A window without cookies."""
        context = browser.new_context(
            locale=language,
            color_scheme=scheme,
            viewport={"width": size[0], "height": size[1]},
            java_script_enabled=scripts,
        )
        context.set_default_timeout(_MILLISECONDS)
        user = cls(context.new_page(), site)
        context.on("console", lambda message: user.note(message.type, message.text))
        return user

    def at(self, page: Page) -> "PageUser":
        """The same person in another of their windows."""
        return PageUser(page, self.site, self.complaints)

    def in_another_window(self) -> "PageUser":
        """A new window of the same browser, with its cookies."""
        return self.at(self.page.context.new_page())

    def without_streams(self) -> "PageUser":
        """For who waits until nothing is under way: what keeps pages up to date never ends.

        A route of Playwright would switch the browser's cache off.
        """
        self.page.context.add_init_script("window.EventSource = class { addEventListener() {} close() {} }")
        return self

    def note(self, kind: str, text: str) -> None:
        # Chromium also reports every answer of 4xx, which many tests ask for.
        if kind in {"error", "warning"} and "the server responded with a status of 4" not in text:
            self.complaints.append(text)

    def go(self, path: str) -> None:
        self.page.goto(f"{self.site}{path}")

    def log_in(self, professional: Professional) -> None:
        """Through Pro Santé Connect, from the login page."""
        self.go("/pro")
        self.main.get_by_role("link", name="Pro Santé Connect").click()
        self.confirm_at_provider(professional)

    def log_in_patient(self, login: Login, mailbox: Mailbox) -> None:
        """With password and a code by e-mail, from the login page."""
        before = mailbox.newest(login.email)
        self.go("/espace")
        self.main.locator("[name=identifier]").fill(login.identifier)
        self.main.locator("[name=password]").fill(login.password)
        self.main.locator("[name=by][value=email]").check()
        self.main.locator("form button").click()
        self.main.locator("[name=code]").fill(mailbox.code_sent_to(login.email, after=before))
        self.main.locator("form button").click()
        self.page.wait_for_url("**/espace/d/*")

    def confirm_at_provider(self, professional: Professional) -> None:
        """Show the card to the provider, where it asks for one."""
        self.page.locator("input[name=claims], main#main").first.wait_for()
        if self.page.locator("input[name=claims]").count():
            self.page.locator("input[name=claims]").fill(json.dumps(claims_of(professional)))
            self.page.locator("input[name=acr]").fill("eidas1")
            self.page.locator("input[name=acr]").press("Enter")
        self.main.wait_for()

    @property
    def main(self) -> Locator:
        return self.page.locator("main#main")

    @property
    def path(self) -> str:
        """Of the address, without the query."""
        return self.page.url.removeprefix(self.site).partition("?")[0]

    def accessibility(self) -> list[str]:
        """What breaks WCAG 2.2 AA or its best practices: rule and element."""
        found: list[dict[str, Any]] = Axe().run(self.page).response["violations"]
        return [f"{rule['id']}: {node['html'][:120]}" for rule in found for node in rule["nodes"]]
