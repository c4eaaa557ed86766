"""Feeding the shelves: a deposit shows nothing to the one who makes it."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, exists, select, update
from sqlalchemy.dialects.postgresql import insert

from contracts.documents import Receipt
from contracts.vocabulary import ContentId, DocumentId, DocumentStatus, PatientId, Visibility
from services.records.domain import Filed
from services.records.store.rows import filed_of
from services.records.tables import depositors, documents, receipts

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


class DepositStore:
    """Documents as they come in."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

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
                "invisible_until": document.invisible_until,
                "hidden_from_representatives": (Visibility.INVISIBLE_REPRESENTANTS_LEGAUX in document.visibility),
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
        return None if row is None else filed_of(row)

    def supersede(self, patient_id: PatientId, document_id: DocumentId) -> None:
        """A newer version has taken its place."""
        self._connection.execute(
            update(documents)
            .where(documents.c.patient_id == patient_id, documents.c.document_id == document_id)
            .values(status=DocumentStatus.SUPERSEDED.value)
        )
