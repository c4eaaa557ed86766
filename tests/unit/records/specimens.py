"""Documents, receipts, records and permits for tests; callers name only what matters to them."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import msgspec

from contracts.cda import OID_PROFESSIONALS, CdaAuthor, CdaHeader, CdaIdentifier, CdaOrganisation, CdaPatient
from contracts.cda import StructuredBody as Body
from contracts.consent.decisions import Limits
from contracts.consent.permits import Permit
from contracts.documents import Receipt
from contracts.envelope import Actor
from contracts.records.documents import Author, Document
from contracts.records.entries import DocumentMetadata
from contracts.vocabulary import (
    OID_TEST,
    Coded,
    ContentId,
    Depositor,
    DepositorKind,
    DocumentId,
    DocumentStatus,
    Finess,
    Ins,
    PatientId,
    Role,
    Rpps,
    Section,
    SoftwareProfile,
    Visibility,
)
from services.records.domain import Opening, StoredDocument
from services.records.domain.marks import MarkRules

PATIENT, OTHER = PatientId(UUID(int=1)), PatientId(UUID(int=2))
INS = Ins("285079999900158", OID_TEST)
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

DEPOSITOR, WRITER, STRANGER = Rpps("89990000070"), Rpps("89990000021"), Rpps("89990000047")
HOSPITAL, PRACTICE = Finess("990000044"), Finess("990000036")
ACTOR = Actor(role=Role.PROFESSIONAL, subject=DEPOSITOR, structure=HOSPITAL, profile=SoftwareProfile.GESTION)

MASQUE_PS = Visibility.MASQUE_PS
INVISIBLE_PATIENT = Visibility.INVISIBLE_PATIENT
SECRET = Visibility.INVISIBLE_REPRESENTANTS_LEGAUX

RULES = MarkRules(invisible_span=14 * DAY)
PAIR_PERMITTED = MarkRules(invisible_span=14 * DAY, pair_permitted=True)

_numbers = count(1)


def document(
    *,
    status: DocumentStatus = DocumentStatus.CURRENT,
    section: Section = Section.ANALYSES,
    type_code: str = "11502-2",
    author: str = WRITER,
    masked: bool = False,
    secret: bool = False,
    invisible_until: datetime | None = None,
    created_at: datetime = NOW,
    unique_id: str = "",
) -> Document:
    """A document with new identifiers; `invisible_until` brings its mark."""
    number = next(_numbers)
    marks = {MASQUE_PS: masked, SECRET: secret, INVISIBLE_PATIENT: invisible_until is not None}
    return Document(
        document_id=DocumentId(UUID(int=number)),
        entry_uuid=f"urn:uuid:{UUID(int=number << 32)}",
        unique_id=unique_id or f"1.2.{number}",
        version=1,
        status=status,
        section=section,
        class_code="10",
        type_code=type_code,
        format_code="urn:x",
        title="Titre",
        author=Author(rpps=author, name="Dre Auteur"),
        created_at=created_at,
        deposited_at=NOW,
        language="fr-FR",
        media_type="text/xml",
        size=10,
        sha1="a",
        visibility=tuple(sorted(mark for mark, is_set in marks.items() if is_set)),
        invisible_until=invisible_until,
    )


def stored_document(
    entry: Document | None = None,
    *,
    depositor: str = DEPOSITOR,
    kind: DepositorKind = DepositorKind.PROFESSIONAL,
    **different: Any,
) -> StoredDocument:
    """The same with what only records knows of it; `different` as for `document`."""
    content = ContentId(UUID(int=next(_numbers) << 64))
    entry = entry or document(**different)
    return StoredDocument(
        document=entry,
        metadata=metadata_of(entry),
        content_id=content,
        depositor=Depositor(kind, depositor),
        structure=HOSPITAL,
        sha256="aa",
        changed_at=NOW,
        patient_id=PATIENT,
    )


def metadata_of(entry: Document, **different: Any) -> DocumentMetadata:
    """Metadata of a document by the author of its entry."""
    family, given = entry.author.name.split()[-1], "Anne"
    plain = DocumentMetadata(
        type=Coded(entry.type_code, "2.16.840.1.113883.6.1"),
        authors=(by(entry.author.rpps, family_name=family, given_name=given),),
    )
    return msgspec.structs.replace(plain, **different)


def permit_with(limits: Limits, *, reader: Rpps | None = STRANGER, patient_id: PatientId = PATIENT) -> Permit:
    """The permit of somebody who may read, now."""
    return Permit(patient_id=patient_id, reader=reader, limits=limits, reason="test", at=NOW)


def header(**changes: Any) -> CdaHeader:
    """The header of a document by WRITER about the person of INS."""
    plain = CdaHeader(
        unique_id="1.2.3",
        type_code="SYNTH",
        type_system="1.2.250.1.213.1.1.4.12",
        title="Volet de synthèse médicale",
        confidentiality="N",
        effective_time=NOW - DAY,
        language="fr-FR",
        template_ids=("1.2.250.1.213.1.1.1.13",),
        format_code="urn:asip:ci-sis:vsm:2012",
        class_code="11",
        patient=CdaPatient(ins=INS, identifiers=()),
        authors=(by(WRITER),),
        custodian=CdaOrganisation(),
        body=Body(sections=3),
    )
    return msgspec.structs.replace(plain, **changes)


def professional(rpps: str) -> Depositor:
    """The professional of that number, as a depositor."""
    return Depositor(DepositorKind.PROFESSIONAL, rpps)


def by(rpps: str, **more: Any) -> CdaAuthor:
    """An author with an RPPS."""
    return CdaAuthor(identifier=CdaIdentifier(root=OID_PROFESSIONALS, extension=f"8{rpps}"), **more)


def receipt(**changes: Any) -> Receipt:
    """The receipt for a document with `header()`, uploaded by DEPOSITOR for PATIENT."""
    plain = Receipt(
        patient_id=PATIENT,
        content_id=ContentId(UUID(int=7)),
        depositor=DEPOSITOR,
        size=10,
        sha256="aa",
        sha1="bb",
        media_type="text/xml",
        header=header(),
    )
    return msgspec.structs.replace(plain, **changes)


def opening(**changes: Any) -> Opening:
    """The opening of PATIENT's record."""
    plain = Opening(
        patient_id=PATIENT,
        ins=INS,
        opener="1",
        structure=HOSPITAL,
        profession="21",
        opened_at=NOW,
    )
    return msgspec.structs.replace(plain, **changes)
