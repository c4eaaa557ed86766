"""The national directory as a test tells it: extracts of a few people, taken into a database."""

from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine, select

from samples.annuaire import ACTIVITY_COLUMNS, extract, line
from services.identity import tables
from services.identity.extracts import opened
from services.identity.handlers.extracts import ImportResult, take_extract
from services.identity.repositories.extracts import taking_in


def practising(rpps: str, finess: str = "", **more: str) -> str:
    """A line: this person works here."""
    return line({"Identifiant PP": rpps, "Numéro FINESS site": finess} | more)


class Registry:
    """Writes extracts and takes them in at a set time."""

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
        """Take an extract of these lines in."""
        with opened(self.write(*lines, columns=columns)) as found, taking_in(self.url, keep=keep) as repositories:
            return take_extract(
                found, repositories, now=self.now, delta=delta, may_retire=may_retire, told=lambda _done, _size: None
            )

    def state(self) -> dict[str, list[tuple[object, ...]]]:
        """Every row of the directory."""
        shelves = (tables.professionals, tables.practices, tables.structures)
        with self._engine.begin() as connection:
            return {
                shelf.name: [tuple(row) for row in connection.execute(select(shelf).order_by(*shelf.primary_key))]
                for shelf in shelves
            }
