"""Adding documents; without a Permit, since a deposit shows nothing to its depositor."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import (
    Boolean,
    Connection,
    Text,
    Uuid,
    bindparam,
    case,
    delete,
    exists,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from chassis.db import fetch, written_out
from chassis.repository import is_one_of
from contracts.consent.permits import Permit
from contracts.documents import Arrival
from contracts.vocabulary import ContentId, DepositorKind, DocumentId, DocumentStatus, PatientId, Visibility
from services.records.domain import StoredDocument
from services.records.domain.indexing import index_of
from services.records.domain.stored import NamedVersion
from services.records.repositories.permits import STORED_COLUMNS_SEEN, is_shown, permit_parameters
from services.records.repositories.rows import STORED_COLUMNS, identified_by, stored_document_of
from services.records.tables import depositors, documents, receipts

_FILE = written_out(
    insert(documents)
    .on_conflict_do_nothing()
    .returning(literal_column("1"))
    .add_cte(
        insert(depositors)
        .from_select(
            ["patient_id", "rpps"],
            select(bindparam("depositor_patient_id", type_=Uuid), bindparam("depositor_rpps", type_=Text)).where(
                bindparam("by_professional", type_=Boolean)
            ),
        )
        .on_conflict_do_nothing()
        .cte("new_depositor")
    )
)
"""Adds a document, and its depositor if that is a professional, in one round trip."""

_BY_ID = written_out(
    select(*STORED_COLUMNS_SEEN, is_shown(documents)).where(
        documents.c.patient_id == bindparam("patient_id", type_=Uuid),
        documents.c.document_id == bindparam("document_id"),
    )
)
MOST_STEPS = 50
"""Replacements between a version and the oldest it is stored to replace, so that a chain grows by no more rows each
time. Who is shown none of the next fifty versions, but a later one, sees both as current."""
_REPLACE = """
INSERT INTO replacements (patient_id, older, newer, steps)
SELECT patient_id, older, %(newer)s::uuid, steps + 1 FROM replacements
WHERE patient_id = %(patient)s::uuid AND newer = %(older)s::uuid AND steps < %(most)s
UNION ALL SELECT %(patient)s::uuid, %(older)s::uuid, %(newer)s::uuid, 1
ON CONFLICT DO NOTHING
"""

_SPEND = """
INSERT INTO receipts (patient_id, content_id, presented_at)
SELECT patient_id, content_id, %(now)s
FROM unnest(%(patients)s::uuid[], %(contents)s::uuid[]) AS presented (patient_id, content_id)
ON CONFLICT DO NOTHING RETURNING 1
"""


class DepositRepository:
    """Documents as they are deposited."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def file(self, patient_id: PatientId, stored_document: StoredDocument) -> bool:
        """Add a document and remember its depositor; False where the record has its uniqueId already."""
        row = _columns(patient_id, stored_document) | {
            "depositor_patient_id": patient_id,
            "depositor_rpps": stored_document.depositor.id,
            "by_professional": stored_document.depositor.kind is DepositorKind.PROFESSIONAL,
        }
        return bool(fetch(self._connection, _FILE, row))

    def spend_receipts(self, arrivals: Sequence[Arrival], now: datetime) -> bool:
        """Remember that receipts were presented; False if one of them had been before."""
        parameters = {
            "patients": [str(arrival.patient_id) for arrival in arrivals],
            "contents": [str(arrival.content_id) for arrival in arrivals],
            "now": now,
        }
        return len(fetch(self._connection, _SPEND, parameters)) == len(arrivals)

    def forget_receipts(self, before: datetime) -> None:
        """Delete the receipts presented before that moment."""
        self._connection.execute(delete(receipts).where(receipts.c.presented_at < before))

    def holds_content(self, patient_id: PatientId, content_id: ContentId) -> bool:
        """Whether a document of any status has this content."""
        held = exists().where(documents.c.patient_id == patient_id, documents.c.content_id == content_id)
        return bool(self._connection.execute(select(held)).scalar())

    def version_on_file(self, patients: Collection[PatientId], identifier: str) -> StoredDocument | None:
        """The document with this uniqueId, entryUUID or logicalId, of any status, locked; to compare or replace."""
        row = self._connection.execute(
            select(*STORED_COLUMNS)
            .where(is_one_of(documents.c.patient_id, patients), identified_by([identifier]))
            .with_for_update()
            .limit(1)
        ).one_or_none()
        return None if row is None else stored_document_of(row)

    def version_for(self, permit: Permit, identifier: str, *, only: PatientId | None = None) -> NamedVersion | None:
        """The document with this identifier as `version_on_file`, in its state for the reader of the permit.

        Args:
            only: the identity under which it is looked for; None: all of the permit.
        """
        # First the lock: what has replaced the document meanwhile is then seen by the next statement.
        found = self.version_on_file(permit.ids if only is None else [only], identifier)
        if found is None:
            return None
        key = {"patient_id": found.patient_id, "document_id": found.document.document_id}
        *row, visible = fetch(self._connection, _BY_ID, permit_parameters(permit) | key)[0]
        return NamedVersion(stored_document=stored_document_of(row), is_shown=bool(visible))

    def supersede(self, patient_id: PatientId, older: DocumentId, newer: DocumentId) -> None:
        """Note that a document is replaced by a newer version, and with it all that it replaced itself."""
        parameters = {"patient": str(patient_id), "older": str(older), "newer": str(newer), "most": MOST_STEPS}
        self._connection.exec_driver_sql(_REPLACE, parameters)
        self._connection.execute(
            update(documents)
            .where(documents.c.patient_id == patient_id, documents.c.document_id == older)
            .values(
                replaced=True,
                # Archived by somebody from whom an earlier replacement is hidden, it stays archived for them.
                status=case(
                    (documents.c.status == DocumentStatus.CURRENT.value, DocumentStatus.SUPERSEDED.value),
                    else_=documents.c.status,
                ),
            )
        )


def _columns(patient_id: PatientId, stored_document: StoredDocument) -> dict[str, Any]:
    document, metadata = stored_document.document, stored_document.metadata
    index = index_of(document, metadata)
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
        "sha256": stored_document.sha256,
        "masque_ps": Visibility.MASQUE_PS in document.visibility,
        "invisible_until": document.invisible_until,
        "hidden_from_representatives": Visibility.INVISIBLE_REPRESENTANTS_LEGAUX in document.visibility,
        "replaces": document.replaces,
        "content_id": stored_document.content_id,
        "depositor": stored_document.depositor.id,
        "depositor_kind": stored_document.depositor.kind.value,
        "structure": stored_document.structure,
        "changed_at": stored_document.changed_at,
        "facts": msgspec.json.encode(metadata).decode(),
        "confidentiality": metadata.confidentiality,
        "service_start": metadata.service_start,
        "service_stop": metadata.service_stop,
        "tokens": list(index.tokens),
        "families": index.families,
        "givens": index.givens,
        "lot_id": stored_document.lot_id,
        "filed_by": stored_document.filed_by,
        "replaced": False,
        "never_shown": False,
    }
