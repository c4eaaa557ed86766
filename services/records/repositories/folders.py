"""Shelves of folders and pins; they name documents and never widen who may see them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, and_, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from contracts.records import Folder
from contracts.vocabulary import DocumentId, PatientId
from services.records.domain import Permit
from services.records.repositories.documents import WITHIN, bounds
from services.records.tables import documents, folder_documents, folders, pins

_IN_FOLDER = and_(
    folder_documents.c.patient_id == documents.c.patient_id,
    folder_documents.c.document_id == documents.c.document_id,
)
_PINNED = and_(pins.c.patient_id == documents.c.patient_id, pins.c.document_id == documents.c.document_id)


class FolderRepository:
    """How holders arrange their records."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def all(self, permit_from: Permit) -> Sequence[Folder]:
        """Every folder by name, with how many of its documents are within the permit."""
        seen = (
            select(folder_documents.c.folder_id, func.count().label("many"))
            .join(documents, _IN_FOLDER)
            .where(*WITHIN)
            .group_by(folder_documents.c.folder_id)
            .subquery()
        )
        query = (
            select(folders.c.folder_id, folders.c.name, func.coalesce(seen.c.many, 0).label("many"))
            .outerjoin(seen, seen.c.folder_id == folders.c.folder_id)
            .where(folders.c.patient_id == permit_from.patient_id)
            .order_by(folders.c.name_key)
        )
        rows = self._connection.execute(query, bounds(permit_from))
        return [Folder(folder_id=row.folder_id, name=row.name, documents=row.many) for row in rows]

    def pinned(self, permit_from: Permit) -> Sequence[DocumentId]:
        """What is pinned and within the permit, the newest pin first."""
        query = select(documents.c.document_id).join(pins, _PINNED).where(*WITHIN)
        rows = self._connection.execute(query.order_by(pins.c.at.desc(), pins.c.document_id), bounds(permit_from))
        return [DocumentId(one) for one in rows.scalars()]

    def ids(self, patient_id: PatientId) -> set[UUID]:
        """Ids of every folder of a record."""
        return set(
            self._connection.execute(select(folders.c.folder_id).where(folders.c.patient_id == patient_id)).scalars()
        )

    def save(self, patient_id: PatientId, folder_id: UUID, name: str, key: str) -> bool:
        """Make or rename a folder; False when another bears the name."""
        rival = select(folders.c.folder_id).where(
            folders.c.patient_id == patient_id, folders.c.name_key == key, folders.c.folder_id != folder_id
        )
        if self._connection.execute(rival).first() is not None:
            return False
        self._connection.execute(
            insert(folders)
            .values(patient_id=patient_id, folder_id=folder_id, name=name, name_key=key)
            .on_conflict_do_update(index_elements=["patient_id", "folder_id"], set_={"name": name, "name_key": key})
        )
        return True

    def remove(self, patient_id: PatientId, folder_id: UUID) -> None:
        """Take a folder off, and out of it what lies in it."""
        for table in (folder_documents, folders):
            self._connection.execute(
                delete(table).where(table.c.patient_id == patient_id, table.c.folder_id == folder_id)
            )

    def count_pinned(self, patient_id: PatientId, *, but: DocumentId) -> int:
        """Pins of a record beside that of one document."""
        query = select(func.count()).where(pins.c.patient_id == patient_id, pins.c.document_id != but)
        return int(self._connection.execute(query).scalar_one())

    def arrange(
        self, patient_id: PatientId, document_id: DocumentId, wanted: Collection[UUID], *, pinned: bool, now: datetime
    ) -> None:
        """Write in which folders a document lies and whether it is pinned, instead of what was."""
        key = {"patient_id": patient_id, "document_id": document_id}
        self._connection.execute(
            delete(folder_documents).where(
                folder_documents.c.patient_id == patient_id, folder_documents.c.document_id == document_id
            )
        )
        if wanted:
            rows = [key | {"folder_id": folder_id} for folder_id in wanted]
            self._connection.execute(insert(folder_documents).values(rows))
        if pinned:
            self._connection.execute(insert(pins).values(**key, at=now).on_conflict_do_nothing())
        else:
            self._connection.execute(
                delete(pins).where(pins.c.patient_id == patient_id, pins.c.document_id == document_id)
            )

    def follow(self, patient_id: PatientId, older: DocumentId, newer: DocumentId) -> None:
        """A version that takes the place of another lies where that one lay."""
        for table in (folder_documents, pins):
            self._connection.execute(
                update(table)
                .where(table.c.patient_id == patient_id, table.c.document_id == older)
                .values(document_id=newer)
            )
