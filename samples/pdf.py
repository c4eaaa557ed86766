"""A one-page laboratory report as PDF, with a table of results."""

import io
from datetime import datetime
from random import Random

from fpdf import FPDF
from PIL import Image

from samples.people import SampleAuthor, SamplePatient

_HEAD = ("Examen", "Résultat", "Unité", "Valeurs de référence")
_TESTS = (
    ("Hémoglobine", "g/dL", 12.0, 16.0),
    ("Leucocytes", "G/L", 4.0, 10.0),
    ("Plaquettes", "G/L", 150.0, 400.0),
    ("Glycémie à jeun", "g/L", 0.7, 1.1),
    ("Créatinine", "mg/L", 6.0, 12.0),
    ("Cholestérol LDL", "g/L", 0.7, 1.6),
    ("TSH", "mUI/L", 0.4, 4.0),
    ("Ferritine", "µg/L", 15.0, 150.0),
)
_PICTURE_WIDTH = 256


def biology_report(
    *, patient: SamplePatient, author: SampleAuthor, effective_time: datetime, seed: int = 0, padding: int = 0
) -> bytes:
    """The report; `seed` draws its results, an image of noise adds about `padding` bytes."""
    rng = Random(seed)  # noqa: S311 - it draws sample results, not secrets
    pdf = FPDF()
    pdf.set_creation_date(effective_time)
    pdf.set_title("Compte rendu d'examens biologiques")
    pdf.set_lang("fr")
    pdf.add_page()
    _heading(pdf, patient, author, effective_time)
    _results(pdf, rng)
    if padding:
        pdf.image(_noise(rng, padding), y=200, w=60, h=60)
    return bytes(pdf.output())


def _heading(pdf: FPDF, patient: SamplePatient, author: SampleAuthor, when: datetime) -> None:
    pdf.set_font("helvetica", "B", 16)
    pdf.cell(text="Compte rendu d'examens biologiques", new_x="LMARGIN", new_y="NEXT")
    pdf.set_font("helvetica", size=10)
    lines = (
        author.structure_name,
        f"Biologiste : Dr {author.given_name} {author.family_name}",
        f"Patient : {patient.family_name} {patient.given_names}, {patient.birth_date:%d/%m/%Y}",
        f"Validé le {when:%d/%m/%Y à %H:%M}",
    )
    for line in lines:
        pdf.cell(text=_printable(line), new_x="LMARGIN", new_y="NEXT")
    pdf.ln(6)


def _results(pdf: FPDF, rng: Random) -> None:
    with pdf.table() as table:
        table.row(_HEAD)
        for name, unit, low, high in _TESTS:
            value = rng.uniform(low * 0.9, high * 1.1)
            table.row((name, f"{value:.2f}", unit, f"{low:g} - {high:g}"))


def _noise(rng: Random, size: int) -> io.BytesIO:
    height = max(1, round(size / (3 * _PICTURE_WIDTH)))
    picture = Image.frombytes("RGB", (_PICTURE_WIDTH, height), rng.randbytes(3 * _PICTURE_WIDTH * height))
    file = io.BytesIO()
    picture.save(file, "PNG", compress_level=0)
    file.seek(0)
    return file


def _printable(text: str) -> str:
    """The text with characters outside the PDF base fonts replaced."""
    return text.encode("latin-1", "replace").decode("latin-1")
