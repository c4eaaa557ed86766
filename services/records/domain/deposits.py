"""What a deposit must be: rules over what it says and what is on file."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import msgspec

from contracts.cda import CdaHeader, CdaIdentifier
from contracts.documents import Arrival
from contracts.envelope import Actor
from contracts.errors import CorrectionRefused, DocumentTransitionRefused, HeaderContradicts, NotAuthor
from contracts.records import Document, FilingPlan
from contracts.vocabulary import (
    OID_DEMO,
    OID_NIA,
    OID_NIR,
    OID_TEST,
    DocumentId,
    DocumentStatus,
    Ins,
    PatientId,
    Rpps,
)
from services.records.domain.filing import BUILT_IN, section_for, writer_of
from services.records.domain.lives import DocumentAction, document_after
from services.records.domain.marks import MarkRules, Marks
from services.records.domain.metadata import ResolvedMetadata
from services.records.domain.stored import StoredDocument

_TEST_LISTS = frozenset({OID_TEST, OID_DEMO})
_NATIONAL_LISTS = _TEST_LISTS | {OID_NIR, OID_NIA}


def check_arrival(arrival: Arrival, patient_id: PatientId, depositor: Rpps) -> None:
    """The bytes were brought in for this record by this professional."""
    if arrival.patient_id != patient_id:
        raise HeaderContradicts(field="patient")
    if arrival.depositor != depositor:
        raise HeaderContradicts(field="depositor")


def check_header_patient(header: CdaHeader, ins: Ins) -> None:
    """The document speaks of the person whose record it enters.

    A record under a test identity takes documents whichever list their header names: sample documents of
    the same invented person do not agree on it.
    """
    named = header.patient.ins
    if named.matricule != ins.matricule:
        raise HeaderContradicts(field="recordTarget/patientRole/id")
    if not _may_list(named.oid, ins):
        raise HeaderContradicts(field="recordTarget/patientRole/id/@root")


def check_claimed_patient(stated: Iterable[CdaIdentifier], ins: Ins, *, field: str) -> None:
    """Whoever states a national identity of the patient states the one of this record.

    Raises:
        HeaderContradicts: naming `field`.
    """
    for named in stated:
        is_national = named.root in _NATIONAL_LISTS
        if is_national and (named.extension != ins.matricule or not _may_list(named.root, ins)):
            raise HeaderContradicts(field=field)


def _may_list(oid: str, ins: Ins) -> bool:
    return oid == ins.oid or ins.oid in _TEST_LISTS


def check_corrections(warnings: tuple[str, ...], *, strict: bool) -> None:
    """Whoever asks for strictness has nothing corrected.

    Raises:
        CorrectionRefused: naming the first field.
    """
    if strict and warnings:
        raise CorrectionRefused(field=warnings[0])


def check_can_replace(stored_record: StoredDocument, depositor: Rpps, structure: str | None) -> None:
    """Only the author or the same organisation replaces, and only the version in force."""
    document_after(stored_record.document.status, DocumentAction.REPLACE)
    same_structure = structure is not None and structure == stored_record.structure
    if depositor != stored_record.depositor and not same_structure:
        raise NotAuthor


def check_not_deleted(document: Document) -> None:
    """What its author deleted does not come back by being deposited again.

    Raises:
        DocumentTransitionRefused.
    """
    if document.status is DocumentStatus.DELETED:
        raise DocumentTransitionRefused(status=document.status.value)


class DepositRules(msgspec.Struct, frozen=True):
    """What an operator decides about deposits: the marks they may bear, the plan they are filed by."""

    marks: MarkRules
    plan: FilingPlan = BUILT_IN


def is_same_deposit(stored_record: StoredDocument, arrival: Arrival) -> bool:
    """The same uniqueId with the same bytes by the same hand is the same deposit, made again."""
    return (stored_record.sha256, stored_record.depositor) == (arrival.sha256, arrival.depositor)


def file_document(
    resolved: ResolvedMetadata,
    arrival: Arrival,
    actor: Actor,
    marks: Marks,
    plan: FilingPlan,
    *,
    document_id: UUID,
    entry_uuid: UUID,
    lot_id: UUID,
    now: datetime,
) -> StoredDocument:
    """The entry of a new document."""
    document = Document(
        document_id=DocumentId(document_id),
        entry_uuid=f"urn:uuid:{entry_uuid}",
        unique_id=resolved.unique_id,
        version=1,
        status=DocumentStatus.CURRENT,
        section=section_for(plan, resolved.type_code, writer_of(resolved.facts)),
        class_code=resolved.class_code,
        type_code=resolved.type_code,
        format_code=resolved.format_code,
        title=resolved.title,
        author=resolved.author,
        created_at=resolved.created_at,
        deposited_at=now,
        language=resolved.language,
        media_type=arrival.media_type,
        size=arrival.size,
        sha1=arrival.sha1,
        visibility=marks.visibility,
        invisible_until=marks.invisible_until,
        replaces=resolved.replaces,
    )
    return StoredDocument(
        document=document,
        facts=resolved.facts,
        content_id=arrival.content_id,
        depositor=Rpps(actor.subject),
        structure=actor.structure,
        sha256=arrival.sha256,
        changed_at=now,
        lot_id=lot_id,
        filed_by=plan.version,
    )


def check_wrote(stored: StoredDocument, actor: Actor) -> None:
    """A document is deleted, and shown early, by whoever brought it in or wrote it.

    Raises:
        NotAuthor.
    """
    if actor.subject not in (stored.depositor, stored.document.author.rpps):
        raise NotAuthor
