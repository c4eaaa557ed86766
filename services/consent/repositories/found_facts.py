"""Facts about records, read for decisions and lists."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Connection, FromClause, exists, func, or_, select, tuple_

from chassis.db import fetch
from chassis.repository import is_one_of
from contracts.vocabulary import PatientId, Section
from services.consent.domain.facts import LIFTING, Fact, FactKind, in_force
from services.consent.repositories.persons import ENDED, HAS_EFFECT, kept_name, names, of_person
from services.consent.tables import facts

# All facts of a decision in one round trip, along the primary key, since every access waits for it; and the other
# identity of the holder and of who asks, where they have one. Who gave or was given something is named by the one
# that is kept: who asks by a closed identity, whose session is about to end, is given nothing of the other one.
_FACTS = """
SELECT person.id, person.closed, kind, party, giver, until, renews, sections, secret,
    (SELECT other::text FROM joins WHERE joins.patient_id::text = party AND joins.closed),
    (SELECT other::text FROM joins WHERE joins.patient_id::text = giver AND joins.closed)
FROM (
    SELECT unnest(%(patients)s::uuid[]) AS id, NULL AS closed
    UNION ALL SELECT other, NOT closed FROM joins WHERE patient_id = ANY(%(patients)s::uuid[])
) AS person LEFT JOIN facts ON facts.patient_id = person.id AND NOT suspended
    AND while_joined IS DISTINCT FROM 'ended' AND (kind = 'representant_legal' OR party = ANY(ARRAY(
        SELECT unnest(%(parties)s::text[])
        UNION SELECT other::text FROM joins WHERE patient_id::text = ANY(%(parties)s::text[]) AND NOT closed
    )))
"""

_ALLOWING_KINDS = (FactKind.AUTORISATION.value, FactKind.EQUIPE_DE_SOINS.value, FactKind.MEDECIN_TRAITANT.value)


class DatedFact(msgspec.Struct, frozen=True):
    """A fact and the time at which it was first stored."""

    fact: Fact
    since: datetime


def dated_in_force(
    facts_of_record: Sequence[DatedFact], now: datetime, ids: Collection[PatientId] = ()
) -> list[DatedFact]:
    """Those in force, in their order; of facts that say the same of one party, the first. `ids`: as in `in_force`."""
    valid = in_force((dated.fact for dated in facts_of_record), now, ids)
    by_party: dict[tuple[FactKind, str], DatedFact] = {}
    for dated in facts_of_record:
        if dated.fact in valid:
            by_party.setdefault((dated.fact.kind, dated.fact.party), dated)
    return list(by_party.values())


class PersonFacts(NamedTuple):
    """Facts about one person; `ids`: all theirs if they have two, the first one first; else none.

    `closed`: which of the two is closed.
    """

    ids: tuple[PatientId, ...] = ()
    facts: Sequence[Fact] = ()
    closed: PatientId | None = None

    def alone(self) -> "PersonFacts":
        """What is under the first identity."""
        return PersonFacts(facts=[fact for fact in self.facts if fact.identity == self.ids[0]])


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


class FactReader:
    """Facts are returned whether or not they are still in force, unless a method says otherwise.

    Where two identities are of one person, facts under either are found by either, and name people by the kept one.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def about(self, patients: Collection[PatientId], parties: Collection[str]) -> Sequence[Fact]:
        """The facts that name one of these parties, and the representatives, by whom some may have been given."""
        return self.of_person(patients, parties).facts

    def of_person(self, patients: Collection[PatientId], parties: Collection[str]) -> PersonFacts:
        """As `about`, with all ids of the first of these patients; the others have one."""
        parameters = {"patients": list(map(str, patients)), "parties": list(parties)}
        rows = fetch(self.connection, _FACTS, parameters)
        first = next(iter(patients))
        other = next((PatientId(UUID(str(row[0]))) for row in rows if row[1] is not None), None)
        found = [
            self._fact_of(identity, *terms, are_two=other is not None)
            for identity, _, *terms in rows
            if terms[0] is not None
        ]
        if other is None:
            return PersonFacts(facts=found)
        is_other = any(row[1] for row in rows)
        return PersonFacts((first, other), found, closed=other if is_other else first)

    def _fact_of(
        self,
        identity: object,
        kind: str,
        party: str,
        giver: str,
        until: datetime | None,
        renews: bool,
        sections: Sequence[str],
        secret: bool,
        kept_party: str | None,
        kept_giver: str | None,
        *,
        are_two: bool,
    ) -> Fact:
        return Fact(
            kind=FactKind(kind),
            party=kept_party or party,
            giver=kept_giver or giver,
            until=until,
            renews=renews,
            sections=tuple(map(Section, sections)),
            secret=secret,
            identity=PatientId(UUID(str(identity))) if are_two else None,
        )

    def of_patient(self, patient_id: PatientId) -> Sequence[DatedFact]:
        """All facts about a person but suspended ones, newest first."""
        rows = self.connection.execute(
            select(
                *facts.c,
                kept_name(facts.c.party).label("kept_party"),
                kept_name(facts.c.giver).label("kept_giver"),
            )
            .where(of_person(facts.c.patient_id, patient_id), HAS_EFFECT)
            .order_by(facts.c.since.desc(), facts.c.party)
        ).all()
        are_two = any(row.patient_id != patient_id for row in rows)
        return [
            DatedFact(
                self._fact_of(
                    *(
                        row.patient_id,
                        row.kind,
                        row.party,
                        row.giver,
                        row.until,
                        row.renews,
                        row.sections,
                        row.secret,
                    ),
                    *(row.kept_party, row.kept_giver),
                    are_two=are_two,
                ),
                row.since,
            )
            for row in rows
        ]

    def naming(self, party: str, kinds: Collection[FactKind], now: datetime) -> Sequence[PatientFact]:
        """Facts in force of these kinds that name a party, of all records, newest first."""
        query = select(facts).where(
            names(facts.c.party, [party], acting=True),
            is_one_of(facts.c.kind, [kind.value for kind in kinds]),
            or_(facts.c.until.is_(None), facts.c.until > now),
            _is_represented(facts, now),
            HAS_EFFECT,
            or_(facts.c.kind == FactKind.AYANT_DROIT.value, ~_is_of_deceased()),
        )
        rows = self.connection.execute(query.order_by(facts.c.since.desc(), facts.c.patient_id))
        return [PatientFact(PatientId(row.patient_id), fact_in(row), row.since) for row in rows]

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
                HAS_EFFECT,
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
            for row in self.connection.execute(query)
        ]


def _is_represented(given: FromClause, now: datetime) -> ColumnElement[bool]:
    """Whether a fact was given by nobody in the holder's place, or by somebody who still represents them."""
    represents = facts.alias()
    is_representative = exists().where(
        of_person(represents.c.patient_id, given.c.patient_id),
        represents.c.kind == FactKind.REPRESENTANT_LEGAL.value,
        names(represents.c.party, given.c.giver),
        ~represents.c.suspended,
        represents.c.while_joined.is_distinct_from(ENDED),
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
        lift.c.while_joined.is_distinct_from(ENDED),
        _is_represented(lift, now),
    )
    return exists().where(
        of_person(refusal.c.patient_id, facts.c.patient_id),
        refusal.c.while_joined.is_distinct_from(ENDED),
        refusal.c.kind == kind.value,
        is_one_of(refusal.c.party, parties),
        ~is_lifted,
    )


def fact_in(row: Any) -> Fact:
    return Fact(
        kind=FactKind(row.kind),
        party=row.party,
        giver=row.giver,
        until=row.until,
        renews=row.renews,
        sections=tuple(Section(section) for section in row.sections),
        secret=row.secret,
    )
