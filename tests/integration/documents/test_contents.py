"""Bytes go in once and come out as they were, rest encrypted, and pass the service without filling it."""

import hashlib
from time import time
from typing import Any
from uuid import uuid4

import pytest

from contracts.documents import FILE_RECEIPT_KIND, DownloadTicket, FileReceipt
from samples.pdf import biology_report
from samples.people import BIOLOGIST, CAMILLE
from services.documents.cda import read_header
from services.documents.vault import FRAME_SIZE
from tests.integration.documents.house import DEPOSITOR, SERVICE, House
from tests.integration.documents.papers import SIZES, document
from tests.support.waiting import wait_until
from tests.unit.documents.specimens import WHEN


@pytest.mark.parametrize("size", SIZES)
def test_a_document_comes_back_byte_for_byte(house: House, size: str) -> None:
    sent = document(size)
    receipt = house.deposit(sent)
    response = house.get(house.download_ticket(receipt))
    assert response.status_code == 200
    assert response.headers["content-length"] == str(len(sent))
    assert hashlib.sha256(response.content).digest() == hashlib.sha256(sent).digest()


def test_a_file_without_a_header_is_kept_and_said_to_be_what_its_bytes_are(house: House) -> None:
    sent = biology_report(patient=CAMILLE, author=BIOLOGIST, effective_time=WHEN)
    signed = house.put(sent).json()["receipt"]
    receipt = house.keyring.open(signed, kind=FILE_RECEIPT_KIND, issuer=SERVICE, body=FileReceipt, now=time())
    assert (receipt.media_type, receipt.sha256) == ("application/pdf", hashlib.sha256(sent).hexdigest())
    ticket = DownloadTicket(id=str(uuid4()), patient_id=receipt.patient_id, content_id=receipt.content_id)
    assert house.get(house.signed(ticket)).content == sent


def test_the_receipt_says_what_the_bytes_are(house: House) -> None:
    sent = document("139 kB")
    ticket = house.upload_ticket()
    receipt = house.opened(house.put(sent, ticket).json()["receipt"])
    assert receipt.content_id == ticket.content_id
    assert receipt.depositor == DEPOSITOR
    assert receipt.size == len(sent)
    assert receipt.sha256 == hashlib.sha256(sent).hexdigest()
    assert receipt.sha1 == hashlib.sha1(sent).hexdigest()
    assert receipt.media_type == "text/xml"
    assert receipt.header == read_header(sent)


@pytest.mark.parametrize("size", ["small", "139 kB", "5 MB"])
def test_the_bucket_holds_nothing_readable_and_no_key(house: House, size: str) -> None:
    sent = document(size)
    row = house.content(house.deposit(sent))
    rests = house.object(row["object_key"])
    assert row["object_key"].endswith(hashlib.sha256(rests).hexdigest())
    assert not any(sent[start : start + 16] in rests for start in range(0, len(sent), FRAME_SIZE // 4))
    assert bytes(row["wrapped_key"]) not in rests


def test_the_same_document_twice_is_two_objects(house: House) -> None:
    first, second = (house.content(house.deposit(document("small"))) for _ in range(2))
    assert first["object_key"] != second["object_key"]
    assert bytes(first["wrapped_key"]) != bytes(second["wrapped_key"])
    assert bytes(first["sha256"]) == bytes(second["sha256"])


def transfers(house: House) -> list[dict[str, Any]]:
    return [line for line in house.log() if line.get("kind") == "transfer"]


def test_nothing_of_a_document_is_in_the_log(house: House) -> None:
    before = len(transfers(house))
    receipt = house.deposit(document("small"))
    house.read(receipt)

    def told_of_both() -> bool:
        """A transfer is told of once its last byte has left, when the client may be gone already."""
        names = [line["name"] for line in transfers(house)[before:]]
        return names[-2:] == ["documents.bring_in", "documents.carry_out"]

    wait_until(told_of_both, "both lines")
    assert {line["outcome"] for line in transfers(house)[-2:]} == {"done"}
    told = str(house.log())
    header = receipt.header
    for secret in (
        header.patient.ins.matricule,
        header.title,
        header.unique_id,
        str(header.authors[0].family_name),
        str(receipt.patient_id),
    ):
        assert secret not in told


def test_a_large_document_is_never_held_whole(house: House) -> None:
    sent = document("20 MB")
    house.read(house.deposit(document("139 kB")))
    house.forget_peak()
    before = house.memory()
    receipt = house.deposit(sent)
    assert house.memory("VmHWM") - before < 8_000, "one part for the store, one frame, one header"
    house.forget_peak()
    before = house.memory()
    assert len(house.read(receipt)) == len(sent)
    assert house.memory("VmHWM") - before < 4_000, "a few frames"
