"""The national directory as a test states it: extracts of a few people, imported into a database."""

from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine, select

from samples.annuaire import ACTIVITY_COLUMNS, extract, line
from services.identity import tables
from services.identity.extract_import import ImportResult, import_extract
from services.identity.extracts import open_extract
from services.identity.repositories.extracts import import_transaction


def practising(rpps: str, finess: str = "", **more: str) -> str:
    """A line: this person works here."""
    return line({"Identifiant PP": rpps, "Numéro FINESS site": finess} | more)


class Registry:
    """Writes extracts and imports them at a set time."""

    def __init__(self, engine: Engine, folder: Path, now: datetime) -> None:
        self._engine = engine
        self.url = engine.url.render_as_string(hide_password=False)
        self.file = folder / "PS_LibreAcces.txt"
        self.now = now

    def write(self, *lines: str, columns: list[str] = ACTIVITY_COLUMNS) -> Path:
        """An extract of these lines."""
        self.file.write_bytes(extract(lines, columns))
        return self.file

    def take(
        self,
        *lines: str,
        delta: bool = False,
        may_retire: bool = False,
        keep: bool = True,
        columns: list[str] = ACTIVITY_COLUMNS,
    ) -> ImportResult:
        """Import an extract of these lines."""
        file = self.write(*lines, columns=columns)
        with open_extract(file) as found, import_transaction(self.url, keep=keep) as repository:
            return import_extract(
                found,
                repository,
                now=self.now,
                delta=delta,
                may_retire=may_retire,
                on_progress=lambda _done, _size: None,
            )

    def state(self) -> dict[str, list[tuple[object, ...]]]:
        """Every row of the directory."""
        with self._engine.begin() as connection:
            return {
                table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
                for table in (tables.professionals, tables.practices, tables.structures)
            }
