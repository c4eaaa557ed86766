"""Fuzzes headers, parameters and bodies of every route that OpenAPI or FHIR has: 3000 seeded requests."""

import http.client
import json
import random
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import cycle, product
from typing import Any
from urllib.parse import quote, urlsplit

import msgspec
import pytest
from litestar.handlers import HTTPRouteHandler

from client.operator import OperatorClient
from client.people import DemoPeople
from gateway.fhir.capability import DECLARATIONS
from gateway.fhir.parameters import RESULT_PARAMETERS, ParameterKind
from gateway.fhir.search import SearchResource
from tests.integration.gateway.fhir_cases import FHIR_CASES
from tests.support.people import activate_account, deposit_new, open_record
from tests.unit.gateway.test_structure import HANDLERS

_REQUESTS, _SECONDS, _SEED = 3_000, 20, 20261130
_LEFT_ALONE = re.compile(r"\w+ /(oauth|openapi)|DELETE .*session|POST /operator/sessions")
"""Fuzzed elsewhere, made by the framework, or the end of the tokens that the requests carry."""

TEXTS = (
    *("", " ", "a", "0", "-1", "1e999", "9" * 400, "null", "true", "{}", "[]", "a,b", ",", "a" * 5_000, "é", "\xa0"),
    *("\x0b", "\x7f", "\x85", "../..", "%00", "'\"", "<a>", "*", "*/*", "*;q=9", "text/html", "application/json;x=é"),
    *("fr;q=1." + "0" * 900, "en;q=١", '"', 'W/"', 'W/"1"', '"' + "x" * 60_000, "bytes=0-0", "bytes=-0", "bytes=9-1"),
    *("bytes=" + "9" * 90 + "-", "items=0-1", "bytes=0-0,5-6", "bytes=-9999999999999999999", "İ", "١", "a.b.c"),
    *("Bearer ", "DPoP a.b.c", "Basic =", "00-" + "f" * 32 + "-" + "f" * 16 + "-01", "handling=strict; return=x"),
)
DATES = tuple(
    f"{prefix}{moment}"
    for prefix in ("", "ap", "ne", "gt", "lt", "sa", "xx")
    for moment in (
        *("0001", "0000", "9999", "10000", "0001-01-01", "9999-12-31", "2026-13", "2026-02-30", "-2026", "2026-11"),
        *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "9999-12-31T23:59:60Z", "2026-11-30T24:00Z"),
        *("0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z", "2026-11-30T10:00:00+99:99"),
    )
)
HEADERS = (
    *("accept", "accept-language", "authorization", "content-type", "dpop", "if-match", "if-none-match", "if-range"),
    *("origin", "prefer", "range", "traceparent", "user-agent", "x-access-mode", "x-forwarded-for", "client-cert"),
)

Known = dict[str, tuple[str, ...]]
Target = tuple[str, str, tuple[str, ...], Any]


@pytest.fixture
def known(demo: DemoPeople) -> Known:
    """What a value may be that exists: of a path, a parameter, a body."""
    holder = open_record(demo)
    document = deposit_new(demo, holder)
    fhir_id = f"{holder.record}{document}".replace("-", "")
    return {
        "patient_id": (holder.record,),
        "patient": (holder.record, f"Patient/{holder.record}"),
        "document_id": (document,),
        "resource_id": (fhir_id, holder.record, f"{holder.record.replace('-', '')}-permit-99990000070"),
        "status": ("current", "current,superseded"),
        "rpps": ("10100000001",),
        "token": (demo.logged_in("hospital").token, activate_account(demo, holder).token),
    }


def _handlers() -> Iterator[tuple[str, str, HTTPRouteHandler]]:
    for name, handler in HANDLERS.items():
        verbs, _, path = name.partition(" ")
        if not _LEFT_ALONE.match(name):
            yield from ((verb, path, handler) for verb in verbs.split("/"))


def _searched(path: str) -> tuple[str, ...]:
    resources = {declared.type: declared for declared in DECLARATIONS if isinstance(declared, SearchResource)}
    kind = path.partition("/fhir/")[2].partition("/")[0]
    found = [parameter.name for parameter in resources[kind].parameters] if kind in resources else []
    return (*found, "_include", *RESULT_PARAMETERS) if kind else ()


def targets() -> list[Target]:
    """Verb, path template, names of parameters, and what its body is made of."""
    bodies = {(case.verb, case.path.partition("?")[0]): case.body for case in FHIR_CASES if case.type != ""}
    found: list[Target] = []
    for verb, path, handler in _handlers():
        data = handler.parsed_data_field
        names = tuple(name for name in handler.parsed_fn_signature.parameters if name not in {"request", "data"})
        body = data.annotation if data is not None else bodies.get((verb, path))
        found.append((verb, path, (*names, *_searched(path)), body))
    return found


class Fuzzer:
    """Makes requests; the same ones for the same seed and the same platform."""

    def __init__(self, known: Known) -> None:
        self._chance = random.Random(_SEED)
        self._known = known
        self._targets = targets()

    def request(self) -> "Sent":
        """Verb, URL, headers, body."""
        verb, template, names, content = self._chance.choice(self._targets)
        path = re.sub(r"\{(\w+)(?::\w+)?\}", lambda found: quote(self._value(found[1]), safe="%"), template)
        chosen = self._some(names, 4)
        query = "&".join(f"{quote(name)}={quote(self._value(name), safe='%+')}" for name in chosen)
        headers = {name: self._text() for name in self._some(HEADERS, 3)}
        headers.setdefault("authorization", f"Bearer {self._chance.choice(self._known['token'])}")
        body = self._body(content) if verb in {"POST", "PUT", "PATCH"} else b""
        if body and self._chance.random() < 0.8:
            headers["content-type"] = _content_type(template, verb)
        return verb, f"{path}?{query}", headers, body

    def _some(self, names: Sequence[str], most: int) -> list[str]:
        return self._chance.sample(list(names), self._chance.randint(0, min(most, len(names))))

    def _text(self) -> str:
        return self._chance.choice(TEXTS)

    def _value(self, name: str) -> str:
        if name in self._known and self._chance.random() < 0.8:
            return self._chance.choice(self._known[name])
        return self._chance.choice(DATES) if self._chance.random() < 0.4 else self._text()

    def _body(self, content: Any) -> bytes:
        if isinstance(content, bytes):
            return self._mutated(content)
        fields = (
            content.__struct_fields__ if isinstance(content, type) and issubclass(content, msgspec.Struct) else ()
        )
        return json.dumps({name: self._json(name) for name in self._some(fields, len(fields))}).encode()

    def _json(self, name: str) -> Any:
        simple: tuple[Callable[[], Any], ...] = (
            lambda: self._value(name),
            lambda: [self._value(name)] * self._chance.choice((1, 300)),
            lambda: {self._text()[:50]: self._text()},
            lambda: self._chance.choice((None, True, 0, -1, 10**30, 1.5, [], {})),
        )
        return self._chance.choice(simple)()

    def _mutated(self, encoded: bytes) -> bytes:
        try:
            content = json.loads(encoded)
        except ValueError:
            return encoded
        self._mutate(content)
        return json.dumps(content).encode()

    def _mutate(self, content: Any) -> None:
        """One value somewhere becomes another."""
        keys = list(content) if isinstance(content, dict) else list(range(len(content)))
        if not keys:
            return
        key = self._chance.choice(keys)
        if isinstance(content[key], dict | list) and self._chance.random() < 0.8:
            self._mutate(content[key])
        else:
            content[key] = self._json(str(key))


def _content_type(template: str, verb: str) -> str:
    if template.endswith("_search"):
        return "application/x-www-form-urlencoded"
    return "application/json-patch+json" if (verb, template[:6]) == ("PATCH", "/fhir/") else "application/json"


Sent = tuple[str, str, dict[str, str], bytes]


def status_of(demo: DemoPeople, sent: Sent) -> int:
    """The status of the answer to a request, whose headers are sent as they are."""
    verb, url, headers, body = sent
    address = urlsplit(demo.gateway)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=_SECONDS)
    try:
        connection.putrequest(verb, url, skip_accept_encoding=True)
        for name, value in (headers | {"content-length": str(len(body))}).items():
            connection.putheader(name, value.encode())
        connection.endheaders(body)
        return connection.getresponse().status
    finally:
        connection.close()


def check_none_fails(demo: DemoPeople, requests: Iterable[Sent]) -> None:
    failed = []
    for verb, url, headers, body in requests:
        status = status_of(demo, (verb, url, headers, body))
        if status >= 500:
            shown = {name: value[:60] for name, value in headers.items() if name != "authorization"}
            failed.append(f"{status} {verb} {url[:250]} {shown} {body[:250]!r}")
    assert "\n".join(failed) == ""


def test_fuzzed_requests_are_never_an_error_of_the_server(
    demo: DemoPeople, known: Known, operator_client: OperatorClient
) -> None:
    known["token"] = (*known["token"], operator_client.token)
    fuzzer = Fuzzer(known)
    check_none_fails(demo, (fuzzer.request() for _ in range(_REQUESTS)))


def test_no_header_of_a_reading_is_an_error_of_the_server(demo: DemoPeople, known: Known) -> None:
    fhir_id, authorization = known["resource_id"][0], {"authorization": f"Bearer {known['token'][0]}"}
    documents = f"/dmp/records/{known['patient_id'][0]}/documents/{known['document_id'][0]}"
    urls = (
        f"{documents}/content",
        f"{documents}/page",
        f"/fhir/Binary/{fhir_id}",
        f"/fhir/DocumentReference/{fhir_id}",
    )
    headers = zip(product(HEADERS, TEXTS), cycle(urls), strict=False)
    check_none_fails(demo, (("GET", url, authorization | {name: text}, b"") for (name, text), url in headers))


def test_no_date_of_a_search_is_an_error_of_the_server(demo: DemoPeople, known: Known) -> None:
    headers = {"authorization": f"Bearer {known['token'][1]}"}
    found = product((declared for declared in DECLARATIONS if isinstance(declared, SearchResource)), DATES)
    urls = (
        f"/fhir/{declared.type}?patient={known['patient'][0]}&status=current&code=submissionset"
        f"&{parameter.name}={quote(date)}"
        for declared, date in found
        for parameter in declared.parameters
        if parameter.kind in {ParameterKind.DATE, ParameterKind.SPECIAL}
    )
    check_none_fails(demo, (("GET", url, headers, b"") for url in urls))
