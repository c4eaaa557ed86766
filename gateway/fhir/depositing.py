"""Taking documents in: leave, then their bytes one after the other, then all entries at once."""

from collections.abc import Mapping, Sequence
from typing import Any

from contracts.errors import MetadataMissing
from contracts.records import (
    DepositSubmissionSet,
    FindRecord,
    PrepareSubmissionSet,
    Records,
    SubmissionSetDeposited,
    SubmissionSetDocument,
    SubmissionSetMetadata,
)
from contracts.vocabulary import PatientId
from gateway.clients import Caller
from gateway.fhir.document_in import Sent
from gateway.fhir.incoming import Incoming
from gateway.fhir.requests import ins_in, patient_id_in
from gateway.fhir.systems import identified


async def deposit(
    request: Caller,
    body: Incoming,
    patient_id: PatientId,
    sent: Sequence[Sent],
    data: Sequence[str],
    lot: SubmissionSetMetadata,
    *,
    strict: bool,
) -> SubmissionSetDeposited:
    """Bring in the bytes of every document, then enter them all; `data`: where each one's bytes are.

    Raises:
        InvalidRequest: no bytes. What records and documents refuse.
    """
    contents = [body.content(one) for one in data]
    prepared = await request.ask(Records.prepare_lot, PrepareSubmissionSet(patient_id=patient_id, count=len(sent)))
    receipts = [
        await request.clients.data_plane.upload(ticket, receive, size)
        for ticket, (receive, size) in zip(prepared.tickets, contents, strict=True)
    ]
    documents = tuple(
        SubmissionSetDocument(receipt=receipt, stated=one.stated, visibility=one.visibility)
        for receipt, one in zip(receipts, sent, strict=True)
    )
    question = DepositSubmissionSet(patient_id=patient_id, documents=documents, lot=lot, strict=strict)
    return await request.ask(Records.deposit_lot, question)


async def record_of_subject(request: Caller, subject: Mapping[str, Any]) -> PatientId:
    """The record of a subject: by its id, or by the INS, as a conditional reference or as an identifier.

    Raises:
        MetadataMissing, InvalidRequest: nobody is named. RecordNotFound: nobody with a record.
    """
    reference = str(subject.get("reference", ""))
    if reference.partition("?")[0].rpartition("/")[2] == "Patient" and "?" in reference:
        token = reference.partition("?identifier=")[2]
        found = await request.ask(Records.find_record, FindRecord(ins=ins_in(token, "subject")))
        return found.record.patient_id
    if reference:
        return patient_id_in(reference)
    if "identifier" in subject:
        number = identified(subject["identifier"])
        token = f"{number.root}|{number.extension}"
        found = await request.ask(Records.find_record, FindRecord(ins=ins_in(token, "subject")))
        return found.record.patient_id
    raise MetadataMissing(field="subject")
