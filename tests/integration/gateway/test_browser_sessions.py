"""Browsers on the pages: who is logged in by a cookie, what another site cannot send, what is compressed and kept."""

import gzip
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode
from uuid import uuid4

import brotli
import msgspec
import pytest

from contracts.codes.documents import document_types
from contracts.envelope import Actor
from contracts.errors.execution import DeadlineExceeded
from contracts.errors.request import LoginTooOld, ProfessionalSuspended, TokenInvalid
from contracts.identity.api import Identity
from contracts.identity.browser_sessions import BrowserAccess, BrowserSessionOpened
from contracts.identity.logins import EndedSession, EndedSessions, SessionsEnded
from contracts.identity.oauth import AuthorizationBegun, TokenIssued
from contracts.records.api import Records
from contracts.records.documents import Author, ClinicalDataOpened, DocumentList
from contracts.records.lifecycle import MyRecords
from contracts.vocabulary import DocumentId, Role
from tests.integration.gateway.builders import NAME, PATIENT, TokenHolders, a_document
from tests.integration.gateway.fake_documents import FakeDocuments
from tests.integration.gateway.fake_services import FakeServices
from tests.integration.gateway.process import Gateway, HttpReply
from tests.support.waiting import wait_until

SITE = "https://carnet.example"
RECORD_PAGE = f"/pro/d/{PATIENT}"
LATER_PAGE_BYTES = 20_000
A_DOCUMENT = a_document()
COOKIE = "__Host-carnet-session"
FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.fixture(scope="module")
def site(broker: str, session_documents: FakeDocuments, trusted_keys: Path) -> Iterator[Gateway]:
    """A gateway under an https address."""
    gateway = Gateway(
        amqp_url=broker, documents_url=session_documents.url, trusted_keys=trusted_keys, public_url=SITE
    )
    try:
        yield gateway.wait_until()
    finally:
        gateway.end()


class LoggedInBrowser:
    """A browser of somebody who is logged in, by default a doctor."""

    def __init__(
        self, site: Gateway, services: FakeServices, people: TokenHolders, role: Role = Role.PROFESSIONAL
    ) -> None:
        self.site, self.token = site, str(uuid4())
        self.actor = Actor(role=role, subject="10100000001", name=NAME, profession="10", session=str(uuid4()))
        self.access = BrowserAccess(
            access_token=people.token(self.actor),
            expires_in=600,
            actor=self.actor,
            until=datetime.now(UTC) + timedelta(hours=4),
            workplace="Cabinet",
        )
        services.answer(Identity.renew_browser_session, self.access)
        services.answer(Records.list_my_records, MyRecords(records=()))

    def get(self, path: str = "/pro", **headers: str) -> HttpReply:
        return self.site.request("GET", path, headers={"cookie": f"{COOKIE}={self.token}", **headers})

    def post(self, path: str, fields: dict[str, str], origin: str | None = SITE) -> HttpReply:
        headers = FORM | {"cookie": f"{COOKIE}={self.token}"} | ({"origin": origin} if origin else {})
        return self.site.request("POST", path, body=urlencode(fields).encode(), headers=headers)

    @property
    def is_logged_in(self) -> bool:
        return self.get().status == 200


@pytest.fixture
def browser(site: Gateway, services: FakeServices, people: TokenHolders) -> LoggedInBrowser:
    return LoggedInBrowser(site, services, people)


def renewals(services: FakeServices) -> int:
    return sum(request.route == Identity.renew_browser_session.route for request in services.received)


def test_a_page_asks_services_with_the_access_token_of_the_session(
    browser: LoggedInBrowser, services: FakeServices
) -> None:
    page = browser.get()
    assert page.status == 200 and NAME in page.body.decode() and "Cabinet" in page.body.decode()
    assert services.last(Records.list_my_records).context.token == browser.access.access_token
    assert browser.access.access_token not in page.body.decode()


def test_identity_is_not_asked_again_within_a_minute(browser: LoggedInBrowser, services: FakeServices) -> None:
    assert [browser.get().status for _ in range(3)] == [200, 200, 200]
    assert renewals(services) == 1


@pytest.mark.parametrize(
    ("header", "value"),
    [("sec-purpose", "prefetch;prerender"), ("purpose", "prefetch"), ("x-purpose", "preview"), ("x-moz", "prefetch")],
)
def test_what_a_browser_fetches_before_anybody_asks_for_it_is_no_reading(
    browser: LoggedInBrowser, services: FakeServices, header: str, value: str
) -> None:
    assert browser.get("/pro/d/018f9c5e-7a11-7c3e-8a54-3f8f4d1c2b3a", **{header: value}).status == 400
    assert services.received == []


def test_a_head_of_a_page_is_no_reading(browser: LoggedInBrowser, services: FakeServices) -> None:
    for path in ("/pro", "/pro/d/018f9c5e-7a11-7c3e-8a54-3f8f4d1c2b3a"):
        assert browser.site.request("HEAD", path, headers={"cookie": f"{COOKIE}={browser.token}"}).status == 405
    assert services.received == []


def test_who_is_not_logged_in_is_sent_to_the_login_and_comes_back(site: Gateway, services: FakeServices) -> None:
    reply = site.request("GET", "/pro/d/018f9c5e-7a11-7c3e-8a54-3f8f4d1c2b3a?mode=normal")
    assert reply.status == 303
    back = "%2Fpro%2Fd%2F018f9c5e-7a11-7c3e-8a54-3f8f4d1c2b3a%3Fmode%3Dnormal"
    assert reply.headers["location"] == f"/pro/connexion?suite={back}"
    assert services.received == []


def test_an_unknown_cookie_is_no_login(browser: LoggedInBrowser, services: FakeServices) -> None:
    services.answer(Identity.renew_browser_session, TokenInvalid())
    assert browser.get().status == 303


def test_a_session_that_ends_ends_in_every_gateway(browser: LoggedInBrowser, services: FakeServices) -> None:
    assert browser.is_logged_in
    ended = EndedSession(session=browser.actor.session, until=datetime.now(UTC) + timedelta(minutes=10))
    services.answer(Identity.ended_sessions, EndedSessions(sessions=(ended,)))
    services.answer(Identity.renew_browser_session, TokenInvalid())
    wait_until(lambda: not browser.is_logged_in, "the browser is logged out")


@pytest.mark.parametrize(
    ("role", "home", "form"),
    [(Role.PROFESSIONAL, "/pro", "/pro/sessions"), (Role.PATIENT, "/espace", "/espace/deconnexion")],
    ids=["professional", "patient"],
)
def test_an_act_that_asks_for_a_recent_login_says_so_and_leads_back(
    site: Gateway, services: FakeServices, people: TokenHolders, role: Role, home: str, form: str
) -> None:
    browser = LoggedInBrowser(site, services, people, role)
    services.answer(Identity.end_sessions, LoginTooOld())
    reply = browser.post(form, {})
    page = reply.body.decode()
    assert reply.status == 403 and "Confirmez que c’est vous" in page and f'action="{form}"' in page
    assert f"{home}/connexion?suite=%2F{home[1:]}%2Fconnexion%2Ffaite" in page
    assert browser.get(f"{home}/connexion/faite").status == 200


def test_what_was_filled_in_before_a_recent_login_is_kept(browser: LoggedInBrowser, services: FakeServices) -> None:
    services.answer(Identity.end_sessions, LoginTooOld())
    page = browser.post("/pro/sessions", {"session": str(uuid4()), "kept": 'a "b" <i>'}).body.decode()
    assert 'name="kept" value="a &#34;b&#34; &lt;i&gt;"' in page


def test_a_page_that_asks_for_a_recent_login_is_come_back_to(
    browser: LoggedInBrowser, services: FakeServices
) -> None:
    services.answer(Identity.list_sessions, LoginTooOld())
    page = browser.get("/pro/sessions").body.decode()
    assert "Confirmez que c’est vous" in page and '<form method="post" action="/pro/sessions"' not in page
    assert 'href="/pro/connexion?suite=%2Fpro%2Fsessions"' in page


def test_a_professional_who_was_suspended_reads_why(browser: LoggedInBrowser, services: FakeServices) -> None:
    services.answer(Identity.renew_browser_session, ProfessionalSuspended())
    reply = browser.get()
    assert reply.status == 403 and 'role="alert"' in reply.body.decode()


def test_an_outage_is_told_with_what_to_do_next(browser: LoggedInBrowser, services: FakeServices) -> None:
    services.answer(Records.list_my_records, DeadlineExceeded())
    reply = browser.get()
    assert reply.status in {503, 504} and reply.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize(
    "origin", [None, "null", "https://ailleurs.example", f"{SITE}.ailleurs.example", f"{SITE}:8443"]
)
@pytest.mark.parametrize("path", ["/pro/recherche/traits", "/pro/deconnexion", "/langue"])
def test_a_form_of_another_site_is_refused_before_anything_is_asked(
    browser: LoggedInBrowser, services: FakeServices, path: str, origin: str | None
) -> None:
    reply = browser.post(path, {"family_name": "X"}, origin)
    assert reply.status == 403
    assert services.received == []


def test_a_form_of_our_own_is_answered(browser: LoggedInBrowser) -> None:
    reply = browser.post("/pro/recherche/traits", {"family_name": "", "birth_date": "hier"})
    assert reply.status == 422
    page = reply.body.decode()
    assert 'id="birth_date-error"' in page and 'value="hier"' in page


def test_a_login_sets_a_cookie_of_this_host_that_no_script_reads(
    browser: LoggedInBrowser, services: FakeServices, people: TokenHolders
) -> None:
    services.answer(
        Identity.begin_authorization, AuthorizationBegun(request_id=uuid4(), sign_in_at="https://psc.example/")
    )
    begun = browser.site.request("GET", "/pro/connexion/depart?suite=/pro/d/1")
    state = services.last(Identity.begin_authorization).message.parameters.state
    secret = begun.headers["set-cookie"].partition(";")[0]
    services.answer(Identity.grant_token, TokenIssued(access_token=browser.access.access_token, expires_in=600))
    services.answer(
        Identity.open_browser_session, BrowserSessionOpened(browser_token="nouveau", until=datetime.now(UTC))
    )
    cookies = f"{secret}; {COOKIE}=ancien"
    done = browser.site.request(
        "GET", f"/pro/connexion/retour?{urlencode({'code': 'c', 'state': state})}", headers={"cookie": cookies}
    )
    assert (done.status, done.headers["location"]) == (303, "/pro/d/1")
    assert services.last(Identity.open_browser_session).message.replaces == "ancien"
    morsel = SimpleCookie(done.headers["set-cookie"])[COOKIE]
    assert (morsel.value, morsel["path"], morsel["domain"], morsel["max-age"]) == ("nouveau", "/", "", "")
    assert (morsel["secure"], morsel["httponly"], morsel["samesite"].lower()) == (True, True, "lax")


def test_a_code_verifier_belongs_to_one_browser(browser: LoggedInBrowser, services: FakeServices) -> None:
    services.answer(
        Identity.begin_authorization, AuthorizationBegun(request_id=uuid4(), sign_in_at="https://psc.example/")
    )
    verifiers = set()
    for secret in ("a" * 43, "b" * 43):
        browser.site.request(
            "GET", "/pro/connexion/retour?code=c&state=s~/pro", headers={"cookie": f"__Host-carnet-browser={secret}"}
        )
        verifiers.add(services.last(Identity.grant_token).message.code_verifier)
    assert len(verifiers) == 2 and all(len(each) >= 43 for each in verifiers)


def test_a_logout_ends_the_session_and_the_cookie(browser: LoggedInBrowser, services: FakeServices) -> None:
    services.answer(Identity.end_sessions, SessionsEnded(count=1))
    assert browser.is_logged_in
    reply = browser.post("/pro/deconnexion", {})
    assert reply.status == 303
    assert str(services.last(Identity.end_sessions).message.session_id) == browser.actor.session
    assert SimpleCookie(reply.headers["set-cookie"])[COOKIE]["max-age"] == "0"


def test_fields_of_a_form_are_kept_when_the_session_has_ended(
    browser: LoggedInBrowser, services: FakeServices
) -> None:
    services.answer(Identity.renew_browser_session, TokenInvalid())
    reply = browser.post("/pro/recherche/traits", {"family_name": 'D"URAND', "birth_date": "14/07/1985"})
    assert reply.status == 401
    page = reply.body.decode()
    assert 'name="family_name" value="D&#34;URAND"' in page and 'name="birth_date" value="14/07/1985"' in page
    # The window of the login leads to other sites, which must not move this one.
    assert 'target="_blank" rel="noopener"' in page


@pytest.mark.parametrize("path", ["/pro", "/pro/connexion", "/pro/nulle-part"])
def test_a_page_has_a_strict_policy_and_is_kept_by_no_cache(browser: LoggedInBrowser, path: str) -> None:
    headers = browser.get(path).headers
    policy = dict(part.strip().partition(" ")[::2] for part in headers["content-security-policy"].split(";"))
    assert (policy["default-src"], policy["script-src"], policy["style-src"]) == ("'none'", "'self'", "'self'")
    assert (policy["frame-ancestors"], policy["form-action"], policy["base-uri"]) == ("'none'", "'self'", "'none'")
    assert "no-store" in headers["cache-control"]
    assert headers["referrer-policy"] == "same-origin"


def test_pages_are_compressed_for_who_accepts_it(browser: LoggedInBrowser) -> None:
    plain = browser.get(**{"accept-language": "en"})
    packed = browser.get(**{"accept-language": "en", "accept-encoding": "gzip"})
    assert (packed.headers["content-encoding"], packed.headers["vary"]) == ("gzip", "accept-encoding")
    assert gzip.decompress(packed.body) == plain.body and len(packed.body) < len(plain.body) / 2


def test_a_compressed_page_repeats_no_parameter_that_another_site_chooses(
    site: Gateway, browser: LoggedInBrowser
) -> None:
    page = browser.get("/pro?nom=DURAND&rubrique=DURAND&mode=DURAND&suite=/pro/DURAND").body.decode()
    assert "DURAND" not in page
    assert 'value="/pro?rubrique=analyses"' in browser.get("/pro?rubrique=analyses").body.decode()


def test_the_description_of_the_interface_is_compressed_for_who_accepts_it(site: Gateway) -> None:
    packed = site.request("GET", "/openapi/openapi.json", headers={"accept-encoding": "br, gzip;q=0"})
    assert packed.headers["content-encoding"] == "br"
    plain = site.request("GET", "/openapi/openapi.json")
    assert "content-encoding" not in plain.headers
    assert brotli.decompress(packed.body) == plain.body and len(packed.body) < len(plain.body) / 8


def test_static_files_are_kept_for_a_year_under_names_that_change_with_them(
    site: Gateway, browser: LoggedInBrowser
) -> None:
    found = set(re.findall(r'"(/static/[^"#]+)', browser.get().body.decode()))
    assert len(found) >= 4
    for address in found:
        reply = site.request("GET", address, headers={"accept-encoding": "br"})
        assert reply.status == 200, address
        assert reply.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert re.search(r"\.[0-9a-f]{16}\.(css|js|svg)$", address)
    assert site.request("GET", "/static/portal.0000000000000000.css").status == 404


def test_the_language_is_that_of_the_browser_until_one_is_chosen(browser: LoggedInBrowser) -> None:
    english = browser.get(**{"accept-language": "en"}).body.decode()
    assert '<html lang="en"' in english
    reply = browser.post("/langue", {"language": "fr", "suite": "/pro"})
    cookie = reply.headers["set-cookie"].partition(";")[0]
    french = browser.site.request(
        "GET", "/pro", headers={"cookie": f"{COOKIE}={browser.token}; {cookie}", "accept-language": "en"}
    )
    assert '<html lang="fr"' in french.body.decode()


def many_documents() -> DocumentList:
    """A page of fifty, each of its own type, author and day."""
    kinds = list(document_types().values())[:50]
    documents = tuple(
        msgspec.structs.replace(
            A_DOCUMENT,
            document_id=DocumentId(uuid4()),
            section=kind.section,
            type_code=kind.code,
            title=f"{kind.fr} n° {number}",
            author=Author(rpps=f"8999000{number:04}", name=f"Dr Auteur {number}", structure=f"Cabinet {number % 7}"),
            created_at=A_DOCUMENT.created_at - timedelta(days=9 * number),
        )
        for number, kind in enumerate(kinds)
    )
    counts = Counter(document.section for document in documents)
    return DocumentList(documents=documents, next="abc", counts=dict(counts), last_visit=datetime.now(UTC), new=12)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/pro", None),
        (RECORD_PAGE, None),
        (f"{RECORD_PAGE}?vue=tous&par=envoi", None),
        (f"{RECORD_PAGE}/recherche", "scanner"),
        (f"{RECORD_PAGE}/courbes", None),
    ],
)
def test_a_page_of_a_professional_asks_once_and_is_light(
    browser: LoggedInBrowser, services: FakeServices, path: str, words: str | None
) -> None:
    services.answer(Records.list_documents, many_documents())
    services.answer(Records.open_facts, ClinicalDataOpened(contents=()))
    browser.get()
    services.received.clear()
    page = browser.get(path) if words is None else browser.post(path, {"mots": words})
    assert page.status == 200
    assert len(services.received) == 1, "one call, and so one line of the journal"
    assert len(brotli.compress(page.body, quality=4)) <= LATER_PAGE_BYTES
