"""A client of the FHIR API that validates every answer, and builders of what it sends."""

import hashlib
import json
import subprocess
from base64 import b64encode
from pathlib import Path
from typing import Any
from uuid import uuid4

import fhirkit
import requests

from client.api_client import ApiClient
from client.fhir import FHIR, FhirClient
from client.people import DemoPeople
from deploy.dev.bootstrap import PEERS
from tests.support.people import Holder, new_unique_id

_VALIDATE = Path(__file__).parent / "peers" / "validate.js"


def fhir_client(demo: DemoPeople, client: ApiClient | None) -> FhirClient:
    """FHIR requests with the token of `client`, or without a token where it is None; every answer is validated."""
    validated = FhirClient(demo.gateway, client.token if client else "")
    validated.session.hooks["response"].append(_check_answer)
    return validated


ANSWERS: set[str] = set()
"""All FHIR answers of this run, which the second validator checks at its end."""


def _check_answer(reply: requests.Response, **_: object) -> None:
    if reply.content and reply.headers.get("content-type", "").startswith(FHIR):
        check_valid(reply.json())


def check_valid(answer: dict[str, Any]) -> None:
    """Validate with fhirkit now, and keep the answer for the second validator."""
    ANSWERS.add(json.dumps(answer))
    errors = [str(problem) for problem in fhirkit.validate(answer) if problem.severity == "error"]
    assert errors == []


def check_with_second_validator() -> None:
    """Validate all answers of this run with the npm package `fhir`."""
    done = subprocess.run(
        ("node", str(_VALIDATE), str(PEERS)),
        input="\n".join(sorted(ANSWERS)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip().endswith(f"{len(ANSWERS)} answers, 0 wrong"), done.stdout[-4_000:] + done.stderr


def refusal_in(reply: requests.Response) -> tuple[int, str]:
    """HTTP status and error code of an OperationOutcome."""
    outcome = reply.json()
    assert outcome["resourceType"] == "OperationOutcome"
    return reply.status_code, outcome["issue"][0]["details"]["coding"][0]["code"]


def subject_of(holder: Holder) -> dict[str, Any]:
    """A reference to the holder by INS."""
    ins = holder.patient.ins
    return {"reference": f"Patient?identifier=urn:oid:{ins.oid}|{ins.matricule}"}


def attachment(content: bytes, media_type: str = "application/xml", **more: Any) -> dict[str, Any]:
    """An attachment with the true size and hash, unless overridden."""
    digest = b64encode(hashlib.sha1(content, usedforsecurity=False).digest()).decode()
    return {"contentType": media_type, "size": len(content), "hash": digest, **more}


def reference_to(holder: Holder, content: bytes, **more: Any) -> dict[str, Any]:
    """A minimal DocumentReference with inline bytes; `attachment` overrides fields of the attachment."""
    inline = attachment(content, data=b64encode(content).decode())
    return {
        "resourceType": "DocumentReference",
        "status": "current",
        "subject": subject_of(holder),
        "content": [{"attachment": {**inline, **more.pop("attachment", {})}}],
        **more,
    }


def text_reference_to(holder: Holder, content: bytes, type_code: str, *, title: str) -> dict[str, Any]:
    """A DocumentReference of a plain text, with the metadata that a CDA header would hold."""
    return reference_to(
        holder,
        content,
        masterIdentifier={"system": "urn:ietf:rfc:3986", "value": f"urn:oid:{new_unique_id()}"},
        type={"coding": [{"system": "http://loinc.org", "code": type_code}]},
        contained=[{"resourceType": "Practitioner", "id": "a", "name": [{"family": "ESSAI", "given": ["Ada"]}]}],
        author=[{"reference": "#a"}],
        attachment={"contentType": "text/plain", "creation": "2026-06-12T10:00:00+02:00", "title": title},
    )


def submission_set_of(holder: Holder, *contents: bytes, **more: Any) -> dict[str, Any]:
    """A transaction Bundle: one List, and a DocumentReference and a Binary for each content."""
    references, binaries, items = [], [], []
    for content in contents:
        document, binary = f"urn:uuid:{uuid4()}", f"urn:uuid:{uuid4()}"
        reference = reference_to(holder, content)
        reference["content"] = [{"attachment": attachment(content, url=binary)}]
        references.append(_entry(document, {**reference, **more}))
        data = b64encode(content).decode()
        binaries.append(_entry(binary, {"resourceType": "Binary", "contentType": "application/xml", "data": data}))
        items.append({"item": {"reference": document}})
    listing = {
        "resourceType": "List",
        "status": "current",
        "mode": "working",
        "subject": subject_of(holder),
        "entry": items,
    }
    entries = [_entry(f"urn:uuid:{uuid4()}", listing), *references, *binaries]
    return {"resourceType": "Bundle", "type": "transaction", "entry": entries}


def _entry(urn: str, content: dict[str, Any]) -> dict[str, Any]:
    return {
        "fullUrl": urn,
        "resource": content,
        "request": {"method": "POST", "url": content["resourceType"]},
    }
