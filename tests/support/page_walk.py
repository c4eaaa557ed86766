"""Every page of the gateway, visited by whom it admits: what is wrong with it for a language, colours and a width."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Literal
from uuid import uuid4

from playwright.sync_api import Browser, Request, Response

from client.people import DemoPeople, as_author, as_subject
from contracts.vocabulary import Role
from deploy.dev import people
from gateway.guards import LIVE, PAGE, PUBLIC, ROLES
from samples import cda
from samples.coded import coded_summary
from tests.support.pages import PHONE, WIDE, PageUser
from tests.support.people import (
    Holder,
    activate_account,
    authorised_doctor,
    deposit,
    new_patient,
    new_unique_id,
    open_record,
)
from tests.unit.gateway.test_structure import HANDLERS

DOCTOR = next(person for person in people.PROFESSIONALS if person.name == "specialist")
LATER_PAGE_BYTES = 20_000
Link = Callable[[], str]
_PARAMETER = re.compile(r"\{(\w+)\}")
_TYPE = re.compile(r":\w+\}")
_MOVED = range(300, 400)
_REFUSED, _FAILED = 400, 500
_HTML = "text/html"


@dataclass(frozen=True)
class Combination:
    """How a person looks at the pages."""

    language: Literal["fr", "en"]
    scheme: Literal["light", "dark"]
    size: tuple[int, int]

    def __str__(self) -> str:
        return f"{self.language}, {self.scheme}, {self.size[0]} px"


_LANGUAGES: tuple[Literal["fr", "en"], ...] = ("fr", "en")
_SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
COMBINATIONS = [Combination(*each) for each in product(_LANGUAGES, _SCHEMES, (PHONE, WIDE))]


@dataclass(frozen=True)
class PageWalk:
    """A record with documents, its holder with an account, and a doctor who may read.

    `values`: of path parameters; any other names nothing that is there.
    """

    demo: DemoPeople
    holder: Holder
    values: dict[str, str]

    @classmethod
    def prepare(cls, demo: DemoPeople) -> "PageWalk":
        holder = open_record(demo, new_patient())
        author, depositor = demo.professional("hospital"), demo.logged_in("hospital")
        made = [
            deposit(
                depositor,
                holder,
                make(
                    patient=as_subject(holder.patient),
                    author=as_author(author),
                    unique_id=new_unique_id(),
                    effective_time=datetime.now(UTC),
                ),
            )
            for make in (coded_summary, cda.biology, cda.imaging)
        ]
        authorised_doctor(demo, holder)
        activate_account(demo, holder)
        ids = [str(document.document_id) for document in made]
        about_relatives = {"representative": holder.record, "person_id": holder.record, "act": "fin-aidant"}
        values = {"patient_id": holder.record, "document_id": ids[0], "second_id": ids[1], **about_relatives}
        return cls(demo, holder, values)

    def paths(self, role: Role | None) -> Iterator[tuple[str, bool]]:
        """The pages that admit a role, the public ones for None; with whether there is what the address names."""
        for name, path in sorted(pages_of(role).items()):
            if name not in NOT_WALKED:
                is_there = set(_PARAMETER.findall(path)) <= set(self.values)
                yield _PARAMETER.sub(lambda found: self.values.get(found[1]) or str(uuid4()), path), is_there

    def user(self, browser: Browser, role: Role | None, combination: Combination, link: Link) -> PageUser:
        """Somebody who is logged in; `link`: makes the path by which an agent does."""
        user = PageUser.arrives(
            browser,
            self.demo.gateway,
            language=combination.language,
            scheme=combination.scheme,
            size=combination.size,
        ).without_streams()
        if role is Role.PROFESSIONAL:
            user.log_in(DOCTOR)
        if role is Role.PATIENT:
            user.log_in_patient(self.holder.login, self.demo.mailbox)
        if role is Role.AGENT:
            user.go(link())
            user.main.locator("form button").click()
            user.main.locator("[name=matricule]").wait_for()
        return user

    def faults(
        self,
        browser: Browser,
        role: Role | None,
        combination: Combination,
        *,
        link: Link,
        pictures: Path | None = None,
    ) -> list[str]:
        """What is wrong with each page that a role may open."""
        user, found = self.user(browser, role, combination, link), list[str]()
        for path, is_there in self.paths(role):
            found += [f"{path}: {fault}" for fault in _faults_of(user, path, combination, is_there=is_there)]
            if pictures is not None:
                name = _PARAMETER.sub("", path.replace(self.holder.record, "dossier")).strip("/").replace("/", "-")
                user.page.screenshot(path=pictures / f"{name or 'accueil'} {combination}.png", full_page=True)
        user.page.context.close()
        return found + [f"console: {complaint}" for complaint in user.complaints]


def pages_of(role: Role | None) -> dict[str, str]:
    """Route -> path template of the pages that are read and admit a role; the public ones for None."""
    return {
        _TYPE.sub("}", name): _TYPE.sub("}", name.partition(" ")[2])
        for name, handler in HANDLERS.items()
        if handler.opt.get(PAGE)
        and not handler.opt.get(LIVE)
        and "GET" in handler.http_methods
        and handler.opt[ROLES] == (PUBLIC if role is None else frozenset({role}))
    }


NOT_WALKED = {
    "GET /pro/d/{patient_id}/cote-a-cote/{document_id}/{second_id}": "it frames contents: test_professional_pages.py",
    "GET /pro/d/{patient_id}/lire/{document_id}": "it frames a content: test_professional_pages.py",
    "GET /espace/d/{patient_id}/documents/{document_id}": "it frames a content: test_patient_documents_pages.py",
    "GET /pro/connexion/depart": "it leaves for Pro Santé Connect",
    "GET /pro/connexion/retour": "it is come back to with a code",
    "GET /pro/d/{patient_id}/contenu/{document_id}": "a content, which the reader frames",
    "GET /espace/d/{patient_id}/documents/{document_id}/contenu": "a content, which the page of its document frames",
}
"""Routes that show no page of ours, and why."""


def _faults_of(user: PageUser, path: str, combination: Combination, *, is_there: bool) -> Iterator[str]:
    received, finished = list[Response](), list[Request]()

    def note(answer: Response) -> None:
        received.append(answer)

    def note_end(request: Request) -> None:
        finished.append(request)

    user.page.on("response", note)
    user.page.on("requestfinished", note_end)
    user.go(path)
    # htmx asks for the essentials once the page stands.
    user.page.wait_for_load_state("networkidle")
    user.page.remove_listener("response", note)
    user.page.remove_listener("requestfinished", note_end)
    first = next(
        answer for answer in received if answer.request.is_navigation_request() and answer.status not in _MOVED
    )
    if (first.status >= _REFUSED and is_there) or first.status >= _FAILED:
        yield f"answers {first.status}"
    if not first.headers.get("content-type", "").startswith(_HTML):
        yield "no page"
        return
    if user.page.locator("html").get_attribute("lang") != combination.language:
        yield "another language"
    if not user.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"):
        yield "scrolls sideways"
    if user.page.locator("h1").count() != 1:
        yield f"{user.page.locator('h1').count()} headings of the first level"
    frames = [frame.url for frame in user.page.frames[1:]]
    # Whoever asks for the size of what has not ended waits for its end.
    weight = sum(request.sizes()["responseBodySize"] for request in finished if request.url not in frames)
    if weight > LATER_PAGE_BYTES and "/static/" not in "".join(answer.url for answer in received):
        yield f"weighs {weight:,} bytes"
    yield from user.accessibility()
