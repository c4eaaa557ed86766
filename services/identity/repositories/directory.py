"""The directory: professionals, the structures they work in, and the list of homologated software."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, delete, exists, select, update
from sqlalchemy.dialects.postgresql import insert

from chassis.repository import Repository, is_one_of
from contracts.identity.apps import Software
from contracts.identity.people import Contact
from contracts.vocabulary import Finess, Rpps, SoftwareProfile
from services.identity.domain import DirectoryEntry
from services.identity.tables import practices, professional_suspensions, professionals, software, structures

Row = Mapping[str, Any]


class DirectoryRepository(Repository):
    """Reads the directory, and enters what the directory's file states."""

    def find_professional(self, rpps: Rpps) -> DirectoryEntry | None:
        """A professional with their structures; one who is retired is not found."""
        query = (
            select(professionals, practices.c.finess, _is_suspended(rpps).label("is_suspended"))
            .outerjoin(practices, practices.c.rpps == professionals.c.rpps)
            .where(_is_current(rpps))
        )
        rows = self.connection.execute(query).all()
        if not rows:
            return None
        words = (rows[0].title, rows[0].given_names, rows[0].family_name)
        return DirectoryEntry(
            rpps=rpps,
            name=" ".join(word for word in words if word),
            profession=rows[0].profession,
            structures=frozenset(Finess(row.finess) for row in rows if row.finess),
            is_suspended=rows[0].is_suspended,
        )

    def was_listed(self, rpps: Rpps) -> bool:
        """Whether the directory lists this person, or did."""
        return bool(self.connection.scalar(select(exists().where(professionals.c.rpps == rpps))))

    def contact_of_professional(self, rpps: Rpps) -> Contact:
        """The addresses the directory gives, if any; none of one who is retired or suspended."""
        is_reached = _is_current(rpps) & ~_is_suspended(rpps)
        query = select(professionals.c.email, professionals.c.mobile).where(is_reached)
        row = self.connection.execute(query).first()
        return Contact() if row is None else Contact(email=row.email, mobile=row.mobile)

    def homologated(self, number: str) -> Software | None:
        """What a homologated software may do; None when it is not on the list, or suspended."""
        is_good = (software.c.number == number) & software.c.suspended_at.is_(None)
        row = self.connection.execute(select(software).where(is_good)).first()
        return None if row is None else _software(row)

    def put_structures(self, rows: Iterable[Row]) -> None:
        """Enter or renew structures."""
        self._put(structures, rows, key="finess")

    def put_software(self, rows: Iterable[Row]) -> None:
        """Enter or renew homologated software; suspension and quota, which the operator sets, do not change."""
        self._put(software, rows, key="number", kept=("suspended_at", "quota"))

    def all_software(self) -> Sequence[Software]:
        """Every homologated software, by number."""
        return [_software(row) for row in self.connection.execute(select(software).order_by(software.c.number))]

    def suspend_software(self, number: str, since: datetime | None) -> Software | None:
        """Suspend a software, or readmit it; None where it is not on the list."""
        changed = update(software).where(software.c.number == number).values(suspended_at=since)
        row = self.connection.execute(changed.returning(*software.c)).first()
        return None if row is None else _software(row)

    def set_quota(self, number: str, quota: int) -> Software | None:
        """Set its requests per minute; None where it is not on the list."""
        changed = update(software).where(software.c.number == number).values(quota=quota)
        row = self.connection.execute(changed.returning(*software.c)).first()
        return None if row is None else _software(row)

    def put_professionals(self, rows: Iterable[Row]) -> None:
        """Enter or renew professionals, as listed by hand from now on; `put_practices` enters their structures."""
        self._put(professionals, rows, key="rpps")

    def put_practices(self, places: Mapping[Rpps, Iterable[Finess]]) -> None:
        """Replace where these professionals work."""
        self.connection.execute(delete(practices).where(is_one_of(practices.c.rpps, places)))
        rows = [{"rpps": rpps, "finess": finess} for rpps, those in places.items() for finess in those]
        if rows:
            self.connection.execute(insert(practices), rows)

    def _put(self, table: Table, rows: Iterable[Row], *, key: str, kept: Collection[str] = ()) -> None:
        statement = insert(table)
        renewed = {
            column.name: statement.excluded[column.name] for column in table.c if column.name not in {key, *kept}
        }
        values = [dict(row) for row in rows]
        if values:
            self.connection.execute(statement.on_conflict_do_update(index_elements=[key], set_=renewed), values)


def _software(row: Any) -> Software:
    return Software(
        number=row.number,
        name=row.name,
        profile=SoftwareProfile(row.profile),
        quota=row.quota,
        suspended_at=row.suspended_at,
    )


def _is_current(rpps: Rpps) -> ColumnElement[bool]:
    return (professionals.c.rpps == rpps) & professionals.c.retired_at.is_(None)


def _is_suspended(rpps: Rpps) -> ColumnElement[bool]:
    return exists().where(professional_suspensions.c.rpps == rpps)
