"""How rows of the shelf of documents are read."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Row, Text, or_

from contracts.cda import CdaAuthor
from contracts.records import Author, Document, DocumentMetadata
from contracts.vocabulary import Coded, ContentId, DocumentId, DocumentStatus, Rpps, Section, Visibility
from services.records.domain import StoredDocument
from services.records.domain.marks import Marks
from services.records.tables import documents

_IS_UUID = re.compile(r"(?:urn:uuid:)?[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}", re.ASCII)
_NONE = "{}"
"""The facts of what was filed before there were any."""
_metadata = msgspec.json.Decoder(DocumentMetadata).decode

ENTRY = [
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
"""The columns of an entry."""

METADATA = documents.c.facts.cast(Text).label("facts")
"""As text, for they are decoded into their own type."""

STORED = [
    *ENTRY,
    METADATA,
    *(
        documents.c[name]
        for name in ("changed_at", "lot_id", "content_id", "depositor", "structure", "sha256", "filed_by")
    ),
]
"""The columns of a document as it is on file."""

MARKS = [documents.c[name] for name in ("masque_ps", "invisible_until", "hidden_from_representatives")]
"""The columns that say whom a document is kept from."""


def identified_by(identifiers: Sequence[str]) -> ColumnElement[bool]:
    """Documents that bear one of these as uniqueId, entryUUID or logicalId."""
    logical = [UUID(one.removeprefix("urn:uuid:")) for one in identifiers if _IS_UUID.fullmatch(one)]
    return or_(
        documents.c.unique_id.in_(identifiers),
        documents.c.entry_uuid.in_([*identifiers, *(f"urn:uuid:{one}" for one in logical)]),
        documents.c.document_id.in_(logical),
    )


def document_of(row: Sequence[Any]) -> Document:
    """The entry in the columns of ENTRY, in their order."""
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


def stored_of(row: Sequence[Any]) -> StoredDocument:
    """The document in the columns of FILED, in their order."""
    document = document_of(row[: len(ENTRY)])
    facts, changed_at, lot_id, content_id, depositor, structure, sha256, filed_by = row[len(ENTRY) :]
    return StoredDocument(
        document=document,
        facts=metadata_in(facts, document.type_code, document.author.name),
        content_id=ContentId(content_id),
        depositor=Rpps(depositor),
        structure=structure,
        sha256=sha256,
        changed_at=changed_at,
        lot_id=lot_id,
        filed_by=filed_by,
    )


def metadata_in(facts: str, type_code: str, author_name: str) -> DocumentMetadata:
    """What FACTS say beside the list's columns; of these two, where there are none."""
    if facts != _NONE:
        return _metadata(facts)
    return DocumentMetadata(type=Coded(type_code), authors=(CdaAuthor(family_name=author_name),))


def marks_in(row: "Row[Any]") -> Marks:
    """The marks in a row that holds MARKS."""
    visibility = _marks(row.masque_ps, row.invisible_until, row.hidden_from_representatives)
    return Marks(visibility=visibility, invisible_until=row.invisible_until)


def _marks(masque_ps: bool, invisible_until: datetime | None, hidden: bool) -> tuple[Visibility, ...]:
    """In the order of their names; most documents have none."""
    if not (masque_ps or hidden or invisible_until):
        return ()
    marks = {
        Visibility.INVISIBLE_PATIENT: invisible_until is not None,
        Visibility.INVISIBLE_REPRESENTANTS_LEGAUX: hidden,
        Visibility.MASQUE_PS: masque_ps,
    }
    return tuple(mark for mark, is_set in marks.items() if is_set)
