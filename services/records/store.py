"""The only SQL of the records service; documents come out for a Permit only, within its limits."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    Boolean,
    Connection,
    DateTime,
    Row,
    Text,
    Uuid,
    all_,
    bindparam,
    delete,
    exists,
    not_,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, insert

from contracts.consent import Masked
from contracts.documents import Receipt
from contracts.records import Author, Document
from contracts.vocabulary import (
    ContentId,
    DocumentId,
    DocumentStatus,
    Ins,
    PatientId,
    RecordStatus,
    Rpps,
    Section,
    Visibility,
)
from services.records.domain import Filed, Opening, Permit, Standing
from services.records.tables import depositors, documents, first_reads, receipts, records

_ENTRY = [
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
        "replaces",
    )
]
_FILE = (
    insert(documents)
    .on_conflict_do_nothing()
    .add_cte(
        insert(depositors)
        .values(patient_id=bindparam("fed"), rpps=bindparam("feeder"))
        .on_conflict_do_nothing()
        .cte("fed")
    )
)
"""Files a document and remembers who fed the record, in one round trip."""

_READER: BindParameter[str] = bindparam("reader", type_=Text)
_OWN = or_(documents.c.depositor == _READER, documents.c.author_rpps == _READER)
_WITHIN = (
    documents.c.patient_id == bindparam("patient_id"),
    documents.c.status == DocumentStatus.CURRENT.value,
    documents.c.type_code != all_(bindparam("denied_types", type_=ARRAY(Text))),
    or_(_OWN, not_(bindparam("own_only", type_=Boolean))),
    or_(_OWN, not_(documents.c.masque_ps), bindparam("sees_masked", type_=Boolean)),
)
"""The part of the shelves a permit opens. psycopg2 writes the values into the query, so that PostgreSQL folds
what a permit leaves open and plans for what remains."""

_SECTION: BindParameter[str] = bindparam("section", type_=Text)
_AFTER: BindParameter[datetime] = bindparam("after_date", type_=DateTime(timezone=True))
_LIST = (
    select(*_ENTRY)
    .where(
        *_WITHIN,
        or_(_SECTION.is_(None), documents.c.section == _SECTION),
        or_(
            _AFTER.is_(None),
            tuple_(documents.c.created_at, documents.c.document_id)
            < tuple_(_AFTER, bindparam("after_id", type_=Uuid)),
        ),
    )
    .order_by(documents.c.created_at.desc(), documents.c.document_id.desc())
    .limit(bindparam("count"))
)
_GET = select(documents).where(*_WITHIN, documents.c.document_id == bindparam("document_id"))
_GET_LOCKED = _GET.with_for_update()

_STANDING = select(
    records.c.status,
    records.c.matricule,
    records.c.ins_oid,
    exists()
    .where(first_reads.c.patient_id == bindparam("patient_id"), first_reads.c.rpps == _READER)
    .label("seen_before"),
    exists()
    .where(depositors.c.patient_id == bindparam("patient_id"), depositors.c.rpps == _READER)
    .label("has_deposited"),
).where(records.c.patient_id == bindparam("patient_id"))


class RecordStore:
    """Records, their documents, and who read them first."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    # Records -------------------------------------------------------------------------------------

    def standing(self, patient_id: PatientId, reader: Rpps | None) -> Standing:
        """Status of the record, and whether the reader has read or fed it, in one round trip."""
        row = self._connection.execute(_STANDING, {"patient_id": patient_id, "reader": reader}).one_or_none()
        if row is None:
            return Standing()
        return Standing(
            status=RecordStatus(row.status),
            ins=Ins(matricule=row.matricule, oid=row.ins_oid),
            seen_before=row.seen_before,
            has_deposited=row.has_deposited,
        )

    def open_record(self, opening: Opening) -> bool:
        """File an opening; False when the record was there already."""
        result = self._connection.execute(
            insert(records)
            .values(
                patient_id=opening.patient_id,
                matricule=opening.ins.matricule,
                ins_oid=opening.ins.oid,
                status=RecordStatus.ACTIVE.value,
                opener=opening.opener,
                structure=opening.structure,
                profession=opening.profession,
                opened_at=opening.opened_at,
            )
            .on_conflict_do_nothing()
        )
        return result.rowcount == 1

    def opening(self, patient_id: PatientId) -> tuple[Opening, RecordStatus] | None:
        """How a record was opened, and its status now."""
        row = self._connection.execute(select(records).where(records.c.patient_id == patient_id)).one_or_none()
        if row is None:
            return None
        opening = Opening(
            patient_id=patient_id,
            ins=Ins(matricule=row.matricule, oid=row.ins_oid),
            opener=row.opener,
            structure=row.structure,
            profession=row.profession,
            opened_at=row.opened_at,
        )
        return opening, RecordStatus(row.status)

    def note_first_read(self, patient_id: PatientId, reader: Rpps, now: datetime) -> bool:
        """Remember that this professional has read this record; True the first time only."""
        result = self._connection.execute(
            insert(first_reads).values(patient_id=patient_id, rpps=reader, at=now).on_conflict_do_nothing()
        )
        return result.rowcount == 1

    # Feeding: a deposit shows nothing to the one who makes it ---------------------------------------

    def file(self, patient_id: PatientId, filed: Filed) -> bool:
        """Put a document on the shelf and remember who fed the record; False when its uniqueId is there already."""
        document = filed.document
        result = self._connection.execute(
            _FILE,
            {
                "fed": patient_id,
                "feeder": filed.depositor,
                "patient_id": patient_id,
                "document_id": document.document_id,
                "entry_uuid": document.entry_uuid,
                "unique_id": document.unique_id,
                "version": document.version,
                "status": document.status.value,
                "section": document.section.value,
                "class_code": document.class_code,
                "type_code": document.type_code,
                "format_code": document.format_code,
                "title": document.title,
                "author_rpps": document.author.rpps,
                "author_name": document.author.name,
                "author_structure": document.author.structure,
                "created_at": document.created_at,
                "deposited_at": document.deposited_at,
                "language": document.language,
                "media_type": document.media_type,
                "size": document.size,
                "sha1": document.sha1,
                "sha256": filed.sha256,
                "masque_ps": Visibility.MASQUE_PS in document.visibility,
                "replaces": document.replaces,
                "content_id": filed.content_id,
                "depositor": filed.depositor,
                "structure": filed.structure,
            },
        )
        return result.rowcount == 1

    def spend_receipt(self, receipt: Receipt, now: datetime) -> bool:
        """Note that a receipt was presented; False when it had been before."""
        result = self._connection.execute(
            insert(receipts)
            .values(patient_id=receipt.patient_id, content_id=receipt.content_id, presented_at=now)
            .on_conflict_do_nothing()
        )
        return result.rowcount == 1

    def forget_receipts(self, before: datetime) -> None:
        """Drop what was presented before; it has expired."""
        self._connection.execute(delete(receipts).where(receipts.c.presented_at < before))

    def holds_content(self, patient_id: PatientId, content_id: ContentId) -> bool:
        """Whether a document, in whatever state, holds this content."""
        held = exists().where(documents.c.patient_id == patient_id, documents.c.content_id == content_id)
        return bool(self._connection.execute(select(held)).scalar())

    def version_on_file(self, patient_id: PatientId, unique_id: str) -> Filed | None:
        """The document that bears this uniqueId, locked, to compare a deposit with or to replace."""
        row = self._connection.execute(
            select(documents)
            .where(documents.c.patient_id == patient_id, documents.c.unique_id == unique_id)
            .with_for_update()
        ).one_or_none()
        return None if row is None else _filed(row)

    def supersede(self, patient_id: PatientId, document_id: DocumentId) -> None:
        """A newer version has taken its place."""
        self._connection.execute(
            update(documents)
            .where(documents.c.patient_id == patient_id, documents.c.document_id == document_id)
            .values(status=DocumentStatus.SUPERSEDED.value)
        )

    # Reading: for a Permit only -------------------------------------------------------------------

    def list_documents(
        self,
        permit: Permit,
        *,
        section: Section | None,
        after: tuple[datetime, UUID] | None,
        count: int,
    ) -> Sequence[Document]:
        """Current documents within the permit, newest first, at most `count`."""
        after_date, after_id = after or (None, None)
        choice = {
            "section": section and section.value,
            "after_date": after_date,
            "after_id": after_id,
            "count": count,
        }
        return [_document(row) for row in self._connection.execute(_LIST, _bounds(permit) | choice)]

    def get(self, permit: Permit, document_id: DocumentId, *, locked: bool = False) -> Filed | None:
        """One current document within the permit; None when it is not there, or not within."""
        query = _GET_LOCKED if locked else _GET
        row = self._connection.execute(query, _bounds(permit) | {"document_id": document_id}).one_or_none()
        return None if row is None else _filed(row)

    def change_visibility(self, permit: Permit, document: Document) -> None:
        """Write a document's marks, with its new entryUUID and version."""
        self._connection.execute(
            update(documents)
            .where(documents.c.patient_id == permit.patient_id, documents.c.document_id == document.document_id)
            .values(
                masque_ps=Visibility.MASQUE_PS in document.visibility,
                entry_uuid=document.entry_uuid,
                version=document.version,
            )
        )


def _bounds(permit: Permit) -> dict[str, Any]:
    """What a permit puts into the query: nothing outside it is ever fetched."""
    return {
        "patient_id": permit.patient_id,
        "reader": permit.reader,
        "denied_types": list(permit.limits.denied_types),
        "own_only": permit.limits.own_only,
        "sees_masked": permit.limits.masked is Masked.ALL,
    }


def _document(row: "Row[Any]") -> Document:
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
        visibility=(Visibility.MASQUE_PS,) if row.masque_ps else (),
        replaces=row.replaces,
    )


def _filed(row: "Row[Any]") -> Filed:
    return Filed(
        document=_document(row),
        content_id=ContentId(row.content_id),
        depositor=Rpps(row.depositor),
        structure=row.structure,
        sha256=row.sha256,
    )
