"""The type that is suggested for a file: from the header of a CDA, the words of a PDF, the name of any file."""

from datetime import UTC, datetime

import pytest
from fpdf import FPDF
from hypothesis import given
from hypothesis import strategies as st

from contracts.codes.documents import document_types
from contracts.vocabulary import DepositorKind
from gateway.portal.file_suggestions import NAMES_OF_TYPES, FileKind, Suggestion, suggest, type_named_in
from samples import cda, pdf
from samples.people import CAMILLE, RADIOLOGIST

AT = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


def a_pdf(*lines: str, title: str = "") -> bytes:
    document = FPDF()
    if title:
        document.set_title(title)
    document.add_page()
    document.set_font("helvetica", size=10)
    for line in lines:
        document.cell(text=line, new_x="LMARGIN", new_y="NEXT")
    return bytes(document.output())


def test_every_type_of_the_table_is_one_that_professionals_deposit() -> None:
    depositors = {code: document_types()[code].depositors for code, _ in NAMES_OF_TYPES}
    assert [code for code, kinds in depositors.items() if DepositorKind.PROFESSIONAL not in kinds] == []


def test_a_structured_document_says_itself_what_it_is() -> None:
    content = cda.imaging(patient=CAMILLE, author=RADIOLOGIST, unique_id="1.2.3", effective_time=AT)
    title = "Compte rendu d'imagerie : scanner du thorax"
    expected = Suggestion(FileKind.STRUCTURED, "18748-4", title)
    assert suggest("ordonnance.xml", content) == expected
    assert suggest("x", content.decode().replace("UTF-8", "UTF-16").encode("utf-16")) == expected


@pytest.mark.parametrize(
    ("name", "content", "type_code"),
    [
        ("scan0001.pdf", a_pdf("Laboratoire du Canal", "Compte rendu d'examens biologiques"), "11502-2"),
        ("scan0001.pdf", a_pdf("Bonjour", title="Compte rendu opératoire"), "34874-8"),
        ("IRM du genou.pdf", a_pdf("Bonjour"), "18748-4"),
        ("CR_Consultation_2026.txt", b"Bonjour", "11488-4"),
        ("x.txt", "Certificat médical : je soussigné".encode(), "89601-9"),
        ("x.pdf", a_pdf("Ordonnance", *["Paracétamol"] * 40, "Scanner à prévoir"), "57833-6"),
        ("photo.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00ordonnance", None),
        ("", b"", None),
    ],
    ids=["words", "title", "name", "name with signs", "plain text", "heading before the rest", "picture", "nothing"],
)
def test_a_type_is_suggested_from_title_name_and_words(name: str, content: bytes, type_code: str | None) -> None:
    found = suggest(name, content)
    assert (found.kind, found.type_code) == (FileKind.PLAIN, type_code)


def test_the_sample_of_a_laboratory_is_recognised() -> None:
    report = pdf.biology_report(patient=CAMILLE, author=RADIOLOGIST, effective_time=AT)
    assert suggest("x.pdf", report) == Suggestion(FileKind.PLAIN, "11502-2", "Compte rendu d'examens biologiques")


def test_words_count_only_whole() -> None:
    assert type_named_in("confirmation de rendez-vous : irmengarde") is None
    assert type_named_in("ÉCHOGRAPHIE abdominale") == "18748-4"


@given(st.binary(max_size=300), st.sampled_from([b"", b"%PDF-1.7\n", b"<", b"%PDF-1.4\n/Title <FEFF0>stream\n"]))
def test_any_bytes_are_answered(content: bytes, beginning: bytes) -> None:
    found = suggest(content.decode("latin-1"), beginning + content)
    assert len(found.title) <= 400


@pytest.mark.parametrize("unit", [b"[", b"(", b"] ", b"/Title(", b"stream\n", b"<code ", b"\\(", b"stream\nx\x9c"])
def test_a_file_made_to_be_slow_is_answered(unit: bytes) -> None:
    content = unit * (256 * 1024 // len(unit))
    kinds = [suggest("x.pdf", beginning + content).kind for beginning in (b"%PDF-1.7\n", b"<", b"%PDF-1.7\nstream\n")]
    assert kinds == [FileKind.PLAIN, FileKind.STRUCTURED, FileKind.PLAIN]
