"""Successful requests: every route sends the right RPC message with the sender's token, and renders the reply."""

import json
import re
from typing import Any

import pytest

from contracts.identity.api import Identity
from contracts.identity.people import ProfessionalAssertion
from contracts.records.api import Records
from contracts.records.documents import DocumentList
from gateway.fhir.capability import DECLARATIONS
from gateway.fhir.search import SearchResource
from tests.integration.gateway.builders import (
    DOCUMENT,
    DOCUMENTS,
    NAME,
    PATIENT,
    RECORD,
    TITLE,
    TokenHolders,
    a_document,
)
from tests.integration.gateway.fake_services import FakeServices
from tests.integration.gateway.process import Gateway
from tests.integration.gateway.route_cases.all_cases import ROUTE_CASES
from tests.integration.gateway.route_cases.case import RouteCase
from tests.integration.gateway.route_cases.values import RPPS, TOKEN
from tests.support.content_policy import blocked_inline
from tests.support.waiting import wait_until


@pytest.mark.parametrize("case", ROUTE_CASES, ids=str)
def test_route_sends_message_and_renders_reply(
    gateway: Gateway, services: FakeServices, people: TokenHolders, case: RouteCase
) -> None:
    services.answer(case.method, case.answer)
    token = people.allowed_to_call(case.method)
    reply = gateway.request(case.verb, case.path, token=token, json_body=case.body)
    assert reply.status == case.status
    assert [received.message for received in services.received] == [case.message]
    assert services.last(case.method).context.token == token
    if case.status != 204:
        assert case.method.decode_response(reply.body) == case.answer


def test_card_assertion_is_exchanged_for_a_token_by_rfc_7523(gateway: Gateway, services: FakeServices) -> None:
    services.answer(Identity.login_professional, TOKEN)
    reply = gateway.request(
        "POST",
        "/oauth/token",
        body=b"grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=a.b%2Bc",
        headers={"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"},
    )
    assert reply.json() == {"access_token": "a.b.c", "token_type": "Bearer", "expires_in": 600}
    assert services.last(Identity.login_professional).message == ProfessionalAssertion(assertion="a.b+c")


def test_traceparent_is_continued_to_services(gateway: Gateway, services: FakeServices, people: TokenHolders) -> None:
    services.answer(Records.list_documents, DocumentList(documents=()))
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    headers = {"traceparent": f"00-{trace}-00f067aa0ba902b7-01"}
    reply = gateway.request("GET", DOCUMENTS, token=people.doctor, headers=headers)
    assert reply.headers["x-trace-id"] == trace
    assert services.last(Records.list_documents).context.traceparent.split("-")[1] == trace


@pytest.mark.parametrize("traceparent", ["", "00-zz", "00-" + "0" * 32 + "-" + "0" * 16 + "-01", "é"])
def test_invalid_traceparent_is_replaced(gateway: Gateway, traceparent: str) -> None:
    trace = gateway.request("GET", "/health/live", headers={"traceparent": traceparent}).headers["x-trace-id"]
    assert len(trace) == 32
    assert int(trace, 16) > 0


def test_every_response_has_the_security_headers(gateway: Gateway) -> None:
    # Pages state to our own forms where they come from.
    for path in ("/", "/nothing", "/openapi", "/health/live", DOCUMENTS):
        headers = gateway.request("GET", path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == ("same-origin" if path == "/" else "no-referrer")
        assert "no-store" in headers["cache-control"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "server" not in headers


def test_home_page_loads_no_external_resource(gateway: Gateway) -> None:
    page = gateway.request("GET", "/")
    assert page.headers["content-type"].startswith("text/html")
    assert b'href="/openapi/page"' in page.body
    assert b'href="/pro"' in page.body
    assert b"http" not in page.body
    english = gateway.request("GET", "/", headers={"accept-language": "en"})
    assert (page.headers["content-language"], english.headers["content-language"]) == ("fr", "en")
    assert not re.search(rb"<style|<script>|style=", page.body)


def test_openapi_describes_error_responses_and_security(gateway: Gateway) -> None:
    description = gateway.request("GET", "/openapi").json()
    listing = description["paths"]["/dmp/records/{patient_id}/documents"]["get"]
    assert {"200", "400", "401", "403", "404", "503"} <= set(listing["responses"])
    assert listing["security"] == [{"bearer": []}]
    assert "security" not in description["paths"]["/sessions"]["post"]


def test_the_description_can_be_read_as_a_page_and_asked_for_by_head(gateway: Gateway) -> None:
    page = gateway.request("GET", "/openapi/page")
    assert page.headers["content-type"].startswith("text/html")
    assert blocked_inline(page.body.decode(), page.headers["content-security-policy"]) == []
    described = gateway.request("GET", "/openapi")
    paths = described.json()["paths"]
    assert all(f"<code>{path}</code>".encode() in page.body for path in paths)
    for path in ("/openapi", "/openapi/openapi.json", "/openapi/page"):
        head = gateway.request("HEAD", path)
        assert (head.status, head.body) == (200, b"")


def test_the_fhir_interface_is_described_with_its_search_parameters(gateway: Gateway) -> None:
    paths = gateway.request("GET", "/openapi").json()["paths"]
    for declaration in DECLARATIONS:
        if isinstance(declaration, SearchResource):
            described = {each["name"] for each in paths[f"/fhir/{declaration.type}"]["get"]["parameters"]}
            assert described == {parameter.name for parameter in declaration.parameters}
    assert {"post", "get"} <= paths["/fhir/DocumentReference"].keys()
    assert "patch" in paths["/fhir/DocumentReference/{resource_id}"]
    assert "post" in paths["/fhir"]


def test_responses_that_operations_have_in_common_are_described_once(gateway: Gateway) -> None:
    described = gateway.request("GET", "/openapi")
    assert len(described.body) < 700_000
    responses = [
        response
        for operations in described.json()["paths"].values()
        for operation in operations.values()
        for status, response in operation["responses"].items()
        if status >= "400"
    ]
    shared = described.json()["components"]["responses"]
    assert {response["$ref"].rpartition("/")[2] for response in responses if "$ref" in response} <= shared.keys()
    assert sum("$ref" not in response for response in responses) < 20


def examples_in(body: dict[str, Any]) -> Any:
    return body.get("examples") or body["schema"].get("examples")


def test_every_dmp_operation_has_examples_of_request_and_response(gateway: Gateway) -> None:
    description = gateway.request("GET", "/openapi").json()
    without_example = []
    for path, operations in description["paths"].items():
        for verb, operation in operations.items():
            if not path.startswith("/dmp/") or verb == "head":
                continue
            success = next(response for status, response in sorted(operation["responses"].items()) if status < "300")
            bodies = [
                *success.get("content", {}).items(),
                *operation.get("requestBody", {}).get("content", {}).items(),
            ]
            without_example += [f"{verb} {path}" for kind, body in bodies if "json" in kind and not examples_in(body)]
            assert {"400", "401", "403", "404", "503"} <= set(operation["responses"]), f"{verb} {path}"
    assert without_example == []


def test_metrics_are_labelled_by_route_template(gateway: Gateway) -> None:
    gateway.request("GET", DOCUMENTS)
    metrics = gateway.metrics()
    assert 'name="GET /dmp/records/{patient_id}/documents"' in metrics
    assert str(PATIENT) not in metrics


def test_one_line_is_logged_per_request_without_personal_data(
    gateway: Gateway, services: FakeServices, people: TokenHolders
) -> None:
    services.answer(Records.list_documents, DocumentList(documents=(a_document(),)))
    traces = [
        gateway.request(verb, path, token=people.doctor).headers["x-trace-id"]
        for verb, path in (("GET", DOCUMENTS), ("GET", f"/lost/{PATIENT}"), ("DELETE", f"{RECORD}/blocked/{RPPS}"))
    ]
    wait_until(lambda: {*traces} <= {line.get("trace_id") for line in gateway.log()})
    lines = [line for line in gateway.log() if line.get("trace_id") in traces]
    assert [(line["name"], line["status"], line["outcome"]) for line in lines] == [
        ("GET /dmp/records/{patient_id}/documents", 200, "done"),
        ("unmatched", 404, "refused"),
        ("DELETE /dmp/records/{patient_id}/blocked/{rpps}", 403, "refused"),
    ]
    log = json.dumps(gateway.log())
    for secret in (str(PATIENT), str(DOCUMENT), RPPS, NAME, TITLE, people.doctor):
        assert secret not in log


def test_response_head_and_body_are_one_packet(gateway: Gateway) -> None:
    with gateway.connect() as connection:
        for _ in range(50):
            connection.sendall(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")
            answer = connection.recv(65536)
            assert answer.startswith(b"HTTP/1.1 200")
            assert answer.endswith(b"\r\n\r\nlive\n")


def test_client_cert_header_is_ignored_from_untrusted_addresses(gateway: Gateway, services: FakeServices) -> None:
    services.answer(Identity.login_professional, TOKEN)
    gateway.request(
        "POST",
        "/oauth/token",
        body=b"grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=a.b.c",
        headers={"Content-Type": "application/x-www-form-urlencoded", "Client-Cert": ":MIIB:"},
    )
    assert services.last(Identity.login_professional).message == ProfessionalAssertion(assertion="a.b.c")
