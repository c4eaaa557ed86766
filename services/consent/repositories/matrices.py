"""Loaded versions of the entitlement matrix; they are never changed or deleted."""

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from services.consent.domain.matrix import Edition
from services.consent.tables import matrices


class MatrixRepository:
    """The built-in version is not stored."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def editions(self) -> tuple[Edition, ...]:
        """All stored versions, in no order."""
        rows = self._connection.execute(select(matrices))
        return tuple(
            Edition(version=row.version, effective=row.effective, loaded_at=row.loaded_at, text=row.body)
            for row in rows
        )

    def add(self, edition: Edition, loaded_by: str) -> bool:
        """Insert a version; False when its name is taken."""
        added = self._connection.execute(
            insert(matrices)
            .values(
                version=edition.version,
                effective=edition.effective,
                body=edition.text,
                loaded_at=edition.loaded_at,
                loaded_by=loaded_by,
            )
            .on_conflict_do_nothing()
        )
        return added.rowcount == 1
