"""Deposit of documents in three steps: permission, upload of each content, registration of all metadata at once."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

from contracts.errors.execution import CorrectionRefused, MetadataMissing
from contracts.errors.request import InvalidRequest
from contracts.records.api import Records
from contracts.records.lifecycle import FindRecord
from contracts.records.submission_sets import (
    DepositSubmissionSet,
    PrepareSubmissionSet,
    SubmissionSetDocument,
    SubmissionSetMetadata,
    SubmissionSetResult,
)
from contracts.traits import ClaimedTraits
from contracts.vocabulary import OID_DEMO, OID_NIA, OID_NIR, OID_TEST, PatientId
from gateway.clients import ApiRequest
from gateway.fhir.document_parsing import SentDocument
from gateway.fhir.references import PATIENTS, References
from gateway.fhir.request_body import IncomingResource
from gateway.fhir.request_parsing import base_of, parse_ins, parse_patient_reference
from gateway.fhir.systems import oid_of, parse_identifier

_INS_LISTS = frozenset({OID_NIR, OID_NIA, OID_TEST, OID_DEMO})


async def deposit_documents(
    request: ApiRequest,
    body: IncomingResource,
    patient_id: PatientId,
    documents: Sequence[SentDocument],
    data: Sequence[str],
    metadata: SubmissionSetMetadata,
    *,
    strict: bool,
    patient_traits: ClaimedTraits,
) -> SubmissionSetResult:
    """Upload the content of every document, then register them all.

    Args:
        body: the request, which holds the contents.
        data: for each document, the base64Binary in `body` with its content.
        patient_traits: stated for the submission set.

    Raises:
        InvalidRequest: without content. Refusal: from records or documents.
    """
    contents = [body.attachment(binary) for binary in data]
    prepared = await request.call(
        Records.prepare_lot, PrepareSubmissionSet(patient_id=patient_id, count=len(documents))
    )
    receipts = [
        await request.clients.data_plane.upload(ticket, receive, size)
        for ticket, (receive, size) in zip(prepared.tickets, contents, strict=True)
    ]
    deposited = tuple(
        SubmissionSetDocument(receipt=receipt, stated=document.metadata, visibility=document.visibility)
        for receipt, document in zip(receipts, documents, strict=True)
    )
    message = DepositSubmissionSet(
        patient_id=patient_id, documents=deposited, lot=metadata, strict=strict, patient_traits=patient_traits
    )
    return await request.call(Records.deposit_lot, message)


def check_nothing_left_out(left_out: Sequence[str], *, strict: bool) -> None:
    """A strict deposit keeps all that it states.

    Raises:
        CorrectionRefused: naming the first element that is not kept.
    """
    if strict and left_out:
        raise CorrectionRefused(field=left_out[0])


def stated_subject(
    subject: Mapping[str, Any], referrer: Mapping[str, Any], bundled: Mapping[str, Mapping[str, Any]] | None = None
) -> Mapping[str, Any]:
    """A subject as it says who it is: a Patient that is sent along by its INS, any other as it is.

    Args:
        referrer: the resource with this subject; `bundled`: the others of its Bundle, by fullUrl.

    Raises:
        InvalidRequest: the Patient is missing.
    """
    if str(subject.get("reference", "")).startswith(("#", "urn:uuid:")):
        return _as_identifier(References(referrer, bundled).follow(subject, "subject", PATIENTS))
    return subject


async def record_of_subject(request: ApiRequest, subject: Mapping[str, Any]) -> PatientId:
    """The record of a subject, given by its id, or by an INS in a condition or an identifier; see `stated_subject`.

    Raises:
        MetadataMissing, InvalidRequest: no subject. RecordNotFound: it has no record.
    """
    reference = str(subject.get("reference", ""))
    target, condition, query = reference.removeprefix(f"{base_of(request)}/").partition("?")
    if condition:
        token = _identifier_in(target, query)
        found = await request.call(Records.find_record, FindRecord(ins=parse_ins(token, "subject")))
        return found.record.patient_id
    if reference:
        return parse_patient_reference(reference, base_of(request), "subject")
    if "identifier" in subject:
        identifier = parse_identifier(subject["identifier"])
        token = f"{identifier.root}|{identifier.extension}"
        found = await request.call(Records.find_record, FindRecord(ins=parse_ins(token, "subject")))
        return found.record.patient_id
    raise MetadataMissing(field="subject")


def _as_identifier(patient: Mapping[str, Any]) -> Mapping[str, Any]:
    """A reference by the INS of a Patient; without one, by nothing."""
    for each in patient.get("identifier", []):
        if oid_of(str(each.get("system", ""))) in _INS_LISTS:
            return {"identifier": each}
    return {}


def _identifier_in(target: str, query: str) -> str:
    """The identifier by which a conditional reference names a Patient; a search for anything else is refused."""
    # A plus is no space here: a conditional reference is no form.
    pairs = parse_qsl(query.replace("+", "%2B"), keep_blank_values=True, max_num_fields=2)
    if target != "Patient" or [name for name, _ in pairs] != ["identifier"]:
        raise InvalidRequest(field="subject")
    return pairs[0][1]
