"""The regulator's FHIR examples, where they lie beside the checkout: deposits taken as they are, for a person and a
document that exist, and answers of the shape of the search sets."""

import copy
import json
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest

from cli.demo.people import DemoPeople
from contracts.cda import OID_PROFESSIONALS
from tests.support.fhir_client import FhirClient, attachment, issue, subject_of
from tests.support.people import Holder, document_for, new_unique_id, open_record

EXAMPLES = Path(__file__).parents[3] / "shared" / "data" / "fhir"
ONE = "DocumentReference-example-td2-iti105-publication-simplifiee"
pytestmark = pytest.mark.skipif(not EXAMPLES.is_dir(), reason="the regulator's examples are not beside this checkout")


@pytest.fixture
def holder(demo: DemoPeople) -> Holder:
    return open_record(demo)


def example(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((EXAMPLES / f"pdsm4dmp-{name}.json").read_text())
    return found


def placed(resource: Any, old: str, new: str) -> Any:
    """The resource with one text in the place of another, everywhere."""
    return json.loads(json.dumps(resource).replace(old, new))


def content_for(demo: DemoPeople, holder: Holder, unique_id: str, **more: Any) -> tuple[bytes, str]:
    """A document that says what the examples state, and its author's number: theirs stand for nobody."""
    content = document_for(demo, holder, unique_id=unique_id, **more)
    author = content.partition(f'root="{OID_PROFESSIONALS}" extension="'.encode())[2].partition(b'"')[0].decode()
    return content, author


def fitted(resource: dict[str, Any], holder: Holder, content: bytes, author: str, unique_id: str) -> dict[str, Any]:
    """An example for somebody who has a record, and for bytes that are a document; all else as it is."""
    ins = holder.patient.ins
    resource = placed(resource, "urn:oid:1.2.250.1.213.1.4.8|123456789012345", f"urn:oid:{ins.oid}|{ins.matricule}")
    resource = placed(resource, '"123456789012345"', f'"{ins.matricule}"')
    resource = placed(resource, '"urn:oid:1.2.250.1.213.1.4.8"', f'"urn:oid:{ins.oid}"')
    resource = placed(resource, "899700218896", author)
    for number in ("1", "2", "3"):
        resource = placed(resource, f"urn:oid:1.2.250.1.213.1.4.8.99999.{number}", f"urn:oid:{unique_id}")
    assert subject_of(holder)["reference"] in json.dumps(resource)
    return resource


def with_bytes(document: dict[str, Any], content: bytes) -> None:
    """The size, hash and type of these bytes; kind and date are what their header says."""
    said = document["content"][0]["attachment"]
    facts = attachment(content)
    said.update({name: facts[name] for name in facts if name in said})
    said.pop("creation", None)
    document.pop("type", None)


def test_the_deposit_of_one_document_is_taken(demo: DemoPeople, holder: Holder) -> None:
    unique_id = new_unique_id()
    content, author = content_for(demo, holder, unique_id)
    sent = fitted(
        example("DocumentReference-example-td2-iti105-publication-simplifiee"), holder, content, author, unique_id
    )
    with_bytes(sent, content)
    sent["content"][0]["attachment"]["data"] = b64encode(content).decode()
    reply = FhirClient(demo, demo.logged_in("hospital")).post("DocumentReference", sent)
    assert reply.status_code == 201, reply.text


def lot(name: str, holder: Holder, content: bytes, author: str, unique_id: str) -> dict[str, Any]:
    bundle = fitted(example(name), holder, content, author, unique_id)
    for entry in bundle["entry"]:
        resource = entry["resource"]
        if resource["resourceType"] == "DocumentReference":
            with_bytes(resource, content)
        if resource["resourceType"] == "Binary":
            resource["data"] = b64encode(content).decode()
    return bundle


def test_the_lot_is_taken_and_its_answer_has_the_shape_of_the_search_set(demo: DemoPeople, holder: Holder) -> None:
    unique_id = new_unique_id()
    content, author = content_for(demo, holder, unique_id)
    bundle = lot("Bundle-example-td2-iti65-lot-soumission", holder, content, author, unique_id)
    software = FhirClient(demo, demo.logged_in("hospital"))
    reply = software.post("", bundle)
    assert [entry["response"]["status"] for entry in reply.json()["entry"]] == ["201 Created"] * 3, reply.text
    found = software.get(f"DocumentReference?patient={holder.record}&status=current").json()
    model = example("Bundle-example-annexe-searchset-documentreferences")
    assert set(model) - {"id", "total"} <= set(found)
    shown, wanted = found["entry"][0]["resource"], model["entry"][0]["resource"]
    assert set(wanted) <= set(shown)
    assert set(wanted["context"]) <= set(shown["context"])
    assert set(wanted["content"][0]["attachment"]) <= set(shown["content"][0]["attachment"])
    for element in ("facilityType", "practiceSetting"):
        sent = bundle["entry"][1]["resource"]["context"][element]
        assert shown["context"][element] == sent


def test_the_replacement_is_taken_with_its_patch_and_without(demo: DemoPeople, holder: Holder) -> None:
    software = FhirClient(demo, demo.logged_in("hospital"))
    older = new_unique_id()
    deposited = demo.logged_in("hospital").deposit(holder.record, document_for(demo, holder, unique_id=older))
    bundle = software.get(f"DocumentReference?patient={holder.record}&status=current").json()
    target = bundle["entry"][0]["resource"]["id"]
    assert target.endswith(str(deposited["document_id"]).replace("-", ""))
    unique_id = new_unique_id()
    content, author = content_for(demo, holder, unique_id, replaces=older)
    sent = placed(lot("Bundle-example-td2-1-remplacement", holder, content, author, unique_id), "doc-x-id", target)
    without = copy.deepcopy(sent)
    without["entry"] = [one for one in without["entry"] if one["request"]["method"] != "PATCH"]
    assert len(without["entry"]) < len(sent["entry"])
    reply = software.post("", sent)
    assert reply.status_code == 200, reply.text
    assert software.get(f"DocumentReference/{target}").json()["status"] == "superseded"
    assert software.post("", without).json()["entry"][0]["response"]["status"] == "200 OK"


def test_the_placeholder_of_the_examples_is_no_document_and_says_so(demo: DemoPeople, holder: Holder) -> None:
    sent = example(ONE)
    sent["subject"] = subject_of(holder)
    reply = FhirClient(demo, demo.logged_in("hospital")).post("DocumentReference", sent)
    assert issue(reply)[0] == 422
