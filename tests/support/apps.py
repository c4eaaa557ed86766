"""Patients' browsers, and what patient and operator do so that an app gets its tokens."""

import re
import secrets
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import msgspec
import requests

from client.oauth import CALLBACK, SCOPES, SmartApp
from client.operator import OperatorClient
from client.people import DemoPeople
from contracts.identity.apps import Client, ClientKind, RegisterClient
from tests.support.people import Holder

SECONDS = 20
_ACTION = re.compile(r'action="([^"]+)"')


class Browser:
    """A patient's browser: cookies, redirects and forms, without scripts."""

    def __init__(self, gateway: str) -> None:
        self._gateway = gateway
        self.session = requests.Session()
        self.session.headers["accept-language"] = "fr"
        self.page: requests.Response | None = None

    def open(self, url: str, params: dict[str, str] | None = None) -> requests.Response:
        """GET a URL and follow redirects within the gateway."""
        return self._follow(self.session.get(url, params=params, allow_redirects=False, timeout=SECONDS))

    def submit(self, to: str = "", **fields: Any) -> requests.Response:
        """Submit the last form of the current page whose action ends with `to`."""
        assert self.page is not None
        actions = [action for action in _ACTION.findall(self.page.text) if action.endswith(to)]
        assert actions, self.page.text
        return self.send(actions[-1], fields)

    def send(self, path: str, fields: dict[str, Any], origin: str | None = None) -> requests.Response:
        """POST a form as from a page of `origin`, the gateway by default."""
        headers = {"origin": self._gateway if origin is None else origin}
        url = f"{self._gateway}{path}"
        return self._follow(
            self.session.post(url, data=fields, headers=headers, allow_redirects=False, timeout=SECONDS)
        )

    def _follow(self, answer: requests.Response) -> requests.Response:
        while answer.is_redirect and answer.headers["location"].startswith("/"):
            answer = self.session.get(
                f"{self._gateway}{answer.headers['location']}", allow_redirects=False, timeout=SECONDS
            )
        self.page = answer
        return answer


def register_app(operator: OperatorClient, **terms: Any) -> Client:
    """Register a public app with a new client id; `terms` override its defaults."""
    defaults: dict[str, Any] = {
        "client_id": f"app-{secrets.token_hex(6)}",
        "name": "Carnet de vaccins",
        "publisher": "Essai SAS",
        "purpose": "Vous rappeler vos vaccins",
        "kind": ClientKind.PUBLIC,
        "redirect_uris": (CALLBACK,),
        "scopes": SCOPES,
    }
    return operator.register_app(RegisterClient(**defaults | terms))


def log_in_browser(demo: DemoPeople, holder: Holder, browser: Browser) -> requests.Response:
    """Submit identifier, password and e-mailed code; returns the page after them."""
    before = demo.mailbox.newest(holder.login.email)
    browser.submit(identifier=holder.login.identifier, password=holder.login.password, by="email")
    return browser.submit(code=demo.mailbox.code_sent_to(holder.login.email, after=before))


def authorization_code(
    demo: DemoPeople,
    holder: Holder,
    app: SmartApp,
    browser: Browser | None = None,
    *,
    of: str = "",
    **parameters: str,
) -> str:
    """Log in, allow all that the app requests, and return the code; `of` is another record than the holder's."""
    browser = browser or Browser(demo.gateway)
    browser.open(f"{demo.gateway}/oauth/authorize", app.parameters(**parameters))
    log_in_browser(demo, holder, browser)
    answer = allow_access(browser, patient=of)
    return redirect_parameters(answer)["code"]


def allow_access(browser: Browser, **changed: Any) -> requests.Response:
    """Submit the consent page with every box ticked, unless `changed`."""
    assert browser.page is not None
    sections = re.findall(r'name="section" value="(\w+)"', browser.page.text)
    fields = {"section": sections, "identity": "yes", "offline": "yes", "answer": "allow"} | changed
    return browser.submit(**fields)


def redirect_parameters(answer: requests.Response) -> dict[str, str]:
    """The parameters of the redirect to the app."""
    assert answer.status_code == 303, answer.text
    return dict(parse_qsl(urlsplit(answer.headers["location"]).query))


def tokens_in(answer: requests.Response) -> dict[str, Any]:
    """The body of a successful token answer."""
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = msgspec.json.decode(answer.content)
    return found
