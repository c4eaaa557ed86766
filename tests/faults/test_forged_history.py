"""Who owns audit's database and the key of heads rewrites the journal; a browser that kept the last head notices."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from playwright.sync_api import Browser, Route
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from client.people import DemoPeople
from client.waiting import wait_for
from deploy.dev.stack import Stack
from gateway.portal.journal_words import words_of
from gateway.portal.proof_texts import texts_of_proofs
from services.audit.domain.breaks import Break
from services.audit.domain.leaf import Leaf, leaf_bytes
from services.audit.domain.merkle import Tree, encode_hashes, extend
from services.audit.domain.notes import Head, note_from
from services.audit.domain.strands import hash_of
from services.audit.repositories.journal import JournalRepository
from services.audit.repositories.lines import LineFilter
from services.audit.signing import HeadSigner
from tests.support.pages import PageUser, chromium
from tests.support.people import Holder, activate_account, authorised_doctor, deposit_new, open_record

PROOFS = re.compile(r'(<script type="application/json" id="journal-proofs">)(.*?)(</script>)', re.DOTALL)
KEPT = "carnet-journal-head"
TEXTS = json.loads(texts_of_proofs("fr"))["messages"]
WORDS = words_of("fr")["holder"]["done"]


@dataclass
class Forgery:
    """What a forged host answers: the page's body and proofs, the whole journal, its key and its breaks."""

    body: str
    proofs: dict[str, Any]
    journal: list[Leaf]
    signer: HeadSigner
    published: HeadSigner
    breaks: tuple[str, ...] = ()

    @property
    def tree(self) -> Tree:
        tiles = extend(0, lambda level, number: b"", [hash_of(leaf) for leaf in self.journal])
        return Tree(len(self.journal), lambda level, number: tiles[level, number])

    @property
    def head(self) -> str:
        name, tree = self.signer.verifier.name, self.tree
        now = datetime.now(UTC).replace(microsecond=0)
        return self.signer.sign(Head(origin=name, size=tree.size, root=tree.root(), at=now))

    def proven(self) -> "Forgery":
        """With a new head, and new proofs of all lines that are shown."""
        tree = self.tree
        lines = [
            line
            | {
                "leaf": leaf_bytes(self.journal[line["position"]]).decode(),
                "path": encode_hashes(tree.inclusion(line["position"])),
            }
            for line in self.proofs["lines"]
        ]
        return self.with_proofs(head=self.head, lines=lines)

    def with_proofs(self, **changed: Any) -> "Forgery":
        return replace(self, proofs=self.proofs | changed)

    def without(self, *positions: int) -> "Forgery":
        """These lines are neither shown nor proven."""
        body = self.body
        for position in positions:
            body = re.sub(rf'<li data-position="{position}".*?</li>', "", body, flags=re.DOTALL)
        lines = [line for line in self.proofs["lines"] if line["position"] not in positions]
        return replace(self, body=body).with_proofs(lines=lines)

    def answer(self, route: Route) -> None:
        """As the host would."""
        address = urlsplit(route.request.url)
        query = {name: int(values[0]) for name, values in parse_qs(address.query).items() if values[0].isdecimal()}
        if address.path == "/journal/key":
            route.fulfill(body=self.published.verifier.text)
        elif address.path == "/journal/head":
            route.fulfill(body=self.head)
        elif address.path == "/journal/heads":
            route.fulfill(json={"heads": [], "breaks": self.breaks})
        elif address.path == "/journal/consistency":
            hashes = encode_hashes(self.tree.consistency(query["first"], query["second"]))
            route.fulfill(json={"first": query["first"], "second": query["second"], "hashes": hashes})
        else:
            data = json.dumps(self.proofs).replace("<", "\\u003c")
            body = PROOFS.sub(lambda found: found[1] + data + found[3], self.body)
            route.fulfill(body=body, content_type="text/html; charset=utf-8")


def positions_of(forgery: Forgery) -> list[int]:
    """Of the lines that are proven, oldest first."""
    return sorted(line["position"] for line in forgery.proofs["lines"])


def shown_from(forgery: Forgery, position: int) -> list[int]:
    """The lines on the page from a position on."""
    shown = map(int, re.findall(r'<li data-position="(\d+)"', forgery.body))
    return [each for each in shown if each >= position]


def rewritten(forgery: Forgery) -> Forgery:
    """A reading of a document becomes one of the list, in the page's words too; later lines are linked anew."""
    line = next(line for line in forgery.proofs["lines"] if "consultation_document" in line["leaf"])
    journal, position = list(forgery.journal), line["position"]
    journal[position] = msgspec.structs.replace(journal[position], act="consultation_liste")
    last = hash_of(journal[position])
    for later in range(position + 1, len(journal)):
        if journal[later].strand == journal[position].strand:
            journal[later] = msgspec.structs.replace(journal[later], previous=last.hex())
            last = hash_of(journal[later])
    body = forgery.body.replace(WORDS["consultation_document"], WORDS["consultation_liste"])
    return replace(forgery, body=body, journal=journal).proven()


def cut_off(forgery: Forgery) -> Forgery:
    """All but the patient's first line never was."""
    end = positions_of(forgery)[1]
    return replace(forgery.without(*shown_from(forgery, end)), journal=forgery.journal[:end]).proven()


def left_out(forgery: Forgery) -> Forgery:
    """One line in the middle is not shown."""
    return forgery.without(positions_of(forgery)[1])


def last_left_out(forgery: Forgery) -> Forgery:
    """Only the first line is shown."""
    return forgery.without(*shown_from(forgery, positions_of(forgery)[1]))


def exchanged(forgery: Forgery) -> Forgery:
    """Two lines have each other's proof."""
    first, second, *rest = forgery.proofs["lines"]
    swapped = [first | {"position": second["position"]}, second | {"position": first["position"]}]
    return forgery.with_proofs(lines=[*swapped, *rest])


def unproven(forgery: Forgery) -> Forgery:
    """One line is shown without its proof."""
    return forgery.with_proofs(lines=forgery.proofs["lines"][1:])


def said_otherwise(forgery: Forgery) -> Forgery:
    """A word of the page is another one."""
    return replace(forgery, body=forgery.body.replace("Dr Malik SORGUE", "Dr Hélène AUBRAC"))


def signed_by_another(forgery: Forgery) -> Forgery:
    """The head is signed by a key that was never published."""
    return replace(forgery, signer=HeadSigner(Ed25519PrivateKey.generate(), forgery.signer.verifier.name)).proven()


def published_anew(forgery: Forgery) -> Forgery:
    """Another key is published, and signs."""
    forged = signed_by_another(forgery)
    return replace(forged, published=forged.signer)


FORGERIES: list[tuple[Callable[[Forgery], Forgery], str]] = [
    (rewritten, "inconsistent"),
    (cut_off, "backwards"),
    (left_out, "missing"),
    (last_left_out, "missing"),
    (exchanged, "inclusion"),
    (unproven, "unproven"),
    (said_otherwise, "words"),
    (signed_by_another, "signature"),
    (published_anew, "key_changed"),
]


class Host:
    """The platform's journal as its owner sees it, and one reader's browser that has kept a head of it."""

    def __init__(self, platform: Stack, user: PageUser, holder: Holder) -> None:
        self.user = user
        self.path = f"/espace/d/{holder.record}/acces"
        self._platform = platform
        origin = note_from(user.page.request.get(f"{user.site}/journal/head").text()).head.origin
        self._signer = HeadSigner.from_file(platform.addresses.keys.journal_heads, origin)

    def honest(self) -> Forgery:
        """What the page and the database hold now."""
        body = self.user.page.request.get(f"{self.user.site}{self.path}", headers={"accept-language": "fr"}).text()
        found = PROOFS.search(body)
        assert found is not None
        proofs = json.loads(found[2])
        size = note_from(proofs["head"]).head.size
        return Forgery(body, proofs, self._stored()[:size], self._signer, self._signer)

    def shows(self, forgery: Forgery) -> None:
        """The browser visits the page of a forged host."""
        for pattern in ("**/journal/*", f"**{self.path}"):
            self.user.page.route(pattern, forgery.answer)
        self.user.go(self.path)

    def is_honest_again(self) -> None:
        self.user.page.unroute_all()

    @property
    def kept(self) -> str:
        return str(self.user.page.evaluate("(name) => localStorage.getItem(name)", KEPT))

    def _stored(self) -> list[Leaf]:
        url = self._platform.addresses.database_url("audit").replace("postgresql://", "postgresql+psycopg2://")
        with create_engine(url, poolclass=NullPool).connect() as connection:
            lines = JournalRepository(connection).lines(LineFilter(), 1_000_000)
        return [line.leaf for line in reversed(lines)]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def host(browser: Browser, platform: Stack, demo: DemoPeople) -> Host:
    """A browser that has verified five lines at least."""
    holder = open_record(demo)
    document = deposit_new(demo, holder)
    patient = activate_account(demo, holder)
    authorised_doctor(demo, holder).document(holder.record, document)
    wait_for(lambda: patient.journal(holder.record, act="consultation_document"), "the reading")
    newest = patient.journal(holder.record, count="1")[0].position
    wait_for(lambda: note_from(patient.head()).head.size > newest, "a head over all lines")
    user = PageUser.arrives(browser, demo.gateway)
    user.log_in_patient(holder.login, demo.mailbox)
    user.go(f"/espace/d/{holder.record}/acces")
    user.main.locator("[data-result] use[href$='shield-check']").wait_for()
    return Host(platform, user, holder)


@pytest.mark.parametrize(("forge", "fault"), FORGERIES, ids=[forge.__name__ for forge, _ in FORGERIES])
def test_a_forged_history_is_told_and_kept_as_evidence(
    host: Host, forge: Callable[[Forgery], Forgery], fault: str
) -> None:
    kept, alarm = host.kept, host.user.main.locator("[data-result][role=alert]")
    host.shows(forge(host.honest()))
    alarm.wait_for()
    assert TEXTS[f"fault_{fault}"] in alarm.inner_text()
    assert host.kept == kept
    assert host.user.main.locator("[data-proof] use[href$='#check']").count() == 0
    with host.user.page.expect_download() as download:
        alarm.get_by_role("button", name=TEXTS["download"]).click()
    evidence = json.loads(download.value.path().read_bytes())
    assert (evidence["fault"], evidence["kept"]) == (fault, json.loads(kept))
    host.is_honest_again()


def test_a_browser_that_kept_nothing_says_so_and_believes_a_consistent_forgery(host: Host) -> None:
    kept = host.kept
    host.user.page.evaluate("localStorage.clear()")
    host.shows(rewritten(host.honest()))
    host.user.main.locator("[data-result] use[href$='shield-check']").wait_for()
    assert TEXTS["first"] in host.user.main.locator("[data-result]").inner_text()
    host.user.page.evaluate("([name, kept]) => localStorage.setItem(name, kept)", [KEPT, kept])
    host.is_honest_again()


def test_a_break_that_the_host_admits_is_told_as_such_and_can_be_followed(host: Host) -> None:
    lost, forged = note_from(json.loads(host.kept)["note"]).head, cut_off(host.honest())
    declared = Break(
        origin=lost.origin,
        lost_size=lost.size,
        lost_root=lost.root,
        kept_size=forged.tree.size,
        kept_root=forged.tree.root(),
        at=lost.at + timedelta(seconds=1),
    )
    host.shows(replace(forged, breaks=(forged.signer.sign_break(declared),)))
    alarm = host.user.main.locator("[data-result][role=alert]")
    alarm.get_by_text(TEXTS["break_title"]).wait_for()
    assert host.user.accessibility() == []
    alarm.get_by_role("button", name=TEXTS["go_on"]).click()
    host.user.main.locator("[data-result] use[href$='shield-check']").wait_for()
    assert note_from(json.loads(host.kept)["note"]).head.size == forged.tree.size
    host.is_honest_again()


def test_a_page_that_the_browser_shows_again_is_no_alarm(host: Host) -> None:
    page, old = host.user.page, host.honest()
    host.user.go(host.path)
    host.user.main.locator("[data-result] use[href$='shield-check']").wait_for()
    page.route(f"**{host.path}", old.answer)
    host.user.go(host.path)
    host.user.main.locator("[data-result] use[href$='shield-check']").wait_for()
    host.is_honest_again()
