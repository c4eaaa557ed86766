"""Clients disconnect in the middle of a deposit: nothing is stored, and the next deposit works."""

import json
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from client.fhir import FHIR
from client.people import DemoPeople
from client.professional import ProfessionalClient
from deploy.dev.stack import Stack
from tests.support.fhir_client import reference_to, submission_set_of
from tests.support.people import Holder, activate_account, deposit, document_for, open_record
from tests.support.waiting import wait_until

_STEP = 4_096
_TRUNCATED = {"document.truncated", "request.invalid"}


@pytest.fixture
def holder(demo: DemoPeople) -> Holder:
    return open_record(demo)


def deposit_requests(demo: DemoPeople, holder: Holder) -> dict[str, tuple[str, str, bytes]]:
    """Name -> path, content type and body of each kind of deposit."""
    filling = b"<!--" + b"x" * 60_000 + b"--></ClinicalDocument>"
    content = document_for(demo, holder).replace(b"</ClinicalDocument>", filling)
    return {
        "DMP API": (f"/dmp/records/{holder.record}/documents", "application/xml", content),
        "FHIR document": ("/fhir/DocumentReference", FHIR, json.dumps(reference_to(holder, content)).encode()),
        "FHIR submission set": ("/fhir", FHIR, json.dumps(submission_set_of(holder, content)).encode()),
    }


def disconnect_after(
    demo: DemoPeople, depositor: ProfessionalClient, path: str, content_type: str, body: bytes, sent: int
) -> None:
    """Announce the whole body, send a part of it, and disconnect."""
    host, _, port = urlsplit(demo.gateway).netloc.partition(":")
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {depositor.token}\r\n"
        f"Content-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(head.encode() + body[:sent])


def cut_positions(length: int) -> Iterator[int]:
    """Positions to disconnect at: the first bytes, every chunk, and the last byte but one."""
    yield from (0, 1, *range(_STEP, length, _STEP), length - 1)


@pytest.mark.parametrize("kind", ["DMP API", "FHIR document", "FHIR submission set"])
def test_a_deposit_interrupted_at_any_position_stores_nothing(
    platform: Stack, demo: DemoPeople, holder: Holder, kind: str
) -> None:
    depositor = demo.logged_in("hospital")
    path, content_type, body = deposit_requests(demo, holder)[kind]
    positions = list(cut_positions(len(body)))
    before = count_truncated(platform)
    for position in positions:
        disconnect_after(demo, depositor, path, content_type, body, position)
    wait_until(
        lambda: count_truncated(platform) - before == len(positions),
        f"{len(positions)} truncated requests in the log",
    )
    patient = activate_account(demo, holder)
    assert patient.list_documents(holder.record).documents == ()
    entry = deposit(depositor, holder, document_for(demo, holder))
    found = patient.list_documents(holder.record).documents
    assert [str(document.document_id) for document in found] == [str(entry.document_id)]


def count_truncated(platform: Stack) -> int:
    """Number of deposits that the gateway has logged as truncated."""
    log = platform.layout.log_of("gateway").read_text().splitlines()
    lines = [json.loads(line) for line in log if line.startswith("{")]
    return sum(line.get("code") in _TRUNCATED for line in lines)
