"""What a real scanner finds is not taken in; where it gives no verdict, nothing is, unless the operator says so."""

import base64
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest

from contracts.vocabulary import Act, PatientId
from tests.integration.documents.papers import document
from tests.integration.documents.stack import DocumentsStack, problem
from tests.support.scanning import EICAR, FOUND, RealClamd, answering
from tests.support.waiting import wait_until
from tests.unit.documents.specimens import biology, edited, vsm

LIVE = "/health/live"
PDF = b"%PDF-1.4\n1 0 obj<</Length 68>>stream\n" + EICAR + b"\nendstream endobj\ntrailer<<>>\nstartxref\n0\n%%EOF\n"


@pytest.fixture(scope="module")
def clamd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealClamd]:
    clamd = RealClamd(tmp_path_factory.mktemp("clamd"))
    clamd.start()
    yield clamd
    clamd.stop()


@pytest.fixture(scope="module")
def guarded(stack: DocumentsStack, clamd: RealClamd) -> Iterator[DocumentsStack]:
    """The service with that scanner."""
    with serving(stack, clamd_address=clamd.address):
        yield stack


@contextmanager
def serving(stack: DocumentsStack, **settings: str) -> Iterator[None]:
    """The service with these settings, ready or not; afterwards as it was before."""
    stack.stop()
    stack.start(LIVE, **settings)
    yield
    stack.stop()
    stack.start()


def embedding(content: bytes) -> bytes:
    """A structured document with a file beside its narrative, in base64 broken into lines."""
    written = base64.encodebytes(content).decode()
    media = f'<entry><observationMedia><value representation="B64">{written}</value></observationMedia></entry>'
    return edited(vsm(), "</section>", f"{media}</section>")


def wrapping(content: bytes) -> bytes:
    """A document that is nothing but an envelope around a file."""
    wrapped, found = re.subn(rb"(<text [^>]*B64[^>]*>)[^<]*", rb"\1" + base64.b64encode(content), biology())
    assert found == 1
    return wrapped


INFECTED = {
    "a text": EICAR,
    "a PDF": PDF,
    "a PDF wrapped in a CDA": wrapping(PDF),
    "a file embedded in a CDA": embedding(b"\x89PNG" + EICAR),
    "a CDA whose narrative holds it": edited(vsm(), "</section>", f"<!-- {EICAR.decode()} --></section>"),
}


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("kind", INFECTED)
def test_what_is_infected_is_refused_by_name_journalled_and_not_stored(guarded: DocumentsStack, kind: str) -> None:
    patient_id = PatientId(uuid4())
    response = guarded.put(INFECTED[kind], guarded.upload_ticket(patient_id=patient_id))
    assert problem(response) == (422, "document.infected")
    assert response.json()["details"] == {"name": FOUND}
    wait_until(lambda: len(guarded.journal(patient_id)) == 1, "the line in the journal")
    [line] = guarded.journal(patient_id)
    assert (line.act, line.reason) == (Act.DEPOT_DOCUMENT, "document.infected")


CLEAN: dict[str, Callable[[], bytes]] = {
    "structured": vsm,
    "a wrapped PDF": biology,
    "an embedded file": lambda: embedding(b"\x89PNG" + bytes(5_000)),
    "20 MB": lambda: document("20 MB"),
}


@pytest.mark.parametrize("kind", CLEAN)
def test_what_is_clean_is_taken_and_comes_back_byte_for_byte(guarded: DocumentsStack, kind: str) -> None:
    sent = CLEAN[kind]()
    assert guarded.read(guarded.deposit(sent)) == sent


@pytest.mark.usefixtures("unchanged")
def test_where_the_scanner_is_away_nothing_is_taken_and_the_service_is_not_ready(stack: DocumentsStack) -> None:
    with serving(stack, clamd_address="127.0.0.1:9"):
        wait_until(lambda: stack.missing() == ["scanner"], "only the scanner is away")
        assert problem(stack.put(vsm())) == (503, "service.unavailable")


def test_an_operator_may_take_contents_in_unscanned_and_is_told(stack: DocumentsStack) -> None:
    sent = embedding(b"\x89PNG")
    with answering(None) as address, serving(stack, clamd_address=address, scan_seconds="0.5", scan_required="0"):
        assert stack.read(stack.deposit(sent)) == sent
        assert stack.missing() == []
        assert [line["part"] for line in stack.log() if line["event"] == "content_unscanned"] == ["scanner"]
