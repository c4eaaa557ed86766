"""The table of filing plans, and the documents filed by another than the one in force."""

from collections.abc import Iterable, Sequence
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, func, or_, select, tuple_, update

from chassis.editions import Edition, VersionedTable
from chassis.repository import Repository
from contracts.records.filing import AuthorKind
from contracts.vocabulary import Section
from services.records.domain.filing import BUILT_IN, plan_in, writer_of
from services.records.repositories.rows import METADATA_COLUMN, metadata_in
from services.records.tables import documents, filing_plans

FILING_PLANS = VersionedTable(
    filing_plans,
    Edition(version=BUILT_IN.version, text=msgspec.json.encode(BUILT_IN).decode()),
    lambda edition: plan_in(edition.text, edition.version),
)
"""Without effective dates: the newest is in force."""
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


class FilingRepository(Repository):
    """Documents by the version of the plan that filed them."""

    def count_misfiled(self, version: str) -> int:
        """Number of documents filed by another plan."""
        query = select(func.count()).select_from(documents).where(_other_than(version))
        return int(self.connection.execute(query).scalar_one())

    def misfiled(self, version: str, *, most: int) -> Sequence[Misfiled]:
        """Some of the documents filed by another plan; locked until the transaction ends."""
        query = select(*_MISFILED_COLUMNS).where(_other_than(version)).limit(most).with_for_update(skip_locked=True)
        return [
            Misfiled(patient_id, document_id, type_code, writer_of(metadata_in(facts, type_code, author_name)))
            for patient_id, document_id, type_code, author_name, facts in self.connection.execute(query)
        ]

    def refile(self, misfiled: Iterable[Misfiled], section: Section, version: str) -> None:
        """Write the section of documents, and the version of the plan that chose it."""
        keys = [(document.patient_id, document.document_id) for document in misfiled]
        self.connection.execute(
            update(documents)
            .where(tuple_(documents.c.patient_id, documents.c.document_id).in_(keys))
            .values(section=section.value, filed_by=version)
        )


def _other_than(version: str) -> ColumnElement[bool]:
    # Two ranges: unlike an inequality they use the index, and mostly both are empty.
    return or_(documents.c.filed_by < version, documents.c.filed_by > version)
