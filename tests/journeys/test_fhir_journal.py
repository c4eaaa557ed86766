"""The journal through the FHIR API (AuditEvent): its holder reads it, page by page, and nobody else does."""

import pytest

from client.people import DemoPeople
from tests.support.fhir_client import fhir_client, refusal_in
from tests.support.journal_and_notices import wait_for_line
from tests.support.people import Holder, activate_account, deposit_new, open_record


@pytest.fixture
def holder(demo: DemoPeople) -> Holder:
    return open_record(demo)


def test_the_holder_reads_who_did_what(demo: DemoPeople, holder: Holder) -> None:
    document = deposit_new(demo, holder).replace("-", "")
    patient = activate_account(demo, holder)
    wait_for_line(patient, holder.record, act="depot_document")
    software = fhir_client(demo, patient)
    path = f"AuditEvent?patient={holder.record}"
    events = [entry["resource"] for entry in software.get(path).json()["entry"]]
    deposit = next(event for event in events if event["subtype"][0]["code"] == "depot_document")
    assert deposit["outcome"] == "0"
    assert deposit["entity"][1]["what"]["reference"].endswith(document)
    assert deposit["agent"][0]["who"]["identifier"]["value"].startswith("8")
    paged = software.search_ids(f"{path}&_count=1&date=lt2999")
    assert len(paged) == len(set(paged)) >= len(events)
    assert software.search_ids(f"{path}&date=gt2998") == []
    assert software.search_ids(f"{path}&outcome=4") == []


def test_nobody_else_reads_the_journal(demo: DemoPeople, holder: Holder) -> None:
    other = activate_account(demo, open_record(demo))
    path = f"AuditEvent?patient={holder.record}"
    assert refusal_in(fhir_client(demo, other).get(path)) == (404, "record.not_found")
    assert refusal_in(fhir_client(demo, demo.logged_in("hospital")).get(path)) == (403, "access.role")
    assert refusal_in(fhir_client(demo, other).get("AuditEvent?date=2026")) == (400, "request.field_missing")
    assert refusal_in(fhir_client(demo, other).get(f"{path}&outcome=9")) == (400, "request.invalid")
