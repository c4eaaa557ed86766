"""What is on file about a record: put there, taken off, found for a decision."""

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

# Every fact of a decision in one round trip, along the primary key; every access waits for it.
_FACTS = """
SELECT kind, party, until, renews, sections FROM facts WHERE patient_id IN %(patients)s AND party IN %(parties)s
"""

_LETTING = (FactKind.AUTORISATION.value, FactKind.EQUIPE_DE_SOINS.value, FactKind.MEDECIN_TRAITANT.value)


class DatedFact(msgspec.Struct, frozen=True):
    """A fact, and since when it is on file."""

    fact: Fact
    since: datetime


class Named(msgspec.Struct, frozen=True):
    """A fact that names somebody, and whose record it is about."""

    patient_id: PatientId
    fact: Fact
    since: datetime


class LetsRead(msgspec.Struct, frozen=True):
    """A record somebody may read, since when, and whether as médecin traitant."""

    patient_id: PatientId
    since: datetime
    medecin_traitant: bool


class FactRepository:
    """What is on file about records."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def about(self, patients: Collection[PatientId], parties: Collection[str]) -> list[Fact]:
        """What is on file about these parties, whether it still holds or not."""
        request = {"patients": tuple(map(str, patients)), "parties": tuple(parties)}
        return [
            Fact(
                kind=FactKind(kind),
                party=party,
                until=until,
                renews=renews,
                sections=tuple(map(Section, sections)),
            )
            for kind, party, until, renews, sections in fetch(self._connection, _FACTS, request)
        ]

    def of_patient(self, patient_id: PatientId) -> Sequence[DatedFact]:
        """Everything on file about a record, newest first."""
        rows = self._connection.execute(
            select(facts).where(facts.c.patient_id == patient_id).order_by(facts.c.since.desc(), facts.c.party)
        )
        return [DatedFact(_fact(row), row.since) for row in rows]

    def naming(self, party: str, kinds: Collection[FactKind]) -> Sequence[Named]:
        """Facts of these kinds that name somebody, in whoever's record, newest first."""
        query = select(facts).where(facts.c.party == party, facts.c.kind.in_([kind.value for kind in kinds]))
        rows = self._connection.execute(query.order_by(facts.c.since.desc(), facts.c.patient_id))
        return [Named(PatientId(row.patient_id), _fact(row), row.since) for row in rows]

    def circle_of(
        self, parties: Collection[str], now: datetime, *, after: tuple[datetime, PatientId] | None, count: int
    ) -> Sequence[LetsRead]:
        """Records one of these parties may read, as far as facts tell, newest first, at most `count`."""
        blocking = facts.alias()
        is_blocked = exists().where(
            blocking.c.patient_id == facts.c.patient_id,
            blocking.c.kind == FactKind.BLOCAGE.value,
            blocking.c.party.in_(parties),
        )
        mine = (
            select(
                facts.c.patient_id,
                func.max(facts.c.since).label("since"),
                func.bool_or(facts.c.kind == FactKind.MEDECIN_TRAITANT.value).label("medecin_traitant"),
            )
            .where(
                facts.c.party.in_(parties),
                facts.c.kind.in_(_LETTING),
                or_(facts.c.until.is_(None), facts.c.until > now),
                ~is_blocked,
            )
            .group_by(facts.c.patient_id)
            .subquery()
        )
        query = select(mine).order_by(mine.c.since.desc(), mine.c.patient_id.desc()).limit(count)
        if after is not None:
            query = query.where(tuple_(mine.c.since, mine.c.patient_id) < tuple_(*after))
        return [
            LetsRead(PatientId(row.patient_id), row.since, row.medecin_traitant)
            for row in self._connection.execute(query)
        ]

    def note(self, patient_id: PatientId, fact: Fact, *, now: datetime, evidence: str | None = None) -> None:
        """Put a fact on file; one already there about that party gets the new terms, and keeps its beginning."""
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
        """Give a fact its later end, unless it was taken off or shortened meanwhile."""
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
        """Take a fact off; False when it was not there."""
        result = self._connection.execute(
            delete(facts).where(facts.c.patient_id == patient_id, facts.c.kind == kind.value, facts.c.party == party)
        )
        return result.rowcount == 1

    def forget_record(self, patient_id: PatientId) -> None:
        """Take off everything about a record but who represents its holder."""
        self._connection.execute(
            delete(facts).where(facts.c.patient_id == patient_id, facts.c.kind != FactKind.REPRESENTANT_LEGAL.value)
        )
        self._connection.execute(delete(emergencies).where(emergencies.c.patient_id == patient_id))

    def note_emergency(
        self, patient_id: PatientId, rpps: Rpps, mode: AccessMode, reason: str, *, since: datetime, until: datetime
    ) -> None:
        """Keep an emergency access with its reason."""
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
