"""Uploads are stored encrypted, downloaded byte for byte, and never whole in the service's memory."""

import hashlib
from typing import Any

import pytest

from samples.pdf import biology_report
from samples.people import BIOLOGIST, CAMILLE
from services.documents.cda import read_header
from services.documents.vault import FRAME_SIZE
from tests.integration.documents.papers import SIZES, document
from tests.integration.documents.stack import DEPOSITOR, SERVICE, DocumentsStack
from tests.support.waiting import wait_until
from tests.unit.documents.specimens import WHEN


@pytest.mark.parametrize("size", SIZES)
def test_a_document_is_downloaded_byte_for_byte(stack: DocumentsStack, size: str) -> None:
    sent = document(size)
    receipt = stack.deposit(sent)
    response = stack.get(stack.download_ticket(receipt))
    assert response.status_code == 200
    assert response.headers["content-length"] == str(len(sent))
    assert hashlib.sha256(response.content).digest() == hashlib.sha256(sent).digest()


def test_the_receipt_of_a_file_names_the_type_of_its_bytes(stack: DocumentsStack) -> None:
    sent = biology_report(patient=CAMILLE, author=BIOLOGIST, effective_time=WHEN)
    signed = stack.put(sent).json()["receipt"]
    receipt = stack.opened_file(signed)
    assert (receipt.media_type, receipt.sha256) == ("application/pdf", hashlib.sha256(sent).hexdigest())
    assert stack.get(stack.download_ticket(receipt)).content == sent


def test_the_receipt_describes_the_document(stack: DocumentsStack) -> None:
    sent = document("139 kB")
    ticket = stack.upload_ticket()
    receipt = stack.opened(stack.put(sent, ticket).json()["receipt"])
    assert receipt.content_id == ticket.content_id
    assert receipt.depositor == DEPOSITOR
    assert receipt.size == len(sent)
    assert receipt.sha256 == hashlib.sha256(sent).hexdigest()
    assert receipt.sha1 == hashlib.sha1(sent).hexdigest()
    assert receipt.media_type == "text/xml"
    assert receipt.header == read_header(sent)


@pytest.mark.parametrize("size", ["small", "139 kB", "5 MB"])
def test_the_bucket_holds_no_plain_bytes_and_no_key(stack: DocumentsStack, size: str) -> None:
    sent = document(size)
    row = stack.content(stack.deposit(sent))
    sealed = stack.object(row["object_key"])
    assert row["object_key"].endswith(hashlib.sha256(sealed).hexdigest())
    assert not any(sent[start : start + 16] in sealed for start in range(0, len(sent), FRAME_SIZE // 4))
    assert bytes(row["wrapped_key"]) not in sealed


def test_the_same_document_twice_is_two_objects(stack: DocumentsStack) -> None:
    first, second = (stack.content(stack.deposit(document("small"))) for _ in range(2))
    assert first["object_key"] != second["object_key"]
    assert bytes(first["wrapped_key"]) != bytes(second["wrapped_key"])
    assert bytes(first["sha256"]) == bytes(second["sha256"])


def transfers(stack: DocumentsStack) -> list[dict[str, Any]]:
    return [line for line in stack.log() if line.get("kind") == "transfer"]


def test_the_log_holds_nothing_of_a_document(stack: DocumentsStack) -> None:
    before = len(transfers(stack))
    receipt = stack.deposit(document("small"))
    stack.read(receipt)

    def both_logged() -> bool:
        """A transfer is logged after its last byte was sent, when the client may be gone already."""
        names = [line["name"] for line in transfers(stack)[before:]]
        return names[-2:] == ["documents.upload", "documents.download"]

    wait_until(both_logged, "both lines")
    assert {line["outcome"] for line in transfers(stack)[-2:]} == {"done"}
    log = str(stack.log())
    header = receipt.header
    for secret in (
        header.patient.ins.matricule,
        header.title,
        header.unique_id,
        str(header.authors[0].family_name),
        str(receipt.patient_id),
    ):
        assert secret not in log


def test_a_large_document_is_never_whole_in_memory(stack: DocumentsStack) -> None:
    sent = document("20 MB")
    stack.read(stack.deposit(document("139 kB")))
    stack.reset_peak_memory()
    before = stack.memory(SERVICE)
    receipt = stack.deposit(sent)
    assert stack.peak_memory() - before < 8_000, "one part for the store, one frame, one header"
    stack.reset_peak_memory()
    before = stack.memory(SERVICE)
    assert len(stack.read(receipt)) == len(sent)
    assert stack.peak_memory() - before < 4_000, "a few frames"
