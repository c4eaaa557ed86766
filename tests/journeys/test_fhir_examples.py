"""The regulator's FHIR examples: deposits with only patient and content replaced are accepted, and answers have the
shape of the examples; skipped where they are not beside the checkout."""

import copy
import json
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest

from client.people import DemoPeople
from contracts.cda import OID_PROFESSIONALS
from tests.support.fhir_client import attachment, fhir_client, refusal_in, subject_of
from tests.support.people import Holder, document_for, new_unique_id, open_record

EXAMPLES = Path(__file__).parents[3] / "shared" / "data" / "fhir"
SINGLE_DEPOSIT = "DocumentReference-example-td2-iti105-publication-simplifiee"
pytestmark = pytest.mark.skipif(not EXAMPLES.is_dir(), reason="the regulator's examples are not beside this checkout")


@pytest.fixture
def holder(demo: DemoPeople) -> Holder:
    return open_record(demo)


def example(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((EXAMPLES / f"pdsm4dmp-{name}.json").read_text())
    return found


def replace_text(body: Any, old: str, new: str) -> Any:
    """The resource with every occurrence of a text replaced."""
    return json.loads(json.dumps(body).replace(old, new))


def content_for(demo: DemoPeople, holder: Holder, unique_id: str, **more: Any) -> tuple[bytes, str]:
    """A document with the given unique id, and its author's number, since the examples name a fictitious author."""
    content = document_for(demo, holder, unique_id=unique_id, **more)
    author = content.partition(f'root="{OID_PROFESSIONALS}" extension="'.encode())[2].partition(b'"')[0].decode()
    return content, author


def adapt_example(
    template: dict[str, Any], holder: Holder, content: bytes, author: str, unique_id: str
) -> dict[str, Any]:
    """The example with patient, author and unique id replaced by those of a real record and document."""
    ins = holder.patient.ins
    template = replace_text(
        template, "urn:oid:1.2.250.1.213.1.4.8|123456789012345", f"urn:oid:{ins.oid}|{ins.matricule}"
    )
    template = replace_text(template, '"123456789012345"', f'"{ins.matricule}"')
    template = replace_text(template, '"urn:oid:1.2.250.1.213.1.4.8"', f'"urn:oid:{ins.oid}"')
    template = replace_text(template, "899700218896", author)
    for number in ("1", "2", "3"):
        template = replace_text(template, f"urn:oid:1.2.250.1.213.1.4.8.99999.{number}", f"urn:oid:{unique_id}")
    assert subject_of(holder)["reference"] in json.dumps(template)
    return template


def set_content(document: dict[str, Any], content: bytes) -> None:
    """Set size, hash and media type to those of the content; its header gives type and date."""
    sent = document["content"][0]["attachment"]
    actual = attachment(content)
    sent.update({name: actual[name] for name in actual if name in sent})
    sent.pop("creation", None)
    document.pop("type", None)


def test_the_example_deposit_of_one_document_is_accepted(demo: DemoPeople, holder: Holder) -> None:
    unique_id = new_unique_id()
    content, author = content_for(demo, holder, unique_id)
    sent = adapt_example(
        example("DocumentReference-example-td2-iti105-publication-simplifiee"), holder, content, author, unique_id
    )
    set_content(sent, content)
    sent["content"][0]["attachment"]["data"] = b64encode(content).decode()
    reply = fhir_client(demo, demo.logged_in("hospital")).post("DocumentReference", sent)
    assert reply.status_code == 201, reply.text


def adapt_bundle(name: str, holder: Holder, content: bytes, author: str, unique_id: str) -> dict[str, Any]:
    bundle = adapt_example(example(name), holder, content, author, unique_id)
    for entry in bundle["entry"]:
        element = entry["resource"]
        if element["resourceType"] == "DocumentReference":
            set_content(element, content)
        if element["resourceType"] == "Binary":
            element["data"] = b64encode(content).decode()
    return bundle


def test_the_example_submission_set_is_accepted_and_searches_have_the_shape_of_the_example(
    demo: DemoPeople, holder: Holder
) -> None:
    unique_id = new_unique_id()
    content, author = content_for(demo, holder, unique_id)
    bundle = adapt_bundle("Bundle-example-td2-iti65-lot-soumission", holder, content, author, unique_id)
    software = fhir_client(demo, demo.logged_in("hospital"))
    reply = software.post("", bundle)
    assert [entry["response"]["status"] for entry in reply.json()["entry"]] == ["201 Created"] * 3, reply.text
    found = software.get(f"DocumentReference?patient={holder.record}&status=current").json()
    searchset_example = example("Bundle-example-annexe-searchset-documentreferences")
    assert set(searchset_example) - {"id", "total"} <= set(found)
    shown, wanted = found["entry"][0]["resource"], searchset_example["entry"][0]["resource"]
    assert set(wanted) <= set(shown)
    assert set(wanted["context"]) <= set(shown["context"])
    assert set(wanted["content"][0]["attachment"]) <= set(shown["content"][0]["attachment"])
    for element in ("facilityType", "practiceSetting"):
        sent = bundle["entry"][1]["resource"]["context"][element]
        assert shown["context"][element] == sent


def test_the_example_replacement_is_accepted_with_and_without_its_patch(demo: DemoPeople, holder: Holder) -> None:
    software = fhir_client(demo, demo.logged_in("hospital"))
    older = new_unique_id()
    deposited = demo.logged_in("hospital").deposit(holder.record, document_for(demo, holder, unique_id=older))
    bundle = software.get(f"DocumentReference?patient={holder.record}&status=current").json()
    target = bundle["entry"][0]["resource"]["id"]
    assert target.endswith(str(deposited.document_id).replace("-", ""))
    unique_id = new_unique_id()
    content, author = content_for(demo, holder, unique_id, replaces=older)
    sent = replace_text(
        adapt_bundle("Bundle-example-td2-1-remplacement", holder, content, author, unique_id), "doc-x-id", target
    )
    without = copy.deepcopy(sent)
    without["entry"] = [entry for entry in without["entry"] if entry["request"]["method"] != "PATCH"]
    assert len(without["entry"]) < len(sent["entry"])
    reply = software.post("", sent)
    assert reply.status_code == 200, reply.text
    assert software.get(f"DocumentReference/{target}").json()["status"] == "superseded"
    assert software.post("", without).json()["entry"][0]["response"]["status"] == "200 OK"


def test_the_placeholder_content_of_the_example_is_refused(demo: DemoPeople, holder: Holder) -> None:
    sent = example(SINGLE_DEPOSIT)
    sent["subject"] = subject_of(holder)
    reply = fhir_client(demo, demo.logged_in("hospital")).post("DocumentReference", sent)
    assert refusal_in(reply)[0] == 422
