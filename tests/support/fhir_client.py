"""Software that speaks FHIR, and what it sends."""

import hashlib
import json
import subprocess
from base64 import b64encode
from pathlib import Path
from typing import Any
from uuid import uuid4

import fhirkit
import requests

from cli.demo.client import ApiClient
from cli.demo.people import DemoPeople
from deploy.dev.bootstrap import PEERS
from tests.support.people import Holder, new_unique_id

FHIR = "application/fhir+json"
_SECONDS = 30
_VALIDATE = Path(__file__).parent / "peers" / "validate.js"


class FhirClient:
    """Business software in somebody's name, or in nobody's."""

    def __init__(self, demo: DemoPeople, client: ApiClient | None) -> None:
        self._base = f"{demo.gateway}/fhir"
        self._session = requests.Session()
        if client is not None:
            self._session.headers["authorization"] = f"Bearer {client.token}"

    def send(self, verb: str, path: str, *, accept: str = FHIR, **more: Any) -> requests.Response:
        """Ask for a path below /fhir, or for a whole address."""
        address = path if path.startswith("http") else f"{self._base}/{path}".removesuffix("/")
        headers = {"accept": accept, **more.pop("headers", {})}
        reply = self._session.request(verb, address, headers=headers, timeout=_SECONDS, **more)
        if reply.content and verb != "HEAD" and reply.headers.get("content-type", "").startswith(FHIR):
            check_valid(reply.json())
        return reply

    def get(self, path: str, *, accept: str = FHIR, **headers: str) -> requests.Response:
        """Read."""
        return self.send("GET", path, accept=accept, headers=headers)

    def post(self, path: str, resource: object, **headers: str) -> requests.Response:
        """Write a resource."""
        return self.send("POST", path, json=resource, headers={"content-type": FHIR, **headers})

    def patch(self, path: str, *operations: dict[str, Any], **headers: str) -> requests.Response:
        """Change by JSON Patch."""
        kind = {"content-type": "application/json-patch+json"}
        return self.send("PATCH", path, json=list(operations), headers={**kind, **headers})

    def found(self, path: str) -> list[str]:
        """Ids of resources found, over all pages."""
        ids: list[str] = []
        bundle: dict[str, Any] = self.get(path).json()
        while True:
            ids += [entry["resource"]["id"] for entry in bundle.get("entry", [])]
            following = [link["url"] for link in bundle["link"] if link["relation"] == "next"]
            if not following:
                return ids
            bundle = self.get(following[0]).json()


ANSWERS: set[str] = set()
"""Every FHIR answer of this run, for the second validator to look at when the run ends."""


def check_valid(resource: dict[str, Any]) -> None:
    """Whatever the door answers is FHIR, for one validator at once and for another at the end."""
    ANSWERS.add(json.dumps(resource))
    errors = [str(one) for one in fhirkit.validate(resource) if one.severity == "error"]
    assert errors == []


def check_with_second_validator() -> None:
    """What the npm package `fhir` says of every answer of this run."""
    done = subprocess.run(
        ("node", str(_VALIDATE), str(PEERS)),
        input="\n".join(sorted(ANSWERS)),
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout.strip().endswith(f"{len(ANSWERS)} answers, 0 wrong"), done.stdout[-4_000:] + done.stderr


def issue(reply: requests.Response) -> tuple[int, str]:
    """Status and code of a refusal."""
    resource = reply.json()
    assert resource["resourceType"] == "OperationOutcome"
    return reply.status_code, resource["issue"][0]["details"]["coding"][0]["code"]


def subject_of(holder: Holder) -> dict[str, Any]:
    """The holder, by INS."""
    ins = holder.patient.ins
    return {"reference": f"Patient?identifier=urn:oid:{ins.oid}|{ins.matricule}"}


def attachment(content: bytes, media_type: str = "application/xml", **more: Any) -> dict[str, Any]:
    """Size and hash as they are, unless said otherwise."""
    digest = b64encode(hashlib.sha1(content, usedforsecurity=False).digest()).decode()
    return {"contentType": media_type, "size": len(content), "hash": digest, **more}


def reference_to(holder: Holder, content: bytes, **more: Any) -> dict[str, Any]:
    """A DocumentReference that says little; its bytes are inline unless `attachment` says otherwise."""
    plain = attachment(content, data=b64encode(content).decode())
    return {
        "resourceType": "DocumentReference",
        "status": "current",
        "subject": subject_of(holder),
        "content": [{"attachment": {**plain, **more.pop("attachment", {})}}],
        **more,
    }


def stated_file(holder: Holder, content: bytes, type_code: str, *, title: str) -> dict[str, Any]:
    """A text without a header: what it is, its sender states."""
    return reference_to(
        holder,
        content,
        masterIdentifier={"system": "urn:ietf:rfc:3986", "value": f"urn:oid:{new_unique_id()}"},
        type={"coding": [{"system": "http://loinc.org", "code": type_code}]},
        contained=[{"resourceType": "Practitioner", "id": "a", "name": [{"family": "ESSAI", "given": ["Ada"]}]}],
        author=[{"reference": "#a"}],
        attachment={"contentType": "text/plain", "creation": "2026-06-12T10:00:00+02:00", "title": title},
    )


def lot_of(holder: Holder, *contents: bytes, **more: Any) -> dict[str, Any]:
    """A transaction: a List, a DocumentReference and a Binary for each content."""
    references, binaries, items = [], [], []
    for content in contents:
        document, binary = f"urn:uuid:{uuid4()}", f"urn:uuid:{uuid4()}"
        resource = reference_to(holder, content)
        resource["content"] = [{"attachment": attachment(content, url=binary)}]
        references.append(_entry(document, {**resource, **more}))
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


def _entry(urn: str, resource: dict[str, Any]) -> dict[str, Any]:
    return {
        "fullUrl": urn,
        "resource": resource,
        "request": {"method": "POST", "url": resource["resourceType"]},
    }
