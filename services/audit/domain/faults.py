"""Faults that a verification of the journal finds: kind, place and message."""

from enum import StrEnum
from uuid import UUID


class FaultKind(StrEnum):
    """The text is `French / English`."""

    GAP = "une ligne manque ou est de trop à cette position / a line is missing or too many at this position"
    LEAF = "l'empreinte n'est pas celle de cette ligne / the hash is not that of this line"
    TILE = "l'arbre gardé a une autre feuille ici / the kept tree has another leaf here"
    UPPER_TILE = "un nœud de l'arbre gardé est faux / a node of the kept tree is wrong"
    RECORDED = "enregistrée avant la précédente / recorded before the one before"
    UNKNOWN_STRAND = "fil inconnu / unknown strand"
    LINK = "ne suit pas la ligne précédente du fil / does not follow the line before in its strand"
    STRAND_END = "le fil ne s'arrête pas où il devrait / the strand does not end where it should"
    OPENING = "les données nominatives ne sont pas celles d'origine / the names are not what was committed to"
    STORED = "rangée pour un autre patient, acteur ou document / filed for another patient, actor or document"
    SIZE = "le journal n'a pas autant de lignes / the journal has not as many lines"
    HEAD_UNSIGNED = "tête sans signature valable de cette clé / head without a good signature by this key"
    HEAD_ORDER = "tête de taille ou d'heure fausse / head of a wrong size or time"
    HEAD_BEYOND = "tête plus longue que le journal / head longer than the journal"
    HEAD_ROOT = "la tête signée n'est pas celle de ces lignes / the signed head is not that of these lines"
    OUTSIDE_HEAD = "le journal ne contient pas la tête présentée / the journal does not hold the head that was shown"
    OUTSIDE_UNSIGNED = "la tête présentée n'est pas signée par cette clé / the head shown is not signed by this key"
    ARCHIVE = "archive absente, non réglée ou endommagée / archive gone, not configured or damaged"


class Fault(Exception):
    """The first faulty entry, as far as known; `position` counts from 0.

    Of a head, `position` is the last line it covers: the fault lies there or before, but after the previous head.
    """

    def __init__(
        self, kind: FaultKind, *, position: int | None = None, strand: UUID | None = None, number: int | None = None
    ) -> None:
        super().__init__(kind)
        self.kind = kind
        self.position = position
        self.strand = strand
        self.number = number

    def __str__(self) -> str:
        places = (("position", self.position), ("fil / strand", self.strand), ("ligne / line", self.number))
        where = ", ".join(f"{name} {value}" for name, value in places if value is not None)
        return f"{where or 'journal'} : {self.kind.value}"


def earliest(faults: list[Fault]) -> Fault | None:
    """The fault with the lowest position; those without one come last."""
    return min(faults, key=lambda fault: (fault.position is None, fault.position or 0), default=None)
