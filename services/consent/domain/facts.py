"""What may be on file about a record, and the question that is put to it."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

import msgspec

from contracts.consent import Purpose
from contracts.envelope import Actor
from contracts.vocabulary import AccessMode, PatientId, RecordStatus, Section


class FactKind(StrEnum):
    """What a fact says; `party` is whom or what it names."""

    AUTORISATION = "autorisation"
    """The patient authorised a professional (RPPS)."""
    EQUIPE_DE_SOINS = "equipe_de_soins"
    """The patient authorised a care team (FINESS)."""
    MEDECIN_TRAITANT = "medecin_traitant"
    """The patient named a professional (RPPS)."""
    BLOCAGE = "blocage"
    """The patient, or a médecin traitant, shut a professional out (RPPS)."""
    OPPOSITION = "opposition"
    """The patient opposed an emergency mode (AccessMode)."""
    DEMASQUAGE = "demasquage"
    """The patient permits emergencies to show masked documents (MASKED); no party."""
    BRIS_DE_GLACE = "bris_de_glace"
    """A professional (RPPS) broke the glass."""
    CENTRE_15 = "centre_15"
    """A professional (RPPS) came from the regulation centre."""
    REPRESENTANT_LEGAL = "representant_legal"
    """Somebody (patient id) acts for the holder by law."""
    AIDANT = "aidant"
    """The holder shared `sections` with somebody (patient id)."""
    APPLICATION = "application"
    """The holder granted an app (its id) `sections`."""
    APPLICATION_REPRESENTANT = "application_representant"
    """Who represents the holder granted an app `sections` in their place (`in_place`), as long as they represent."""
    REFERENCEMENT = "referencement"
    """An app (its id) is listed in the catalogue; on file for the platform, not for a patient."""


def in_place(app: str, representative: str) -> str:
    """The party of a leave that a representative gave an app: another representative's is another."""
    return f"{app} {representative}"


EMERGENCY_OF: dict[AccessMode, FactKind] = {
    AccessMode.BRIS_DE_GLACE: FactKind.BRIS_DE_GLACE,
    AccessMode.CENTRE_15: FactKind.CENTRE_15,
}
"""The fact that an emergency access in this mode is open."""


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """One thing on file; `until` None: until it is taken off. `renews`: use prolongs it."""

    kind: FactKind
    party: str = ""
    until: datetime | None = None
    renews: bool = False
    sections: tuple[Section, ...] = ()

    def holds(self, now: datetime) -> bool:
        """Whether it has not ended."""
        return self.until is None or now < self.until


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """Who wants to do what, when, in which mode, to which record.

    From `record_status` on: what records knows. `written_reason` and `regulation_centre`: for opening an emergency.
    """

    actor: Actor
    patient_id: PatientId
    purpose: Purpose
    now: datetime
    mode: AccessMode = AccessMode.NORMAL
    record_status: RecordStatus | None = None
    seen_before: bool = True
    has_deposited: bool = False
    minor: bool = False
    secret: bool = False
    superseded: bool = False
    archived: bool = False
    written_reason: str = ""
    regulation_centre: bool = False


class File:
    """The facts in force at one moment; in which order they came makes no difference."""

    def __init__(self, facts: Iterable[Fact], now: datetime) -> None:
        self._sections: dict[tuple[FactKind, str], frozenset[Section]] = {}
        for fact in facts:
            if fact.holds(now):
                known = self._sections.get((fact.kind, fact.party), frozenset())
                self._sections[fact.kind, fact.party] = known.union(fact.sections)

    def has(self, kind: FactKind, party: str = "") -> bool:
        """Whether this is on file about that party."""
        return (kind, party) in self._sections

    def sections(self, kind: FactKind, party: str) -> tuple[Section, ...]:
        """What was shared with that party, in order; nothing when nothing is on file."""
        return tuple(sorted(self._sections.get((kind, party), ())))
