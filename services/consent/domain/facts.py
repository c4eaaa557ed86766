"""Facts about a record, and the questions that are decided from them."""

from collections.abc import Collection, Iterable
from datetime import datetime
from enum import StrEnum

import msgspec

from contracts.consent.decisions import Purpose
from contracts.envelope import Actor
from contracts.vocabulary import AccessMode, PatientId, RecordStatus, Section


class FactKind(StrEnum):
    """Kinds of facts; each says what the fact's `party` is."""

    AUTORISATION = "autorisation"
    """The patient authorised a professional (RPPS)."""
    EQUIPE_DE_SOINS = "equipe_de_soins"
    """The patient authorised a care team (FINESS)."""
    MEDECIN_TRAITANT = "medecin_traitant"
    """The patient named a professional (RPPS)."""
    BLOCAGE = "blocage"
    """The patient, or a médecin traitant, blocked a professional (RPPS)."""
    LEVEE_BLOCAGE = "levee_blocage"
    """A legal representative lifted the block of a professional (RPPS), for as long as they represent."""
    OPPOSITION = "opposition"
    """The patient opposed an emergency mode (AccessMode)."""
    LEVEE_OPPOSITION = "levee_opposition"
    """A legal representative lifted the opposition to a mode (AccessMode), for as long as they represent."""
    DEMASQUAGE = "demasquage"
    """The patient permits emergency accesses to show masked documents (MASKED); no party."""
    BRIS_DE_GLACE = "bris_de_glace"
    """A professional (RPPS) opened a bris de glace."""
    CENTRE_15 = "centre_15"
    """A professional (RPPS) of the regulation centre opened an emergency access."""
    REPRESENTANT_LEGAL = "representant_legal"
    """A person (patient id) acts for the holder by law."""
    AIDANT = "aidant"
    """The holder shared `sections` with a person (patient id)."""
    APPLICATION = "application"
    """The holder granted an app (its id) `sections`."""
    APPLICATION_REPRESENTANT = "application_representant"
    """A legal representative granted an app `sections` in the holder's place (party: `in_place`)."""
    DECES = "deces"
    """The holder's death was reported; no party. Nobody but heirs has a right to the record while it is on file."""
    OPPOSITION_AYANTS_DROIT = "opposition_ayants_droit"
    """The holder opposed, while alive, that heirs read anything; no party, and `secret` to representatives."""
    AYANT_DROIT = "ayant_droit"
    """Two agents opened `sections` of the record of the dead to an heir (patient id) for a time."""
    REFERENCEMENT = "referencement"
    """An app (its id) is listed in the catalogue; a fact about PLATFORM, not about a patient."""


def in_place(app: str, representative: str) -> str:
    """The party of a grant that a representative gave an app; each representative gives their own."""
    return f"{app} {representative}"


EMERGENCY_OF: dict[AccessMode, FactKind] = {
    AccessMode.BRIS_DE_GLACE: FactKind.BRIS_DE_GLACE,
    AccessMode.CENTRE_15: FactKind.CENTRE_15,
}
"""The kind of the fact that an emergency access in this mode is open."""


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """A decision of a person or of the law; `until` None: until it is deleted. `renews`: use prolongs it.

    `giver`: the legal representative (patient id) who decided in the holder's place; empty for everybody else.
    `secret`: declared in a minor's secret connection; it holds in it only, and representatives do not see it.
    `identity`: under which of the holder's identities it is on file; None where they have one.
    """

    kind: FactKind
    party: str = ""
    giver: str = ""
    until: datetime | None = None
    renews: bool = False
    sections: tuple[Section, ...] = ()
    secret: bool = False
    identity: PatientId | None = None

    def holds(self, now: datetime) -> bool:
        """Whether it has not ended."""
        return self.until is None or now < self.until


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """Who wants to do what, when, in which mode, to which record.

    `record_status` to `archived`: from the records service. `written_reason`, `regulation_centre`: for opening an
    emergency access. `ids`: all ids of the holder, where they have two; `joined`: whether they may have.
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
    joined: bool = True
    ids: tuple[PatientId, ...] = ()

    @property
    def is_by_holder(self) -> bool:
        """Whether the holder asks, by any of their identities."""
        return any(self.actor.is_patient(patient_id) for patient_id in {self.patient_id, *self.ids})


def in_force(facts: Iterable[Fact], now: datetime, ids: Collection[PatientId] = ()) -> list[Fact]:
    """The facts that have not ended, and whose giver, if it was a representative, still represents the holder.

    What protects the holder outlives who decided it. A refusal that a representative has lifted is not in force while
    they represent, and again afterwards.

    Of a holder with two identities what permits counts from either, and so does what refuses. A refusal is lifted
    only by what is under the same identity; masked documents are shown only if it is permitted under each.

    Args:
        ids: all ids of the holder, where they have two.
    """
    lasting = [fact for fact in facts if fact.holds(now)]
    givers = {"", *(fact.party for fact in lasting if fact.kind is FactKind.REPRESENTANT_LEGAL)}
    given = [fact for fact in lasting if fact.giver in givers or fact.kind in _PROTECTING]
    lifted = {(_LIFTED_BY[fact.kind], fact.party, fact.identity) for fact in given if fact.kind in _LIFTED_BY}
    unmasking = {fact.identity for fact in given if fact.kind is FactKind.DEMASQUAGE}
    return [
        fact
        for fact in given
        if (fact.kind, fact.party, fact.identity) not in lifted
        and (fact.kind is not FactKind.DEMASQUAGE or unmasking.issuperset(ids))
    ]


_LIFTED_BY = {FactKind.LEVEE_BLOCAGE: FactKind.BLOCAGE, FactKind.LEVEE_OPPOSITION: FactKind.OPPOSITION}
LIFTING = {refusal: lift for lift, refusal in _LIFTED_BY.items()}
"""The kind of the fact that lifts a refusal."""
_PROTECTING = frozenset(LIFTING)

UNDER_EACH = frozenset({FactKind.DEMASQUAGE, *LIFTING.values()})
"""What has to be on file under each identity of a person: given under one, it is entered under the other too."""


OF_ONE_IDENTITY = frozenset(
    {
        *(FactKind.MEDECIN_TRAITANT, FactKind.REPRESENTANT_LEGAL),
        *(FactKind.APPLICATION, FactKind.APPLICATION_REPRESENTANT),
    }
)
"""What a person has once: when two identities are joined, what is on file under the closed one has no effect."""


class FactsInForce:
    """The facts in force at one time (`in_force`); their order makes no difference."""

    def __init__(self, facts: Iterable[Fact], now: datetime, ids: Collection[PatientId] = ()) -> None:
        self._sections: dict[tuple[FactKind, str], frozenset[Section]] = {}
        self._secret: set[tuple[FactKind, str]] = set()
        for fact in in_force(facts, now, ids):
            if fact.secret:
                self._secret.add((fact.kind, fact.party))
                continue
            known = self._sections.get((fact.kind, fact.party), frozenset())
            self._sections[fact.kind, fact.party] = known.union(fact.sections)

    def has(self, kind: FactKind, party: str = "", *, secret: bool = False) -> bool:
        """Whether a fact of this kind names that party; `secret`: also one of a secret connection, which asks."""
        return (kind, party) in self._sections or (secret and (kind, party) in self._secret)

    def sections(self, kind: FactKind, party: str) -> tuple[Section, ...]:
        """The sections shared with that party, sorted; empty when there is no such fact."""
        return tuple(sorted(self._sections.get((kind, party), ())))
