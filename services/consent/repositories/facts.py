"""Facts about records: stored, deleted, and read for decisions."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, exists, func, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from chassis.db import fetch
from contracts.vocabulary import AccessMode, PatientId, Rpps, Section
from services.consent.domain.facts import Fact, FactKind
from services.consent.tables import emergencies, facts

# All facts of a decision in one round trip, along the primary key, since every access waits for it.
_FACTS = """
SELECT kind, party, until, renews, sections FROM facts WHERE patient_id IN %(patients)s AND party IN %(parties)s
"""

_ALLOWING_KINDS = (FactKind.AUTORISATION.value, FactKind.EQUIPE_DE_SOINS.value, FactKind.MEDECIN_TRAITANT.value)


class DatedFact(msgspec.Struct, frozen=True):
    """A fact and the time at which it was first stored."""

    fact: Fact
    since: datetime


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
        """The facts that name one of these parties."""
        parameters = {"patients": tuple(map(str, patients)), "parties": tuple(parties)}
        return [
            Fact(
                kind=FactKind(kind),
                party=party,
                until=until,
                renews=renews,
                sections=tuple(map(Section, sections)),
            )
            for kind, party, until, renews, sections in fetch(self._connection, _FACTS, parameters)
        ]

    def of_patient(self, patient_id: PatientId) -> Sequence[DatedFact]:
        """All facts about a record, newest first."""
        rows = self._connection.execute(
            select(facts).where(facts.c.patient_id == patient_id).order_by(facts.c.since.desc(), facts.c.party)
        )
        return [DatedFact(_fact(row), row.since) for row in rows]

    def naming(self, party: str, kinds: Collection[FactKind]) -> Sequence[PatientFact]:
        """Facts of these kinds that name a party, of all records, newest first."""
        query = select(facts).where(facts.c.party == party, facts.c.kind.in_([kind.value for kind in kinds]))
        rows = self._connection.execute(query.order_by(facts.c.since.desc(), facts.c.patient_id))
        return [PatientFact(PatientId(row.patient_id), _fact(row), row.since) for row in rows]

    def readable_by(
        self, parties: Collection[str], now: datetime, *, after: tuple[datetime, PatientId] | None, count: int
    ) -> Sequence[ReadableRecord]:
        """Records that a fact in force lets one of these parties read and none blocks, newest first, at most `count`.

        `after`: since and patient of the last record of the page before.
        """
        blocking = facts.alias()
        is_blocked = exists().where(
            blocking.c.patient_id == facts.c.patient_id,
            blocking.c.kind == FactKind.BLOCAGE.value,
            blocking.c.party.in_(parties),
        )
        records = (
            select(
                facts.c.patient_id,
                func.max(facts.c.since).label("since"),
                func.bool_or(facts.c.kind == FactKind.MEDECIN_TRAITANT.value).label("medecin_traitant"),
            )
            .where(
                facts.c.party.in_(parties),
                facts.c.kind.in_(_ALLOWING_KINDS),
                or_(facts.c.until.is_(None), facts.c.until > now),
                ~is_blocked,
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
        """Insert a fact; one of the same kind and party gets the new terms and keeps its `since`."""
        terms: dict[str, Any] = {
            "until": fact.until,
            "renews": fact.renews,
            "sections": [section.value for section in fact.sections],
            "evidence": evidence,
        }
        self._connection.execute(
            insert(facts)
            .values(patient_id=patient_id, kind=fact.kind.value, party=fact.party, since=now, **terms)
            .on_conflict_do_update(index_elements=["patient_id", "kind", "party"], set_=terms)
        )

    def prolong(self, patient_id: PatientId, fact: Fact) -> None:
        """Set the later end of a fact, unless it was deleted, or got a fixed end, in the meantime."""
        self._connection.execute(
            update(facts)
            .where(
                facts.c.patient_id == patient_id,
                facts.c.kind == fact.kind.value,
                facts.c.party == fact.party,
                facts.c.renews,
            )
            .values(until=fact.until)
        )

    def forget(self, patient_id: PatientId, kind: FactKind, party: str) -> bool:
        """Delete a fact; False when there was none."""
        result = self._connection.execute(
            delete(facts).where(facts.c.patient_id == patient_id, facts.c.kind == kind.value, facts.c.party == party)
        )
        return result.rowcount == 1

    def forget_record(self, patient_id: PatientId) -> None:
        """Delete all facts and emergency accesses of a record, except legal representatives."""
        self._connection.execute(
            delete(facts).where(facts.c.patient_id == patient_id, facts.c.kind != FactKind.REPRESENTANT_LEGAL.value)
        )
        self._connection.execute(delete(emergencies).where(emergencies.c.patient_id == patient_id))

    def add_emergency(
        self, patient_id: PatientId, rpps: Rpps, mode: AccessMode, reason: str, *, since: datetime, until: datetime
    ) -> None:
        self._connection.execute(
            insert(emergencies).values(
                patient_id=patient_id, rpps=rpps, mode=mode.value, reason=reason, since=since, until=until
            )
        )


def _fact(row: Any) -> Fact:
    return Fact(
        kind=FactKind(row.kind),
        party=row.party,
        until=row.until,
        renews=row.renews,
        sections=tuple(Section(section) for section in row.sections),
    )
