"""Writing through the FHIR API: a document, a submission set, a replacement, a change; refusals store nothing."""

import json
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from client.fhir import FHIR, FhirClient
from client.people import DemoPeople
from client.professional import ProfessionalClient
from contracts.vocabulary import Visibility
from gateway.fhir.document_parsing import LONGEST_DESCRIPTION
from tests.support.fhir_client import fhir_client, reference_to, refusal_in, submission_set_of, text_reference_to
from tests.support.people import Holder, authorised_doctor, deposit_new, document_for, new_unique_id, open_record
from tests.unit.documents.real_files import picture

MASKED = {"coding": [{"code": "MASQUE_PS"}]}
ARCHIVED = "/extension/0/valueBoolean"


@pytest.fixture
def holder(demo: DemoPeople) -> Holder:
    return open_record(demo)


@pytest.fixture
def depositor(demo: DemoPeople) -> ProfessionalClient:
    return demo.logged_in("hospital")


@pytest.fixture
def software(demo: DemoPeople, depositor: ProfessionalClient) -> FhirClient:
    return fhir_client(demo, depositor)


def search(software: FhirClient, holder: Holder, **query: str) -> list[str]:
    more = "".join(f"&{name}={value}" for name, value in query.items())
    path = f"DocumentReference?patient={holder.record}&status=current,superseded{more}"
    return software.search_ids(path)


# One document ------------------------------------------------------------------------------------


def test_a_document_is_found_at_once_and_a_repeated_deposit_is_idempotent(
    demo: DemoPeople, holder: Holder, software: FhirClient
) -> None:
    content = document_for(demo, holder)
    reply = software.post("DocumentReference", reference_to(holder, content))
    assert reply.status_code == 201
    created = reply.json()
    assert reply.headers["location"].endswith(f"DocumentReference/{created['id']}")
    assert search(software, holder) == [created["id"]]
    assert software.get(created["content"][0]["attachment"]["url"], accept="*/*").content == content
    again = software.post("DocumentReference", reference_to(holder, content))
    assert (again.status_code, again.json()["id"]) == (200, created["id"])
    assert search(software, holder) == [created["id"]]


def test_a_large_document_is_returned_unchanged(demo: DemoPeople, holder: Holder, software: FhirClient) -> None:
    content = document_for(demo, holder)
    large = content.replace(b"</ClinicalDocument>", b"<!--" + b"x" * 3_000_000 + b"--></ClinicalDocument>")
    reply = software.post("DocumentReference", reference_to(holder, large))
    assert reply.status_code == 201
    url = reply.json()["content"][0]["attachment"]["url"]
    assert software.get(url, accept="*/*").content == large


def test_a_file_without_a_cda_header_takes_its_metadata_from_the_sender(holder: Holder, software: FhirClient) -> None:
    body = text_reference_to(holder, b"Compte rendu en texte. " * 30, "11488-4", title="Consultation")
    reply = software.post("DocumentReference", body)
    assert reply.status_code == 201, reply.text
    created = reply.json()
    assert created["content"][0]["attachment"]["title"] == "Consultation"
    assert search(software, holder, **{"author.family": "essai"}) == [created["id"]]
    del body["type"], body["masterIdentifier"]
    assert refusal_in(software.post("DocumentReference", body)) == (422, "document.metadata_missing")


@pytest.mark.parametrize(
    ("content", "declared", "media_type"),
    [
        (picture("PNG"), "image/x-png", "image/png"),
        (picture("JPEG") + bytes(3), "image/jpg", "image/jpeg"),
        ("Créatinine élevée".encode("iso-8859-1"), "text/plain; charset=ISO-8859-1", "text/plain"),
        (picture("TIFF"), "application/octet-stream", "image/tiff"),
    ],
    ids=["PNG", "JPEG", "text", "TIFF"],
)
def test_a_file_is_taken_as_its_writer_makes_and_names_it(
    holder: Holder, software: FhirClient, content: bytes, declared: str, media_type: str
) -> None:
    body = text_reference_to(holder, content, "11488-4", title="Bilan")
    body["content"][0]["attachment"]["contentType"] = declared
    created = software.post("DocumentReference", body)
    assert created.status_code == 201, created.text
    attachment = created.json()["content"][0]["attachment"]
    assert attachment["contentType"] == media_type
    assert software.get(attachment["url"], accept="*/*").content == content


@pytest.mark.parametrize("length", [100, 20_000])
@pytest.mark.parametrize("writing", ["escaped", "in lines"])
def test_a_content_arrives_however_its_base64_is_written(
    holder: Holder, software: FhirClient, length: int, writing: str
) -> None:
    """FHIR R4, datatypes.html#base64Binary: white space is allowed; RFC 8259, 7: any character may be escaped."""
    content = (b"Globules rouges >>>??? " * length)[: length * 3]
    data = b64encode(content).decode()
    lines = "\\r\\n".join(data[place : place + 76] for place in range(0, len(data), 76))
    sent = {"escaped": data.replace("+", "\\u002B").replace("/", "\\/"), "in lines": lines}[writing]
    body = json.dumps(text_reference_to(holder, content, "11488-4", title="Bilan")).replace(data, sent)
    created = software.send("POST", "DocumentReference", data=body, headers={"content-type": FHIR})
    assert created.status_code == 201, created.text
    url = created.json()["content"][0]["attachment"]["url"]
    assert software.get(url, accept="*/*").content == content


def test_strings_of_several_thousand_characters_are_kept_and_beyond_a_bound_named(
    holder: Holder, software: FhirClient
) -> None:
    body = text_reference_to(holder, b"Compte rendu en texte. " * 30, "11488-4", title="Consultation")
    narrative = f'<div xmlns="http://www.w3.org/1999/xhtml"><p>{"Texte. " * 2_000}</p></div>'
    body |= {"description": "Détail. " * 1_000, "text": {"status": "generated", "div": narrative}}
    created = software.post("DocumentReference", body)
    assert created.status_code == 201, created.text
    assert created.json()["description"] == body["description"]
    refused = software.post("DocumentReference", body | {"description": "x" * (LONGEST_DESCRIPTION + 1)})
    assert refusal_in(refused) == (400, "request.invalid")
    assert "DocumentReference.description" in refused.text


def test_missing_metadata_is_reported_and_refused_under_strict_handling(
    demo: DemoPeople, holder: Holder, software: FhirClient
) -> None:
    sent = reference_to(holder, document_for(demo, holder))
    strict = software.post("DocumentReference", sent, prefer="handling=strict")
    assert refusal_in(strict) == (422, "document.correction_refused")
    lenient = software.post("DocumentReference", sent, prefer="return=OperationOutcome")
    assert lenient.status_code == 201
    assert "custodian" in [issue["details"]["text"] for issue in lenient.json()["issue"]]
    silent = software.post(
        "DocumentReference", reference_to(holder, document_for(demo, holder)), prefer="return=minimal"
    )
    assert (silent.status_code, silent.content) == (201, b"")


@pytest.mark.parametrize(
    ("different", "expected"),
    [
        ({"attachment": {"size": 3}}, (422, "document.not_as_stated")),
        ({"attachment": {"hash": "AAAA"}}, (422, "document.not_as_stated")),
        ({"attachment": {"contentType": "application/pdf"}}, (422, "document.not_as_stated")),
        ({"type": {"coding": [{"code": "11502-2"}]}}, (422, "document.header_contradicts")),
        ({"masterIdentifier": {"value": "urn:oid:1.2.3"}}, (422, "document.header_contradicts")),
        ({"securityLabel": [{"coding": [{"code": "V"}]}]}, (422, "document.header_contradicts")),
        ({"author": [{"identifier": {"system": "urn:oid:1.2", "value": "9"}}]}, (422, "document.header_contradicts")),
        ({"securityLabel": [{"coding": [{"code": "SECRET"}]}]}, (400, "request.invalid")),
        ({"status": "superseded"}, (400, "request.invalid")),
        ({"author": [{"reference": "#nobody"}]}, (400, "request.invalid")),
        ({"subject": {"reference": "Patient/nobody"}}, (400, "request.invalid")),
        ({"attachment": {"data": "!!!!"}}, (400, "request.invalid")),
        ({"attachment": {"data": "A" * 9_999}}, (400, "request.invalid")),
        ({"attachment": {"data": "é" * 9_999}}, (400, "request.invalid")),
        ({"colour": "blue"}, (400, "request.invalid")),
        (
            {"relatesTo": [{"code": "replaces", "target": {"reference": "DocumentReference/nobody"}}]},
            (403, "document.not_author"),
        ),
    ],
)
def test_contradictory_or_unreadable_metadata_is_refused_and_stores_nothing(
    demo: DemoPeople,
    holder: Holder,
    software: FhirClient,
    different: dict[str, Any],
    expected: tuple[int, str],
) -> None:
    reply = software.post("DocumentReference", reference_to(holder, document_for(demo, holder), **different))
    assert refusal_in(reply) == expected
    assert search(fhir_client(demo, authorised_doctor(demo, holder)), holder) == []


def test_a_condition_on_creation_is_refused_and_never_ignored(
    demo: DemoPeople, holder: Holder, software: FhirClient
) -> None:
    """FHIR R4, http.html#ccreate."""
    reference = reference_to(holder, document_for(demo, holder))
    single = software.post("DocumentReference", reference, **{"if-none-exist": "identifier=urn:oid:1.2.3"})
    assert refusal_in(single) == (400, "request.parameter_unknown")
    by_query = software.post("DocumentReference?identifier=urn:oid:1.2.3", reference)
    assert refusal_in(by_query) == (400, "request.parameter_unknown")
    bundle = submission_set_of(holder, document_for(demo, holder))
    bundle["entry"][0]["request"]["ifNoneExist"] = "identifier=urn:oid:1.2.3"
    assert refusal_in(software.post("", bundle)) == (400, "request.parameter_unknown")
    assert search(fhir_client(demo, authorised_doctor(demo, holder)), holder) == []


def test_dates_names_and_identifiers_are_answered_as_they_were_stated(holder: Holder, software: FhirClient) -> None:
    body = text_reference_to(holder, b"Compte rendu en texte. " * 30, "11488-4", title="Consultation")
    given, local = ["Anne", "Marie"], {"system": "urn:oid:1.2.3", "value": "42"}
    body["contained"][0] |= {"name": [{"family": "ESSAI", "given": given}], "identifier": [local]}
    body["author"] += [{"display": "Dr Paul Durand"}, {"reference": "#o"}]
    body["contained"].append({"resourceType": "Organization", "id": "o", "name": "Laboratoire"})
    body["content"][0]["attachment"]["creation"] = "2026-06"
    body["context"] = {"period": {"start": "2026-05", "end": "2026-06-12"}}
    body["date"] = "2026-06-12T10:00:00Z"
    reply = software.post("DocumentReference", body)
    assert reply.status_code == 201, reply.text
    created = reply.json()
    assert created["content"][0]["attachment"]["creation"] == "2026-06"
    assert created["context"]["period"] == body["context"]["period"]
    people = {part["id"]: part for part in created["contained"]}
    assert people["author-1-person"]["name"] == [{"family": "ESSAI", "given": given}]
    assert people["author-1-person"]["identifier"] == [local]
    assert people["author-2-person"]["name"] == [{"text": "Dr Paul Durand"}]
    assert (people["author-3"]["resourceType"], people["author-3"]["name"]) == ("Organization", "Laboratoire")
    assert {"date", "content.attachment.creation"} <= set(
        reply.headers["warning"].rpartition("kept: ")[2].strip('"').split(", ")
    )
    body["masterIdentifier"]["value"] = f"urn:oid:{new_unique_id()}"
    strict = software.post("DocumentReference", body, prefer="handling=strict")
    assert refusal_in(strict) == (422, "document.correction_refused")


# Submission sets --------------------------------------------------------------------------------------------


def test_one_patient_may_be_written_in_several_ways_and_two_may_not(
    demo: DemoPeople, holder: Holder, software: FhirClient
) -> None:
    bundle = submission_set_of(holder, document_for(demo, holder), document_for(demo, holder))
    ins = {"system": f"urn:oid:{holder.patient.ins.oid}", "value": holder.patient.ins.matricule}
    listing, first, second = (entry["resource"] for entry in bundle["entry"][:3])
    assert [each["resourceType"] for each in (listing, first, second)] == ["List", *["DocumentReference"] * 2]
    listing["subject"] = {"reference": f"Patient/{holder.record}", "display": "Albertine ESSAI"}
    first["subject"] = {"reference": "#p"}
    first["contained"] = [{"resourceType": "Patient", "id": "p", "identifier": [ins]}]
    second["subject"] = {"identifier": ins}
    assert software.post("", bundle).status_code == 200
    second["subject"] = {"reference": f"Patient/{open_record(demo).record}"}
    assert refusal_in(software.post("", bundle)) == (422, "document.header_contradicts")


def test_a_list_names_each_document_of_its_transaction_once(
    demo: DemoPeople, holder: Holder, software: FhirClient
) -> None:
    bundle = submission_set_of(holder, document_for(demo, holder), document_for(demo, holder))
    listing = bundle["entry"][0]["resource"]
    listing["entry"][1] = listing["entry"][0]
    assert refusal_in(software.post("", bundle)) == (400, "request.invalid")


def test_a_submission_set_is_stored_whole_and_a_repeat_is_idempotent(
    demo: DemoPeople, holder: Holder, software: FhirClient
) -> None:
    bundle = submission_set_of(holder, document_for(demo, holder), document_for(demo, holder))
    reply = software.post("", bundle)
    assert reply.status_code == 200, reply.text
    answers = [entry["response"] for entry in reply.json()["entry"]]
    assert [answer["status"] for answer in answers] == ["201 Created"] * 5
    kinds = [answer["location"].partition("/")[0] for answer in answers]
    assert kinds == ["List", "DocumentReference", "DocumentReference", "Binary", "Binary"]
    assert set(search(software, holder)) == {answer["location"].rpartition("/")[2] for answer in answers[1:3]}
    listing = software.get(answers[0]["location"]).json()
    assert len(listing["entry"]) == 2
    again = software.post("", bundle).json()["entry"]
    assert [entry["response"]["status"] for entry in again] == ["200 OK"] * 5
    assert again[0]["response"]["location"] == answers[0]["location"]


def test_a_submission_set_with_one_bad_document_stores_nothing(
    demo: DemoPeople, holder: Holder, software: FhirClient
) -> None:
    other = open_record(demo)
    bundle = submission_set_of(holder, document_for(demo, holder), document_for(demo, other))
    assert refusal_in(software.post("", bundle)) == (422, "document.header_contradicts")
    reader = fhir_client(demo, authorised_doctor(demo, holder))
    assert search(reader, holder) == []
    assert reader.search_ids(f"List?patient={holder.record}&status=current") == []


def _without_list(bundle: dict[str, Any]) -> None:
    del bundle["entry"][0]


def _dangling(bundle: dict[str, Any]) -> None:
    bundle["entry"][1]["resource"]["content"][0]["attachment"]["url"] = "urn:uuid:nowhere"


def _with_a_thousand_entries(bundle: dict[str, Any]) -> None:
    bundle["entry"] *= 334


def _deleting(bundle: dict[str, Any]) -> None:
    bundle["entry"][1]["request"] = {"method": "DELETE", "url": "DocumentReference/x"}


@pytest.mark.parametrize("spoil", [_without_list, _dangling, _with_a_thousand_entries, _deleting])
def test_an_invalid_submission_set_is_refused(
    demo: DemoPeople, holder: Holder, software: FhirClient, spoil: Any
) -> None:
    bundle = submission_set_of(holder, document_for(demo, holder))
    spoil(bundle)
    reply = software.post("", bundle)
    assert refusal_in(reply)[0] in {400, 413}
    assert search(fhir_client(demo, authorised_doctor(demo, holder)), holder) == []


def test_a_submission_set_of_too_many_documents_is_refused(
    demo: DemoPeople, holder: Holder, software: FhirClient
) -> None:
    content = document_for(demo, holder)
    assert refusal_in(software.post("", submission_set_of(holder, *[content] * 51))) == (413, "lot.too_large")
    assert search(fhir_client(demo, authorised_doctor(demo, holder)), holder) == []


@pytest.mark.parametrize("with_patch", [True, False], ids=["with the PATCH entry", "without it"])
def test_a_replacement_supersedes_the_older_document(
    demo: DemoPeople, holder: Holder, software: FhirClient, with_patch: bool
) -> None:
    unique_id = new_unique_id()
    older = software.post("DocumentReference", reference_to(holder, document_for(demo, holder, unique_id=unique_id)))
    target = f"DocumentReference/{older.json()['id']}"
    bundle = submission_set_of(
        holder,
        document_for(demo, holder, replaces=unique_id),
        relatesTo=[{"code": "replaces", "target": {"reference": target}}],
    )
    if with_patch:
        parts = [
            {"name": "type", "valueCode": "replace"},
            {"name": "path", "valueString": "DocumentReference.status"},
            {"name": "value", "valueCode": "superseded"},
        ]
        patch = {"resourceType": "Parameters", "parameter": [{"name": "operation", "part": parts}]}
        bundle["entry"].append({"resource": patch, "request": {"method": "PATCH", "url": target}})
    assert software.post("", bundle).status_code == 200
    assert software.get(target).json()["status"] == "superseded"
    assert len(software.search_ids(f"DocumentReference?patient={holder.record}&status=current")) == 1


# Races -------------------------------------------------------------------------------------------


def test_of_sixteen_concurrent_deposits_of_one_unique_id_one_is_stored(
    demo: DemoPeople, holder: Holder, software: FhirClient
) -> None:
    unique_id = new_unique_id()
    sent = [
        reference_to(holder, document_for(demo, holder, unique_id=unique_id) + b"<!-- %d -->" % number)
        for number in range(16)
    ]
    with ThreadPoolExecutor(16) as pool:
        replies = list(pool.map(lambda body: software.post("DocumentReference", body), sent))
    refused = [refusal_in(reply) for reply in replies if reply.status_code != 201]
    assert refused == [(409, "document.unique_id_taken")] * 15
    assert len(search(software, holder)) == 1


def test_of_six_concurrent_replacements_of_one_document_one_succeeds(
    demo: DemoPeople, holder: Holder, software: FhirClient
) -> None:
    unique_id = new_unique_id()
    software.post("DocumentReference", reference_to(holder, document_for(demo, holder, unique_id=unique_id)))
    sent = [reference_to(holder, document_for(demo, holder, replaces=unique_id)) for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        replies = list(pool.map(lambda body: software.post("DocumentReference", body), sent))
    refused = [refusal_in(reply) for reply in replies if reply.status_code != 201]
    assert refused == [(409, "document.not_current")] * 5
    assert len(search(software, holder)) == 2


# Changes -----------------------------------------------------------------------------------------


def test_a_document_is_masked_archived_and_deleted_by_its_author(
    demo: DemoPeople, holder: Holder, software: FhirClient
) -> None:
    unique_id = new_unique_id()
    software.post("DocumentReference", reference_to(holder, document_for(demo, holder, unique_id=unique_id)))
    path = f"DocumentReference?identifier=urn:oid:{unique_id}"
    masked = software.patch(path, {"op": "add", "path": "/securityLabel/-", "value": MASKED})
    assert masked.status_code == 200, masked.text
    assert [label["coding"][0]["code"] for label in masked.json()["securityLabel"]] == ["N", "MASQUE_PS"]
    assert search(fhir_client(demo, authorised_doctor(demo, holder)), holder) == []
    version = masked.headers["etag"]
    shown = software.patch(path, {"op": "remove", "path": "/securityLabel/1"}, **{"if-match": version})
    assert [label["coding"][0]["code"] for label in shown.json()["securityLabel"]] == ["N"]
    stale = software.patch(path, {"op": "replace", "path": ARCHIVED, "value": True}, **{"if-match": version})
    assert refusal_in(stale) == (412, "document.version_moved")
    archived = software.patch(path, {"op": "replace", "path": ARCHIVED, "value": True})
    assert archived.json()["extension"][0]["valueBoolean"] is True
    assert search(software, holder) == []
    assert len(search(software, holder, isArchived="true")) == 1
    current = software.patch(path, {"op": "replace", "path": "/status", "value": "current"})
    assert current.json()["extension"][0]["valueBoolean"] is False
    deleted = software.patch(
        path,
        {"op": "test", "path": "/status", "value": "current"},
        {"op": "replace", "path": "/status", "value": "superseded"},
        {"op": "replace", "path": "/extension/1/valueBoolean", "value": True},
    )
    assert deleted.status_code == 200
    assert refusal_in(software.patch(path, {"op": "replace", "path": "/status", "value": "current"}))[0] == 404


NOT_CHANGEABLE = (405, "request.element_not_changeable")
VERY_RESTRICTED = {"coding": [{"code": "V"}]}


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ({"op": "replace", "path": "/type", "value": {}}, NOT_CHANGEABLE),
        ({"op": "remove", "path": "/author/0"}, NOT_CHANGEABLE),
        (
            {"op": "replace", "path": "/content/0/attachment/title", "value": "x"},
            NOT_CHANGEABLE,
        ),
        ({"op": "move", "path": "/status", "from": "/type"}, NOT_CHANGEABLE),
        ({"op": "replace", "path": "/status", "value": "entered-in-error"}, (400, "request.invalid")),
        ({"op": "replace", "path": "/status", "value": "superseded"}, (409, "document.transition")),
        (
            {"op": "add", "path": "/securityLabel/-", "value": VERY_RESTRICTED},
            (422, "document.header_contradicts"),
        ),
        ({"op": "test", "path": "/status", "value": "superseded"}, (400, "request.invalid")),
        ({"op": "remove", "path": "/securityLabel/7"}, (400, "request.invalid")),
    ],
)
def test_any_other_change_is_refused_and_changes_nothing(
    demo: DemoPeople,
    holder: Holder,
    software: FhirClient,
    operation: dict[str, Any],
    expected: tuple[int, str],
) -> None:
    document = software.post("DocumentReference", reference_to(holder, document_for(demo, holder))).json()
    path = f"DocumentReference/{document['id']}"
    assert refusal_in(software.patch(path, operation)) == expected
    assert software.get(path).json() == document


def test_changing_a_document_one_cannot_see_reveals_nothing(demo: DemoPeople, holder: Holder) -> None:
    hidden = deposit_new(demo, holder, Visibility.MASQUE_PS)
    stranger = fhir_client(demo, authorised_doctor(demo, holder))
    entry = demo.logged_in("hospital").document(holder.record, hidden)
    unauthorised = fhir_client(demo, demo.logged_in("pharmacist"))
    for client in (stranger, unauthorised):
        for identifier in (entry.unique_id, entry.entry_uuid, hidden, "1.2.3.4"):
            for change in (
                {"op": "add", "path": "/securityLabel/-", "value": VERY_RESTRICTED},
                {"op": "remove", "path": "/securityLabel/1"},
                {"op": "replace", "path": ARCHIVED, "value": True},
            ):
                reply = client.patch(f"DocumentReference?identifier={identifier}", change)
                assert refusal_in(reply) == (404, "document.not_found"), (identifier, change)


def test_base64_with_escaped_slashes_is_read(demo: DemoPeople, holder: Holder, software: FhirClient) -> None:
    content = document_for(demo, holder) + b"<!-- ????? -->" * 3_000
    data = b64encode(content).decode()
    assert "/" in data
    body = json.dumps(reference_to(holder, content)).replace(data, data.replace("/", "\\/"))
    reply = software.send("POST", "DocumentReference", data=body, headers={"content-type": "application/fhir+json"})
    assert reply.status_code == 201
