"""The project's own sample documents are reproducible and have the requested size."""

import pytest

from samples.pdf import biology_report
from samples.people import BIOLOGIST, CAMILLE
from services.documents.cda import read_header
from tests.unit.documents.specimens import WHEN, biology, every_kind, vsm


@pytest.mark.parametrize("kind", every_kind())
def test_same_people_and_seed_give_the_same_bytes(kind: str) -> None:
    assert every_kind()[kind] == every_kind()[kind]


def test_another_seed_gives_other_results() -> None:
    assert biology(seed=1) != biology(seed=2)


@pytest.mark.parametrize("padding", [20_000, 130_000, 1_000_000])
def test_padding_adds_about_as_many_bytes(padding: int) -> None:
    assert len(vsm(padding)) - len(vsm()) == pytest.approx(padding, rel=0.1)
    assert len(biology(padding)) - len(biology()) == pytest.approx(padding, rel=0.1)


def test_padding_leaves_the_header_unchanged() -> None:
    assert read_header(biology(130_000)) == read_header(biology())


def test_the_report_is_a_pdf_of_one_page() -> None:
    report = biology_report(patient=CAMILLE, author=BIOLOGIST, effective_time=WHEN, padding=50_000)
    assert report.startswith(b"%PDF-")
    assert b"/Count 1\n" in report
