"""Third-party clients read: capabilities, pages, shapes of results, resources of each type, contents in each form."""

from base64 import b64decode
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from fhirclient.models.binary import Binary
from fhirclient.models.documentreference import DocumentReference
from fhirclient.models.fhirsearch import FHIRSearch
from fhirclient.models.list import List
from fhirclient.server import (
    FHIRNotFoundException,
    FHIRPermissionDeniedException,
    FHIRUnauthorizedException,
)
from fhirpy.base.exceptions import AuthorizationError, ForbiddenError, OperationOutcome, ResourceNotFound
from requests import HTTPError

from client.oauth import SmartApp
from client.people import DemoPeople
from deploy.dev.stack import Stack
from tests.support.apps import authorization_code, register_app, tokens_in
from tests.support.fhir_client import check_valid, fhir_client
from tests.support.people import Holder, activate_account, deposit, document_for, open_record
from tests.support.public_clients import BUNDLES, SMART_PY_TYPES, Query, fhir_kit, fhirpy, smart_js, smart_py
from tests.support.staff import operators


@dataclass(frozen=True)
class ReadRecord:
    """A record with three documents: one by its content, and all as `Type/id`, the oldest first."""

    holder: Holder
    content: bytes
    documents: tuple[str, ...]
    sets: tuple[str, ...]

    @property
    def binary(self) -> str:
        return self.documents[0].replace("DocumentReference", "Binary")

    @property
    def id(self) -> str:
        """Of the document whose content is known."""
        return self.documents[0].partition("/")[2]


@pytest.fixture(scope="module")
def base(demo: DemoPeople) -> str:
    return f"{demo.gateway}/fhir"


@pytest.fixture(scope="module")
def record(demo: DemoPeople) -> ReadRecord:
    holder, hospital = open_record(demo), demo.logged_in("hospital")
    contents = [document_for(demo, holder) for _ in range(3)]
    for content in contents:
        deposit(hospital, holder, content)
    software, query = fhir_client(demo, hospital), f"patient={holder.record}&status=current"
    activate_account(demo, holder)
    return ReadRecord(
        holder,
        contents[0],
        *(
            tuple(f"{kind}/{each}" for each in software.search_ids(f"{kind}?{query}&_sort=date"))
            for kind in ("DocumentReference", "List")
        ),
    )


@pytest.fixture(scope="module")
def token(demo: DemoPeople) -> str:
    """Of the professional who deposited."""
    return demo.logged_in("hospital").token


@pytest.fixture(scope="module")
def app_token(demo: DemoPeople, platform: Stack, record: ReadRecord) -> str:
    app = SmartApp(demo.gateway, register_app(operators(platform)).client_id)
    return str(tokens_in(app.redeem(authorization_code(demo, record.holder, app)))["access_token"])


def names(bundle: dict[str, Any]) -> list[str]:
    return [f"{entry['resource']['resourceType']}/{entry['resource']['id']}" for entry in bundle.get("entry", [])]


@pytest.mark.parametrize("client", BUNDLES)
def test_results_are_counted_sorted_reduced_and_included(
    base: str, token: str, record: ReadRecord, client: str
) -> None:
    patient = {"patient": record.holder.record, "status": "current"}

    def of(kind: str = "DocumentReference", **conditions: str) -> Query:
        return Query(kind, patient | conditions)

    counted, none, totalled, ascending, descending, by_two, reduced, included = BUNDLES[client](
        base,
        token,
        [
            of(_summary="count"),
            of(_count="0"),
            of(_count="1", _total="accurate"),
            of(_sort="date"),
            of(_sort="-date"),
            of(_sort="date,-creation"),
            of(_elements="date"),
            of("List", _include="List:item", _sort="date"),
        ],
    )
    for bundle in (counted, none, totalled, reduced, included):
        check_valid(bundle)
    for bundle in (counted, none):
        assert (bundle["total"], names(bundle)) == (3, [])
    assert (totalled["total"], len(names(totalled))) == (3, 1)
    assert names(ascending) == names(by_two) == list(record.documents)
    assert names(descending) == list(reversed(record.documents))
    for entry in reduced["entry"]:
        assert {"date", "status"} <= entry["resource"].keys()
        assert "author" not in entry["resource"]
        assert entry["resource"]["meta"]["tag"][0]["code"] == "SUBSETTED"
    assert names(included)[:3] == list(record.sets)
    assert set(names(included)[3:]) == set(record.documents)
    assert [entry["search"]["mode"] for entry in included["entry"]] == ["match"] * 3 + ["include"] * 3


def test_fhir_kit_client_pages_reads_and_resolves(base: str, token: str, record: ReadRecord) -> None:
    """It parses every answer as JSON, so it reads contents as FHIR resources only."""
    patient = {"patient": record.holder.record, "status": "current", "_count": "1", "_sort": "date"}
    document, listing = {"resourceType": "DocumentReference", "id": record.id}, record.sets[0].partition("/")[2]
    by_get, by_form, read, tag, submission_set, binary, resolved, metadata = fhir_kit(base, token).results(
        {"method": "pages", "resourceType": "DocumentReference", "searchParams": patient},
        {"method": "pages", "resourceType": "List", "searchParams": patient, "form": True},
        {"method": "read", **document},
        {"method": "versioned", **document},
        {"method": "read", "resourceType": "List", "id": listing},
        {"method": "read", "resourceType": "Binary", "id": record.id},
        {"method": "resolve", "reference": f"{base}/{record.documents[0]}"},
        {"method": "smart"},
    )
    assert (by_get, by_form) == ([[name] for name in record.documents], [[name] for name in record.sets])
    assert (read["id"], tag) == (record.id, f'W/"{read["meta"]["versionId"]}"')
    assert submission_set["entry"][0]["item"]["reference"] == record.documents[0]
    assert b64decode(binary["data"]) == record.content
    assert resolved == read
    assert metadata["tokenUrl"] == base.replace("/fhir", "/oauth/token")
    (author,) = fhir_kit(base, token).results(
        {"method": "resolve", "reference": read["author"][0]["reference"], "context": read}
    )
    assert author["resourceType"] == "PractitionerRole"


def test_smart_js_pages_reads_and_resolves(base: str, app_token: str, record: ReadRecord) -> None:
    """It asks for `application/json` unless it is told otherwise, which is the media type of no document."""
    query = f"DocumentReference?patient={record.holder.record}&status=current&_sort=date&_count=2"
    raw, fhir = {"accept": "*/*"}, {"accept": "application/fhir+json"}
    release, of_patient, by_form, flat, pages, every, resolved, whole, part, wrapped, tag, person = smart_js(
        base, app_token, record.holder.record
    ).results(
        {"method": "release"},
        {"method": "ofPatient", "url": "DocumentReference?status=current"},
        {
            "method": "form",
            "resourceType": "List",
            "pairs": [["patient", record.holder.record], ["status", "current"]],
        },
        {"method": "flat", "url": query},
        {"method": "pages", "url": query},
        {"method": "everything", "url": query},
        {"method": "resolved", "url": record.documents[0], "references": ["subject"]},
        {"method": "bytes", "url": record.binary, "headers": raw},
        {"method": "bytes", "url": record.binary, "headers": raw | {"range": "bytes=0-9"}},
        {"method": "read", "url": record.binary, "headers": fhir},
        {"method": "etag", "url": record.documents[0]},
        {"method": "patient"},
    )
    assert release == {"version": "4.0.1", "release": 4}
    assert set(of_patient) == set(record.documents)
    assert set(names(by_form)) == set(record.sets)
    assert flat == every == [name for page in pages for name in page] == list(record.documents)
    assert [len(page) for page in pages] == [2, 1]
    assert resolved["subject"] == person
    assert person["name"][0]["family"] == record.holder.patient.family_name
    assert (whole["status"], b64decode(whole["data"])) == (200, record.content)
    assert (part["status"], b64decode(part["data"])) == (206, record.content[:10])
    assert b64decode(wrapped["data"]) == record.content
    assert tag.startswith('W/"')


def test_fhirclient_for_python_pages_and_reads(base: str, app_token: str, record: ReadRecord) -> None:
    """Its `$gte` and `$lt` write `>=` and `<`, which FHIR gave up before R4: it must be given prefixes instead."""
    server = smart_py(base, app_token).server
    conditions = {"patient": record.holder.record, "status": "current", "_count": "1", "_sort": "date"}
    for kind, expected in (("DocumentReference", record.documents), ("List", record.sets)):
        pages = FHIRSearch(SMART_PY_TYPES[kind], conditions).perform_iter(server)
        assert [names(page.as_json()) for page in pages] == [[name] for name in expected]
    document = DocumentReference.read(record.id, server)
    assert document.content[0].attachment.url == f"{base}/{record.binary}"
    assert List.read(record.sets[0].partition("/")[2], server).entry[0].item.reference == record.documents[0]
    assert b64decode(Binary.read(record.id, server).data) == record.content
    assert server.request_data(record.binary, {"Accept": "*/*"}) == record.content
    assert server.request_data(record.binary, {"Accept": "*/*", "Range": "bytes=0-9"}) == record.content[:10]
    assert {each.type for each in server.capabilityStatement.rest[0].resource} >= SMART_PY_TYPES.keys()


def test_fhirpy_counts_pages_and_reads(base: str, app_token: str, record: ReadRecord) -> None:
    """It parses every answer as JSON, so it reads contents as FHIR resources only, and sends no search as a form.

    Its `elements(..., exclude=True)` writes names with a minus, which R4 has not. Its `has` is ignored as any unknown
    parameter is, unless the client asks for strict handling.
    """
    client = fhirpy(base, app_token)
    search = client.resources("DocumentReference").search(patient=record.holder.record, status="current").sort("date")
    assert search.count() == 3
    assert [each.reference for each in search.limit(1).fetch_all()] == list(record.documents)
    assert search.first().reference == record.documents[0]
    assert search.search(_id=record.id).get().reference == record.documents[0]
    assert "author" not in search.elements("date").first()
    since = datetime(2020, 1, 1, tzinfo=UTC)
    assert search.search(creation__ge=since, creation__lt=datetime.now(UTC), isArchived=False).count() == 3
    sets = client.resources("List").search(patient=record.holder.record, status="current")
    assert [len(sets.include("List", "item").fetch_raw()["entry"]), len(sets.fetch())] == [6, 3]
    read = client.reference("DocumentReference", record.id).to_resource()
    assert read.refresh() == read
    with pytest.raises(OperationOutcome):
        fhirpy(base, app_token, Prefer="handling=strict").resources("DocumentReference").search(
            patient=record.holder.record, status="current"
        ).has("List", "item", code="submissionset").fetch()
    assert read.get_by_path(["subject", "reference"]) == f"Patient/{record.holder.record}"
    assert b64decode(client.get("Binary", record.id)["data"]) == record.content
    assert client.reference("Patient", record.holder.record).to_resource()["birthDate"] == "1985-07-14"
    assert client.execute("metadata", method="get")["fhirVersion"] == "4.0.1"


def test_every_client_understands_a_refusal(demo: DemoPeople, base: str, token: str, record: ReadRecord) -> None:
    """401, 403, 404 and 400 are errors of each client, those of Node.js with the OperationOutcome."""
    stranger, query = demo.logged_in("specialist").token, f"DocumentReference?patient={record.holder.record}"
    searched = {"method": "search", "resourceType": "DocumentReference"}
    patient = {"patient": record.holder.record, "status": "current"}
    refused = [
        *fhir_kit(base, "nobody").run({**searched, "searchParams": patient}),
        *fhir_kit(base, stranger).run({**searched, "searchParams": patient}),
        *fhir_kit(base, token).run(
            {"method": "read", "resourceType": "DocumentReference", "id": "unknown"},
            {**searched, "searchParams": patient | {"type:not": "x"}},
            {"method": "vread", "resourceType": "DocumentReference", "id": record.id, "version": "1"},
            {"method": "history", "resourceType": "DocumentReference", "id": record.id},
            {"method": "operation", "resourceType": "Patient", "id": record.holder.record, "name": "everything"},
            {"method": "delete", "resourceType": "DocumentReference", "id": record.id},
        ),
        *smart_js(base, "nobody").run({"method": "search", "url": f"{query}&status=current"}),
        *smart_js(base, stranger).run({"method": "search", "url": f"{query}&status=current"}),
        *smart_js(base, token).run(
            {"method": "read", "url": "DocumentReference/unknown"},
            {"method": "search", "url": query},
            {"method": "delete", "url": record.documents[0]},
        ),
    ]
    assert [each["status"] for each in refused] == [401, 403, 404, 400, 404, 404, 404, 405, 401, 403, 404, 400, 405]
    assert {each["outcome"]["resourceType"] for each in refused} == {"OperationOutcome"}
    for holds, error in (
        ("nobody", FHIRUnauthorizedException),
        (stranger, FHIRPermissionDeniedException),
        (token, FHIRNotFoundException),
    ):
        with pytest.raises(error):
            smart_py(base, holds).server.request_json(
                f"{query}&status=current" if holds != token else "DocumentReference/unknown"
            )
    with pytest.raises(HTTPError):
        smart_py(base, token).server.request_json(query)
    for holds, wrong in (("nobody", AuthorizationError), (stranger, ForbiddenError), (token, OperationOutcome)):
        search = fhirpy(base, holds).resources("DocumentReference").search(patient=record.holder.record)
        with pytest.raises(wrong):
            search.search(status="current" if holds != token else "x").fetch()
    with pytest.raises(ResourceNotFound):
        fhirpy(base, token).reference("DocumentReference", "unknown").to_resource()
