"""The journal through the FHIR door: its holder reads who did what, page by page, and nobody else does."""

import pytest

from cli.demo.people import DemoPeople
from tests.support.fhir_client import FhirClient, issue
from tests.support.people import Holder, activate, deposited, open_record
from tests.support.trails import line


@pytest.fixture
def holder(demo: DemoPeople) -> Holder:
    return open_record(demo)


def test_the_holder_reads_who_did_what(demo: DemoPeople, holder: Holder) -> None:
    document = deposited(demo, holder).replace("-", "")
    patient = activate(demo, holder)
    line(patient, holder.record, act="depot_document")
    software = FhirClient(demo, patient)
    path = f"AuditEvent?patient={holder.record}"
    events = [entry["resource"] for entry in software.get(path).json()["entry"]]
    deposit = next(one for one in events if one["subtype"][0]["code"] == "depot_document")
    assert deposit["outcome"] == "0"
    assert deposit["entity"][1]["what"]["reference"].endswith(document)
    assert deposit["agent"][0]["who"]["identifier"]["value"].startswith("8")
    paged = software.found(f"{path}&_count=1&date=lt2999")
    assert len(paged) == len(set(paged)) >= len(events)
    assert software.found(f"{path}&date=gt2998") == []
    assert software.found(f"{path}&outcome=4") == []


def test_nobody_else_reads_it(demo: DemoPeople, holder: Holder) -> None:
    other = activate(demo, open_record(demo))
    path = f"AuditEvent?patient={holder.record}"
    assert issue(FhirClient(demo, other).get(path)) == (404, "record.not_found")
    assert issue(FhirClient(demo, demo.logged_in("hospital")).get(path)) == (403, "access.role")
    assert issue(FhirClient(demo, other).get("AuditEvent?date=2026")) == (400, "request.invalid")
    assert issue(FhirClient(demo, other).get(f"{path}&outcome=9")) == (400, "request.invalid")
