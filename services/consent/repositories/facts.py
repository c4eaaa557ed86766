"""Facts about records: stored, deleted, and read for decisions."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    delete,
    exists,
    func,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from chassis.db import fetch
from chassis.repository import is_one_of
from contracts.vocabulary import AccessMode, PatientId, Rpps, Section
from services.consent.domain.facts import LIFTING, Fact, FactKind, in_force
from services.consent.tables import emergencies, facts

# All facts of a decision in one round trip, along the primary key, since every access waits for it.
_FACTS = """
SELECT kind, party, giver, until, renews, sections, secret FROM facts
WHERE patient_id IN %(patients)s AND (party IN %(parties)s OR kind = 'representant_legal') AND NOT suspended
"""

_ALLOWING_KINDS = (FactKind.AUTORISATION.value, FactKind.EQUIPE_DE_SOINS.value, FactKind.MEDECIN_TRAITANT.value)

_OF_HOLDER = (FactKind.REPRESENTANT_LEGAL.value, FactKind.DECES.value)
"""Not decided about the record: they are true of the person, whatever becomes of it."""


class DatedFact(msgspec.Struct, frozen=True):
    """A fact and the time at which it was first stored."""

    fact: Fact
    since: datetime


def dated_in_force(facts_of_record: Sequence[DatedFact], now: datetime) -> list[DatedFact]:
    """Those in force, in their order; of facts that say the same of one party, the first."""
    valid = in_force((dated.fact for dated in facts_of_record), now)
    by_party: dict[tuple[FactKind, str], DatedFact] = {}
    for dated in facts_of_record:
        if dated.fact in valid:
            by_party.setdefault((dated.fact.kind, dated.fact.party), dated)
    return list(by_party.values())


class PatientFact(msgspec.Struct, frozen=True):
    """A fact with the patient whose record it is about."""

    patient_id: PatientId
    fact: Fact
    since: datetime


class ReadableRecord(msgspec.Struct, frozen=True):
    """A record that a professional may read, since when, and whether as médecin traitant."""

    patient_id: PatientId
    since: datetime
    medecin_traitant: bool


class FactRepository:
    """Facts are returned whether or not they are still in force, unless a method says otherwise."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def about(self, patients: Collection[PatientId], parties: Collection[str]) -> list[Fact]:
        """The facts that name one of these parties, and the representatives, by whom some may have been given."""
        parameters = {"patients": tuple(map(str, patients)), "parties": tuple(parties)}
        return [
            Fact(
                kind=FactKind(kind),
                party=party,
                giver=giver,
                until=until,
                renews=renews,
                sections=tuple(map(Section, sections)),
                secret=secret,
            )
            for kind, party, giver, until, renews, sections, secret in fetch(self._connection, _FACTS, parameters)
        ]

    def of_patient(self, patient_id: PatientId) -> Sequence[DatedFact]:
        """All facts about a record but suspended ones, newest first."""
        rows = self._connection.execute(
            select(facts)
            .where(facts.c.patient_id == patient_id, ~facts.c.suspended)
            .order_by(facts.c.since.desc(), facts.c.party)
        )
        return [DatedFact(_fact(row), row.since) for row in rows]

    def naming(self, party: str, kinds: Collection[FactKind], now: datetime) -> Sequence[PatientFact]:
        """Facts in force of these kinds that name a party, of all records, newest first."""
        query = select(facts).where(
            facts.c.party == party,
            is_one_of(facts.c.kind, [kind.value for kind in kinds]),
            or_(facts.c.until.is_(None), facts.c.until > now),
            _is_represented(facts, now),
            ~facts.c.suspended,
            or_(facts.c.kind == FactKind.AYANT_DROIT.value, ~_is_of_deceased()),
        )
        rows = self._connection.execute(query.order_by(facts.c.since.desc(), facts.c.patient_id))
        return [PatientFact(PatientId(row.patient_id), _fact(row), row.since) for row in rows]

    def readable_by(
        self, parties: Collection[str], now: datetime, *, after: tuple[datetime, PatientId] | None, count: int
    ) -> Sequence[ReadableRecord]:
        """Records that a fact in force lets one of these parties read and none blocks, newest first, at most `count`.

        `after`: since and patient of the last record of the page before.
        """
        is_blocked = _refused(FactKind.BLOCAGE, parties, now)
        records = (
            select(
                facts.c.patient_id,
                func.max(facts.c.since).label("since"),
                func.bool_or(facts.c.kind == FactKind.MEDECIN_TRAITANT.value).label("medecin_traitant"),
            )
            .where(
                is_one_of(facts.c.party, parties),
                facts.c.kind.in_(_ALLOWING_KINDS),
                or_(facts.c.until.is_(None), facts.c.until > now),
                _is_represented(facts, now),
                ~is_blocked,
                ~_is_of_deceased(),
            )
            .group_by(facts.c.patient_id)
            .subquery()
        )
        query = select(records).order_by(records.c.since.desc(), records.c.patient_id.desc()).limit(count)
        if after is not None:
            query = query.where(tuple_(records.c.since, records.c.patient_id) < tuple_(*after))
        return [
            ReadableRecord(PatientId(row.patient_id), row.since, row.medecin_traitant)
            for row in self._connection.execute(query)
        ]

    def put(self, patient_id: PatientId, fact: Fact, *, now: datetime, evidence: str | None = None) -> None:
        """Insert a fact; one that is the same but for its terms gets the new ones and keeps its `since`."""
        terms: dict[str, Any] = {
            "until": fact.until,
            "renews": fact.renews,
            "sections": [section.value for section in fact.sections],
            "evidence": evidence,
        }
        self._connection.execute(
            insert(facts)
            .values(
                patient_id=patient_id,
                kind=fact.kind.value,
                party=fact.party,
                giver=fact.giver,
                secret=fact.secret,
                since=now,
                **terms,
            )
            .on_conflict_do_update(index_elements=["patient_id", "kind", "party", "giver", "secret"], set_=terms)
        )

    def put_newest(self, patient_id: PatientId, fact: Fact, revision: int, *, now: datetime) -> None:
        """Insert a fact that another service tells, or give it new terms, unless a later revision is on file."""
        row = insert(facts).values(
            patient_id=patient_id,
            kind=fact.kind.value,
            party=fact.party,
            giver=fact.giver,
            since=now,
            until=fact.until,
            renews=fact.renews,
            sections=[section.value for section in fact.sections],
            secret=False,
            revision=revision,
        )
        self._connection.execute(
            row.on_conflict_do_update(
                index_elements=["patient_id", "kind", "party", "giver", "secret"],
                set_={"until": fact.until, "revision": revision},
                where=facts.c.revision <= revision,
            )
        )

    def prolong(self, patient_id: PatientId, fact: Fact) -> None:
        """Set the later end of a fact, unless it was deleted, or got a fixed end, in the meantime."""
        self._connection.execute(
            update(facts)
            .where(
                facts.c.patient_id == patient_id,
                facts.c.kind == fact.kind.value,
                facts.c.party == fact.party,
                facts.c.giver == fact.giver,
                facts.c.secret == fact.secret,
                facts.c.renews,
            )
            .values(until=fact.until)
        )

    def forget(self, patient_id: PatientId, kind: FactKind, party: str, *, but_secret: bool = False) -> bool:
        """Delete a fact, whoever gave it; False when there was none. `but_secret`: one that is secret stays."""
        query = delete(facts).where(
            facts.c.patient_id == patient_id, facts.c.kind == kind.value, facts.c.party == party
        )
        result = self._connection.execute(query.where(~facts.c.secret) if but_secret else query)
        return result.rowcount > 0

    def forget_of_representatives(self, patient_id: PatientId, kind: FactKind, party: str) -> bool:
        """Delete what representatives gave; whether there is the same fact of the holder's own."""
        is_named = (facts.c.patient_id == patient_id) & (facts.c.kind == kind.value) & (facts.c.party == party)
        self._connection.execute(delete(facts).where(is_named, facts.c.giver != ""))
        return bool(self._connection.execute(select(exists().where(is_named))).scalar())

    def forget_given_by(self, patient_id: PatientId, giver: str) -> None:
        """Delete what a representative gave in the holder's place, but for what protects the holder."""
        kept = [kind.value for kind in LIFTING]
        self._connection.execute(
            delete(facts).where(facts.c.patient_id == patient_id, facts.c.giver == giver, facts.c.kind.not_in(kept))
        )

    def forget_record(self, patient_id: PatientId) -> None:
        """Delete all facts and emergency accesses of a record, except those about its holder (`_OF_HOLDER`)."""
        self._connection.execute(
            delete(facts).where(facts.c.patient_id == patient_id, facts.c.kind.not_in(_OF_HOLDER))
        )
        self._connection.execute(delete(emergencies).where(emergencies.c.patient_id == patient_id))

    def is_deceased(self, patient_id: PatientId) -> bool:
        """Whether the holder's death is on file."""
        return self.holds(patient_id, FactKind.DECES)

    def holds(self, patient_id: PatientId, kind: FactKind) -> bool:
        """Whether a fact of a kind that names no party and does not end is on file."""
        is_it = (facts.c.patient_id == patient_id) & (facts.c.kind == kind.value) & (facts.c.party == "")
        return bool(self._connection.execute(select(exists().where(is_it))).scalar())

    def forget_kind(self, patient_id: PatientId, kind: FactKind) -> None:
        """Delete all facts of a kind."""
        self._connection.execute(delete(facts).where(facts.c.patient_id == patient_id, facts.c.kind == kind.value))

    def suspend_naming(self, person: PatientId) -> Sequence[PatientFact]:
        """Suspend what makes a person the representative or carer of others; what was suspended, in no order."""
        return self._set_suspended(person, suspended=True)

    def resume_naming(self, person: PatientId) -> Sequence[PatientFact]:
        """Put back what `suspend_naming` suspended."""
        return self._set_suspended(person, suspended=False)

    def _set_suspended(self, person: PatientId, *, suspended: bool) -> Sequence[PatientFact]:
        changed = update(facts).where(
            facts.c.party == str(person),
            facts.c.kind.in_((FactKind.REPRESENTANT_LEGAL.value, FactKind.AIDANT.value)),
            facts.c.suspended.is_not(suspended),
        )
        rows = self._connection.execute(changed.values(suspended=suspended).returning(*facts.c))
        return [PatientFact(PatientId(row.patient_id), _fact(row), row.since) for row in rows]

    def add_emergency(
        self, patient_id: PatientId, rpps: Rpps, mode: AccessMode, reason: str, *, since: datetime, until: datetime
    ) -> None:
        self._connection.execute(
            insert(emergencies).values(
                patient_id=patient_id, rpps=rpps, mode=mode.value, reason=reason, since=since, until=until
            )
        )


def _is_represented(given: FromClause, now: datetime) -> ColumnElement[bool]:
    """Whether a fact was given by nobody in the holder's place, or by somebody who still represents them."""
    represents = facts.alias()
    is_representative = exists().where(
        represents.c.patient_id == given.c.patient_id,
        represents.c.kind == FactKind.REPRESENTANT_LEGAL.value,
        represents.c.party == given.c.giver,
        ~represents.c.suspended,
        or_(represents.c.until.is_(None), represents.c.until > now),
    )
    return or_(given.c.giver == "", is_representative)


def _is_of_deceased() -> ColumnElement[bool]:
    death = facts.alias()
    return exists().where(death.c.patient_id == facts.c.patient_id, death.c.kind == FactKind.DECES.value)


def _refused(kind: FactKind, parties: Collection[str], now: datetime) -> ColumnElement[bool]:
    """Whether a refusal that names one of the parties is in force, as `domain.facts.in_force` has it."""
    refusal, lift = facts.alias(), facts.alias()
    is_lifted = exists().where(
        lift.c.patient_id == refusal.c.patient_id,
        lift.c.kind == LIFTING[kind].value,
        lift.c.party == refusal.c.party,
        _is_represented(lift, now),
    )
    return exists().where(
        refusal.c.patient_id == facts.c.patient_id,
        refusal.c.kind == kind.value,
        is_one_of(refusal.c.party, parties),
        ~is_lifted,
    )


def _fact(row: Any) -> Fact:
    return Fact(
        kind=FactKind(row.kind),
        party=row.party,
        giver=row.giver,
        until=row.until,
        renews=row.renews,
        sections=tuple(Section(section) for section in row.sections),
        secret=row.secret,
    )
