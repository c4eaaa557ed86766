"""How rows of the shelf of documents are read."""

from typing import Any

from sqlalchemy import Row

from contracts.records import Author, Document
from contracts.vocabulary import ContentId, DocumentId, DocumentStatus, Rpps, Section, Visibility
from services.records.domain import Filed
from services.records.domain.marks import Marks
from services.records.tables import documents

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

MARKS = [documents.c[name] for name in ("masque_ps", "invisible_until", "hidden_from_representatives")]
"""The columns that say whom a document is kept from."""


def document_of(row: "Row[Any]") -> Document:
    """The entry in a row that holds ENTRY."""
    return Document(
        document_id=DocumentId(row.document_id),
        entry_uuid=row.entry_uuid,
        unique_id=row.unique_id,
        version=row.version,
        status=DocumentStatus(row.status),
        section=Section(row.section),
        class_code=row.class_code,
        type_code=row.type_code,
        format_code=row.format_code,
        title=row.title,
        author=Author(rpps=row.author_rpps, name=row.author_name, structure=row.author_structure),
        created_at=row.created_at,
        deposited_at=row.deposited_at,
        language=row.language,
        media_type=row.media_type,
        size=row.size,
        sha1=row.sha1,
        visibility=_marks(row),
        replaces=row.replaces,
        invisible_until=row.invisible_until,
    )


def filed_of(row: "Row[Any]") -> Filed:
    """The document in a whole row."""
    return Filed(
        document=document_of(row),
        content_id=ContentId(row.content_id),
        depositor=Rpps(row.depositor),
        structure=row.structure,
        sha256=row.sha256,
    )


def marks_in(row: "Row[Any]") -> Marks:
    """The marks in a row that holds MARKS."""
    return Marks(visibility=_marks(row), invisible_until=row.invisible_until)


def _marks(row: "Row[Any]") -> tuple[Visibility, ...]:
    marks = {
        Visibility.INVISIBLE_PATIENT: row.invisible_until is not None,
        Visibility.INVISIBLE_REPRESENTANTS_LEGAUX: row.hidden_from_representatives,
        Visibility.MASQUE_PS: row.masque_ps,
    }
    return tuple(mark for mark, is_set in marks.items() if is_set)
