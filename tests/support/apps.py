"""Partner apps and patients' browsers: registration, authorization requests, tokens, FHIR reads."""

import re
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import msgspec
import requests

from cli.operator import OperatorClient
from client.people import DemoPeople
from contracts.identity import Client, ClientKind, RegisterClient
from tests.support.people import Holder

SECONDS = 20
CALLBACK = "https://app.example/retour"
SCOPES = "launch/patient openid fhirUser offline_access patient/*.rs"
_ACTION = re.compile(r'action="([^"]+)"')


@dataclass(frozen=True)
class SmartApp:
    """An OAuth client of a public app, with one PKCE verifier and state."""

    gateway: str
    client_id: str
    redirect_uri: str = CALLBACK
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    state: str = field(default_factory=lambda: secrets.token_urlsafe(12))

    def parameters(self, **changed: str) -> dict[str, str]:
        """The authorization request; a value changed to "" omits the parameter."""
        challenge = urlsafe_b64encode(sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()
        defaults = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": SCOPES,
            "state": self.state,
            "aud": f"{self.gateway}/fhir",
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            "nonce": "n-0S6_WzA2Mj",
        }
        return {name: value for name, value in (defaults | changed).items() if value}

    def token(self, **form: str) -> requests.Response:
        """Answer of the token endpoint."""
        return self.post("token", {"client_id": self.client_id} | form)

    def redeem(self, code: str, **changed: str) -> requests.Response:
        """Exchange a code; a value changed to "" omits the field."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect_uri,
            "code_verifier": self.verifier,
        }
        return self.token(**{name: value for name, value in (form | changed).items() if value})

    def refresh(self, token: str, **changed: str) -> requests.Response:
        return self.token(grant_type="refresh_token", refresh_token=token, **changed)

    def post(self, endpoint: str, form: dict[str, str]) -> requests.Response:
        """Answer of /oauth/{endpoint}."""
        return requests.post(f"{self.gateway}/oauth/{endpoint}", data=form, timeout=SECONDS)

    def read(self, path: str, token: str) -> requests.Response:
        headers = {"authorization": f"Bearer {token}", "accept": "application/fhir+json"}
        return requests.get(f"{self.gateway}/fhir/{path}", headers=headers, timeout=SECONDS)


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
    return operator.post("/operator/apps", RegisterClient(**defaults | terms), Client)


def log_in_browser(demo: DemoPeople, holder: Holder, browser: Browser) -> requests.Response:
    """Submit identifier, password and e-mailed code; returns the page after them."""
    before = demo.newest_message(holder.login.email)
    browser.submit(identifier=holder.login.identifier, password=holder.login.password, by="email")
    return browser.submit(code=demo.code_sent_to(holder.login.email, after=before))


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
