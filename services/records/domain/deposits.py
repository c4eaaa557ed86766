"""Rules of deposits: patient, depositor, uniqueId, replaced version; and the document they make."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from uuid import UUID

import msgspec

from contracts.cda import CdaHeader, CdaIdentifier
from contracts.documents import Arrival
from contracts.envelope import Actor
from contracts.errors.execution import (
    CorrectionRefused,
    DocumentTransitionRefused,
    HeaderContradicts,
    PatientContradicted,
)
from contracts.errors.request import NotAuthor
from contracts.records.documents import Document
from contracts.records.filing import FilingPlan
from contracts.traits import ClaimedTraits
from contracts.vocabulary import (
    OID_DEMO,
    OID_NIA,
    OID_NIR,
    OID_TEST,
    Depositor,
    DocumentId,
    DocumentStatus,
    Ins,
    PatientId,
    Visibility,
)
from services.records.domain.filing import BUILT_IN, section_for, writer_of
from services.records.domain.lives import DocumentAction, document_after
from services.records.domain.marks import MarkRules, Marks
from services.records.domain.metadata import ResolvedMetadata
from services.records.domain.stored import NamedVersion, StoredDocument
from services.records.domain.traits import HolderTraits, Trait, contradicted

_TEST_LISTS = frozenset({OID_TEST, OID_DEMO})
_NATIONAL_LISTS = _TEST_LISTS | {OID_NIR, OID_NIA}


def check_arrival(arrival: Arrival, patient_id: PatientId, depositor: Depositor) -> None:
    """The content was uploaded for this record by this depositor.

    Raises:
        HeaderContradicts.
    """
    if arrival.patient_id != patient_id:
        raise HeaderContradicts(field="patient")
    if arrival.deposited_by != depositor:
        raise HeaderContradicts(field="depositor")


def check_header_patient(header: CdaHeader, numbers: Collection[Ins]) -> None:
    """The header names the patient of the record, by one of their numbers: the current one, or one of before.

    A record under a test identity takes documents of any list of identities: sample documents of one invented person
    do not agree on it.
    """
    named = header.patient.ins
    if all(named.matricule != ins.matricule for ins in numbers):
        raise HeaderContradicts(field="recordTarget/patientRole/id")
    if not _is_one(named.oid, named.matricule, numbers):
        raise HeaderContradicts(field="recordTarget/patientRole/id/@root")


def check_claimed_patient(claimed: Iterable[CdaIdentifier], numbers: Collection[Ins], *, field: str) -> None:
    """Every national identity claimed for the patient is one of the numbers of the record's holder.

    Raises:
        HeaderContradicts: naming `field`.
    """
    for named in claimed:
        if named.root in _NATIONAL_LISTS and not _is_one(named.root, named.extension, numbers):
            raise HeaderContradicts(field=field)


def _is_one(oid: str, matricule: str | None, numbers: Collection[Ins]) -> bool:
    return any(matricule == ins.matricule and (oid == ins.oid or ins.oid in _TEST_LISTS) for ins in numbers)


def check_traits(
    claimed: ClaimedTraits, fields: Mapping[Trait, str], holder: HolderTraits | None, *, refuses: bool
) -> tuple[str, ...]:
    """The patient described is the holder of the record; the fields to warn of where another is not refused.

    Args:
        fields: the names of the traits where they are claimed.

    Raises:
        PatientContradicted: naming the first field.
    """
    found = () if holder is None else contradicted(claimed, holder)
    if found and refuses:
        raise PatientContradicted(field=fields[found[0]])
    return tuple(fields[trait] for trait in found)


def check_corrections(warnings: tuple[str, ...], *, strict: bool) -> None:
    """A strict deposit has no corrected metadata.

    Raises:
        CorrectionRefused: naming the first field.
    """
    if strict and warnings:
        raise CorrectionRefused(field=warnings[0])


def version_known_to(
    named: NamedVersion | None, depositor: Depositor, structure: str | None
) -> StoredDocument | None:
    """The version that a depositor names; None if to them the record holds none of that name.

    They know what they may see and what they deposited. Of their organisation they may replace what they may not
    read, but learn nothing of it: what is hidden from them, or is out of the usual lists, is as if it were not here.
    """
    if named is None:
        return None
    older = named.stored_document
    status, marks = older.document.status, older.document.visibility
    is_known = named.is_shown and status is not DocumentStatus.DELETED
    same_structure = structure is not None and structure == older.structure
    is_replaceable = (
        status in {DocumentStatus.CURRENT, DocumentStatus.SUPERSEDED} and Visibility.MASQUE_PS not in marks
    )
    return older if is_known or depositor == older.depositor or (same_structure and is_replaceable) else None


def check_can_replace(older: StoredDocument, depositor: Depositor, structure: str | None) -> None:
    """Only the depositor or the same organisation replaces a document, and only its current version.

    Raises:
        NotCurrentVersion, NotAuthor.
    """
    document_after(older.document.status, DocumentAction.REPLACE)
    same_structure = structure is not None and structure == older.structure
    if depositor != older.depositor and not same_structure:
        raise NotAuthor


def check_not_deleted(document: Document) -> None:
    """A deleted document is not restored by depositing it again.

    Raises:
        DocumentTransitionRefused.
    """
    if document.status is DocumentStatus.DELETED:
        raise DocumentTransitionRefused(status=document.status.value)


class DepositRules(msgspec.Struct, frozen=True):
    """What the operator sets about deposits: rules of their marks, the filing plan in force, what traits cause."""

    marks: MarkRules
    plan: FilingPlan = BUILT_IN
    refuses_other_traits: bool = True


def is_same_deposit(existing: StoredDocument, arrival: Arrival) -> bool:
    """Whether a deposit of the same uniqueId repeats an earlier one: same bytes, same depositor."""
    return (existing.sha256, existing.depositor) == (arrival.sha256, arrival.deposited_by)


def file_document(
    resolved: ResolvedMetadata,
    arrival: Arrival,
    structure: str | None,
    marks: Marks,
    plan: FilingPlan,
    *,
    document_id: UUID,
    entry_uuid: UUID,
    lot_id: UUID,
    now: datetime,
) -> StoredDocument:
    """A new document, in the section its filing plan gives."""
    document = Document(
        document_id=DocumentId(document_id),
        entry_uuid=f"urn:uuid:{entry_uuid}",
        unique_id=resolved.unique_id,
        version=1,
        status=DocumentStatus.CURRENT,
        section=section_for(plan, resolved.type_code, writer_of(resolved.metadata)),
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
        metadata=resolved.metadata,
        content_id=arrival.content_id,
        depositor=arrival.deposited_by,
        structure=structure,
        sha256=arrival.sha256,
        changed_at=now,
        lot_id=lot_id,
        filed_by=plan.version,
        patient_id=arrival.patient_id,
    )


def check_depositor_or_author(stored_document: StoredDocument, actor: Actor, depositor: Depositor) -> None:
    """Only its depositor or author deletes a document or shows it early.

    Args:
        depositor: what the actor deposits as in this record.

    Raises:
        NotAuthor.
    """
    is_author = actor.rpps is not None and actor.rpps == stored_document.document.author.rpps
    if depositor != stored_document.depositor and not is_author:
        raise NotAuthor
