"""Folders and pins; being in a folder never lets anybody see a document."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, and_, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from chassis.repository import is_one_of
from contracts.consent.permits import Permit
from contracts.records.folders import Folder
from contracts.vocabulary import DocumentId, PatientId
from services.records.repositories.permits import WITHIN_PERMIT, is_shown, permit_parameters
from services.records.repositories.persons import is_permitted
from services.records.tables import documents, folder_documents, folders, pins, replacements

_IN_FOLDER = and_(
    folder_documents.c.patient_id == documents.c.patient_id,
    folder_documents.c.document_id == documents.c.document_id,
)
_PINNED = and_(pins.c.patient_id == documents.c.patient_id, pins.c.document_id == documents.c.document_id)

_COPY_FOLDERS = """
INSERT INTO folder_documents (patient_id, folder_id, document_id)
SELECT patient_id, folder_id, %(newer)s::uuid FROM folder_documents
WHERE patient_id = %(patient)s::uuid AND document_id = %(older)s::uuid ON CONFLICT DO NOTHING
"""
_COPY_PIN = """
INSERT INTO pins (patient_id, document_id, at)
SELECT patient_id, %(newer)s::uuid, at FROM pins
WHERE patient_id = %(patient)s::uuid AND document_id = %(older)s::uuid ON CONFLICT DO NOTHING
"""


class FolderRepository:
    """Folders and pins of records."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def all(self, permit: Permit) -> Sequence[Folder]:
        """All folders in the order of their names, with the number of their documents within the permit."""
        visible = (
            select(folder_documents.c.folder_id, func.count().label("documents"))
            .join(documents, _IN_FOLDER)
            .where(*WITHIN_PERMIT)
            .group_by(folder_documents.c.folder_id)
            .subquery()
        )
        query = (
            select(folders.c.folder_id, folders.c.name, func.coalesce(visible.c.documents, 0).label("documents"))
            .outerjoin(visible, visible.c.folder_id == folders.c.folder_id)
            .where(is_permitted(folders.c.patient_id))
            .order_by(folders.c.name_key)
        )
        rows = self._connection.execute(query, permit_parameters(permit))
        return [Folder(folder_id=row.folder_id, name=row.name, documents=row.documents) for row in rows]

    def pinned(self, permit: Permit) -> Sequence[DocumentId]:
        """Pinned documents within the permit, the newest pin first."""
        query = select(documents.c.document_id).join(pins, _PINNED).where(*WITHIN_PERMIT)
        rows = self._connection.execute(
            query.order_by(pins.c.at.desc(), pins.c.document_id), permit_parameters(permit)
        )
        return [DocumentId(document_id) for document_id in rows.scalars()]

    def holding(self, permit: Permit, document_id: DocumentId) -> Sequence[UUID]:
        """The folders in which a document within the permit is."""
        query = select(folder_documents.c.folder_id).join(documents, _IN_FOLDER)
        query = query.where(*WITHIN_PERMIT, documents.c.document_id == document_id)
        return self._connection.execute(query, permit_parameters(permit)).scalars().all()

    def ids(self, permit: Permit) -> dict[UUID, PatientId]:
        """Ids of all folders within the permit, and under which of the holder's identities each is."""
        query = select(folders.c.folder_id, folders.c.patient_id).where(is_one_of(folders.c.patient_id, permit.ids))
        return {row.folder_id: PatientId(row.patient_id) for row in self._connection.execute(query)}

    def save(self, permit: Permit, owner: PatientId, folder_id: UUID, name: str, key: str) -> bool:
        """Add or rename a folder; False if another has the name.

        Args:
            owner: the identity under which it is, or will be.
            key: the name as it is compared.
        """
        same_name = select(folders.c.folder_id).where(
            is_one_of(folders.c.patient_id, permit.ids),
            folders.c.name_key == key,
            folders.c.folder_id != folder_id,
        )
        if self._connection.execute(same_name).first() is not None:
            return False
        self._connection.execute(
            insert(folders)
            .values(patient_id=owner, folder_id=folder_id, name=name, name_key=key)
            .on_conflict_do_update(index_elements=["patient_id", "folder_id"], set_={"name": name, "name_key": key})
        )
        return True

    def remove(self, permit: Permit, folder_id: UUID) -> None:
        """Delete a folder; its documents stay in the record."""
        for table in (folder_documents, folders):
            self._connection.execute(
                delete(table).where(is_one_of(table.c.patient_id, permit.ids), table.c.folder_id == folder_id)
            )

    def count_pinned(self, permit: Permit, *, but: DocumentId) -> int:
        """Number of pinned documents within the permit, without that one."""
        query = select(func.count()).select_from(documents).join(pins, _PINNED)
        query = query.where(*WITHIN_PERMIT, documents.c.document_id != but)
        return int(self._connection.execute(query, permit_parameters(permit)).scalar_one())

    def hidden_successors(self, permit: Permit, document_id: DocumentId) -> Sequence[DocumentId]:
        """The newer versions that the permit does not show; not to be answered, but to stay beside the older one."""
        newer = documents.alias("newer")
        query = (
            select(newer.c.document_id)
            .join(replacements, replacements.c.newer == newer.c.document_id)
            .where(
                is_one_of(newer.c.patient_id, permit.ids),
                replacements.c.patient_id == newer.c.patient_id,
                replacements.c.older == document_id,
                is_shown(newer).is_not(True),
            )
        )
        return [DocumentId(found) for found in self._connection.execute(query, permit_parameters(permit)).scalars()]

    def arrange(
        self,
        patient_id: PatientId,
        document_id: DocumentId,
        folder_ids: Collection[UUID],
        *,
        pinned: bool,
        now: datetime,
    ) -> None:
        """Replace the folders of a document, and pin or unpin it."""
        key = {"patient_id": patient_id, "document_id": document_id}
        self._connection.execute(
            delete(folder_documents).where(
                folder_documents.c.patient_id == patient_id, folder_documents.c.document_id == document_id
            )
        )
        if folder_ids:
            rows = [key | {"folder_id": folder_id} for folder_id in folder_ids]
            self._connection.execute(insert(folder_documents).values(rows))
        if pinned:
            self._connection.execute(insert(pins).values(**key, at=now).on_conflict_do_nothing())
        else:
            self._connection.execute(
                delete(pins).where(pins.c.patient_id == patient_id, pins.c.document_id == document_id)
            )

    def follow(self, patient_id: PatientId, older: DocumentId, newer: DocumentId) -> None:
        """Put a newer version where the replaced one is, which stays there for those it is current for."""
        parameters = {"patient": str(patient_id), "older": str(older), "newer": str(newer)}
        for statement in (_COPY_FOLDERS, _COPY_PIN):
            self._connection.exec_driver_sql(statement, parameters)
