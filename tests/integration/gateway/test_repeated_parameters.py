"""Pages repeat nothing of their address that another site may choose: they are compressed beside what is private."""

import re
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest

from contracts.audit import Audit, Journal
from contracts.errors.request import LoginTooOld, NotShared
from contracts.identity.api import Identity
from contracts.records.api import Records
from contracts.records.documents import DocumentList
from contracts.records.folders import Folders
from gateway.guards import ROLES
from services.records.cursor import write_cursor
from tests.integration.gateway.builders import DOCUMENT, PATIENT, TokenHolders, a_document
from tests.integration.gateway.fake_services import FakeServices
from tests.integration.gateway.process import Gateway
from tests.integration.gateway.test_page_roles import PAGES, log_in

MARKER, DIGITS, FOLDER = "zq7marker", "4027318465", "0f7c5ad1-6f3b-4c55-9d0e-6b1e7c0a9b42"
CURSOR = write_cursor(datetime(2026, 3, 2, 9, 30, tzinfo=UTC), DOCUMENT)
FREE = ("apres", "mots", "fin", "fait", "suite", "tri", "vue", "par", "depose", "archives", "epingles", "x")
CHECKED = ("mode", "rubrique", "genre", "qui", "classeur", "avant")
"""A page may refuse other values of these before it reads the rest."""
SENT = (
    *({name: MARKER} for name in CHECKED),
    dict.fromkeys(FREE, MARKER),
    dict.fromkeys(("avant", "fin", "qui", "mots"), DIGITS),
    {"mode": "bris_de_glace", "fin": DIGITS},
    {"apres": CURSOR, "rubrique": "analyses", "classeur": FOLDER},
)
CHOSEN = (MARKER, DIGITS, CURSOR.rstrip("="), FOLDER)
ASKING = sorted(name for name in PAGES if name.startswith("GET "))


def path_of(name: str) -> str:
    """The path of a page, with the marker in place of each text."""
    path = name.removeprefix("GET ").replace("{document_id:uuid}", str(DOCUMENT))
    return re.sub(r"\{[^}]*:uuid\}", str(PATIENT), re.sub(r"\{[^}]*:str\}", MARKER, path))


def logged_in(services: FakeServices, people: TokenHolders, name: str) -> dict[str, str]:
    """The headers of the browser of somebody whom the page admits; documents and a journal are there."""
    services.reset()
    [role] = PAGES[name].opt[ROLES]
    cookie = log_in(services, people, role)
    services.refuse_all_else(NotShared())
    services.answer(Records.list_documents, DocumentList(documents=(a_document(),)))
    services.answer(Records.list_folders, Folders(folders=(), pinned=()))
    services.answer(Audit.read_journal, Journal(lines=()))
    return {"cookie": f"carnet-session={cookie}"}


@pytest.mark.parametrize("name", ASKING)
def test_a_page_repeats_nothing_that_another_site_chose(
    gateway: Gateway, services: FakeServices, people: TokenHolders, name: str
) -> None:
    headers = logged_in(services, people, name)
    repeating = {}
    for sent in SENT:
        body = gateway.request("GET", f"{path_of(name)}?{urlencode(sent)}", headers=headers).body.decode(
            errors="replace"
        )
        repeating[urlencode(sent)] = [chosen for chosen in CHOSEN if chosen in body]
    assert {sent: found for sent, found in repeating.items() if found} == {}


@pytest.mark.parametrize(
    "name", ["GET /espace/compte/cles/nouvelle", "GET /espace/compte/cles/retirer/{passkey:str}"]
)
def test_nor_does_the_page_that_asks_for_a_recent_login(
    gateway: Gateway, services: FakeServices, people: TokenHolders, name: str
) -> None:
    headers = logged_in(services, people, name)
    for method in (Identity.begin_passkey, Identity.list_passkeys):
        services.answer(method, LoginTooOld())
    reply = gateway.request("GET", f"{path_of(name)}?x={MARKER}", headers=headers)
    assert (reply.status, MARKER in reply.body.decode()) == (403, False)


def test_the_end_of_an_emergency_is_kept_from_page_to_page(
    gateway: Gateway, services: FakeServices, people: TokenHolders
) -> None:
    headers = logged_in(services, people, "GET /pro/d/{patient_id:uuid}")
    services.answer(Records.list_documents, DocumentList(documents=(a_document(),), emergency=True))
    query = f"fin={int(datetime.now(UTC).timestamp()) + 1800}"
    reply = gateway.request("GET", f"/pro/d/{PATIENT}?mode=bris_de_glace&{query}", headers=headers)
    assert (reply.status, query in reply.body.decode()) == (200, True)


def test_a_document_that_is_not_there_has_no_second_beside_it(
    gateway: Gateway, services: FakeServices, people: TokenHolders
) -> None:
    """Its id is in every link of the page."""
    name = "GET /pro/d/{patient_id:uuid}/cote-a-cote/{document_id:uuid}"
    headers = logged_in(services, people, name)
    path = f"/pro/d/{PATIENT}/cote-a-cote"
    assert gateway.request("GET", f"{path}/{DOCUMENT}", headers=headers).status == 200
    reply = gateway.request("GET", f"{path}/{FOLDER}", headers=headers)
    assert (reply.status, f"{FOLDER}/" in reply.body.decode()) == (403, False)
