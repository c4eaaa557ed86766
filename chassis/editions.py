"""Versions of a text that the operator loads, such as the entitlement matrix: stored, compared by date, cached."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from time import monotonic
from typing import Any, Generic, TypeVar

import msgspec
from sqlalchemy import Connection, Table, select, update
from sqlalchemy.dialects.postgresql import insert

from chassis.repository import Repository
from contracts.errors.execution import ServiceUnavailable

T = TypeVar("T")


class Edition(msgspec.Struct, frozen=True, kw_only=True):
    """One version; its text may no longer be valid.

    `effective`: the first day (UTC) it is in force. `loaded_at` None: built in, which counts as before all others.
    `withdrawn_at`: since when it is in force no more.
    """

    version: str
    effective: date = date.min
    loaded_at: datetime | None = None
    withdrawn_at: datetime | None = None
    text: str


def in_force(editions: Iterable[Edition], on: date) -> Edition | None:
    """The version in force on a day (UTC), none withdrawn; of several with one effective date, the last loaded."""
    found = (edition for edition in editions if edition.effective <= on and edition.withdrawn_at is None)
    return max(found, key=_rank, default=None)


def _rank(edition: Edition) -> tuple[date, datetime, str]:
    return edition.effective, edition.loaded_at or datetime.min.replace(tzinfo=UTC), edition.version


@dataclass(frozen=True, slots=True)
class VersionedTable(Generic[T]):
    """A table of versions: `version`, `body`, `loaded_at`, `loaded_by`, and `effective` where they have a date.

    `withdrawn_at` and `withdrawn_by` where they can be withdrawn.

    `parse` does not raise: what an invalid text stands for is the service's rule.
    """

    table: Table
    built_in: Edition
    parse: Callable[[Edition], T]


class EditionRepository(Repository):
    """Versions are added, and some withdrawn; never changed or deleted."""

    def __init__(self, connection: Connection, versioned: VersionedTable[Any]) -> None:
        super().__init__(connection)
        self._table, self._built_in = versioned.table, versioned.built_in

    def editions(self) -> tuple[Edition, ...]:
        """All versions, newest first; a stored version replaces the built-in version of the same name."""
        by_version = {self._built_in.version: self._built_in}
        for row in self.connection.execute(select(self._table)).mappings():
            by_version[row["version"]] = Edition(
                version=row["version"],
                effective=row.get("effective", date.min),
                loaded_at=row["loaded_at"],
                withdrawn_at=row.get("withdrawn_at"),
                text=row["body"],
            )
        return tuple(sorted(by_version.values(), key=_rank, reverse=True))

    def add(self, edition: Edition, *, loaded_by: str) -> bool:
        """Insert a version; False when its name is taken."""
        values: dict[str, Any] = {"version": edition.version, "body": edition.text, "loaded_at": edition.loaded_at}
        if "effective" in self._table.columns:
            values["effective"] = edition.effective
        statement = insert(self._table).values(**values, loaded_by=loaded_by).on_conflict_do_nothing()
        return self.connection.execute(statement).rowcount == 1

    def withdraw(self, version: str, *, at: datetime, by: str) -> bool:
        """Withdraw a stored version; False when there is none of that name, or it was withdrawn before."""
        columns = self._table.columns
        statement = (
            update(self._table)
            .where(columns.version == version, columns.withdrawn_at.is_(None))
            .values(withdrawn_at=at, withdrawn_by=by)
        )
        return self.connection.execute(statement).rowcount == 1


class EditionCache(Generic[T]):
    """The parsed versions that this process knows; read again when they are older than `fresh_seconds`."""

    def __init__(self, versioned: VersionedTable[T], *, fresh_seconds: float) -> None:
        self._parse = versioned.parse
        self._fresh_seconds = fresh_seconds
        self._refreshed_at: float | None = None
        self._parsed: dict[Edition, T] = {}

    def refresh(self, repository: EditionRepository) -> None:
        """Take over the stored versions; those already known are not parsed again."""
        started_at, known = monotonic(), self._parsed
        editions = repository.editions()
        # One assignment: green threads that ask meanwhile see the old versions or the new ones, never a mixture.
        self._parsed = {edition: known[edition] if edition in known else self._parse(edition) for edition in editions}
        self._refreshed_at = started_at

    def in_force(self, repository: EditionRepository, now: datetime) -> T:
        """The version in force at that time (UTC), parsed.

        Raises:
            ServiceUnavailable: no version has come into force yet.
        """
        if self._refreshed_at is None or monotonic() - self._refreshed_at >= self._fresh_seconds:
            self.refresh(repository)
        edition = in_force(self._parsed, now.date())
        if edition is None:
            raise ServiceUnavailable
        return self._parsed[edition]
