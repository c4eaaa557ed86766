"""Documents, read and changed within the limits of a Permit only."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    Connection,
    DateTime,
    Text,
    Uuid,
    all_,
    and_,
    any_,
    bindparam,
    func,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY

from chassis.db import fetch, written_out
from chassis.repository import is_one_of
from contracts.consent.permits import Permit
from contracts.records.documents import Document
from contracts.records.pages import PageShown
from contracts.vocabulary import DocumentId, DocumentStatus, PatientId, Section, Visibility
from services.records.domain import StoredDocument
from services.records.domain.marks import Marks
from services.records.domain.words import SoughtWord
from services.records.repositories.lists import COUNT_NEW, counts_of, list_of, word_parameters
from services.records.repositories.permits import (
    CHANGED_AT,
    STORED_COLUMNS_SEEN,
    WITHIN_PERMIT,
    permit_parameters,
)
from services.records.repositories.persons import of_person
from services.records.repositories.rows import (
    MARK_COLUMNS,
    document_of,
    identified_by,
    marks_in,
    stored_document_of,
)
from services.records.tables import documents

_BY_ID = select(*STORED_COLUMNS_SEEN).where(*WITHIN_PERMIT, documents.c.document_id == bindparam("document_id"))
_GET, _GET_LOCKED = written_out(_BY_ID), written_out(_BY_ID.with_for_update(of=documents))

_SECTION: BindParameter[str] = bindparam("section", type_=Text)
_IDS: BindParameter[Any] = bindparam("document_ids", type_=ARRAY(Uuid))
_SINCE: BindParameter[datetime] = bindparam("since", type_=DateTime(timezone=True))
_UNTIL: BindParameter[datetime] = bindparam("at", type_=DateTime(timezone=True))
_SHOWN = written_out(select(func.count()).where(*WITHIN_PERMIT, documents.c.document_id == any_(_IDS)))
_IS_YOUNG = or_(
    documents.c.deposited_at > _SINCE,
    CHANGED_AT > _SINCE,
    and_(documents.c.invisible_until > _SINCE, documents.c.invisible_until <= _UNTIL),
)
_OTHERS = written_out(
    select(documents.c.document_id)
    .where(
        *WITHIN_PERMIT,
        or_(_SECTION.is_(None), documents.c.section == _SECTION),
        documents.c.document_id != all_(_IDS),
        _IS_YOUNG,
    )
    .limit(literal_column("1"))
)
_UNCOMMITTED = timedelta(seconds=5)
"""What was deposited shortly before a page was read may have been committed after it."""


class DocumentRepository:
    """Documents of records."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(
        self,
        permit: Permit,
        *,
        section: Section | None,
        after: tuple[datetime, UUID] | None,
        count: int,
        folder: UUID | None = None,
        pinned: bool = False,
        words: Sequence[SoughtWord] = (),
        since: datetime | None = None,
    ) -> Sequence[Document]:
        """Documents within the permit, newest first, at most `count`; `since`: new to the reader."""
        after_date, after_id = after or (None, None)
        filters = {
            "section": section and section.value,
            "after_date": after_date,
            "after_id": after_id,
            "count": count,
            "folder": folder,
            "pinned": pinned,
            "since": since,
        }
        parameters = permit_parameters(permit) | filters | word_parameters(words)
        return [document_of(row) for row in fetch(self._connection, list_of(len(words)), parameters)]

    def count_new(self, permit: Permit, since: datetime) -> int:
        """How many documents are new to the reader since then."""
        [(number,)] = fetch(self._connection, COUNT_NEW, permit_parameters(permit) | {"since": since})
        return int(number)

    def counts(
        self, permit: Permit, *, folder: UUID | None = None, pinned: bool = False, words: Sequence[SoughtWord] = ()
    ) -> dict[Section, int]:
        """How many such documents there are in each section that has any."""
        parameters = permit_parameters(permit) | {"folder": folder, "pinned": pinned} | word_parameters(words)
        return {
            Section(section): number for section, number in fetch(self._connection, counts_of(len(words)), parameters)
        }

    def get(self, permit: Permit, document_id: DocumentId, *, locked: bool = False) -> StoredDocument | None:
        """One document; None if it is not there, or not within the permit."""
        parameters = permit_parameters(permit) | {"document_id": document_id}
        found = fetch(self._connection, _GET_LOCKED if locked else _GET, parameters)
        return stored_document_of(found[0]) if found else None

    def compare(self, permit: Permit, page: PageShown) -> tuple[int, bool]:
        """How many of a page's documents are within the permit, and whether others came since the page was read."""
        within = permit_parameters(permit) | {"document_ids": [str(each) for each in page.documents]}
        ((seen,),) = fetch(self._connection, _SHOWN, within)
        young = within | {"since": page.at - _UNCOMMITTED, "section": page.section and page.section.value}
        return seen, bool(fetch(self._connection, _OTHERS, young))

    def named(self, identifier: str, patient_id: PatientId | None) -> Sequence[tuple[PatientId, DocumentId]]:
        """Ids of at most two documents with this identifier: to ask for a permit, never to be answered.

        One of the named patient comes before one of their other identity.
        """
        query = select(documents.c.patient_id, documents.c.document_id).where(identified_by([identifier])).limit(2)
        if patient_id is not None:
            query = query.where(of_person(documents.c.patient_id, patient_id))
            query = query.order_by((documents.c.patient_id == patient_id).desc())
        return [(PatientId(row.patient_id), DocumentId(row.document_id)) for row in self._connection.execute(query)]

    def marks_of(self, patient_id: PatientId, document_id: DocumentId) -> tuple[PatientId, Marks] | None:
        """The marks of a person's document, and the identity under which it is.

        Without a permit: journal entries about it are kept from the same people.
        """
        query = select(*MARK_COLUMNS, documents.c.patient_id).where(
            of_person(documents.c.patient_id, patient_id), documents.c.document_id == document_id
        )
        row = self._connection.execute(query).one_or_none()
        return None if row is None else (PatientId(row.patient_id), marks_in(row))

    def change(self, permit: Permit, document: Document) -> None:
        """Write a document's status and marks, with its new entryUUID and version.

        Superseded is what it is to the reader: the status that others see stays.
        """
        is_own_status = document.status is not DocumentStatus.SUPERSEDED
        self._connection.execute(
            update(documents)
            .where(is_one_of(documents.c.patient_id, permit.ids), documents.c.document_id == document.document_id)
            .values(
                status=document.status.value if is_own_status else documents.c.status,
                masque_ps=Visibility.MASQUE_PS in document.visibility,
                invisible_until=document.invisible_until,
                entry_uuid=document.entry_uuid,
                version=document.version,
                changed_at=permit.at,
            )
        )
