"""Reading through the FHIR API: searches, pages, formats; hidden documents are found by no search."""

from base64 import b64decode
from collections.abc import Callable
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from client.fhir import FhirClient
from client.people import DemoPeople
from contracts.vocabulary import Visibility
from tests.support.fhir_client import fhir_client, refusal_in, submission_set_of, text_reference_to
from tests.support.fhir_tokens import finds, forms_of, tokens_of
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


def test_whatever_is_answered_is_found_by_every_form_of_its_token(demo: DemoPeople, shared: Holder) -> None:
    """FHIR R4, search.html#token."""
    software = fhir_client(demo, demo.logged_in("hospital"))
    path = f"DocumentReference?patient={shared.record}&status=current"
    (entry,) = software.get(path).json()["entry"]
    tokens = tokens_of(entry["resource"])
    names = {token.parameter for token in tokens}
    assert names >= {"type", "category", "format", "author.identifier", "identifier"}
    for token in tokens:
        for form in forms_of(token):
            reply = software.send("GET", path, params={token.parameter: form, "_total": "accurate"})
            is_found = any(finds(form, each) for each in tokens if each.parameter == token.parameter)
            assert (reply.status_code, reply.json()["total"]) == (200, int(is_found)), (token.parameter, form)


def test_repeated_parameters_all_hold_and_alternatives_one_of_them(demo: DemoPeople) -> None:
    holder = open_record(demo)
    first, second = (deposit_new(demo, holder) for _ in range(2))
    software = fhir_client(demo, demo.logged_in("hospital"))
    path = f"DocumentReference?patient={holder.record}&status=current&_total=accurate"
    by_id = {reference["id"][32:]: reference for reference in resources_in(software, path)}
    first_found, other = (by_id[name.replace("-", "")] for name in (first, second))

    def total(*conditions: tuple[str, str]) -> int:
        return int(software.send("GET", path, params=conditions).json()["total"])

    uids = [reference["masterIdentifier"]["value"] for reference in (first_found, other)]
    entry = first_found["identifier"][0]["value"]
    assert total(("identifier", ",".join(uids))) == 2
    assert total(("identifier", uids[0]), ("identifier", entry)) == 1
    assert total(("identifier", uids[1]), ("identifier", entry)) == 0
    assert total(("_id", f"{first_found['id']},{other['id']}"), ("_id", first_found["id"])) == 1
    assert total(("_id", first_found["id"]), ("_id", other["id"])) == 0
    assert total(("_id", "nobody")) == 0
    changed = first_found["meta"]["lastUpdated"]
    assert total(("_lastUpdated", changed)) >= 1
    assert total(("_lastUpdated", f"lt{changed}"), ("_lastUpdated", f"gt{changed}")) == 0
    assert total(("_lastUpdated", f"lt{changed},ge{changed}")) == 2
    assert total(("status", "current"), ("status", "superseded")) == 0


def test_several_sort_keys_order_every_page(demo: DemoPeople) -> None:
    holder = open_record(demo)
    software = fhir_client(demo, demo.logged_in("hospital"))
    for number in range(4):
        # All of them were written at the same moment.
        body = text_reference_to(holder, f"Compte rendu {number}. ".encode() * 30, "11488-4", title="Bilan")
        assert software.post("DocumentReference", body).status_code == 201
    path = f"DocumentReference?patient={holder.record}&status=current"
    deposited = [reference["id"] for reference in resources_in(software, f"{path}&_sort=date")]
    for sort, expected in (("creation,-date", deposited[::-1]), ("-creation,date", deposited)):
        assert software.search_ids(f"{path}&_sort={sort}&_count=1") == expected


def resources_in(software: FhirClient, path: str) -> list[dict[str, Any]]:
    return [entry["resource"] for entry in software.get(path).json()["entry"]]


def test_a_count_of_zero_is_the_total_and_head_has_no_body(demo: DemoPeople, shared: Holder) -> None:
    software = fhir_client(demo, demo.logged_in("hospital"))
    path = f"DocumentReference?patient={shared.record}&status=current"
    counted = software.get(f"{path}&_count=0").json()
    assert (counted["total"], "entry" in counted) == (1, False)
    for address in (path, f"List?patient={shared.record}&status=current", f"Patient?identifier={_ins(shared)}"):
        head, whole = software.send("HEAD", address), software.get(address)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-type"] == whole.headers["content-type"]


def _ins(holder: Holder) -> str:
    return f"urn:oid:{holder.patient.ins.oid}|{holder.patient.ins.matricule}"


def test_a_reference_to_another_server_is_not_ours(demo: DemoPeople, shared: Holder) -> None:
    software = fhir_client(demo, demo.logged_in("hospital"))
    base = f"{demo.gateway}/fhir"
    for ours in (shared.record, f"Patient/{shared.record}", f"{base}/Patient/{shared.record}"):
        assert software.get(f"DocumentReference?patient={ours}&status=current").status_code == 200
    for foreign in (f"https://other.example/fhir/Patient/{shared.record}", f"Organization/{shared.record}"):
        reply = software.get(f"DocumentReference?patient={foreign}&status=current")
        assert refusal_in(reply) == (400, "request.invalid")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("DocumentReference?status=current", (400, "request.field_missing")),
        ("DocumentReference?patient={record}", (400, "request.field_missing")),
        ("DocumentReference?patient={record}&status=current&creation=soon", (400, "request.invalid")),
        ("DocumentReference?patient={record}&status=current&type:not=x", (400, "request.parameter_unknown")),
        ("DocumentReference/nobody", (404, "document.not_found")),
        ("List?patient={record}", (400, "request.field_missing")),
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
    for unknown in ("colour=blue", "_include=DocumentReference:subject"):
        path = f"DocumentReference?patient={shared.record}&status=current&{unknown}"
        lenient = software.get(path)
        assert lenient.status_code == 200
        assert unknown.partition("=")[0] not in str(lenient.json()["link"])
        assert refusal_in(software.get(path, prefer="handling=strict")) == (400, "request.parameter_unknown")


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("*/*", "application/xml"),
        ("text/xml", "application/xml"),
        ("application/xml, */*;q=0.1", "application/xml"),
        ("application/pdf;q=0.5, application/*", "application/xml"),
        ("application/fhir+json;q=0.1, application/xml", "application/xml"),
        ("application/fhir+json, */*;q=0.5", "application/fhir+json"),
        ("application/json", "application/fhir+json"),
        ("application/pdf", None),
        ("image/*", None),
        ("application/xml;q=0", None),
        ("application/xml;q=0, */*", None),
        ("application/pdf;q=0, */*", "application/xml"),
    ],
)
def test_a_content_is_sent_as_its_entry_names_it_or_not_at_all(
    demo: DemoPeople, shared: Holder, accept: str, expected: str | None
) -> None:
    """RFC 9110, 12.5.1; FHIR R4, binary.html#rest."""
    software = fhir_client(demo, demo.logged_in("hospital"))
    (entry,) = resources_in(software, f"DocumentReference?patient={shared.record}&status=current")
    attachment = entry["content"][0]["attachment"]
    assert attachment["contentType"] == "application/xml"
    assert attachment["url"].startswith(f"{demo.gateway}/fhir/Binary/")
    reply = software.get(attachment["url"], accept=accept)
    if expected is None:
        assert refusal_in(reply) == (406, "request.not_acceptable")
    else:
        assert reply.headers["content-type"].partition(";")[0] == expected


def test_a_resource_says_when_it_last_changed(demo: DemoPeople, shared: Holder) -> None:
    software = fhir_client(demo, demo.logged_in("hospital"))
    for kind in ("DocumentReference", "List"):
        (found,) = resources_in(software, f"{kind}?patient={shared.record}&status=current")
        reply = software.get(f"{kind}/{found['id']}")
        changed = parsedate_to_datetime(reply.headers["last-modified"])
        assert changed == datetime.fromisoformat(found["meta"]["lastUpdated"]).replace(microsecond=0)


@pytest.mark.parametrize("media_type", ["application/fhir+xml", "application/xml"])
def test_fhir_xml_is_not_supported_and_the_server_says_so(demo: DemoPeople, shared: Holder, media_type: str) -> None:
    software = fhir_client(demo, demo.logged_in("hospital"))
    path = f"DocumentReference?patient={shared.record}&status=current"
    assert refusal_in(software.get(path, accept=media_type)) == (406, "request.not_acceptable")
    sent = software.send("POST", "DocumentReference", data=b"<x/>", headers={"content-type": media_type})
    assert refusal_in(sent) == (415, "request.type_unsupported")
    metadata = software.get("metadata").json()
    assert metadata["format"] == ["application/fhir+json"]
    assert "415" in metadata["rest"][0]["documentation"]


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
