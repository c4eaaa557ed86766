"""What is sent is checked before anybody is asked: a 400 that names the field and quotes nothing."""

from typing import Any

import pytest

from contracts.vocabulary import Role
from tests.integration.gateway.builders import BYTES, DOCUMENTS, RECORD, People
from tests.integration.gateway.fake_services import FakeServices
from tests.integration.gateway.process import Gateway, HttpReply
from tests.integration.gateway.route_cases import FINESS, ONE, RPPS

NO_MOMENTS = [
    "SECRET",
    "2027-06-30",
    "2027-02-30T00:00:00Z",
    "2027-06-30T00:00:00",
    "0001-01-01T00:00:00+10:00",
    "9999-12-31T23:59:59-10:00",
]
"""No date, no time, no such day, no offset, and beyond the calendar at either end."""
PERMISSIONS = [f"{RECORD}/authorisations/{RPPS}", f"{RECORD}/care-teams/{FINESS}"]


def names(reply: HttpReply, field: str) -> bool:
    return (reply.status, reply.json()["code"], reply.json()["details"]) == (400, "request.invalid", {"field": field})


@pytest.mark.parametrize("path", PERMISSIONS)
@pytest.mark.parametrize("until", [*NO_MOMENTS, 1830290400, True])
def test_a_permission_ends_at_a_moment_everybody_reads_alike(
    gateway: Gateway, services: FakeServices, people: People, path: str, until: Any
) -> None:
    reply = gateway.ask("PUT", path, token=people.patient, json_body={"until": until})
    assert names(reply, "until")
    assert b"SECRET" not in reply.body
    assert services.asked == []


@pytest.mark.parametrize("moment", NO_MOMENTS)
def test_a_document_appears_at_a_moment_everybody_reads_alike(
    gateway: Gateway, services: FakeServices, people: People, moment: str
) -> None:
    path = f"{DOCUMENTS}?visibility=INVISIBLE_PATIENT&invisible_until={moment.replace('+', '%2B')}"
    reply = gateway.ask("POST", path, token=people.doctor, body=b"<x/>")
    assert names(reply, "invisible_until")
    assert b"SECRET" not in reply.body
    assert services.asked == []


@pytest.mark.parametrize("path", [*PERMISSIONS, f"{RECORD}/closing"])
def test_a_misspelt_wish_is_not_taken_for_none(
    gateway: Gateway, services: FakeServices, people: People, path: str
) -> None:
    verb = "POST" if path.endswith("closing") else "PUT"
    reply = gateway.ask(verb, path, token=people.patient, json_body={"untill": "2027-06-30T00:00:00Z"})
    assert names(reply, "body")
    assert services.asked == []


@pytest.mark.parametrize("verb", ["PUT", "DELETE"])
@pytest.mark.parametrize(
    "finess", ["12345678", "1234567890", "12345678a", "12345678%0A", "%D9%A1" * 9, "1234%205678", "12345678%00"]
)
def test_a_number_that_cannot_be_a_finess_is_refused(
    gateway: Gateway, services: FakeServices, people: People, verb: str, finess: str
) -> None:
    reply = gateway.ask(verb, f"{RECORD}/care-teams/{finess}", token=people.patient, json_body={})
    assert names(reply, "finess")
    assert services.asked == []


@pytest.mark.parametrize(
    ("role", "verb", "path", "body", "field"),
    [
        (Role.PATIENT, "POST", f"{RECORD}/closing", {"reason": "SECRET"}, "reason"),
        (Role.PATIENT, "PUT", f"{RECORD}/default-visibility", {"masque_ps": 1}, "masque_ps"),
        (Role.PATIENT, "PUT", f"{RECORD}/default-visibility", {}, "body"),
        (Role.PATIENT, "PUT", f"{RECORD}/unmasking", {"unmasks": "true"}, "unmasks"),
        (Role.PATIENT, "PUT", f"{RECORD}/oppositions/SECRET", None, "mode"),
        (Role.PATIENT, "DELETE", f"{RECORD}/medecins-traitants/1010000000a", None, "rpps"),
        (Role.PATIENT, "PATCH", ONE, {"masque_ps": None}, "masque_ps"),
        (Role.PROFESSIONAL, "POST", f"{RECORD}/emergencies", {"mode": "SECRET", "reason": "x"}, "mode"),
        (Role.PROFESSIONAL, "POST", f"{RECORD}/emergencies", {"mode": "centre_15", "reason": "\0"}, "reason"),
        (Role.AGENT, "POST", f"{RECORD}/representatives",
         {"representative_proof": "p", "kind": "SECRET", "evidence": "e"}, "kind"),
        (Role.AGENT, "POST", f"{RECORD}/representatives",
         {"representative_proof": "p", "kind": "mineur", "evidence": "liv\0ret"}, "evidence"),
        (Role.AGENT, "POST", f"{RECORD}/representatives", {"kind": "mineur", "evidence": "e"}, "body"),
    ],
)  # fmt: skip
def test_a_wrong_wish_is_named(
    gateway: Gateway, services: FakeServices, people: People, role: Role, verb: str, path: str, body: Any, field: str
) -> None:
    reply = gateway.ask(verb, path, token=people.of[role], json_body=body)
    assert names(reply, field)
    assert b"SECRET" not in reply.body
    assert services.asked == []


@pytest.mark.parametrize(
    ("verb", "path", "field"),
    [
        ("GET", f"{DOCUMENTS}?superseded=SECRET", "superseded"),
        ("GET", f"{DOCUMENTS}?archived=2", "archived"),
        ("GET", f"{DOCUMENTS}?secret=", "secret"),
        ("GET", f"{ONE}?secret=SECRET", "secret"),
        ("GET", f"{BYTES}?secret=SECRET", "secret"),
        ("POST", f"{DOCUMENTS}?secret=SECRET", "secret"),
        ("POST", f"{DOCUMENTS}?visibility=SECRET", "visibility"),
    ],
)
def test_a_wrong_parameter_of_documents_is_named(
    gateway: Gateway, services: FakeServices, people: People, verb: str, path: str, field: str
) -> None:
    reply = gateway.ask(verb, path, token=people.doctor, body=b"<x/>" if verb == "POST" else None)
    assert names(reply, field)
    assert b"SECRET" not in reply.body
    assert services.asked == []


def test_a_representative_is_named_by_an_id_and_nothing_else(
    gateway: Gateway, services: FakeServices, people: People
) -> None:
    reply = gateway.ask("DELETE", f"{RECORD}/representatives/camille", token=people.agent)
    assert (reply.status, reply.json()["code"]) == (404, "route.not_found")
    assert services.asked == []
