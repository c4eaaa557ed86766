"""What patients find in the directory: professionals by name and structure, and the names behind numbers."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, exists, func, select, true

from chassis.repository import Repository, is_one_of
from contracts.identity.directory import DirectoryProfessional
from contracts.identity.workplaces import Workplace
from contracts.traits import fold_name
from contracts.vocabulary import Finess, Rpps
from services.identity.tables import practices, professionals, structures

_CANDIDATES = 500
"""Of more, which are found is left to the database: nothing is sorted that has no bound."""


class DirectorySearchRepository(Repository):
    """Reads what the public directory publishes, of people who have not retired."""

    def search_professionals(
        self, name: str, *, profession: str, structure: str, most: int
    ) -> list[DirectoryProfessional]:
        """Those with these words in their names, by name, at most `most`; the words are folded."""
        is_wanted = and_(
            professionals.c.retired_at.is_(None),
            _begins(name, professionals.c.family_name, professionals.c.given_names),
        )
        if profession:
            is_wanted &= professionals.c.profession == profession
        if structure:
            is_wanted &= exists().where(
                practices.c.rpps == professionals.c.rpps,
                practices.c.finess == structures.c.finess,
                _begins(structure, structures.c.name),
            )
        found = select(professionals).where(is_wanted).limit(_CANDIDATES).subquery()
        by_name = (found.c.family_name, found.c.given_names, found.c.rpps)
        rows = self.connection.execute(select(found).order_by(*by_name).limit(most)).all()
        return self._with_structures(rows)

    def name_professionals(self, numbers: Collection[Rpps]) -> list[DirectoryProfessional]:
        """Those of these numbers, retired ones too."""
        query = select(professionals).where(is_one_of(professionals.c.rpps, numbers)).order_by(professionals.c.rpps)
        return self._with_structures(self.connection.execute(query).all())

    def name_structures(self, numbers: Collection[Finess]) -> list[Workplace]:
        """Those of these numbers."""
        query = select(structures).where(is_one_of(structures.c.finess, numbers)).order_by(structures.c.finess)
        return [_workplace(row) for row in self.connection.execute(query)]

    def _with_structures(self, rows: Sequence["Row[Any]"]) -> list[DirectoryProfessional]:
        query = (
            select(practices.c.rpps, structures)
            .join(structures, structures.c.finess == practices.c.finess)
            .where(is_one_of(practices.c.rpps, [row.rpps for row in rows]))
            .order_by(structures.c.name, structures.c.finess)
        )
        places: dict[str, list[Workplace]] = {}
        for row in self.connection.execute(query):
            places.setdefault(row.rpps, []).append(_workplace(row))
        return [
            DirectoryProfessional(
                rpps=Rpps(row.rpps),
                name=" ".join(word for word in (row.title, row.given_names, row.family_name) if word),
                profession=row.profession,
                structures=tuple(places.get(row.rpps, ())),
            )
            for row in rows
        ]


def _begins(wanted: str, *names: ColumnElement[str]) -> ColumnElement[bool]:
    """Each of the wanted words begins one of these; folded ones are letters and digits, and nothing else."""
    prefixes = " & ".join(f"{word}:*" for word in fold_name(wanted).split())
    if not prefixes:
        return true()
    return func.words_of(*names).bool_op("@@")(func.to_tsquery("simple", prefixes))


def _workplace(row: "Row[Any]") -> Workplace:
    return Workplace(finess=Finess(row.finess), name=row.name)
