"""Rules of the pages: what is vendored, what templates may hold, addresses, dates, summaries."""

import json
import re
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import uuid4

import msgspec
import pytest

from contracts.clinical_data import Allergy, ClinicalData, HealthProblem, Treatment
from contracts.vocabulary import DocumentId, Visibility
from deploy.dev.vendored import FOLDER, LOCK, integrity_of
from gateway.api.clinical_data import RecordClinicalData
from gateway.portal.content_shown import framed
from gateway.portal.documents_shown import spaced_ins
from gateway.portal.professional.find import read_date
from gateway.portal.routes import PROFESSIONAL_SITE, own_path
from gateway.portal.statements import is_incomplete, statements_of, without_hidden
from gateway.portal.static_files import icon
from gateway.trends import SourcedClinicalData
from tests.support.comparisons import check_all

PORTAL = FOLDER.parents[1]
TEMPLATES = sorted((PORTAL / "templates").rglob("*.html"))
FORBIDDEN = re.compile(r"\bhx-on|\bhx-vals|\bstyle=|\bon[a-z]+=|javascript:|https?://|<script>|<style|hx-preload")


def test_vendored_files_are_those_that_the_lock_names() -> None:
    lock = json.loads(LOCK.read_text())
    named = {name: integrity for package in lock.values() for name, integrity in package["files"].items()}
    found = {path.name: integrity_of(path.read_bytes()) for path in FOLDER.iterdir() if path != LOCK}
    # Its package has no text of its licence, which is that of its repository.
    found.pop("govuk-frontend.LICENSE")
    check_all("vendored file", found, named)
    assert all({"version", "integrity", "licence"} <= set(package) for package in lock.values())


def test_templates_name_drawings_that_there_are() -> None:
    named = {name for path in TEMPLATES for name in re.findall(r'icon\("([^"]+)"', path.read_text())}
    assert all(name in icon(name) for name in named)
    with pytest.raises(KeyError):
        icon("another")


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_a_template_holds_no_script_no_style_and_nothing_of_other_sites(template: Path) -> None:
    assert FORBIDDEN.findall(template.read_text()) == []


@pytest.mark.parametrize(
    ("path", "own"),
    [
        ("/pro", "/pro"),
        ("/pro/d/1?mode=normal", "/pro/d/1?mode=normal"),
        ("/pro?suite=1", "/pro?suite=1"),
        ("/espace", "/espace"),
        ("/espace/avis?x=1", "/espace/avis?x=1"),
        ("/espacement", PROFESSIONAL_SITE),
        ("/professionnel", PROFESSIONAL_SITE),
        ("//ailleurs.example/pro", PROFESSIONAL_SITE),
        ("https://ailleurs.example/pro", PROFESSIONAL_SITE),
        ("/\\ailleurs.example", PROFESSIONAL_SITE),
        ("/pro/\\ailleurs.example", PROFESSIONAL_SITE),
        ("/pro/\nx", PROFESSIONAL_SITE),
        ("/", "/"),
        ("/verifier-le-journal", "/verifier-le-journal"),
        ("/aidez", PROFESSIONAL_SITE),
        ("//[", PROFESSIONAL_SITE),
        ("//\u2100/pro", PROFESSIONAL_SITE),
        ("/pro/../oauth/authorize", PROFESSIONAL_SITE),
        ("/pro/%2E./oauth/authorize", PROFESSIONAL_SITE),
        ("", PROFESSIONAL_SITE),
        ("/pro/" + "a" * 400, PROFESSIONAL_SITE),
    ],
)
def test_a_browser_is_redirected_to_pages_only(path: str, own: str) -> None:
    assert own_path(path) == own


@pytest.mark.parametrize("text", ["14/07/1985", "14.07.1985", "14-7-1985", "14 07 1985", "14071985", " 14/07/1985 "])
def test_a_date_is_read_as_people_write_it(text: str) -> None:
    assert read_date(text) == date(1985, 7, 14)


@pytest.mark.parametrize("text", ["", "31/02/1985", "14/07/85", "1985-07-14", "14/07/1985x"])
def test_what_is_no_date_is_not_guessed(text: str) -> None:
    assert read_date(text) is None


def test_an_ins_is_written_as_on_the_card() -> None:
    assert spaced_ins("285077599900132").split("\u202f") == ["2", "85", "07", "75", "999", "001", "32"]


def test_only_our_own_pages_frame_a_content_and_its_policy_stays_as_strict() -> None:
    strict = "default-src 'none'; style-src 'sha256-x'; frame-ancestors 'none'"
    assert framed(strict) == "default-src 'none'; style-src 'sha256-x'; frame-ancestors 'self'"
    assert "default-src 'none'" in framed("") and framed("").endswith("frame-ancestors 'self'")


def source(**facts: object) -> SourcedClinicalData:
    return SourcedClinicalData(
        document_id=DocumentId(uuid4()),
        title="Synthèse",
        created_at=datetime(2026, 3, 2, tzinfo=UTC),
        facts=ClinicalData(**facts),  # type: ignore[arg-type]
    )


def test_a_statement_is_shown_with_all_that_makes_it_no_plain_one() -> None:
    facts = source(
        problems=(
            HealthProblem(name="Diabète", absent=True),
            HealthProblem(name="Pas de problème connu", absent=True, name_says_absent=True),
            HealthProblem(name="Asthme", uncertain=True, inactive=True, since="2016", until="2018"),
        ),
        treatments=(Treatment(name="Warfarine", dose="5 mg", condition="selon INR", planned=True),),
    )
    marks = {each.name: (each.marks, each.detail) for each in statements_of("problems", [facts])}
    assert marks == {
        "Diabète": (("absent",), ""),
        "Pas de problème connu": ((), ""),
        "Asthme": (("uncertain", "inactive"), "2016 – 2018"),
    }
    treatment = statements_of("treatments", [facts])[0]
    assert (treatment.marks, treatment.detail) == (("planned",), "5 mg · selon INR")


def test_the_same_words_are_shown_once_and_other_ones_all() -> None:
    newer = source(allergies=(Allergy(name="Allergie", agent="Amoxicilline"),))
    older = source(
        allergies=(
            Allergy(name="allergie", agent="amoxicilline"),
            Allergy(name="Allergie", agent="Amoxicilline", absent=True),
        )
    )
    shown = statements_of("allergies", [newer, older])
    assert [(each.document_id, each.marks) for each in shown] == [
        (newer.document_id, ()),
        (older.document_id, ("absent",)),
    ]


@pytest.mark.parametrize("mark", Visibility)
def test_what_only_hidden_documents_say_is_not_said_to_others(mark: Visibility) -> None:
    said_openly_too = Allergy(name="Allergie", agent="Amoxicilline")
    hidden = source(allergies=(said_openly_too, Allergy(name="Allergie", agent="Latex")))
    hidden = msgspec.structs.replace(hidden, visibility=(mark,))
    shown = source(allergies=(said_openly_too,))
    data = RecordClinicalData(sources=(hidden, shown), more=True)
    repeatable = without_hidden(data)
    assert repeatable == RecordClinicalData(sources=(shown,), more=True)
    [statement] = statements_of("allergies", repeatable.sources)
    assert (statement.name, statement.document_id) == ("Amoxicilline", shown.document_id)


@pytest.mark.parametrize(
    "data",
    [
        RecordClinicalData(sources=(), more=True),
        RecordClinicalData(sources=(), unread=(DocumentId(uuid4()),)),
        RecordClinicalData(sources=(source(incomplete=True),)),
        RecordClinicalData(sources=(source(left_out=("allergies",)),)),
        RecordClinicalData(sources=(source(problems=tuple(HealthProblem(name=str(n)) for n in range(40))),)),
    ],
    ids=["older documents", "unread", "cut", "left out", "too many"],
)
def test_it_is_said_when_documents_say_more_than_is_shown(data: RecordClinicalData) -> None:
    assert is_incomplete(data)
    assert not is_incomplete(RecordClinicalData(sources=(source(results=()),)))
