"""Validation of request fields before any call to a service: a 400 that names the field and quotes no value."""

from typing import Any

import pytest

from contracts.vocabulary import Role
from tests.integration.gateway.builders import CONTENT_PATH, DOCUMENTS, RECORD, TokenHolders
from tests.integration.gateway.fake_services import FakeServices
from tests.integration.gateway.process import Gateway, HttpReply
from tests.integration.gateway.route_cases.values import DOCUMENT_PATH, FINESS, OTHER_ID, RPPS

INVALID_MOMENTS = [
    "SECRET",
    "2027-06-30",
    "2027-02-30T00:00:00Z",
    "2027-06-30T00:00:00",
    "0001-01-01T00:00:00+10:00",
    "9999-12-31T23:59:59-10:00",
]
"""Not a date, no time, no such day, no offset, and out of range at either end."""
AUTHORISATION_PATHS = [f"{RECORD}/authorisations/{RPPS}", f"{RECORD}/care-teams/{FINESS}"]


def is_invalid_request(reply: HttpReply, field: str) -> bool:
    return (reply.status, reply.json()["code"], reply.json()["details"]) == (400, "request.invalid", {"field": field})


@pytest.mark.parametrize("path", AUTHORISATION_PATHS)
@pytest.mark.parametrize("until", [*INVALID_MOMENTS, 1830290400, True])
def test_end_of_an_authorisation_must_have_an_offset_and_be_in_range(
    gateway: Gateway, services: FakeServices, people: TokenHolders, path: str, until: Any
) -> None:
    reply = gateway.request("PUT", path, token=people.patient, json_body={"until": until})
    assert is_invalid_request(reply, "until")
    assert b"SECRET" not in reply.body
    assert services.received == []


@pytest.mark.parametrize("moment", INVALID_MOMENTS)
def test_invisible_until_must_have_an_offset_and_be_in_range(
    gateway: Gateway, services: FakeServices, people: TokenHolders, moment: str
) -> None:
    path = f"{DOCUMENTS}?visibility=INVISIBLE_PATIENT&invisible_until={moment.replace('+', '%2B')}"
    reply = gateway.request("POST", path, token=people.doctor, body=b"<x/>")
    assert is_invalid_request(reply, "invisible_until")
    assert b"SECRET" not in reply.body
    assert services.received == []


@pytest.mark.parametrize("path", [*AUTHORISATION_PATHS, f"{RECORD}/closing"])
def test_misspelt_optional_field_is_refused(
    gateway: Gateway, services: FakeServices, people: TokenHolders, path: str
) -> None:
    verb = "POST" if path.endswith("closing") else "PUT"
    reply = gateway.request(verb, path, token=people.patient, json_body={"untill": "2027-06-30T00:00:00Z"})
    assert is_invalid_request(reply, "untill")
    assert services.received == []


@pytest.mark.parametrize("verb", ["PUT", "DELETE"])
@pytest.mark.parametrize(
    "finess", ["12345678", "1234567890", "12345678a", "12345678%0A", "%D9%A1" * 9, "1234%205678", "12345678%00"]
)
def test_malformed_finess_is_refused(
    gateway: Gateway, services: FakeServices, people: TokenHolders, verb: str, finess: str
) -> None:
    reply = gateway.request(verb, f"{RECORD}/care-teams/{finess}", token=people.patient, json_body={})
    assert is_invalid_request(reply, "finess")
    assert services.received == []


@pytest.mark.parametrize(
    ("role", "verb", "path", "body", "field"),
    [
        (Role.PATIENT, "POST", f"{RECORD}/closing", {"reason": "SECRET"}, "reason"),
        (Role.PATIENT, "PUT", f"{RECORD}/default-visibility", {"masque_ps": 1}, "masque_ps"),
        (Role.PATIENT, "PUT", f"{RECORD}/unmasking", {"unmasks": "true"}, "unmasks"),
        (Role.PATIENT, "PUT", f"{RECORD}/oppositions/SECRET", None, "mode"),
        (Role.PATIENT, "DELETE", f"{RECORD}/medecins-traitants/1010000000a", None, "rpps"),
        (Role.PATIENT, "PATCH", DOCUMENT_PATH, {"masque_ps": None}, "masque_ps"),
        (Role.PROFESSIONAL, "POST", f"{RECORD}/emergencies", {"mode": "SECRET", "reason": "x"}, "mode"),
        (Role.PROFESSIONAL, "POST", f"{RECORD}/emergencies", {"mode": "centre_15", "reason": "\0"}, "reason"),
        (Role.AGENT, "POST", f"{RECORD}/representatives",
         {"representative_proof": "p", "kind": "SECRET", "evidence": "e"}, "kind"),
        (Role.AGENT, "POST", f"{RECORD}/representatives",
         {"representative_proof": "p", "kind": "mineur", "evidence": "liv\0ret"}, "evidence"),
        (Role.AGENT, "POST", f"{RECORD}/representatives/{OTHER_ID}/ending", {"evidence_kind": "SECRET"},
         "evidence_kind"),
        (Role.AGENT, "POST", f"{RECORD}/representatives/{OTHER_ID}/ending", {"evidence_on": "2026-02-30"},
         "evidence_on"),
        (Role.AGENT, "POST", f"{RECORD}/representatives/{OTHER_ID}/confirmation", {"end": True}, "end"),
    ],
)  # fmt: skip
def test_invalid_field_is_named(
    gateway: Gateway,
    services: FakeServices,
    people: TokenHolders,
    role: Role,
    verb: str,
    path: str,
    body: Any,
    field: str,
) -> None:
    reply = gateway.request(verb, path, token=people.of[role], json_body=body)
    assert is_invalid_request(reply, field)
    assert b"SECRET" not in reply.body
    assert services.received == []


@pytest.mark.parametrize(
    ("verb", "path", "field"),
    [
        ("GET", f"{DOCUMENTS}?superseded=SECRET", "superseded"),
        ("GET", f"{DOCUMENTS}?archived=2", "archived"),
        ("GET", f"{DOCUMENTS}?secret=", "secret"),
        ("GET", f"{DOCUMENT_PATH}?secret=SECRET", "secret"),
        ("GET", f"{CONTENT_PATH}?secret=SECRET", "secret"),
        ("POST", f"{DOCUMENTS}?secret=SECRET", "secret"),
        ("POST", f"{DOCUMENTS}?visibility=SECRET", "visibility"),
    ],
)
def test_invalid_parameter_of_documents_is_named(
    gateway: Gateway, services: FakeServices, people: TokenHolders, verb: str, path: str, field: str
) -> None:
    reply = gateway.request(verb, path, token=people.doctor, body=b"<x/>" if verb == "POST" else None)
    assert is_invalid_request(reply, field)
    assert b"SECRET" not in reply.body
    assert services.received == []


def test_representative_must_be_given_by_id(gateway: Gateway, services: FakeServices, people: TokenHolders) -> None:
    reply = gateway.request("DELETE", f"{RECORD}/representatives/camille", token=people.agent)
    assert (reply.status, reply.json()["code"]) == (404, "route.not_found")
    assert services.received == []
