"""Documents as HTML pages and clinical data: with a strict content policy, journalled like any reading."""

from pathlib import Path

import msgspec
import pytest
import requests

from client.people import DemoPeople
from contracts.clinical_data import ClinicalData
from contracts.vocabulary import Visibility
from services.documents.rendering.pages import clinical_data_page, page_of
from tests.support.content_policy import blocked_inline
from tests.support.journal_and_notices import journal_lines, wait_for_line
from tests.support.people import (
    Holder,
    activate_account,
    authorised_doctor,
    deposit,
    deposit_new,
    document_for,
    open_record,
)

SAMPLES = Path(__file__).parents[3] / "shared" / "data" / "cda"


@pytest.fixture
def holder(demo: DemoPeople) -> Holder:
    return open_record(demo)


def test_a_page_has_a_strict_content_policy_and_is_journalled(demo: DemoPeople, holder: Holder) -> None:
    document = deposit_new(demo, holder)
    patient = activate_account(demo, holder)
    address = f"{demo.gateway}/dmp/records/{holder.record}/documents/{document}"
    headers = {"authorization": f"Bearer {patient.token}", "accept-language": "en"}
    reply = requests.get(f"{address}/page", headers=headers, timeout=20)
    assert reply.status_code == 200
    assert reply.headers["content-type"] == "text/html; charset=utf-8"
    assert reply.headers["content-disposition"] == "inline"
    assert reply.headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")
    assert blocked_inline(reply.text, reply.headers["content-security-policy"]) == []
    assert '<html lang="en">' in reply.text and holder.patient.family_name in reply.text
    assert wait_for_line(patient, holder.record, act="consultation_document").outcome == "allowed"
    assert set(requests.get(f"{address}/facts", headers=headers, timeout=20).json()) <= {
        *("allergies", "problems", "treatments", "vaccinations", "results")
    }


def with_result(document: bytes, number: str, day: int) -> bytes:
    """The document with a ferritin result added to its entries."""
    entry = (
        '<entry><observation classCode="OBS" moodCode="EVN"><templateId root="1.3.6.1.4.1.19376.1.3.1.6"/>'
        '<code code="2276-4" codeSystem="2.16.840.1.113883.6.1" displayName="Ferritine"/>'
        f'<effectiveTime value="2026010{day}"/>'
        f'<value xmlns:x="http://www.w3.org/2001/XMLSchema-instance" x:type="PQ" value="{number}" unit="ug/L"/>'
        "</observation></entry>"
    )
    before, end, after = document.rpartition(b"</section>")
    return before + entry.encode() + end + after


def test_results_of_several_documents_form_one_trend_and_one_journal_line(demo: DemoPeople, holder: Holder) -> None:
    for day, number in enumerate(("11", "48"), start=1):
        deposit(demo.logged_in("hospital"), holder, with_result(document_for(demo, holder), number, day))
    hidden = with_result(document_for(demo, holder), "99", 3)
    deposit(demo.logged_in("hospital"), holder, hidden, Visibility.MASQUE_PS)
    doctor, patient = authorised_doctor(demo, holder), activate_account(demo, holder)
    trends = {client: client.trends(holder.record)["trends"] for client in (doctor, patient)}
    assert [point["value"] for point in trends[doctor][0]["points"]] == ["11", "48"]
    assert [point["value"] for point in trends[patient][0]["points"]] == ["11", "48", "99"]
    assert len(patient.all_facts(holder.record)["sources"]) == 3
    wait_for_line(patient, holder.record, "lecture_donnees", actor_role="professional", outcome="allowed")
    assert len(journal_lines(patient, holder.record, "lecture_donnees", actor_role="professional")) == 1

    page = doctor.trends_page(holder.record)
    assert page.count("<circle") == 2 and "Ferritine (µg/L)" in page


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the national samples are not beside this checkout")
def test_clinical_data_of_the_national_samples_match_their_narrative() -> None:
    def read(name: str) -> ClinicalData:
        body = clinical_data_page((SAMPLES / f"{name}.xml").read_bytes()).body
        return msgspec.json.decode(body, type=ClinicalData)

    vsm, biology, vaccines = read("VSM_1.4_2022.01"), read("BIO-CR-BIO_2024.01_TSH_1"), read("VAC_2023.01")
    assert [allergy.agent for allergy in vsm.allergies] == ["Paracétamol"]
    assert [treatment.name for treatment in vsm.treatments] == ["PLAVIX 75 mg", "COUMADINE 5mg"]
    assert [problem.code.code for problem in vsm.problems if problem.code] == ["G45.9", "I20.0", "N10", "I21.1"]
    thyroxine = biology.results[1]
    assert (thyroxine.analyte.code, thyroxine.number, thyroxine.unit) == ("3024-7", 7.67, "pg/mL")
    assert (thyroxine.low, thyroxine.high, thyroxine.interpretation) == (9.3, 17.0, "L")
    assert (vaccines.vaccinations[0].on, vaccines.vaccinations[0].lot) == ("1975", "235421176")
    assert len(vaccines.vaccinations) == 4


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the national samples are not beside this checkout")
def test_every_national_sample_has_a_page() -> None:
    shown = {path.name: page_of(path.read_bytes(), "fr") for path in SAMPLES.glob("*.xml")}
    assert len(shown) == 16
    assert {page.media_type for page in shown.values()} == {"text/html; charset=utf-8", "application/pdf"}
    for page in shown.values():
        assert page.body.startswith((b"<!doctype html>", b"%PDF-"))
