"""Who reads a record by its holder's decisions, as rows of a page."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from contracts.codes.profession_codes import professions
from contracts.consent.authorisations import Authorisation, PatientDecisions, TeamAuthorisation
from contracts.identity.directory import (
    NAMED_AT_MOST,
    DirectoryNames,
    DirectoryProfessional,
    NameProfessionals,
)
from contracts.vocabulary import Rpps


@dataclass(frozen=True)
class ReaderRow:
    """A professional, with what was decided about them; `place` and `profession`: empty where nobody lists them."""

    rpps: Rpps
    name: str
    profession: str
    place: str
    medecin_traitant: bool = False
    authorisation: Authorisation | None = None
    is_in_force: bool = False

    @property
    def until(self) -> str:
        """The exact end that was chosen, in seconds since 1970, to give the same again; empty: the usual time."""
        given = self.authorisation
        return "" if given is None or given.renews else str(int(given.until.timestamp()))

    @property
    def is_secret(self) -> bool:
        return self.authorisation is not None and self.authorisation.secret


@dataclass(frozen=True)
class TeamRow:
    """Everybody who works in a structure."""

    authorisation: TeamAuthorisation
    name: str

    @property
    def until(self) -> str:
        """As of a ReaderRow."""
        return "" if self.authorisation.renews else str(int(self.authorisation.until.timestamp()))


@dataclass(frozen=True)
class Readers:
    """Who reads now, who is blocked, and whose authorisation has ended."""

    reading: tuple[ReaderRow, ...]
    teams: tuple[TeamRow, ...]
    blocked: tuple[ReaderRow, ...]
    ended: tuple[ReaderRow, ...]


def numbers_in(decisions: PatientDecisions, *others: str) -> NameProfessionals:
    """The numbers whose names a page shows, as many as may be asked at once; `others` first."""
    professionals = (
        *others,
        *decisions.medecins_traitants,
        *decisions.blocked,
        *(given.rpps for given in decisions.authorisations),
    )
    structures = (*others, *(team.structure for team in decisions.teams))
    return NameProfessionals(
        rpps=tuple(Rpps(number) for number in dict.fromkeys(professionals))[:NAMED_AT_MOST],
        structures=tuple(dict.fromkeys(structures))[:NAMED_AT_MOST],  # type: ignore[arg-type]
    )


def readers_of(decisions: PatientDecisions, names: DirectoryNames, language: str, now: datetime) -> Readers:
    """The rows of a page, médecins traitants first, then the newest authorisation."""
    listed = {each.rpps: each for each in names.professionals}
    structures = {each.finess: each.name for each in names.structures}
    # Of two of one professional, the one that lasts, and a secret one before another: nothing gives it again.
    given = {
        each.rpps: each for each in sorted(decisions.authorisations, key=lambda each: (each.until > now, each.secret))
    }
    chosen = frozenset(decisions.medecins_traitants)

    def rows(numbers: Iterable[Rpps]) -> tuple[ReaderRow, ...]:
        return tuple(
            row_of(listed.get(number), number, language, given.get(number), now, medecin_traitant=number in chosen)
            for number in dict.fromkeys(numbers)
        )

    known = rows((*decisions.medecins_traitants, *(each.rpps for each in decisions.authorisations)))
    free = [row for row in known if row.rpps not in decisions.blocked]
    return Readers(
        reading=tuple(row for row in free if row.medecin_traitant or row.is_in_force),
        teams=tuple(
            TeamRow(team, structures.get(team.structure, team.structure))
            for team in decisions.teams
            if team.until > now
        ),
        blocked=rows(decisions.blocked),
        ended=tuple(row for row in free if not (row.medecin_traitant or row.is_in_force)),
    )


def row_of(
    listed: DirectoryProfessional | None,
    rpps: Rpps,
    language: str,
    given: Authorisation | None,
    now: datetime,
    *,
    medecin_traitant: bool,
) -> ReaderRow:
    """One professional; without a name, by their number."""
    return ReaderRow(
        rpps=rpps,
        name=listed.name if listed else f"RPPS {rpps}",
        profession=profession_name(listed.profession, language) if listed else "",
        place=", ".join(place.name for place in listed.structures) if listed else "",
        medecin_traitant=medecin_traitant,
        authorisation=given,
        is_in_force=given is not None and given.until > now,
    )


def profession_name(code: str, language: str) -> str:
    """Of TRE_G15; empty for a code that it does not have."""
    row = professions().get(code)
    return "" if row is None else row.en if language == "en" else row.fr
