"""Hostile and invalid requests: a 4xx with an explained error, whatever was sent, and no call to a service."""

import json
import time
from collections.abc import Mapping
from typing import Any

import pytest

from contracts.envelope import Actor
from contracts.errors.execution import TooManyAttempts
from contracts.errors.registry import all_refusals
from contracts.errors.request import ConsentMissing, LoginFailed
from contracts.identity.api import Identity
from contracts.records.api import Records
from contracts.vocabulary import Role
from gateway.protocol import HEAD_LIMIT
from tests.integration.gateway.builders import DOCUMENTS, PATIENT, TokenHolders
from tests.integration.gateway.fake_services import FakeServices
from tests.integration.gateway.process import Gateway, HttpReply

JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def is_explained(reply: HttpReply) -> bool:
    body = reply.json()
    return (
        body["code"] in all_refusals()
        and bool(body["fr"] and body["en"])
        and body["message"] in {body["fr"], body["en"]}
        and body["trace_id"] == reply.headers["x-trace-id"]
        and reply.headers["content-type"] == "application/json"
    )


@pytest.mark.parametrize(
    ("method", "path", "body", "headers", "status", "code"),
    [
        ("GET", "/nothing/here", None, {}, 404, "route.not_found"),
        ("GET", "/%00", None, {}, 404, "route.not_found"),
        ("GET", "/openapi/elsewhere", None, {}, 404, "route.not_found"),
        ("DELETE", "/sessions", None, {}, 405, "route.method_not_allowed"),
        ("HEAD", "/dmp/records", None, {}, 405, "route.method_not_allowed"),
        ("GET", "/dmp/records/not-a-uuid/documents", None, {}, 404, "route.not_found"),
        ("GET", DOCUMENTS, None, {"Authorization": "Basic YTpi"}, 401, "token.missing"),
        ("GET", DOCUMENTS, None, {"Authorization": "Bearer a.b.c"}, 401, "token.invalid"),
        ("GET", DOCUMENTS, None, {"Authorization": "Bearer " + "é" * 40}, 401, "token.invalid"),
        ("POST", "/sessions", b"{}", {}, 415, "request.type_unsupported"),
        ("POST", "/sessions", b"<a/>", {"Content-Type": "text/xml"}, 415, "request.type_unsupported"),
        ("POST", "/sessions", b"", JSON, 400, "request.invalid"),
        ("POST", "/sessions", b"{", JSON, 400, "request.invalid"),
        ("POST", "/sessions", b"\xff\xfe", JSON, 400, "request.invalid"),
        ("POST", "/sessions", b"[" * 60_000, JSON, 400, "request.invalid"),
        ("POST", "/sessions", b'{"x":' + b"[" * 60_000, JSON, 400, "request.invalid"),
        ("POST", "/sessions", b" " * 70_000, JSON, 413, "request.too_large"),
        ("POST", "/oauth/token", b"{}", JSON, 415, "request.type_unsupported"),
        ("POST", "/oauth/token", b"", FORM, 400, "request.invalid"),
        ("POST", "/oauth/token", b"grant_type=password", FORM, 400, "token.grant_unsupported"),
        ("POST", "/oauth/pro-sante-connect/logout", b"{}", JSON, 415, "request.type_unsupported"),
        ("POST", "/oauth/pro-sante-connect/logout", b"x=y", FORM, 400, "request.invalid"),
        ("POST", "/oauth/pro-sante-connect/logout", b"logout_token=" + b"x" * 70_000, FORM, 413, "request.too_large"),
        ("POST", f"/sessions/{'a' * 300}/code", b'{"code":"1"}', JSON, 400, "request.invalid"),
        ("POST", "/sessions/a%20b/code", b'{"code":"1"}', JSON, 400, "request.invalid"),
    ],
)
def test_invalid_request_is_an_explained_error(
    gateway: Gateway,
    services: FakeServices,
    method: str,
    path: str,
    body: bytes | None,
    headers: Mapping[str, str],
    status: int,
    code: str,
) -> None:
    reply = gateway.request(method, path, body=body, headers=headers)
    assert reply.status == status
    if method != "HEAD":
        assert reply.json()["code"] == code
        assert is_explained(reply)
    assert services.received == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"identifier": 1, "password": "p", "channel": "sms"}, "identifier"),
        ({"identifier": "a", "password": "p", "channel": "SECRET"}, "channel"),
        ([], "body"),
        (None, "body"),
    ],
)
def test_invalid_field_is_named_and_its_value_not_quoted(gateway: Gateway, body: Any, field: str) -> None:
    reply = gateway.request("POST", "/sessions", body=json.dumps(body).encode(), headers=JSON)
    assert (reply.status, reply.json()["details"]) == (400, {"field": field})
    assert b"SECRET" not in reply.body


@pytest.mark.parametrize("value", ["true", "1", 1, None])
def test_consent_must_be_a_json_boolean(gateway: Gateway, people: TokenHolders, value: Any) -> None:
    body = {"vitale_proof": "x", "consent_collected": value}
    reply = gateway.request("POST", "/dmp/records", token=people.doctor, json_body=body)
    assert (reply.status, reply.json()["details"]) == (400, {"field": "consent_collected"})


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("section=SECRET", "section"),
        ("count=0", "count"),
        ("count=101", "count"),
        ("count=ten", "count"),
        ("mode=root", "mode"),
        ("cursor=%00", "cursor"),
        ("cursor=" + "a" * 600, "cursor"),
    ],
)
def test_invalid_parameter_is_named(gateway: Gateway, people: TokenHolders, query: str, field: str) -> None:
    reply = gateway.request("GET", f"{DOCUMENTS}?{query}", token=people.doctor)
    assert (reply.status, reply.json()["details"]) == (400, {"field": field})
    assert b"SECRET" not in reply.body


@pytest.mark.parametrize("rpps", ["1010000000", "101000000012", "1010000000a", "%D9%A1" * 11, "10100000001%0A"])
def test_malformed_rpps_is_refused(gateway: Gateway, people: TokenHolders, rpps: str) -> None:
    reply = gateway.request("PUT", f"/dmp/records/{PATIENT}/blocked/{rpps}", token=people.patient)
    assert (reply.status, reply.json()["details"]) == (400, {"field": "rpps"})


@pytest.mark.parametrize(
    ("body", "field", "expected"),
    [
        ({"vitale_proof": "x"}, "consent_collected", "true, false"),
        ({"consent_collected": True}, "vitale_proof", '"..."'),
        ({}, "vitale_proof", '"..."'),
    ],
)
def test_a_missing_field_is_named_with_what_is_expected(
    gateway: Gateway, people: TokenHolders, body: dict[str, object], field: str, expected: str
) -> None:
    reply = gateway.request("POST", "/dmp/records", token=people.doctor, json_body=body)
    assert (reply.status, reply.json()["code"]) == (400, "request.field_missing")
    assert reply.json()["details"] == {"field": field, "expected": expected}
    assert is_explained(reply)


@pytest.mark.parametrize("name", ["sections", "Section", "patient"])
def test_a_query_parameter_that_the_route_does_not_declare_is_refused(
    gateway: Gateway, people: TokenHolders, name: str
) -> None:
    reply = gateway.request("GET", f"{DOCUMENTS}?{name}=imagerie", token=people.doctor)
    assert (reply.status, reply.json()["code"]) == (400, "request.parameter_unknown")
    assert reply.json()["details"] == {"name": name}


def test_expired_token_is_401_with_a_challenge(gateway: Gateway, people: TokenHolders) -> None:
    actor = Actor(role=Role.PATIENT, subject=str(PATIENT))
    reply = gateway.request("GET", DOCUMENTS, token=people.token(actor, seconds=60, now=time.time() - 61))
    assert reply.status == 401
    assert reply.headers["www-authenticate"].startswith('Bearer error="invalid_token", DPoP error="invalid_token"')


def test_refusal_of_a_service_keeps_its_code_and_has_both_languages(
    gateway: Gateway, services: FakeServices, people: TokenHolders
) -> None:
    services.answer(Records.list_documents, ConsentMissing())
    french = gateway.request("GET", DOCUMENTS, token=people.doctor)
    english = gateway.request("GET", DOCUMENTS, token=people.doctor, headers={"Accept-Language": "en-GB, fr;q=0.4"})
    assert (french.status, french.json()["code"]) == (403, "consent.missing")
    assert is_explained(french)
    assert is_explained(english)
    assert (french.headers["content-language"], french.json()["message"]) == ("fr", french.json()["fr"])
    assert (english.headers["content-language"], english.json()["message"]) == ("en", english.json()["en"])


def test_too_many_attempts_is_429_with_retry_after(gateway: Gateway, services: FakeServices) -> None:
    services.answer(Identity.finish_login, TooManyAttempts(seconds="47"))
    reply = gateway.request("POST", "/sessions/abc/code", json_body={"code": "123456"})
    assert (reply.status, reply.headers["retry-after"]) == (429, "47")


def test_token_endpoint_adds_the_oauth_error_code(gateway: Gateway, services: FakeServices) -> None:
    services.answer(Identity.login_professional, LoginFailed())
    body = b"grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=a.b.c"
    refused = gateway.request("POST", "/oauth/token", body=body, headers=FORM)
    unsupported = gateway.request("POST", "/oauth/token", body=b"grant_type=password", headers=FORM)
    assert (refused.json()["error"], refused.json()["code"]) == ("invalid_grant", "login.failed")
    assert unsupported.json()["error"] == "unsupported_grant_type"


def test_405_lists_the_allowed_methods(gateway: Gateway) -> None:
    allowed = gateway.request("DELETE", DOCUMENTS).headers["allow"]
    assert {method.strip() for method in allowed.split(",")} == {"GET", "POST", "OPTIONS"}


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"SENSELESS\r\n\r\n", b"400"),
        (b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + b"a" * (HEAD_LIMIT * 8), b"431"),
        (b"GET /" + b"a" * (HEAD_LIMIT * 8), b"431"),
        (b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * HEAD_LIMIT, b"431"),
    ],
)
def test_malformed_or_oversized_request_head_is_an_explained_error(
    gateway: Gateway, sent: bytes, status: bytes
) -> None:
    head, _, body = gateway.raw(sent).partition(b"\r\n\r\n")
    assert head.split(b" ")[1] == status
    assert json.loads(body)["code"] in all_refusals()
    assert b"x-content-type-options: nosniff" in head


def test_body_in_one_packet_with_its_head_does_not_count_as_head(gateway: Gateway) -> None:
    sent = b"POST /sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nConnection: close\r\n"
    body = b" " * 60_000
    response = gateway.raw(sent + b"Content-Length: %d\r\n\r\n" % len(body) + body)
    assert response.startswith(b"HTTP/1.1 400")


def test_trailers_are_dropped(gateway: Gateway) -> None:
    head = b"POST /sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nConnection: close\r\n"
    body = b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nAuthorization: Bearer x\r\n\r\n"
    assert gateway.raw(head + body).startswith(b"HTTP/1.1 400")


def test_stalled_body_is_408(gateway: Gateway) -> None:
    head = b"POST /sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nConnection: close\r\n"
    response = gateway.raw(head + b"Content-Length: 100\r\n\r\n{")
    assert response.startswith(b"HTTP/1.1 408")
    assert b"request.stalled" in response
