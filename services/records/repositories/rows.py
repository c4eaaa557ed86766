"""Columns of documents, and the values made from their rows."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Row, Text, or_

from chassis.repository import is_one_of
from contracts.cda import CdaAuthor
from contracts.records.documents import Author, Document
from contracts.records.entries import DocumentMetadata
from contracts.vocabulary import (
    Coded,
    ContentId,
    Depositor,
    DepositorKind,
    DocumentId,
    DocumentStatus,
    PatientId,
    Section,
    Visibility,
)
from services.records.domain import StoredDocument
from services.records.domain.marks import Marks
from services.records.tables import documents

_IS_UUID = re.compile(r"(?:urn:uuid:)?[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}", re.ASCII)
_NONE = "{}"
"""The metadata of documents stored before there was any."""
_decode_metadata = msgspec.json.Decoder(DocumentMetadata).decode

ENTRY_COLUMNS = [
    documents.c[name]
    for name in (
        "document_id",
        "entry_uuid",
        "unique_id",
        "version",
        "status",
        "section",
        "class_code",
        "type_code",
        "format_code",
        "title",
        "author_rpps",
        "author_name",
        "author_structure",
        "created_at",
        "deposited_at",
        "language",
        "media_type",
        "size",
        "sha1",
        "masque_ps",
        "invisible_until",
        "hidden_from_representatives",
        "replaces",
    )
]
"""The columns of a Document, in the order of `document_of`."""

METADATA_COLUMN = documents.c.facts.cast(Text).label("facts")
"""As text, which msgspec decodes into DocumentMetadata."""

STORED_COLUMNS = [
    *ENTRY_COLUMNS,
    METADATA_COLUMN,
    *(
        documents.c[name]
        for name in (
            "changed_at",
            "lot_id",
            "content_id",
            "depositor",
            "depositor_kind",
            "structure",
            "sha256",
            "filed_by",
            "patient_id",
        )
    ),
]
"""The columns of a StoredDocument, in the order of `stored_document_of`."""

MARK_COLUMNS = [documents.c[name] for name in ("masque_ps", "invisible_until", "hidden_from_representatives")]
"""The columns of Marks."""


def identified_by(identifiers: Sequence[str]) -> ColumnElement[bool]:
    """Documents whose uniqueId, entryUUID or logicalId is one of these."""
    logical_ids = [UUID(text.removeprefix("urn:uuid:")) for text in identifiers if _IS_UUID.fullmatch(text)]
    return or_(
        is_one_of(documents.c.unique_id, identifiers),
        is_one_of(documents.c.entry_uuid, [*identifiers, *(f"urn:uuid:{logical_id}" for logical_id in logical_ids)]),
        is_one_of(documents.c.document_id, logical_ids),
    )


def document_of(row: Sequence[Any]) -> Document:
    """The document in the columns of ENTRY_COLUMNS."""
    document_id, entry_uuid, unique_id, version, status, section, class_code, type_code, format_code, title = row[:10]
    rpps, name, structure, created_at, deposited_at, language, media_type, size, sha1 = row[10:19]
    masque_ps, invisible_until, hidden, replaces = row[19:]
    return Document(
        document_id=DocumentId(document_id),
        entry_uuid=entry_uuid,
        unique_id=unique_id,
        version=version,
        status=DocumentStatus(status),
        section=Section(section),
        class_code=class_code,
        type_code=type_code,
        format_code=format_code,
        title=title,
        author=Author(rpps=rpps, name=name, structure=structure),
        created_at=created_at,
        deposited_at=deposited_at,
        language=language,
        media_type=media_type,
        size=size,
        sha1=sha1,
        visibility=_marks(masque_ps, invisible_until, hidden),
        replaces=replaces,
        invisible_until=invisible_until,
    )


def stored_document_of(row: Sequence[Any]) -> StoredDocument:
    """The document in the columns of STORED_COLUMNS."""
    document = document_of(row[: len(ENTRY_COLUMNS)])
    facts, changed_at, lot_id, content_id, depositor, kind, structure, sha256, filed_by, patient_id = row[
        len(ENTRY_COLUMNS) :
    ]
    return StoredDocument(
        document=document,
        metadata=metadata_in(facts, document.type_code, document.author.name),
        content_id=ContentId(content_id),
        depositor=Depositor(DepositorKind(kind), depositor),
        structure=structure,
        sha256=sha256,
        changed_at=changed_at,
        lot_id=lot_id,
        filed_by=filed_by,
        patient_id=PatientId(UUID(str(patient_id))),
    )


def metadata_in(facts: str, type_code: str, author_name: str) -> DocumentMetadata:
    """The metadata in METADATA_COLUMN; where it is empty, as much as these two columns say."""
    if facts != _NONE:
        return _decode_metadata(facts)
    return DocumentMetadata(type=Coded(type_code), authors=(CdaAuthor(family_name=author_name),))


def marks_in(row: "Row[*tuple[Any, ...]]") -> Marks:
    """The marks in a row with MARK_COLUMNS."""
    visibility = _marks(row.masque_ps, row.invisible_until, row.hidden_from_representatives)
    return Marks(visibility=visibility, invisible_until=row.invisible_until)


def _marks(masque_ps: bool, invisible_until: datetime | None, hidden: bool) -> tuple[Visibility, ...]:
    """In alphabetical order; most documents have none."""
    if not (masque_ps or hidden or invisible_until):
        return ()
    marks = {
        Visibility.INVISIBLE_PATIENT: invisible_until is not None,
        Visibility.INVISIBLE_REPRESENTANTS_LEGAUX: hidden,
        Visibility.MASQUE_PS: masque_ps,
    }
    return tuple(mark for mark, is_set in marks.items() if is_set)
