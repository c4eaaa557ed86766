"""Clients that leave in the middle, wherever that is: nothing is entered, and the house is as well as before."""

import json
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from cli.demo.client import ApiClient
from cli.demo.people import DemoPeople
from deploy.dev.stack import Stack
from tests.support.fhir_client import FHIR, lot_of, reference_to
from tests.support.people import Holder, activate, deposit, document_for, open_record
from tests.support.waiting import wait_until

_STEP = 4_096
_CUT = {"document.truncated", "request.invalid"}


@pytest.fixture
def holder(demo: DemoPeople) -> Holder:
    return open_record(demo)


def doors(demo: DemoPeople, holder: Holder) -> dict[str, tuple[str, str, bytes]]:
    """Path, type and body of a deposit by each door."""
    filling = b"<!--" + b"x" * 60_000 + b"--></ClinicalDocument>"
    content = document_for(demo, holder).replace(b"</ClinicalDocument>", filling)
    return {
        "raw": (f"/dmp/records/{holder.record}/documents", "application/xml", content),
        "one by FHIR": ("/fhir/DocumentReference", FHIR, json.dumps(reference_to(holder, content)).encode()),
        "a lot": ("/fhir", FHIR, json.dumps(lot_of(holder, content)).encode()),
    }


def leave_after(demo: DemoPeople, depositor: ApiClient, path: str, kind: str, body: bytes, sent: int) -> None:
    """Announce the whole, send a part of it, and hang up without a word."""
    host, _, port = urlsplit(demo.gateway).netloc.partition(":")
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {depositor.token}\r\n"
        f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection((host, int(port)), timeout=10) as line:
        line.sendall(head.encode() + body[:sent])


def cuts(length: int) -> Iterator[int]:
    """Places to leave at: every chunk, the very beginning, and the last byte but one."""
    yield from (0, 1, *range(_STEP, length, _STEP), length - 1)


@pytest.mark.parametrize("operator_client", ["raw", "one by FHIR", "a lot"])
def test_wherever_a_client_leaves_nothing_is_entered(
    platform: Stack, demo: DemoPeople, holder: Holder, operator_client: str
) -> None:
    depositor = demo.logged_in("hospital")
    path, kind, body = doors(demo, holder)[operator_client]
    places = list(cuts(len(body)))
    before = given_up(platform)
    for place in places:
        leave_after(demo, depositor, path, kind, body, place)
    wait_until(lambda: given_up(platform) - before == len(places), f"{len(places)} requests given up")
    patient = activate(demo, holder)
    assert patient.list_documents(holder.record)["documents"] == []
    entry = deposit(depositor, holder, document_for(demo, holder))
    found = patient.list_documents(holder.record)["documents"]
    assert [one["document_id"] for one in found] == [entry["document_id"]]


def given_up(platform: Stack) -> int:
    """Deposits that the gateway has logged as cut off."""
    log = platform.layout.log_of("gateway").read_text().splitlines()
    lines = [json.loads(line) for line in log if line.startswith("{")]
    return sum(line.get("code") in _CUT for line in lines)
