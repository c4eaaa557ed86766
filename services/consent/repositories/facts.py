"""Facts about records: stored and deleted."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, select, update
from sqlalchemy.dialects.postgresql import insert

from chassis.repository import is_one_of
from contracts.consent.authorisations import EmergencyAccess
from contracts.vocabulary import AccessMode, PatientId, Rpps
from services.consent.domain.facts import LIFTING, OF_ONE_IDENTITY, UNDER_EACH, Fact, FactKind
from services.consent.repositories.found_facts import FactReader, PatientFact, fact_in
from services.consent.repositories.persons import ENDED, GIVEN, HAS_EFFECT, locked_others, names, of_person
from services.consent.tables import emergencies, facts, joins

_KEY = ["patient_id", "kind", "party", "giver", "secret"]

_OF_HOLDER = (FactKind.REPRESENTANT_LEGAL.value, FactKind.DECES.value)
"""Not decided about the record: they are true of the person, whatever becomes of it."""


class FactRepository(FactReader):
    """Facts, found and written."""

    def put(self, patient_id: PatientId, fact: Fact, *, now: datetime, evidence: str | None = None) -> None:
        """Insert a fact; one that is the same but for its terms gets the new ones and keeps its `since`.

        What has to be under each identity of a person (UNDER_EACH) is under the other while the two are joined.
        """
        terms: dict[str, Any] = {
            "until": fact.until,
            "renews": fact.renews,
            "sections": [section.value for section in fact.sections],
            "evidence": evidence,
            "while_joined": None,
        }
        named = {
            "kind": fact.kind.value,
            "party": fact.party,
            "giver": fact.giver,
            "secret": fact.secret,
            "since": now,
        }
        row = insert(facts).values(patient_id=patient_id, **named, **terms)
        self.connection.execute(row.on_conflict_do_update(index_elements=_KEY, set_=terms))
        if fact.kind not in UNDER_EACH:
            return
        for other in self._locked_others(patient_id):
            row = insert(facts).values(patient_id=other, **named, **(terms | {"while_joined": GIVEN}))
            was_ended = facts.c.while_joined == ENDED
            self.connection.execute(
                row.on_conflict_do_update(index_elements=_KEY, set_={"while_joined": None}, where=was_ended)
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
        self.connection.execute(
            row.on_conflict_do_update(
                index_elements=_KEY,
                set_={"until": fact.until, "revision": revision},
                where=facts.c.revision <= revision,
            )
        )

    def prolong(self, patient_id: PatientId, fact: Fact) -> None:
        """Set the later end of a fact, unless it was deleted, or got a fixed end, in the meantime."""
        self.connection.execute(
            update(facts)
            .where(
                facts.c.patient_id == (fact.identity or patient_id),
                facts.c.kind == fact.kind.value,
                facts.c.party == fact.party,
                facts.c.giver == fact.giver,
                facts.c.secret == fact.secret,
                facts.c.renews,
            )
            .values(until=fact.until)
        )

    def forget(self, patient_id: PatientId, kind: FactKind, party: str, *, but_secret: bool = False) -> bool:
        """End a fact, whoever gave it; False when there was none. `but_secret`: one that is secret stays."""
        is_named = (facts.c.kind == kind.value) & names(facts.c.party, [party])
        return self._end(patient_id, is_named & ~facts.c.secret if but_secret else is_named) > 0

    def forget_alone(self, patient_id: PatientId, kind: FactKind) -> None:
        """Delete all facts of a kind under this identity only."""
        self.connection.execute(delete(facts).where(facts.c.patient_id == patient_id, facts.c.kind == kind.value))

    def _end(self, patient_id: PatientId, which: ColumnElement[bool]) -> int:
        """Delete facts; those under the other identity only have no effect until the two are separated."""
        ended = self.connection.execute(delete(facts).where(facts.c.patient_id == patient_id, which)).rowcount
        for other in self._locked_others(patient_id):
            theirs = (facts.c.patient_id == other) & which
            given = delete(facts).where(theirs, facts.c.while_joined == GIVEN)
            own = update(facts).where(theirs, facts.c.while_joined.is_(None)).values(while_joined=ENDED)
            ended += sum(self.connection.execute(statement).rowcount for statement in (given, own))
        return ended

    def _locked_others(self, patient_id: PatientId) -> Sequence[PatientId]:
        return [PatientId(other) for other in self.connection.execute(locked_others(patient_id)).scalars()]

    def close(self, patient_id: PatientId) -> list[Fact]:
        """End under an identity that is joined to another what a person has once; what was ended."""
        kinds = is_one_of(facts.c.kind, [kind.value for kind in OF_ONE_IDENTITY])
        return self._set_ended((facts.c.patient_id == patient_id) & kinds & facts.c.while_joined.is_(None), ENDED)

    def separate(self, patient_id: PatientId) -> list[Fact]:
        """Undo under this identity what the join and the other one did to it; returns what is in force again."""
        mine = facts.c.patient_id == patient_id
        self.connection.execute(delete(facts).where(mine, facts.c.while_joined == GIVEN))
        return self._set_ended(mine & (facts.c.while_joined == ENDED), None)

    def _set_ended(self, which: ColumnElement[bool], value: str | None) -> list[Fact]:
        changed = update(facts).where(which).values(while_joined=value).returning(*facts.c)
        return [fact_in(row) for row in self.connection.execute(changed)]

    def forget_of_representatives(self, patient_id: PatientId, kind: FactKind, party: str) -> bool:
        """Delete what representatives gave; whether there is the same fact of the holder's own."""
        is_named = (facts.c.kind == kind.value) & (facts.c.party == party)
        self._end(patient_id, is_named & (facts.c.giver != ""))
        theirs = exists().where(of_person(facts.c.patient_id, patient_id), is_named, HAS_EFFECT)
        return bool(self.connection.execute(select(theirs)).scalar())

    def forget_given_by(self, patient_id: PatientId, giver: str) -> None:
        """End what a representative gave in the holder's place, but for what protects the holder."""
        kept = [kind.value for kind in LIFTING]
        self._end(patient_id, names(facts.c.giver, [giver]) & facts.c.kind.not_in(kept))

    def forget_record(self, patient_id: PatientId) -> None:
        """Delete all facts and emergency accesses of a record, except those about its holder (`_OF_HOLDER`).

        Where the holder has another identity, what refuses stays: it stands for the other record too.
        """
        refuses = [*(kind.value for kind in LIFTING), FactKind.OPPOSITION_AYANTS_DROIT.value]
        is_joined = select(joins.c.other).where(joins.c.patient_id == patient_id).exists()
        self.connection.execute(
            delete(facts).where(
                facts.c.patient_id == patient_id,
                facts.c.kind.not_in(_OF_HOLDER),
                ~(is_joined & facts.c.kind.in_(refuses)),
            )
        )
        self.connection.execute(delete(emergencies).where(emergencies.c.patient_id == patient_id))

    def is_deceased(self, patient_id: PatientId) -> bool:
        """Whether the holder's death is on file; it is reported of all their identities."""
        is_it = (facts.c.patient_id == patient_id) & (facts.c.kind == FactKind.DECES.value)
        return bool(self.connection.execute(select(exists().where(is_it))).scalar())

    def holds(self, patient_id: PatientId, kind: FactKind) -> bool:
        """Whether a fact of a kind that names no party and does not end is on file."""
        is_it = (facts.c.kind == kind.value) & (facts.c.party == "") & HAS_EFFECT
        theirs = exists().where(of_person(facts.c.patient_id, patient_id), is_it)
        return bool(self.connection.execute(select(theirs)).scalar())

    def are_one(self, patient_id: PatientId, person: PatientId) -> bool:
        """Whether both ids are of one person."""
        other = exists().where(joins.c.patient_id == patient_id, joins.c.other == person)
        return patient_id == person or bool(self.connection.execute(select(other)).scalar())

    def kept_identity(self, patient_id: PatientId) -> PatientId:
        """The other identity of a person, if this one is closed; else this one."""
        kept = select(joins.c.other).where(joins.c.patient_id == patient_id, joins.c.closed)
        return PatientId(self.connection.execute(kept).scalar() or patient_id)

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
        rows = self.connection.execute(changed.values(suspended=suspended).returning(*facts.c))
        return [PatientFact(PatientId(row.patient_id), fact_in(row), row.since) for row in rows]

    def emergencies_of(self, ids: Sequence[PatientId], count: int) -> list[EmergencyAccess]:
        """The newest emergency accesses to records, newest first."""
        query = select(emergencies).where(is_one_of(emergencies.c.patient_id, set(ids)))
        rows = self.connection.execute(query.order_by(emergencies.c.since.desc()).limit(count))
        return [
            EmergencyAccess(
                rpps=Rpps(row.rpps), mode=AccessMode(row.mode), since=row.since, until=row.until, reason=row.reason
            )
            for row in rows
        ]

    def add_emergency(
        self, patient_id: PatientId, rpps: Rpps, mode: AccessMode, reason: str, *, since: datetime, until: datetime
    ) -> None:
        self.connection.execute(
            insert(emergencies).values(
                patient_id=patient_id, rpps=rpps, mode=mode.value, reason=reason, since=since, until=until
            )
        )
