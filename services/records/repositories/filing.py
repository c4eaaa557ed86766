"""Loaded filing plans, and the documents filed by another than the one in force."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Connection, func, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from contracts.records import AuthorKind, FilingPlan
from contracts.vocabulary import Section
from services.records.domain.filing import LoadedPlan, writer_of
from services.records.repositories.rows import METADATA_COLUMN, metadata_in
from services.records.tables import documents, filing_plans

_MISFILED_COLUMNS = [
    *(documents.c[name] for name in ("patient_id", "document_id", "type_code", "author_name")),
    METADATA_COLUMN,
]


class Misfiled(msgspec.Struct, frozen=True):
    """A document filed by another plan than the one in force; `writer`: the kind of its first author."""

    patient_id: UUID
    document_id: UUID
    type_code: str
    writer: AuthorKind


class FilingRepository:
    """Plans are added, never changed or deleted; the newest is in force."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def newest(self) -> LoadedPlan | None:
        """The plan in force; None if none was ever loaded."""
        row = self._connection.execute(
            select(filing_plans).order_by(filing_plans.c.loaded_at.desc(), filing_plans.c.version.desc()).limit(1)
        ).one_or_none()
        return None if row is None else LoadedPlan(row.version, row.body, row.loaded_at)

    def add(self, plan: FilingPlan, text: str, *, loaded_by: str, now: datetime) -> bool:
        """Add a plan; False if its version is taken."""
        added = self._connection.execute(
            insert(filing_plans)
            .values(version=plan.version, body=text, loaded_at=now, loaded_by=loaded_by)
            .on_conflict_do_nothing()
        )
        return added.rowcount == 1

    def count_misfiled(self, version: str) -> int:
        """Number of documents filed by another plan."""
        query = select(func.count()).select_from(documents).where(_other_than(version))
        return int(self._connection.execute(query).scalar_one())

    def misfiled(self, version: str, *, most: int) -> Sequence[Misfiled]:
        """Some of the documents filed by another plan; locked until the transaction ends."""
        query = select(*_MISFILED_COLUMNS).where(_other_than(version)).limit(most).with_for_update(skip_locked=True)
        return [
            Misfiled(patient_id, document_id, type_code, writer_of(metadata_in(facts, type_code, author_name)))
            for patient_id, document_id, type_code, author_name, facts in self._connection.execute(query)
        ]

    def refile(self, misfiled: Iterable[Misfiled], section: Section, version: str) -> None:
        """Write the section of documents, and the version of the plan that chose it."""
        keys = [(document.patient_id, document.document_id) for document in misfiled]
        self._connection.execute(
            update(documents)
            .where(tuple_(documents.c.patient_id, documents.c.document_id).in_(keys))
            .values(section=section.value, filed_by=version)
        )


def _other_than(version: str) -> ColumnElement[bool]:
    # Two ranges: unlike an inequality they use the index, and mostly both are empty.
    return or_(documents.c.filed_by < version, documents.c.filed_by > version)
