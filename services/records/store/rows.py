"""How rows of the shelf of documents are read."""

import re
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Row, Text, or_

from contracts.cda import CdaAuthor
from contracts.records import Author, Document, EntryFacts
from contracts.vocabulary import Coded, ContentId, DocumentId, DocumentStatus, Rpps, Section, Visibility
from services.records.domain import Filed
from services.records.domain.marks import Marks
from services.records.tables import documents

_IS_UUID = re.compile(r"(?:urn:uuid:)?[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}", re.ASCII)
_NONE = "{}"
"""The facts of what was filed before there were any."""
_facts = msgspec.json.Decoder(EntryFacts).decode

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

FACTS = documents.c.facts.cast(Text).label("facts")
"""As text, for they are decoded into their own type."""

FILED = [
    *ENTRY,
    FACTS,
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
    """The document in a row that holds FILED."""
    return Filed(
        document=document_of(row),
        facts=facts_of(row),
        content_id=ContentId(row.content_id),
        depositor=Rpps(row.depositor),
        structure=row.structure,
        sha256=row.sha256,
        changed_at=row.changed_at,
        lot_id=row.lot_id,
        filed_by=row.filed_by,
    )


def facts_of(row: "Row[Any]") -> EntryFacts:
    """What a row that holds FACTS says beside the list's columns."""
    if row.facts != _NONE:
        return _facts(row.facts)
    return EntryFacts(type=Coded(row.type_code), authors=(CdaAuthor(family_name=row.author_name),))


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
