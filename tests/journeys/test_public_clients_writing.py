"""Third-party clients write: one document (ITI-105), a submission set (ITI-65), changes by JSON Patch, consents."""

from typing import Any

import pytest
from fhirclient.models.bundle import Bundle
from fhirclient.models.consent import Consent
from fhirclient.models.documentreference import DocumentReference
from fhirpy.base.exceptions import MultipleResourcesFound, OperationOutcome
from requests import HTTPError

from client.people import DemoPeople
from tests.support.fhir_client import check_valid, reference_to, submission_set_of
from tests.support.people import Holder, activate_account, document_for, open_record
from tests.support.public_clients import fhir_kit, fhirpy, smart_js, smart_py

ARCHIVE = [{"op": "replace", "path": "/extension/0/valueBoolean", "value": True}]
PATCH_JSON = "application/json-patch+json"
RPPS = "urn:oid:1.2.250.1.71.4.2.1"


@pytest.fixture(scope="module")
def base(demo: DemoPeople) -> str:
    return f"{demo.gateway}/fhir"


@pytest.fixture(scope="module")
def token(demo: DemoPeople) -> str:
    return demo.logged_in("hospital").token


@pytest.fixture(scope="module")
def holder(demo: DemoPeople) -> Holder:
    return open_record(demo)


@pytest.fixture(scope="module")
def holders_token(demo: DemoPeople, holder: Holder) -> str:
    return activate_account(demo, holder).token


@pytest.fixture
def reference(demo: DemoPeople, holder: Holder) -> dict[str, Any]:
    return reference_to(holder, document_for(demo, holder))


@pytest.fixture
def submission_set(demo: DemoPeople, holder: Holder) -> dict[str, Any]:
    return submission_set_of(holder, document_for(demo, holder), document_for(demo, holder))


def decision(demo: DemoPeople, holder: Holder, doctor: str, **more: Any) -> dict[str, Any]:
    """A Consent that permits a professional to read."""
    identifier = {"system": RPPS, "value": f"8{demo.professional(doctor).rpps}"}
    actor = {"role": {"text": "destinataire"}, "reference": {"identifier": identifier}}
    return {
        "resourceType": "Consent",
        "status": "active",
        "scope": {"text": "x"},
        "category": [{"text": "x"}],
        "patient": {"reference": f"Patient/{holder.record}"},
        "policyRule": {"text": "x"},
        "provision": {"type": "permit", "actor": [actor]},
        **more,
    }


def check_deposited(answer: Any, *, documents: int = 2) -> None:
    """One answer for each entry of a submission set, all created."""
    check_valid(answer)
    responses = [entry["response"] for entry in answer["entry"]]
    assert [each["status"] for each in responses] == ["201 Created"] * (1 + 2 * documents)
    kinds = [each["location"].partition("/")[0] for each in responses]
    assert kinds == ["List", *["DocumentReference"] * documents, *["Binary"] * documents]


def is_archived(reference: Any) -> bool:
    return bool(reference["extension"][0]["valueBoolean"])


def test_fhir_kit_client_writes(
    demo: DemoPeople,
    base: str,
    token: str,
    holder: Holder,
    holders_token: str,
    reference: dict[str, Any],
    submission_set: dict[str, Any],
) -> None:
    """It knows no FHIRPath Patch and no PATCH by a search, and sends a batch to the same address as a transaction."""
    client = fhir_kit(base, token)
    kind = {"resourceType": "DocumentReference"}
    created, deposited = client.results(
        {"method": "create", **kind, "body": reference}, {"method": "transaction", "body": submission_set}
    )
    check_deposited(deposited)
    patch = {"method": "patch", **kind, "id": created["id"], "jsonPatch": ARCHIVE}
    patched, stale, batch, wrong, foreign, empty = client.run(
        {**patch, "options": {"headers": {"if-match": f'W/"{created["meta"]["versionId"]}"'}}},
        {**patch, "options": {"headers": {"if-match": 'W/"99"'}}},
        {"method": "batch", "body": {**submission_set, "type": "batch"}},
        {"method": "create", **kind, "body": {**reference, "status": "unknown"}},
        {**patch, "jsonPatch": [{"op": "replace", "path": "/description", "value": "x"}]},
        {"method": "create", **kind, "body": reference_to(holder, b"\0", attachment={"contentType": "text/plain"})},
    )
    assert is_archived(patched["result"])
    refused = (stale, batch, wrong, foreign, empty)
    assert [each["status"] for each in refused] == [412, 400, 400, 405, 415]
    assert {each["outcome"]["resourceType"] for each in refused} == {"OperationOutcome"}
    own = fhir_kit(base, holders_token)
    (permitted,) = own.results({"method": "create", "resourceType": "Consent", "body": decision(demo, holder, "gp")})
    named = {"resourceType": "Consent", "id": permitted["id"]}
    read, ended = own.results(
        {"method": "read", **named}, {"method": "update", **named, "body": {**permitted, "status": "inactive"}}
    )
    assert (read, ended["status"]) == (permitted, "inactive")


def test_smart_js_writes(
    demo: DemoPeople,
    base: str,
    token: str,
    holder: Holder,
    holders_token: str,
    reference: dict[str, Any],
    submission_set: dict[str, Any],
) -> None:
    """Its `create` would send a Bundle to /Bundle, where R4 has no transaction: it is posted as any request.

    The preference that it sends with a patch is misspelt (`return=presentation`), and ignored.
    """
    client = smart_js(base, token)
    created, deposited, minimal = client.results(
        {"method": "create", "resource": reference},
        {"method": "transaction", "bundle": submission_set},
        {
            "method": "create",
            "resource": reference_to(holder, document_for(demo, holder)),
            "headers": {"prefer": "return=minimal"},
        },
    )
    check_deposited(deposited)
    assert minimal["resourceType"] == "DocumentReference"
    patch = {"method": "patch", "url": f"DocumentReference/{created['id']}", "operations": ARCHIVE}
    named = f"DocumentReference?identifier={created['masterIdentifier']['value']}"
    patched, stale, restored = client.run(
        patch,
        {**patch, "headers": {"if-match": 'W/"99"'}},
        {**patch, "url": named, "operations": [{**ARCHIVE[0], "value": False}]},
    )
    assert [is_archived(each["result"]) for each in (patched, restored)] == [True, False]
    assert (stale["status"], stale["outcome"]["resourceType"]) == (412, "OperationOutcome")
    own = smart_js(base, holders_token)
    (permitted,) = own.results({"method": "create", "resource": decision(demo, holder, "pharmacist")})
    read, ended = own.results(
        {"method": "read", "url": f"Consent/{permitted['id']}"},
        {"method": "update", "resource": {**permitted, "status": "inactive"}},
    )
    assert (read, ended["status"]) == (permitted, "inactive")


def test_fhirclient_for_python_writes(
    demo: DemoPeople,
    base: str,
    token: str,
    holder: Holder,
    holders_token: str,
    reference: dict[str, Any],
    submission_set: dict[str, Any],
) -> None:
    """It has no PATCH, and only the status of an error."""
    server = smart_py(base, token).server
    created = DocumentReference(reference).create(server)
    assert DocumentReference.read(created["id"], server).as_json() == created
    check_deposited(Bundle(submission_set).create(server))
    with pytest.raises(HTTPError) as refused:
        DocumentReference({**reference, "status": "unknown"}).create(server)
    assert refused.value.response.status_code == 400
    own = smart_py(base, holders_token).server
    permitted = Consent(Consent(decision(demo, holder, "specialist")).create(own))
    assert permitted.update(own)["status"] == "active"
    permitted.status = "inactive"
    assert permitted.update(own)["status"] == "inactive"


def test_fhirpy_writes(
    demo: DemoPeople,
    base: str,
    token: str,
    holder: Holder,
    holders_token: str,
    reference: dict[str, Any],
    submission_set: dict[str, Any],
) -> None:
    """Its `patch` sends part of a resource as `application/json`, which R4 has not: JSON Patch goes by `execute`.

    It takes every 412 for several matches, as R4 uses that status in conditional requests. Its `get_or_create` sends
    the condition in the URL, where R4 has none, and not in If-None-Exist, which is refused here.
    """
    client = fhirpy(base, token)
    created = client.resource("DocumentReference", **reference).create()
    assert client.reference("DocumentReference", created.id).to_resource() == created
    check_deposited(client.execute("", data=submission_set))
    with pytest.raises(OperationOutcome) as refused:
        created.patch(description="x")
    assert refused.value.resource["issue"][0]["code"] == "not-supported"
    path = f"DocumentReference/{created.id}"
    patching = {"Content-Type": PATCH_JSON}
    assert is_archived(fhirpy(base, token, **patching).execute(path, method="patch", data=ARCHIVE))
    restoring, named = [{**ARCHIVE[0], "value": False}], {"identifier": created["masterIdentifier"]["value"]}
    assert not is_archived(fhirpy(base, token, **patching).execute("DocumentReference", "patch", restoring, named))
    with pytest.raises(MultipleResourcesFound):
        fhirpy(base, token, **patching, **{"If-Match": 'W/"99"'}).execute(path, method="patch", data=ARCHIVE)
    own = fhirpy(base, holders_token)
    permitted = own.resource("Consent", **decision(demo, holder, "nurse")).create()
    permitted["status"] = "inactive"
    assert permitted.update()["status"] == "inactive"
