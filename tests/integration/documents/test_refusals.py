"""Refused uploads store nothing and are journalled in the depositor's name; tickets work once and for one content."""

from concurrent.futures import ThreadPoolExecutor
from time import time
from uuid import uuid4

import msgspec
import pytest
import requests
from joserfc.jwk import OKPKey

from chassis.tokens import Signer
from contracts.audit import JournalEntry
from contracts.cda import CdaHeader
from contracts.documents import TICKET_SECONDS, DownloadTicket
from contracts.envelope import Actor, Problem
from contracts.vocabulary import Act, ContentId, Outcome, PatientId, Role
from tests.integration.documents.papers import document
from tests.integration.documents.stack import DEPOSITOR, DocumentsStack, SignedTicket, problem, send_half
from tests.support.waiting import wait_until
from tests.unit.documents.specimens import edited, vsm

TICKET_INVALID = (403, "ticket.invalid")


BAD: dict[str, tuple[bytes, tuple[int, str]]] = {
    "nothing": (b"", (415, "document.type_unsupported")),
    "a cut PDF": (b"%PDF-1.7\n" + bytes(300), (422, "document.content_contradicted")),
    "noise": (bytes(range(256)), (415, "document.type_unsupported")),
    "XML of another kind": (b"<?xml version='1.0'?><note/>", (422, "document.not_a_cda")),
    "a bomb": (
        edited(vsm(), "<ClinicalDocument", '<!DOCTYPE x [<!ENTITY a "ha">]><ClinicalDocument'),
        (422, "document.not_a_cda"),
    ),
    "a cut document": (vsm()[:-1_000], (422, "document.not_a_cda")),
    "an unknown confidentiality": (edited(vsm(), 'code="N"', 'code="Z"'), (422, "document.header_invalid")),
}


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("kind", BAD)
def test_unacceptable_content_is_refused_and_the_refusal_journalled(stack: DocumentsStack, kind: str) -> None:
    sent, answer = BAD[kind]
    patient_id = PatientId(uuid4())
    assert problem(stack.put(sent, stack.upload_ticket(patient_id=patient_id))) == answer
    _, code = answer
    wait_for_journal(stack, patient_id, code)


@pytest.mark.usefixtures("unchanged")
def test_the_malformed_field_is_named(stack: DocumentsStack) -> None:
    response = stack.put(BAD["an unknown confidentiality"][0])
    assert response.json()["details"] == {"field": "confidentialityCode"}


@pytest.mark.usefixtures("unchanged")
def test_more_bytes_than_the_ticket_allows_are_refused(stack: DocumentsStack) -> None:
    sent = document("139 kB")
    response = stack.put(sent, stack.upload_ticket(limit=len(sent) - 1))
    assert problem(response) == (413, "document.too_large")
    assert response.json()["details"] == {"limit": str(len(sent) - 1)}


@pytest.mark.usefixtures("unchanged")
def test_a_length_must_be_announced(stack: DocumentsStack) -> None:
    ticket = stack.upload_ticket()
    response = requests.put(
        stack.url_of(ticket.content_id), data=iter([document("small")]), headers=ticket.headers, timeout=30
    )
    assert problem(response) == (411, "document.length_required")


@pytest.mark.usefixtures("unchanged")
def test_a_truncated_upload_is_refused(stack: DocumentsStack) -> None:
    answer = send_half(stack, stack.upload_ticket(), document("139 kB"))
    assert answer.status == 400
    assert msgspec.json.decode(answer.read(), type=Problem).code == "document.truncated"


@pytest.mark.usefixtures("unchanged")
def test_a_client_that_disconnects_leaves_nothing(stack: DocumentsStack) -> None:
    cut = sum(line.get("code") == "document.truncated" for line in stack.log())
    connection, ticket = stack.connect(), stack.upload_ticket()
    connection.putrequest("PUT", f"/contents/{ticket.content_id}")
    for name, value in {**ticket.headers, "Content-Length": "139000"}.items():
        connection.putheader(name, value)
    connection.endheaders(document("139 kB")[:70_000])
    connection.close()
    wait_until(
        lambda: sum(line.get("code") == "document.truncated" for line in stack.log()) > cut, "no line about it"
    )
    assert stack.rows("SELECT 1 FROM contents WHERE content_id = %s", str(ticket.content_id)) == []


def refused_deposit(patient_id: PatientId, code: str) -> JournalEntry:
    """The entry of a refused deposit; the ticket says who deposits, but no name."""
    return JournalEntry(
        patient_id=patient_id,
        act=Act.DEPOT_DOCUMENT,
        outcome=Outcome.REFUSED,
        reason=code,
        actor_role=Role.PROFESSIONAL,
        actor=DEPOSITOR,
    )


def wait_for_journal(stack: DocumentsStack, patient_id: PatientId, *codes: str) -> None:
    lines = [refused_deposit(patient_id, code) for code in codes]
    wait_until(lambda: stack.journal(patient_id) == lines, f"not journalled: {codes}")


def test_an_upload_refused_for_its_length_is_journalled(stack: DocumentsStack) -> None:
    patient_id = PatientId(uuid4())
    unannounced = stack.upload_ticket(patient_id=patient_id)
    answers = [
        stack.put(document("small"), stack.upload_ticket(patient_id=patient_id, limit=1)).status_code,
        requests.put(
            stack.url_of(unannounced.content_id),
            data=iter([document("small")]),
            headers=unannounced.headers,
            timeout=30,
        ).status_code,
        send_half(stack, stack.upload_ticket(patient_id=patient_id), document("139 kB")).status,
    ]
    assert answers == [413, 411, 400]
    wait_for_journal(stack, patient_id, "document.too_large", "document.length_required", "document.truncated")


def test_each_refusal_of_one_ticket_is_journalled_and_its_upload_is_not(
    stack: DocumentsStack,
) -> None:
    patient_id = PatientId(uuid4())
    ticket = stack.upload_ticket(patient_id=patient_id)
    answers = [stack.put(sent, ticket).status_code for sent in (b"<note/>", BAD["noise"][0], document("small"))]
    assert answers == [422, 415, 201]
    refusals = ("document.not_a_cda", "document.type_unsupported")
    wait_for_journal(stack, patient_id, *refusals)
    stack.put(b"<note/>", stack.upload_ticket(patient_id=patient_id))
    wait_for_journal(stack, patient_id, *refusals, "document.not_a_cda")


def test_an_upload_with_an_invalid_ticket_is_not_journalled(stack: DocumentsStack) -> None:
    patient_id = PatientId(uuid4())
    spent = stack.upload_ticket(patient_id=patient_id)
    stack.put(document("small"), spent)
    late = stack.upload_ticket(patient_id=patient_id, now=time() - TICKET_SECONDS - 1)
    own = Signer.from_file(stack.addresses.keys.signing("gateway"))
    forged = stack.upload_ticket(patient_id=patient_id, signer=own)
    other = SignedTicket(uuid4(), stack.upload_ticket(patient_id=patient_id).token)
    for ticket in (spent, late, forged, other):
        assert problem(stack.put(document("small"), ticket)) == TICKET_INVALID
    stack.put(b"<note/>", stack.upload_ticket(patient_id=patient_id))
    wait_for_journal(stack, patient_id, "document.not_a_cda")


def test_the_entry_of_a_refusal_survives_a_crash_after_the_answer(stack: DocumentsStack) -> None:
    patient_id = PatientId(uuid4())
    assert stack.put(b"<note/>", stack.upload_ticket(patient_id=patient_id)).status_code == 422
    stack.kill()
    stack.start()
    wait_until(lambda: bool(stack.journal(patient_id)), "the line is lost")
    # An entry may be sent twice, under one id; audit writes it once.
    assert all(line == refused_deposit(patient_id, "document.not_a_cda") for line in stack.journal(patient_id))


def test_a_refused_upload_does_not_spend_its_ticket(stack: DocumentsStack) -> None:
    ticket = stack.upload_ticket()
    assert stack.put(b"<note/>", ticket).status_code == 422
    assert stack.put(document("small"), ticket).status_code == 201


def test_an_upload_ticket_works_once(stack: DocumentsStack) -> None:
    ticket = stack.upload_ticket()
    assert stack.put(document("small"), ticket).status_code == 201
    before = stack.objects()
    assert problem(stack.put(document("small"), ticket)) == TICKET_INVALID
    assert stack.objects() == before


def test_of_concurrent_uploads_with_one_ticket_one_is_stored(stack: DocumentsStack) -> None:
    ticket, before = stack.upload_ticket(), stack.objects()
    with ThreadPoolExecutor(8) as pool:
        answers = [each.status_code for each in pool.map(lambda _: stack.put(document("139 kB"), ticket), range(8))]
    assert sorted(answers) == [201] + [403] * 7
    assert len(stack.objects() - before) == 1


def test_a_download_ticket_works_once(stack: DocumentsStack) -> None:
    ticket = stack.download_ticket(stack.deposit(document("small")))
    assert stack.get(ticket).status_code == 200
    assert problem(stack.get(ticket)) == TICKET_INVALID


def test_of_concurrent_downloads_with_one_ticket_one_is_served(stack: DocumentsStack) -> None:
    ticket = stack.download_ticket(stack.deposit(document("small")))
    with ThreadPoolExecutor(8) as pool:
        answers = [each.status_code for each in pool.map(lambda _: stack.get(ticket), range(8))]
    assert sorted(answers) == [200] + [403] * 7


class Forger(msgspec.Struct, frozen=True):
    """Makes tickets that are invalid in one way each."""

    stack: DocumentsStack
    ticket: DownloadTicket

    def foreign(self) -> SignedTicket:
        return self.stack.signed(self.ticket, signer=Signer(OKPKey.generate_key("Ed25519"), "records"))

    def own(self) -> SignedTicket:
        keys = self.stack.addresses.keys
        return self.stack.signed(self.ticket, signer=Signer.from_file(keys.signing("gateway")))

    def expired(self) -> SignedTicket:
        return self.stack.signed(self.ticket, now=time() - TICKET_SECONDS - 1)

    def other_kind(self) -> SignedTicket:
        return self.stack.signed(self.ticket, kind="carnet-receipt+jwt")

    def for_somebody_else(self) -> SignedTicket:
        return self.stack.signed(self.ticket, to=("records", "gateway"))

    def other_content(self) -> SignedTicket:
        return SignedTicket(uuid4(), self.stack.signed(self.ticket).token)

    def changed(self) -> SignedTicket:
        good = self.stack.signed(self.ticket)
        head, _, signature = good.token.split(".")
        other = self.stack.signed(msgspec.structs.replace(self.ticket, id="other")).token.split(".")[1]
        return SignedTicket(good.content_id, f"{head}.{other}.{signature}")

    def upload(self) -> SignedTicket:
        return SignedTicket(self.ticket.content_id, self.stack.upload_ticket().token)

    def actor(self) -> SignedTicket:
        actor = Actor(role=Role.SERVICE, subject="records")
        return SignedTicket(
            self.ticket.content_id,
            self.stack.records.sign(actor, kind="carnet-ticket+jwt", to=("documents",), seconds=30, now=time()),
        )

    def noise(self) -> SignedTicket:
        return SignedTicket(self.ticket.content_id, "a.b.c")

    def none(self) -> SignedTicket:
        return SignedTicket(self.ticket.content_id, "")


FORGERIES = [name for name in vars(Forger) if not name.startswith("_") and name not in {"stack", "ticket"}]


@pytest.mark.parametrize("forgery", FORGERIES)
def test_an_invalid_ticket_allows_neither_download_nor_upload(stack: DocumentsStack, forgery: str) -> None:
    receipt = stack.deposit(document("small"))
    ticket = DownloadTicket(id=str(uuid4()), patient_id=receipt.patient_id, content_id=receipt.content_id)
    forged: SignedTicket = getattr(Forger(stack, ticket), forgery)()
    assert problem(stack.get(forged)) == TICKET_INVALID
    assert problem(stack.put(document("small"), forged)) == TICKET_INVALID
    assert stack.read(receipt) == document("small")


def test_a_download_ticket_allows_no_upload_and_an_upload_ticket_no_download(stack: DocumentsStack) -> None:
    receipt = stack.deposit(document("small"))
    assert problem(stack.put(document("small"), stack.download_ticket(receipt))) == TICKET_INVALID
    assert problem(stack.get(stack.upload_ticket())) == TICKET_INVALID


def test_a_ticket_with_another_patient_is_answered_with_404(stack: DocumentsStack) -> None:
    receipt = stack.deposit(document("small"))
    ticket = DownloadTicket(id=str(uuid4()), patient_id=PatientId(uuid4()), content_id=receipt.content_id)
    assert problem(stack.get(stack.signed(ticket))) == (404, "document.not_found")


def test_unknown_content_is_answered_with_404(stack: DocumentsStack) -> None:
    ticket = DownloadTicket(id=str(uuid4()), patient_id=PatientId(uuid4()), content_id=ContentId(uuid4()))
    assert problem(stack.get(stack.signed(ticket))) == (404, "document.not_found")


@pytest.mark.parametrize("path", ["/contents/", "/contents/1", "/contents/../health", "/"])
def test_other_paths_are_answered_with_404(stack: DocumentsStack, path: str) -> None:
    connection = stack.connect()
    connection.request("GET", path)
    assert connection.getresponse().status == 404


def test_a_head_request_spends_no_ticket(stack: DocumentsStack) -> None:
    ticket = stack.download_ticket(stack.deposit(document("small")))
    assert requests.head(stack.url_of(ticket.content_id), headers=ticket.headers, timeout=30).status_code == 405
    assert stack.get(ticket).status_code == 200


def test_a_refused_upload_leaves_the_connection_usable(stack: DocumentsStack) -> None:
    with requests.Session() as session:
        for status, sent in ((422, b"<note/>"), (201, document("small")), (413, bytes(30_000_000)), (201, vsm())):
            ticket = stack.upload_ticket()
            response = session.put(stack.url_of(ticket.content_id), data=sent, headers=ticket.headers, timeout=30)
            assert response.status_code == status


def test_the_header_of_a_refused_document_is_not_in_the_log(stack: DocumentsStack) -> None:
    stack.put(BAD["an unknown confidentiality"][0])
    header: CdaHeader = stack.deposit(vsm()).header
    assert header.title not in str(stack.log())
