"""Feeding the shelves: a deposit shows nothing to the one who makes it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, delete, exists, literal_column, select, update
from sqlalchemy.dialects.postgresql import insert

from chassis.db import fetch, written_out
from contracts.documents import Arrival
from contracts.vocabulary import ContentId, DocumentId, DocumentStatus, PatientId, Visibility
from services.records.domain import StoredDocument
from services.records.domain.indexing import index_of
from services.records.repositories.rows import STORED, identified_by, stored_of
from services.records.tables import depositors, documents, receipts

_FILE = written_out(
    insert(documents)
    .on_conflict_do_nothing()
    .returning(literal_column("1"))
    .add_cte(
        insert(depositors)
        .values(patient_id=bindparam("fed"), rpps=bindparam("feeder"))
        .on_conflict_do_nothing()
        .cte("fed")
    )
)
"""Files a document and remembers who fed the record, in one round trip."""

_SPEND = """
INSERT INTO receipts (patient_id, content_id, presented_at)
SELECT patient_id, content_id, %(now)s
FROM unnest(%(patients)s::uuid[], %(contents)s::uuid[]) AS presented (patient_id, content_id)
ON CONFLICT DO NOTHING RETURNING 1
"""


class DepositRepository:
    """Documents as they come in."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def file(self, patient_id: PatientId, stored: StoredDocument) -> bool:
        """Put a document on the shelf and remember who fed the record; False when its uniqueId is there already."""
        row = _columns(patient_id, stored) | {"fed": patient_id, "feeder": stored.depositor}
        return bool(fetch(self._connection, _FILE, row))

    def spend_receipts(self, arrivals: Sequence[Arrival], now: datetime) -> bool:
        """Note that receipts were presented; False when one of them had been before."""
        request = {
            "patients": [str(arrival.patient_id) for arrival in arrivals],
            "contents": [str(arrival.content_id) for arrival in arrivals],
            "now": now,
        }
        return len(fetch(self._connection, _SPEND, request)) == len(arrivals)

    def forget_receipts(self, before: datetime) -> None:
        """Drop what was presented before; it has expired."""
        self._connection.execute(delete(receipts).where(receipts.c.presented_at < before))

    def holds_content(self, patient_id: PatientId, content_id: ContentId) -> bool:
        """Whether a document, in whatever state, holds this content."""
        held = exists().where(documents.c.patient_id == patient_id, documents.c.content_id == content_id)
        return bool(self._connection.execute(select(held)).scalar())

    def version_on_file(self, patient_id: PatientId, identifier: str) -> StoredDocument | None:
        """The document that bears one of its three identifiers, locked, to compare with or to replace."""
        row = self._connection.execute(
            select(*STORED)
            .where(documents.c.patient_id == patient_id, identified_by([identifier]))
            .with_for_update()
            .limit(1)
        ).one_or_none()
        return None if row is None else stored_of(row)

    def supersede(self, patient_id: PatientId, document_id: DocumentId, now: datetime) -> None:
        """A newer version has taken its place."""
        self._connection.execute(
            update(documents)
            .where(documents.c.patient_id == patient_id, documents.c.document_id == document_id)
            .values(status=DocumentStatus.SUPERSEDED.value, changed_at=now)
        )


def _columns(patient_id: PatientId, stored: StoredDocument) -> dict[str, Any]:
    """The row of a document."""
    document, facts = stored.document, stored.facts
    index = index_of(document, facts)
    return {
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
        "sha256": stored.sha256,
        "masque_ps": Visibility.MASQUE_PS in document.visibility,
        "invisible_until": document.invisible_until,
        "hidden_from_representatives": Visibility.INVISIBLE_REPRESENTANTS_LEGAUX in document.visibility,
        "replaces": document.replaces,
        "content_id": stored.content_id,
        "depositor": stored.depositor,
        "structure": stored.structure,
        "changed_at": stored.changed_at,
        "facts": msgspec.json.encode(facts).decode(),
        "confidentiality": facts.confidentiality,
        "service_start": facts.service_start,
        "service_stop": facts.service_stop,
        "tokens": list(index.tokens),
        "families": index.families,
        "givens": index.givens,
        "lot_id": stored.lot_id,
        "filed_by": stored.filed_by,
    }
