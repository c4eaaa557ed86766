"""What goes through: each route asks the right question in its sender's name and answers what came back."""

import json
from typing import Any

import pytest

from contracts.identity import Identity, ProfessionalAssertion
from contracts.records import DocumentList, Records
from tests.integration.gateway.builders import DOCUMENT, DOCUMENTS, NAME, PATIENT, RECORD, TITLE, People, a_document
from tests.integration.gateway.fake_services import FakeServices
from tests.integration.gateway.process import Gateway, eventually
from tests.integration.gateway.route_case import RouteCase
from tests.integration.gateway.route_cases import ROUTE_CASES, RPPS, TOKEN


@pytest.mark.parametrize("ask", ROUTE_CASES, ids=str)
def test_a_route_asks_and_answers(gateway: Gateway, services: FakeServices, people: People, ask: RouteCase) -> None:
    services.answer(ask.method, ask.answer)
    token = people.admitted_by(ask.method)
    reply = gateway.ask(ask.verb, ask.path, token=token, json_body=ask.body)
    assert reply.status == ask.status
    assert [one.question for one in services.asked] == [ask.question]
    assert services.last(ask.method).context.token == token
    if ask.status != 204:
        assert ask.method.decode_response(reply.body) == ask.answer


def test_a_card_is_exchanged_for_a_token_as_oauth_has_it(gateway: Gateway, services: FakeServices) -> None:
    services.answer(Identity.login_professional, TOKEN)
    reply = gateway.ask(
        "POST",
        "/oauth/token",
        body=b"grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=a.b%2Bc",
        headers={"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"},
    )
    assert reply.json() == {"access_token": "a.b.c", "token_type": "Bearer", "expires_in": 600}
    assert services.last(Identity.login_professional).question == ProfessionalAssertion(assertion="a.b+c")


def test_a_trace_is_taken_up_and_carried_on(gateway: Gateway, services: FakeServices, people: People) -> None:
    services.answer(Records.list_documents, DocumentList(documents=()))
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    given = {"traceparent": f"00-{trace}-00f067aa0ba902b7-01"}
    reply = gateway.ask("GET", DOCUMENTS, token=people.doctor, headers=given)
    assert reply.headers["x-trace-id"] == trace
    assert services.last(Records.list_documents).context.traceparent.split("-")[1] == trace


@pytest.mark.parametrize("nonsense", ["", "00-zz", "00-" + "0" * 32 + "-" + "0" * 16 + "-01", "é"])
def test_a_senseless_trace_is_replaced(gateway: Gateway, nonsense: str) -> None:
    trace = gateway.ask("GET", "/health/live", headers={"traceparent": nonsense}).headers["x-trace-id"]
    assert len(trace) == 32
    assert int(trace, 16) > 0


def test_every_answer_bears_the_security_headers(gateway: Gateway) -> None:
    for path in ("/", "/nothing", "/openapi", "/health/live", DOCUMENTS):
        headers = gateway.ask("GET", path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "no-store" in headers["cache-control"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "server" not in headers


def test_the_page_names_nothing_from_elsewhere(gateway: Gateway) -> None:
    page = gateway.ask("GET", "/")
    assert page.headers["content-type"].startswith("text/html")
    assert b'href="/openapi"' in page.body
    assert b"http" not in page.body


def test_the_description_names_every_question_and_its_refusals(gateway: Gateway) -> None:
    description = gateway.ask("GET", "/openapi").json()
    listing = description["paths"]["/dmp/records/{patient_id}/documents"]["get"]
    assert {"200", "400", "401", "403", "404", "503"} <= set(listing["responses"])
    assert listing["security"] == [{"bearer": []}]
    assert "security" not in description["paths"]["/sessions"]["post"]


def shown_in(body: dict[str, Any]) -> Any:
    return body.get("examples") or body["schema"].get("examples")


def test_every_operation_of_the_dmp_shows_what_is_sent_and_what_comes_back(gateway: Gateway) -> None:
    description = gateway.ask("GET", "/openapi").json()
    bare = []
    for path, operations in description["paths"].items():
        for verb, operation in operations.items():
            if not path.startswith("/dmp/") or verb == "head":
                continue
            good = next(answer for status, answer in sorted(operation["responses"].items()) if status < "300")
            bodies = [*good.get("content", {}).items(), *operation.get("requestBody", {}).get("content", {}).items()]
            bare += [f"{verb} {path}" for kind, body in bodies if "json" in kind and not shown_in(body)]
            assert {"400", "401", "403", "404", "503"} <= set(operation["responses"]), f"{verb} {path}"
    assert bare == []


def test_figures_are_counted_by_template(gateway: Gateway) -> None:
    gateway.ask("GET", DOCUMENTS)
    figures = gateway.ask("GET", "/metrics").body.decode()
    assert 'name="GET /dmp/records/{patient_id}/documents"' in figures
    assert str(PATIENT) not in figures


def test_one_line_is_logged_per_request_and_says_nothing_personal(
    gateway: Gateway, services: FakeServices, people: People
) -> None:
    services.answer(Records.list_documents, DocumentList(documents=(a_document(),)))
    traces = [
        gateway.ask(verb, path, token=people.doctor).headers["x-trace-id"]
        for verb, path in (("GET", DOCUMENTS), ("GET", f"/lost/{PATIENT}"), ("DELETE", f"{RECORD}/blocked/{RPPS}"))
    ]
    eventually(lambda: {*traces} <= {line.get("trace_id") for line in gateway.log()})
    lines = [line for line in gateway.log() if line.get("trace_id") in traces]
    assert [(line["name"], line["status"], line["outcome"]) for line in lines] == [
        ("GET /dmp/records/{patient_id}/documents", 200, "done"),
        ("unmatched", 404, "refused"),
        ("DELETE /dmp/records/{patient_id}/blocked/{rpps}", 403, "refused"),
    ]
    everything = json.dumps(gateway.log())
    for secret in (str(PATIENT), str(DOCUMENT), RPPS, NAME, TITLE, people.doctor):
        assert secret not in everything


def test_an_answer_is_one_packet(gateway: Gateway) -> None:
    with gateway.connect() as line:
        for _ in range(50):
            line.sendall(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")
            answer = line.recv(65536)
            assert answer.startswith(b"HTTP/1.1 200")
            assert answer.endswith(b"\r\n\r\nlive\n")


def test_a_certificate_behind_tls_is_nothing_from_whoever_is_no_ingress(
    gateway: Gateway, services: FakeServices
) -> None:
    services.answer(Identity.login_professional, TOKEN)
    gateway.ask(
        "POST",
        "/oauth/token",
        body=b"grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=a.b.c",
        headers={"Content-Type": "application/x-www-form-urlencoded", "Client-Cert": ":MIIB:"},
    )
    assert services.last(Identity.login_professional).question == ProfessionalAssertion(assertion="a.b.c")
