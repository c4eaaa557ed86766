"""The life of a record and of its documents: pure rules over what a deposit says and what is on file."""

from datetime import datetime
from uuid import UUID

import msgspec

from contracts.cda import CdaHeader
from contracts.consent import Decision, Limits
from contracts.documents import Receipt
from contracts.envelope import Actor, Problem
from contracts.errors import (
    ConsentNotCollected,
    HeaderContradicts,
    HeaderInvalid,
    InvalidRequest,
    NotAuthor,
    NotCurrentVersion,
    RecordAlreadyOpen,
    SoftwareRefused,
    VisibilityForbidden,
    refusal_from,
)
from contracts.records import Author, Document
from contracts.vocabulary import (
    OID_DEMO,
    OID_TEST,
    ContentId,
    DocumentId,
    DocumentStatus,
    Ins,
    PatientId,
    RecordStatus,
    Role,
    Rpps,
    SoftwareProfile,
    Visibility,
)

_TEST_LISTS = frozenset({OID_TEST, OID_DEMO})
_NOT_YET_GIVEN = frozenset({Visibility.INVISIBLE_PATIENT, Visibility.INVISIBLE_REPRESENTANTS_LEGAUX})


class Opening(msgspec.Struct, frozen=True, kw_only=True):
    """How a record came to be: who opened it, from where, and that the patient wanted it."""

    patient_id: PatientId
    ins: Ins
    opener: str
    structure: str | None
    profession: str | None
    opened_at: datetime


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """What records knows before any decision: status of the record, and whether this person has read or fed it."""

    status: RecordStatus | None = None
    ins: Ins | None = None
    seen_before: bool = False
    has_deposited: bool = False


class Filed(msgspec.Struct, frozen=True, kw_only=True):
    """A document as it is on file: its entry, and what only this service needs to know of it."""

    document: Document
    content_id: ContentId
    depositor: Rpps
    structure: str | None
    sha256: str


class Permit(msgspec.Struct, frozen=True, kw_only=True):
    """The only key to the shelves of documents: a decision that allowed, the reader it was for, its limits."""

    patient_id: PatientId
    reader: Rpps | None
    limits: Limits
    reason: str


def permit(decision: Decision, actor: Actor, patient_id: PatientId) -> Permit:
    """Turn an allowing decision into the key to the shelves.

    Raises:
        Refusal: the one the decision names.
    """
    if not decision.allowed:
        raise refusal_from(Problem(code=decision.refusal))
    return Permit(patient_id=patient_id, reader=actor.rpps, limits=decision.limits, reason=decision.reason)


def check_consent_collected(collected: bool) -> None:
    """A record is opened only if the patient wants it."""
    if not collected:
        raise ConsentNotCollected


def check_may_open(actor: Actor) -> None:
    """Opening a record from software is for the profile création/gestion; an agent's own page needs none.

    Raises:
        SoftwareRefused.
    """
    if actor.role is Role.PROFESSIONAL and actor.profile is not SoftwareProfile.GESTION:
        raise SoftwareRefused


def check_same_opening(on_file: Opening, asked: Opening) -> None:
    """The same opening twice is the same record; by anybody else it is a conflict."""
    if (on_file.opener, on_file.structure) != (asked.opener, asked.structure):
        raise RecordAlreadyOpen


def check_visibility(marks: tuple[Visibility, ...]) -> None:
    """Which marks a depositor may set.

    Raises:
        VisibilityForbidden: hidden from professionals and from the patient at once.
        InvalidRequest: marks that need a date or a legal representative, which this platform does not keep yet.
    """
    if Visibility.MASQUE_PS in marks and Visibility.INVISIBLE_PATIENT in marks:
        raise VisibilityForbidden
    if _NOT_YET_GIVEN & set(marks):
        raise InvalidRequest(field="visibility")


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
    if on_file.document.status is not DocumentStatus.CURRENT:
        raise NotCurrentVersion
    same_structure = structure is not None and structure == on_file.structure
    if depositor != on_file.depositor and not same_structure:
        raise NotAuthor


def is_same_deposit(on_file: Filed, receipt: Receipt) -> bool:
    """The same uniqueId with the same bytes by the same hand is the same deposit, made again."""
    return (on_file.sha256, on_file.depositor) == (receipt.sha256, receipt.depositor)


def file_document(
    receipt: Receipt,
    actor: Actor,
    visibility: tuple[Visibility, ...],
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
        visibility=tuple(sorted(set(visibility))),
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


def with_visibility(document: Document, *, masque_ps: bool, entry_uuid: UUID) -> Document:
    """The document hidden or shown: a new entryUUID and version, the same logicalId."""
    marks = set(document.visibility) - {Visibility.MASQUE_PS}
    if masque_ps:
        marks.add(Visibility.MASQUE_PS)
    return msgspec.structs.replace(
        document,
        visibility=tuple(sorted(marks)),
        entry_uuid=f"urn:uuid:{entry_uuid}",
        version=document.version + 1,
    )
