"""The FHIR door, written to: one document, a lot, a replacement, a change; and what leaves nothing behind."""

import json
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from cli.demo.client import ApiClient
from cli.demo.people import DemoPeople
from contracts.vocabulary import Visibility
from tests.support.fhir_client import FhirClient, issue, lot_of, reference_to, stated_file
from tests.support.people import Holder, authorised, deposited, document_for, new_unique_id, open_record

MASKED = {"coding": [{"code": "MASQUE_PS"}]}
ARCHIVED = "/extension/0/valueBoolean"


@pytest.fixture
def holder(demo: DemoPeople) -> Holder:
    return open_record(demo)


@pytest.fixture
def depositor(demo: DemoPeople) -> ApiClient:
    return demo.logged_in("hospital")


@pytest.fixture
def software(demo: DemoPeople, depositor: ApiClient) -> FhirClient:
    return FhirClient(demo, depositor)


def found(software: FhirClient, holder: Holder, **query: str) -> list[str]:
    more = "".join(f"&{name}={value}" for name, value in query.items())
    path = f"DocumentReference?patient={holder.record}&status=current,superseded{more}"
    return software.found(path)


# One document ------------------------------------------------------------------------------------


def test_one_document_comes_in_and_is_there_at_once(demo: DemoPeople, holder: Holder, software: FhirClient) -> None:
    content = document_for(demo, holder)
    reply = software.post("DocumentReference", reference_to(holder, content))
    assert reply.status_code == 201
    resource = reply.json()
    assert reply.headers["location"].endswith(f"DocumentReference/{resource['id']}")
    assert found(software, holder) == [resource["id"]]
    assert software.get(resource["content"][0]["attachment"]["url"], accept="*/*").content == content
    again = software.post("DocumentReference", reference_to(holder, content))
    assert (again.status_code, again.json()["id"]) == (200, resource["id"])
    assert found(software, holder) == [resource["id"]]


def test_a_large_document_is_carried_through(demo: DemoPeople, holder: Holder, software: FhirClient) -> None:
    content = document_for(demo, holder)
    large = content.replace(b"</ClinicalDocument>", b"<!--" + b"x" * 3_000_000 + b"--></ClinicalDocument>")
    reply = software.post("DocumentReference", reference_to(holder, large))
    assert reply.status_code == 201
    url = reply.json()["content"][0]["attachment"]["url"]
    assert software.get(url, accept="*/*").content == large


def test_a_file_without_header_is_what_its_sender_states(holder: Holder, software: FhirClient) -> None:
    stated = stated_file(holder, b"Compte rendu en texte. " * 30, "11488-4", title="Consultation")
    reply = software.post("DocumentReference", stated)
    assert reply.status_code == 201, reply.text
    resource = reply.json()
    assert resource["content"][0]["attachment"]["title"] == "Consultation"
    assert found(software, holder, **{"author.family": "essai"}) == [resource["id"]]
    del stated["type"], stated["masterIdentifier"]
    assert issue(software.post("DocumentReference", stated)) == (422, "document.metadata_missing")


def test_what_is_missed_is_told_and_refused_where_strictness_is_asked_for(
    demo: DemoPeople, holder: Holder, software: FhirClient
) -> None:
    sent = reference_to(holder, document_for(demo, holder))
    strict = software.post("DocumentReference", sent, prefer="handling=strict")
    assert issue(strict) == (422, "document.correction_refused")
    told = software.post("DocumentReference", sent, prefer="return=OperationOutcome")
    assert told.status_code == 201
    assert "custodian" in [one["details"]["text"] for one in told.json()["issue"]]
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
def test_what_contradicts_or_cannot_be_read_is_refused_and_leaves_nothing(
    demo: DemoPeople, holder: Holder, software: FhirClient, different: dict[str, Any], expected: tuple[int, str]
) -> None:
    reply = software.post("DocumentReference", reference_to(holder, document_for(demo, holder), **different))
    assert issue(reply) == expected
    assert found(FhirClient(demo, authorised(demo, holder)), holder) == []


# Lots --------------------------------------------------------------------------------------------


def test_a_lot_comes_in_whole(demo: DemoPeople, holder: Holder, software: FhirClient) -> None:
    lot = lot_of(holder, document_for(demo, holder), document_for(demo, holder))
    reply = software.post("", lot)
    assert reply.status_code == 200, reply.text
    answers = [entry["response"] for entry in reply.json()["entry"]]
    assert [one["status"] for one in answers] == ["201 Created"] * 5
    kinds = [one["location"].partition("/")[0] for one in answers]
    assert kinds == ["List", "DocumentReference", "DocumentReference", "Binary", "Binary"]
    assert set(found(software, holder)) == {one["location"].rpartition("/")[2] for one in answers[1:3]}
    listing = software.get(answers[0]["location"]).json()
    assert len(listing["entry"]) == 2
    again = software.post("", lot).json()["entry"]
    assert [entry["response"]["status"] for entry in again] == ["200 OK"] * 5
    assert again[0]["response"]["location"] == answers[0]["location"]


def test_of_a_lot_with_one_bad_document_nothing_is_kept(
    demo: DemoPeople, holder: Holder, software: FhirClient
) -> None:
    other = open_record(demo)
    lot = lot_of(holder, document_for(demo, holder), document_for(demo, other))
    assert issue(software.post("", lot)) == (422, "document.header_contradicts")
    reader = FhirClient(demo, authorised(demo, holder))
    assert found(reader, holder) == []
    assert reader.found(f"List?patient={holder.record}&status=current") == []


def _without_list(lot: dict[str, Any]) -> None:
    del lot["entry"][0]


def _dangling(lot: dict[str, Any]) -> None:
    lot["entry"][1]["resource"]["content"][0]["attachment"]["url"] = "urn:uuid:nowhere"


def _of_a_thousand(lot: dict[str, Any]) -> None:
    lot["entry"] *= 334


def _deleting(lot: dict[str, Any]) -> None:
    lot["entry"][1]["request"] = {"method": "DELETE", "url": "DocumentReference/x"}


@pytest.mark.parametrize("spoil", [_without_list, _dangling, _of_a_thousand, _deleting])
def test_a_lot_that_is_none_is_refused(demo: DemoPeople, holder: Holder, software: FhirClient, spoil: Any) -> None:
    lot = lot_of(holder, document_for(demo, holder))
    spoil(lot)
    reply = software.post("", lot)
    assert issue(reply)[0] in {400, 413}
    assert found(FhirClient(demo, authorised(demo, holder)), holder) == []


def test_a_lot_of_too_many_is_refused(demo: DemoPeople, holder: Holder, software: FhirClient) -> None:
    content = document_for(demo, holder)
    assert issue(software.post("", lot_of(holder, *[content] * 51))) == (413, "lot.too_large")
    assert found(FhirClient(demo, authorised(demo, holder)), holder) == []


@pytest.mark.parametrize("with_patch", [True, False], ids=["with the PATCH entry", "without it"])
def test_a_replacement_takes_the_place_of_the_older(
    demo: DemoPeople, holder: Holder, software: FhirClient, with_patch: bool
) -> None:
    unique_id = new_unique_id()
    older = software.post("DocumentReference", reference_to(holder, document_for(demo, holder, unique_id=unique_id)))
    target = f"DocumentReference/{older.json()['id']}"
    lot = lot_of(
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
        lot["entry"].append({"resource": patch, "request": {"method": "PATCH", "url": target}})
    assert software.post("", lot).status_code == 200
    assert software.get(target).json()["status"] == "superseded"
    assert len(software.found(f"DocumentReference?patient={holder.record}&status=current")) == 1


# Races -------------------------------------------------------------------------------------------


def test_of_sixteen_deposits_of_one_unique_id_one_is_stored(
    demo: DemoPeople, holder: Holder, software: FhirClient
) -> None:
    unique_id = new_unique_id()
    sent = [
        reference_to(holder, document_for(demo, holder, unique_id=unique_id) + b"<!-- %d -->" % number)
        for number in range(16)
    ]
    with ThreadPoolExecutor(16) as pool:
        replies = list(pool.map(lambda one: software.post("DocumentReference", one), sent))
    refused = [issue(reply) for reply in replies if reply.status_code != 201]
    assert refused == [(409, "document.unique_id_taken")] * 15
    assert len(found(software, holder)) == 1


def test_of_several_replacements_of_one_document_one_wins(
    demo: DemoPeople, holder: Holder, software: FhirClient
) -> None:
    unique_id = new_unique_id()
    software.post("DocumentReference", reference_to(holder, document_for(demo, holder, unique_id=unique_id)))
    sent = [reference_to(holder, document_for(demo, holder, replaces=unique_id)) for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        replies = list(pool.map(lambda one: software.post("DocumentReference", one), sent))
    refused = [issue(reply) for reply in replies if reply.status_code != 201]
    assert refused == [(409, "document.not_current")] * 5
    assert len(found(software, holder)) == 2


# Changes -----------------------------------------------------------------------------------------


def test_a_document_is_masked_archived_and_deleted_by_its_author(
    demo: DemoPeople, holder: Holder, software: FhirClient
) -> None:
    unique_id = new_unique_id()
    software.post("DocumentReference", reference_to(holder, document_for(demo, holder, unique_id=unique_id)))
    path = f"DocumentReference?identifier=urn:oid:{unique_id}"
    masked = software.patch(path, {"op": "add", "path": "/securityLabel/-", "value": MASKED})
    assert masked.status_code == 200, masked.text
    assert [one["coding"][0]["code"] for one in masked.json()["securityLabel"]] == ["N", "MASQUE_PS"]
    assert found(FhirClient(demo, authorised(demo, holder)), holder) == []
    version = masked.headers["etag"]
    shown = software.patch(path, {"op": "remove", "path": "/securityLabel/1"}, **{"if-match": version})
    assert [one["coding"][0]["code"] for one in shown.json()["securityLabel"]] == ["N"]
    stale = software.patch(path, {"op": "replace", "path": ARCHIVED, "value": True}, **{"if-match": version})
    assert issue(stale) == (412, "document.version_moved")
    archived = software.patch(path, {"op": "replace", "path": ARCHIVED, "value": True})
    assert archived.json()["extension"][0]["valueBoolean"] is True
    assert found(software, holder) == []
    assert len(found(software, holder, isArchived="true")) == 1
    current = software.patch(path, {"op": "replace", "path": "/status", "value": "current"})
    assert current.json()["extension"][0]["valueBoolean"] is False
    deleted = software.patch(
        path,
        {"op": "test", "path": "/status", "value": "current"},
        {"op": "replace", "path": "/status", "value": "superseded"},
        {"op": "replace", "path": "/extension/1/valueBoolean", "value": True},
    )
    assert deleted.status_code == 200
    assert issue(software.patch(path, {"op": "replace", "path": "/status", "value": "current"}))[0] == 404


FIXED = (405, "request.element_not_changeable")
VERY_RESTRICTED = {"coding": [{"code": "V"}]}


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ({"op": "replace", "path": "/type", "value": {}}, FIXED),
        ({"op": "remove", "path": "/author/0"}, FIXED),
        (
            {"op": "replace", "path": "/content/0/attachment/title", "value": "x"},
            FIXED,
        ),
        ({"op": "move", "path": "/status", "from": "/type"}, FIXED),
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
def test_nothing_else_is_changed(
    demo: DemoPeople, holder: Holder, software: FhirClient, operation: dict[str, Any], expected: tuple[int, str]
) -> None:
    document = software.post("DocumentReference", reference_to(holder, document_for(demo, holder))).json()
    path = f"DocumentReference/{document['id']}"
    assert issue(software.patch(path, operation)) == expected
    assert software.get(path).json() == document


def test_a_stranger_learns_nothing_by_changing(demo: DemoPeople, holder: Holder) -> None:
    hidden = deposited(demo, holder, Visibility.MASQUE_PS)
    stranger = FhirClient(demo, authorised(demo, holder))
    entry = demo.logged_in("hospital").document(holder.record, hidden)
    nobody = FhirClient(demo, demo.logged_in("pharmacist"))
    for who in (stranger, nobody):
        for identifier in (entry["unique_id"], entry["entry_uuid"], hidden, "1.2.3.4"):
            for change in (
                {"op": "add", "path": "/securityLabel/-", "value": VERY_RESTRICTED},
                {"op": "remove", "path": "/securityLabel/1"},
                {"op": "replace", "path": ARCHIVED, "value": True},
            ):
                reply = who.patch(f"DocumentReference?identifier={identifier}", change)
                assert issue(reply) == (404, "document.not_found"), (identifier, change)


def test_base64_with_escaped_slashes_is_read(demo: DemoPeople, holder: Holder, software: FhirClient) -> None:
    content = document_for(demo, holder) + b"<!-- ????? -->" * 3_000
    data = b64encode(content).decode()
    assert "/" in data
    body = json.dumps(reference_to(holder, content)).replace(data, data.replace("/", "\\/"))
    reply = software.send("POST", "DocumentReference", data=body, headers={"content-type": "application/fhir+json"})
    assert reply.status_code == 201
