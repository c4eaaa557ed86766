"""Filing plans that were loaded, and documents filed by another than the one in force."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Connection, func, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from contracts.records import AuthorKind, FilingPlan
from contracts.vocabulary import Section
from services.records.domain.filing import Loaded, writer_of
from services.records.repositories.rows import METADATA, metadata_in
from services.records.tables import documents, filing_plans

_ASKED = [*(documents.c[name] for name in ("patient_id", "document_id", "type_code", "author_name")), METADATA]


class Misfiled(msgspec.Struct, frozen=True):
    """A document that another plan has filed: as much of it as filing asks."""

    patient_id: UUID
    document_id: UUID
    type_code: str
    writer: AuthorKind


class FilingRepository:
    """Plans are put on file, never changed, never taken off; the newest is in force."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def newest(self) -> Loaded | None:
        """The plan in force; None where none was ever loaded."""
        row = self._connection.execute(
            select(filing_plans).order_by(filing_plans.c.loaded_at.desc(), filing_plans.c.version.desc()).limit(1)
        ).one_or_none()
        return None if row is None else Loaded(row.version, row.body, row.loaded_at)

    def add(self, plan: FilingPlan, text: str, *, loaded_by: str, now: datetime) -> bool:
        """Put a plan on file; False when its name is taken."""
        added = self._connection.execute(
            insert(filing_plans)
            .values(version=plan.version, body=text, loaded_at=now, loaded_by=loaded_by)
            .on_conflict_do_nothing()
        )
        return added.rowcount == 1

    def count_misfiled(self, version: str) -> int:
        """Documents that another plan has filed."""
        query = select(func.count()).select_from(documents).where(_other_than(version))
        return int(self._connection.execute(query).scalar_one())

    def misfiled(self, version: str, *, most: int) -> Sequence[Misfiled]:
        """Some of them; they stay locked until the transaction ends."""
        query = select(*_ASKED).where(_other_than(version)).limit(most).with_for_update(skip_locked=True)
        return [
            Misfiled(patient_id, document_id, type_code, writer_of(metadata_in(facts, type_code, author_name)))
            for patient_id, document_id, type_code, author_name, facts in self._connection.execute(query)
        ]

    def refile(self, found: Iterable[Misfiled], section: Section, version: str) -> None:
        """Put documents in a section, by that plan."""
        keys = [(one.patient_id, one.document_id) for one in found]
        self._connection.execute(
            update(documents)
            .where(tuple_(documents.c.patient_id, documents.c.document_id).in_(keys))
            .values(section=section.value, filed_by=version)
        )


def _other_than(version: str) -> ColumnElement[bool]:
    # Two ranges: unlike an inequality they can be looked up, and mostly there is nothing in either.
    return or_(documents.c.filed_by < version, documents.c.filed_by > version)
