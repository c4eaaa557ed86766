"""Reading through the FHIR API: searches, pages, formats; hidden documents are found by no search."""

from base64 import b64decode
from collections.abc import Callable
from typing import Any

import pytest

from client.people import DemoPeople
from contracts.vocabulary import Visibility
from tests.support.fhir_client import fhir_client, refusal_in, submission_set_of
from tests.support.people import Holder, activate_account, authorised_doctor, deposit_new, document_for, open_record


@pytest.fixture
def holder(demo: DemoPeople) -> Holder:
    return open_record(demo)


def test_a_document_is_found_read_and_downloaded(demo: DemoPeople, holder: Holder) -> None:
    content = document_for(demo, holder)
    depositor = demo.logged_in("hospital")
    document = depositor.deposit(holder.record, content)
    software = fhir_client(demo, depositor)
    ins = f"urn:oid:{holder.patient.ins.oid}|{holder.patient.ins.matricule}"
    patient = software.get(f"Patient?identifier={ins}").json()["entry"][0]["resource"]
    assert (patient["id"], patient["active"]) == (holder.record, True)
    bundle = software.get(f"DocumentReference?patient.identifier={ins}&status=current&_total=accurate").json()
    assert bundle["total"] == 1
    assert holder.patient.ins.matricule not in str(bundle["link"])
    reference = bundle["entry"][0]["resource"]
    assert reference["masterIdentifier"]["value"] == f"urn:oid:{document.unique_id}"
    assert software.get(f"DocumentReference/{reference['id']}").json() == reference
    url = reference["content"][0]["attachment"]["url"]
    assert software.get(url, accept="*/*").content == content
    wrapped = software.get(url)
    assert b64decode(wrapped.json()["data"]) == content
    part = software.get(url, accept="*/*", range="bytes=0-9")
    assert (part.status_code, part.content) == (206, content[:10])


def test_a_closed_record_shows_when_and_why_it_was_closed(demo: DemoPeople, holder: Holder) -> None:
    software = fhir_client(demo, demo.logged_in("hospital"))
    ins = f"urn:oid:{holder.patient.ins.oid}|{holder.patient.ins.matricule}"

    def record_state() -> dict[str, Any]:
        found = software.get(f"Patient?identifier={ins}").json()["entry"][0]["resource"]
        extensions = {extension["url"]: extension for extension in found["extension"][0]["extension"]}
        return extensions | {"active": found["active"]}

    before = record_state()
    assert (before["active"], "closedAt" in before, "closeReason" in before) == (True, False, False)
    patient = activate_account(demo, holder)
    patient.close_record(holder.record)
    after = record_state()
    assert (after["active"], after["closeReason"]["valueCode"]) == (False, "demande")
    assert after["closedAt"]["valueInstant"] > before["openedAt"]["valueInstant"]
    patient.reopen_record(holder.record)
    assert "closedAt" not in record_state()


def test_searches_are_paged_and_submission_sets_include_their_documents(demo: DemoPeople, holder: Holder) -> None:
    ids = {deposit_new(demo, holder).replace("-", "") for _ in range(3)}
    software = fhir_client(demo, authorised_doctor(demo, holder))
    query = f"patient={holder.record}&status=current"
    paged = software.search_ids(f"DocumentReference?{query}&_count=1")
    assert len(paged) == 3
    assert {reference_id[32:] for reference_id in paged} == ids
    submission_sets = software.get(f"List?{query}&code=submissionset&_include=List:item").json()["entry"]
    assert sorted(entry["search"]["mode"] for entry in submission_sets) == ["include"] * 3 + ["match"] * 3
    counted = software.get(f"DocumentReference?{query}&_summary=count").json()
    assert (counted["total"], "entry" in counted) == (3, False)


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("type=http://loinc.org|11502-2", 0),
        ("category=11", 1),
        ("author.family=zzz", 0),
        ("creation=ge1999", 1),
        ("creation=lt1999-02", 0),
        ("date=gt2999", 0),
        ("security-label=N", 1),
        ("security-label=MASQUE_PS", 0),
        ("_since=2999-01-01", 0),
        ("identifier=urn:oid:1.2.3.4", 0),
        ("_lastUpdated=ge2020-01-01T00:00:00Z", 1),
    ],
)
def test_each_search_parameter_filters(demo: DemoPeople, shared: Holder, condition: str, found: int) -> None:
    software = fhir_client(demo, demo.logged_in("hospital"))
    reply = software.get(f"DocumentReference?patient={shared.record}&status=current&{condition}&_total=accurate")
    assert (reply.status_code, reply.json()["total"]) == (200, found)


@pytest.fixture(scope="module")
def shared(demo: DemoPeople) -> Holder:
    holder = open_record(demo)
    deposit_new(demo, holder)
    return holder


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("DocumentReference?status=current", (400, "request.invalid")),
        ("DocumentReference?patient={record}", (400, "request.invalid")),
        ("DocumentReference?patient={record}&status=current&creation=soon", (400, "request.invalid")),
        ("DocumentReference?patient={record}&status=current&type:not=x", (400, "request.parameter_unknown")),
        ("DocumentReference/nobody", (404, "document.not_found")),
        ("List?patient={record}", (400, "request.invalid")),
        ("Nothing", (404, "route.not_found")),
    ],
)
def test_an_invalid_search_returns_an_operation_outcome(
    demo: DemoPeople, shared: Holder, path: str, expected: tuple[int, str]
) -> None:
    software = fhir_client(demo, demo.logged_in("hospital"))
    reply = software.get(path.format(record=shared.record))
    assert refusal_in(reply) == expected


def test_an_unknown_parameter_is_ignored_or_under_strict_handling_refused(demo: DemoPeople, shared: Holder) -> None:
    software = fhir_client(demo, demo.logged_in("hospital"))
    path = f"DocumentReference?patient={shared.record}&status=current&colour=blue"
    lenient = software.get(path)
    assert lenient.status_code == 200
    assert "colour" not in str(lenient.json()["link"])
    assert refusal_in(software.get(path, prefer="handling=strict")) == (400, "request.parameter_unknown")


SEARCHES: dict[str, Callable[[str, str], str]] = {
    "search": lambda record, _: f"DocumentReference?patient={record}&status=current",
    "page 2": lambda record, _: f"DocumentReference?patient={record}&status=current&_count=1",
    "superseded too": lambda record, _: f"DocumentReference?patient={record}&status=current,superseded",
    "archived": lambda record, _: f"DocumentReference?patient={record}&status=current&isArchived=true",
    "by id": lambda record, reference_id: f"DocumentReference?patient={record}&status=current&_id={reference_id}",
    "by label": lambda record, _: f"DocumentReference?patient={record}&status=current&security-label=MASQUE_PS",
    "by submission set": lambda record, _: f"List?patient={record}&status=current",
    "included": lambda record, _: f"List?patient={record}&status=current&_include=List:item",
}


@pytest.mark.parametrize("search", SEARCHES)
def test_a_hidden_document_is_found_by_no_search(demo: DemoPeople, holder: Holder, search: str) -> None:
    hidden = deposit_new(demo, holder, Visibility.MASQUE_PS).replace("-", "")
    software = fhir_client(demo, authorised_doctor(demo, holder))
    reference_id = holder.record.replace("-", "") + hidden
    path = SEARCHES[search](holder.record, reference_id)
    assert software.search_ids(path) == []
    counted = software.get(f"{path}&_total=accurate").json()
    assert counted["total"] == 0
    for by_id in (f"DocumentReference/{reference_id}", f"Binary/{reference_id}"):
        assert refusal_in(software.get(by_id)) == (404, "document.not_found")


def test_the_holder_finds_their_documents_and_others_are_refused(demo: DemoPeople, holder: Holder) -> None:
    deposit_new(demo, holder)
    path = f"DocumentReference?patient={holder.record}&status=current"
    assert len(fhir_client(demo, activate_account(demo, holder)).search_ids(path)) == 1
    assert refusal_in(fhir_client(demo, demo.logged_in("specialist")).get(path)) == (403, "consent.missing")
    assert refusal_in(fhir_client(demo, None).get(path)) == (401, "token.missing")


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("application/fhir+json", 200),
        ("application/fhir+json;q=1.0, application/json+fhir;q=0.9", 200),
        ("application/json", 200),
        ("*/*", 200),
        ("application/fhir+xml;q=1.0, application/fhir+json;q=1.0", 200),
        ("application/fhir+xml", 406),
    ],
)
def test_the_accept_header_decides_the_answer_format(demo: DemoPeople, accept: str, status: int) -> None:
    reply = fhir_client(demo, None).get("metadata", accept=accept)
    assert reply.status_code == status
    assert reply.headers["content-type"].startswith("application/fhir+json")


def test_a_submission_set_with_a_masked_member_says_nothing_to_whom_it_is_hidden_from(
    demo: DemoPeople, holder: Holder
) -> None:
    bundle = submission_set_of(holder, document_for(demo, holder), document_for(demo, holder))
    claims = {"title": "Résultats et avis psychiatrique", "note": [{"text": "Avis à part"}]}
    bundle["entry"][0]["resource"] |= claims
    bundle["entry"][2]["resource"]["securityLabel"] = [{"coding": [{"code": "MASQUE_PS"}]}]
    author = fhir_client(demo, demo.logged_in("hospital"))
    assert author.post("", bundle).status_code == 200
    doctor = fhir_client(demo, authorised_doctor(demo, holder))
    search = f"List?patient={holder.record}&status=current&code=submissionset"
    [shown], [whole] = (
        [entry["resource"] for entry in software.get(search).json()["entry"]] for software in (doctor, author)
    )
    assert (whole["title"], whole["note"], len(whole["entry"])) == (*claims.values(), 2)
    assert ("title" in shown, "note" in shown, len(shown["entry"])) == (False, False, 1)
    assert doctor.get(f"List/{shown['id']}").json() == shown
    deposit_new(demo, holder)
    without_claims = doctor.get(search).json()["entry"][0]["resource"]
    assert set(shown) == set(without_claims)


@pytest.mark.parametrize(
    ("condition", "named"),
    [
        ("type=" + ",".join(["1"] * 25_000), "type"),
        ("&".join(["event=1"] * 90), "event"),
        ("&".join(["note=1"] * 5_000), "search"),
    ],
    ids=["values", "repetitions", "parameters"],
)
def test_a_search_of_too_many_values_is_refused_at_once(
    demo: DemoPeople, holder: Holder, condition: str, named: str
) -> None:
    software = fhir_client(demo, authorised_doctor(demo, holder))
    answer = software.get(f"DocumentReference?patient={holder.record}&status=current&{condition}")
    assert refusal_in(answer) == (400, "request.invalid")
    assert named in answer.json()["issue"][0]["details"]["text"]
