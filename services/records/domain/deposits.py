"""What a deposit must be: rules over what it says and what is on file."""

from datetime import datetime
from uuid import UUID

from contracts.cda import CdaHeader
from contracts.documents import Receipt
from contracts.envelope import Actor
from contracts.errors import DocumentTransitionRefused, HeaderContradicts, HeaderInvalid, NotAuthor
from contracts.records import Author, Document
from contracts.vocabulary import (
    OID_DEMO,
    OID_TEST,
    DocumentId,
    DocumentStatus,
    Ins,
    PatientId,
    Rpps,
)
from services.records.domain.filed import Filed
from services.records.domain.lives import DocumentDeed, document_after
from services.records.domain.marks import Marks

_TEST_LISTS = frozenset({OID_TEST, OID_DEMO})


def check_receipt(receipt: Receipt, patient_id: PatientId, depositor: Rpps) -> None:
    """The bytes were brought in for this record by this professional."""
    if receipt.patient_id != patient_id:
        raise HeaderContradicts(field="patient")
    if receipt.depositor != depositor:
        raise HeaderContradicts(field="depositor")


def check_header_patient(header: CdaHeader, ins: Ins) -> None:
    """The document speaks of the person whose record it enters.

    A record under a test identity takes documents whichever list their header names: sample documents of
    the same invented person do not agree on it.
    """
    named = header.patient.ins
    if named.matricule != ins.matricule:
        raise HeaderContradicts(field="recordTarget/patientRole/id")
    if named.oid != ins.oid and ins.oid not in _TEST_LISTS:
        raise HeaderContradicts(field="recordTarget/patientRole/id/@root")


def check_can_replace(on_file: Filed, depositor: Rpps, structure: str | None) -> None:
    """Only the author or the same organisation replaces, and only the version in force."""
    document_after(on_file.document.status, DocumentDeed.REPLACE)
    same_structure = structure is not None and structure == on_file.structure
    if depositor != on_file.depositor and not same_structure:
        raise NotAuthor


def check_not_deleted(document: Document) -> None:
    """What its author deleted does not come back by being deposited again.

    Raises:
        DocumentTransitionRefused.
    """
    if document.status is DocumentStatus.DELETED:
        raise DocumentTransitionRefused(status=document.status.value)


def is_same_deposit(on_file: Filed, receipt: Receipt) -> bool:
    """The same uniqueId with the same bytes by the same hand is the same deposit, made again."""
    return (on_file.sha256, on_file.depositor) == (receipt.sha256, receipt.depositor)


def file_document(
    receipt: Receipt,
    actor: Actor,
    marks: Marks,
    *,
    document_id: UUID,
    entry_uuid: UUID,
    now: datetime,
) -> Filed:
    """The entry of a new document, drawn from its own header.

    Raises:
        HeaderInvalid: the header leaves out what an entry cannot do without.
    """
    header = receipt.header
    if header.format_code is None:
        raise HeaderInvalid(field="templateId")
    document = Document(
        document_id=DocumentId(document_id),
        entry_uuid=f"urn:uuid:{entry_uuid}",
        unique_id=header.unique_id,
        version=1,
        status=DocumentStatus.CURRENT,
        section=header.section,
        class_code=header.class_code,
        type_code=header.type_code,
        format_code=header.format_code,
        title=header.title,
        author=_author(header),
        created_at=header.effective_time,
        deposited_at=now,
        language=header.language,
        media_type=receipt.media_type,
        size=receipt.size,
        sha1=receipt.sha1,
        visibility=marks.visibility,
        invisible_until=marks.invisible_until,
        replaces=header.replaced_unique_id,
    )
    return Filed(
        document=document,
        content_id=receipt.content_id,
        depositor=Rpps(actor.subject),
        structure=actor.structure,
        sha256=receipt.sha256,
    )


def _author(header: CdaHeader) -> Author:
    """The first author of the header; a device or a national fund has no RPPS."""
    first = header.authors[0]
    person = " ".join(part for part in (first.given_name, first.family_name) if part)
    return Author(
        rpps=first.rpps or (first.identifier.extension if first.identifier else ""),
        name=person or first.device_name or first.structure_name or "",
        structure=first.structure_name,
    )


def check_wrote(filed: Filed, actor: Actor) -> None:
    """A document is deleted, and shown early, by whoever brought it in or wrote it.

    Raises:
        NotAuthor.
    """
    if actor.subject not in (filed.depositor, filed.document.author.rpps):
        raise NotAuthor
