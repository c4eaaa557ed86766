"""Infected uploads are refused by a real scanner; without a verdict all are, unless scans are optional."""

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
def stack_with_clamd(stack: DocumentsStack, clamd: RealClamd) -> Iterator[DocumentsStack]:
    """The service with that scanner, which may take its time on a busy machine."""
    with restarted(stack, clamd_address=clamd.address, scan_seconds="60"):
        yield stack


@contextmanager
def restarted(stack: DocumentsStack, **settings: str) -> Iterator[None]:
    """The service with these settings, ready or not; afterwards with those it had before."""
    stack.stop()
    stack.start(answers=LIVE, **settings)
    wait_until(lambda: set(stack.missing()) <= {"scanner"}, "everything but a scanner")
    yield
    stack.stop()
    stack.start()


def embedding(content: bytes) -> bytes:
    """A structured document with a file next to its narrative, in base64 broken into lines."""
    encoded = base64.encodebytes(content).decode()
    media = f'<entry><observationMedia><value representation="B64">{encoded}</value></observationMedia></entry>'
    return edited(vsm(), "</section>", f"{media}</section>")


def wrapping(content: bytes) -> bytes:
    """A document that wraps only a file."""
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
def test_an_infected_upload_is_refused_by_name_journalled_and_not_stored(
    stack_with_clamd: DocumentsStack, kind: str
) -> None:
    patient_id = PatientId(uuid4())
    response = stack_with_clamd.put(INFECTED[kind], stack_with_clamd.upload_ticket(patient_id=patient_id))
    assert problem(response) == (422, "document.infected")
    assert response.json()["details"] == {"name": FOUND}
    wait_until(lambda: len(stack_with_clamd.journal(patient_id)) == 1, "the line in the journal")
    [line] = stack_with_clamd.journal(patient_id)
    assert (line.act, line.reason) == (Act.DEPOT_DOCUMENT, "document.infected")


CLEAN: dict[str, Callable[[], bytes]] = {
    "structured": vsm,
    "a wrapped PDF": biology,
    "an embedded file": lambda: embedding(b"\x89PNG" + bytes(5_000)),
    "20 MB": lambda: document("20 MB"),
}


@pytest.mark.parametrize("kind", CLEAN)
def test_a_clean_upload_is_downloaded_byte_for_byte(stack_with_clamd: DocumentsStack, kind: str) -> None:
    sent = CLEAN[kind]()
    assert stack_with_clamd.read(stack_with_clamd.deposit(sent)) == sent


@pytest.mark.usefixtures("unchanged")
def test_without_its_scanner_the_service_refuses_uploads_and_is_not_ready(stack: DocumentsStack) -> None:
    with restarted(stack, clamd_address="127.0.0.1:9"):
        wait_until(lambda: stack.missing() == ["scanner"], "only the scanner is away")
        assert problem(stack.put(vsm())) == (503, "service.unavailable")


def test_unscanned_uploads_are_logged_where_scans_are_optional(stack: DocumentsStack) -> None:
    sent = embedding(b"\x89PNG")
    with answering(None) as address, restarted(stack, clamd_address=address, scan_seconds="0.5", scan_required="0"):
        assert stack.read(stack.deposit(sent)) == sent
        assert stack.missing() == []
        assert [line["part"] for line in stack.log() if line["event"] == "content_unscanned"] == ["scanner"]
