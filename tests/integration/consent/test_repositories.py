"""The repository of facts on a real database."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
import pytest
from sqlalchemy import Connection

from chassis.db import make_engine
from contracts.vocabulary import AccessMode, PatientId, Rpps, Section
from services.consent.domain.facts import Fact, FactKind
from services.consent.repositories.facts import FactRepository

PATIENT, OTHER = PatientId(UUID(int=1)), PatientId(UUID(int=2))
DOCTOR, COLLEAGUE = Rpps("89990000021"), Rpps("89990000039")
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)

AUTHORISED = Fact(kind=FactKind.AUTORISATION, party=DOCTOR, until=NOW + HOUR, renews=True)
NAMED = Fact(kind=FactKind.MEDECIN_TRAITANT, party=DOCTOR)
SHARED = Fact(kind=FactKind.AIDANT, party=str(OTHER), sections=(Section.ANALYSES, Section.IMAGERIE))


@pytest.fixture
def connection(database: Callable[[str], str]) -> Iterator[Connection]:
    engine = make_engine(database("consent"), size=2)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@pytest.fixture
def repository(connection: Connection) -> FactRepository:
    return FactRepository(connection)


def test_without_facts_nothing_is_found(repository: FactRepository) -> None:
    assert repository.about([PATIENT], [DOCTOR, ""]) == []


def test_facts_of_the_given_parties_are_found_as_they_were_stored(repository: FactRepository) -> None:
    for fact in (AUTHORISED, NAMED, SHARED, Fact(kind=FactKind.BLOCAGE, party=COLLEAGUE)):
        repository.put(PATIENT, fact, now=NOW)
    repository.put(OTHER, Fact(kind=FactKind.BLOCAGE, party=DOCTOR), now=NOW)
    assert set(repository.about([PATIENT], [DOCTOR])) == {AUTHORISED, NAMED}
    assert repository.about([PATIENT], [str(OTHER)]) == [SHARED]


def test_ended_facts_are_still_found(repository: FactRepository) -> None:
    ended = Fact(kind=FactKind.AUTORISATION, party=DOCTOR, until=NOW - HOUR)
    repository.put(PATIENT, ended, now=NOW - 2 * HOUR)
    assert repository.about([PATIENT], [DOCTOR]) == [ended]


def test_storing_again_sets_new_terms_and_keeps_since(repository: FactRepository) -> None:
    repository.put(PATIENT, AUTHORISED, now=NOW)
    longer = Fact(kind=FactKind.AUTORISATION, party=DOCTOR, until=NOW + 2 * HOUR)
    repository.put(PATIENT, longer, now=NOW + HOUR)
    [dated] = repository.of_patient(PATIENT)
    assert (dated.fact, dated.since) == (longer, NOW)


def test_only_facts_that_renew_are_prolonged(repository: FactRepository) -> None:
    repository.put(PATIENT, AUTHORISED, now=NOW)
    fixed = Fact(kind=FactKind.AUTORISATION, party=COLLEAGUE, until=NOW + HOUR)
    repository.put(PATIENT, fixed, now=NOW)
    later = NOW + 9 * HOUR
    for party in (DOCTOR, COLLEAGUE):
        repository.prolong(PATIENT, Fact(kind=FactKind.AUTORISATION, party=party, until=later, renews=True))
    ends = {dated.fact.party: dated.fact.until for dated in repository.of_patient(PATIENT)}
    assert ends == {DOCTOR: later, COLLEAGUE: NOW + HOUR}


def test_a_deleted_fact_is_not_restored_by_use(repository: FactRepository) -> None:
    repository.put(PATIENT, AUTHORISED, now=NOW)
    assert repository.forget(PATIENT, FactKind.AUTORISATION, DOCTOR)
    repository.prolong(PATIENT, AUTHORISED)
    assert repository.about([PATIENT], [DOCTOR]) == []
    assert not repository.forget(PATIENT, FactKind.AUTORISATION, DOCTOR)


def test_all_written_reasons_of_emergencies_are_kept(repository: FactRepository) -> None:
    for hours in (0, 1):
        since = NOW + hours * HOUR
        repository.add_emergency(
            PATIENT, DOCTOR, AccessMode.BRIS_DE_GLACE, f"Motif {hours}", since=since, until=since + HOUR
        )
    kept = repository.emergencies_of([PATIENT], 2)
    assert [(each.reason, each.rpps, each.until - each.since) for each in kept] == [
        ("Motif 1", DOCTOR, HOUR),
        ("Motif 0", DOCTOR, HOUR),
    ]
    assert [each.reason for each in repository.emergencies_of([PATIENT], 1)] == ["Motif 1"]
    assert repository.emergencies_of([OTHER], 2) == []


def put_hours_ago(repository: FactRepository, *facts: tuple[Fact, int], patient_id: PatientId = PATIENT) -> None:
    """Store each fact, dated this many hours ago."""
    for fact, hours in facts:
        repository.put(patient_id, fact, now=NOW - hours * HOUR)


def test_records_are_readable_by_facts_that_permit_it(repository: FactRepository) -> None:
    emergency = Fact(kind=FactKind.BRIS_DE_GLACE, party=DOCTOR, until=NOW + HOUR)
    put_hours_ago(repository, (AUTHORISED, 5), (emergency, 1))
    put_hours_ago(repository, (NAMED, 3), patient_id=OTHER)
    found = repository.readable_by([DOCTOR], NOW, after=None, count=10)
    assert [(record.patient_id, record.since, record.medecin_traitant) for record in found] == [
        (OTHER, NOW - 3 * HOUR, True),
        (PATIENT, NOW - 5 * HOUR, False),
    ]
    assert repository.readable_by([DOCTOR], NOW, after=(found[0].since, OTHER), count=10) == found[1:]


@pytest.mark.parametrize(
    "facts",
    [
        (Fact(kind=FactKind.AUTORISATION, party=DOCTOR, until=NOW),),
        (Fact(kind=FactKind.BRIS_DE_GLACE, party=DOCTOR, until=NOW + HOUR),),
        (AUTHORISED, Fact(kind=FactKind.BLOCAGE, party=DOCTOR)),
        (Fact(kind=FactKind.AUTORISATION, party=COLLEAGUE, until=NOW + HOUR),),
    ],
    ids=["ended", "emergency", "blocked", "another party"],
)
def test_other_records_are_not_readable(repository: FactRepository, facts: tuple[Fact, ...]) -> None:
    put_hours_ago(repository, *((fact, 1) for fact in facts))
    assert repository.readable_by([DOCTOR], NOW, after=None, count=10) == []


GIVER = "a representative"


def readable(repository: FactRepository, now: datetime) -> list[PatientId]:
    """The records that the doctor may read."""
    return [record.patient_id for record in repository.readable_by([DOCTOR], now, after=None, count=10)]


def test_what_a_representative_gave_counts_only_while_they_represent(repository: FactRepository) -> None:
    for fact in (NAMED, SHARED):
        repository.put(PATIENT, msgspec.structs.replace(fact, giver=GIVER), now=NOW)
    assert readable(repository, NOW) == []
    assert repository.naming(str(OTHER), {FactKind.AIDANT}, NOW) == []

    repository.put(PATIENT, Fact(kind=FactKind.REPRESENTANT_LEGAL, party=GIVER, until=NOW + HOUR), now=NOW)
    assert readable(repository, NOW) == [PATIENT]
    assert len(repository.naming(str(OTHER), {FactKind.AIDANT}, NOW)) == 1
    assert readable(repository, NOW + HOUR) == []
    assert repository.naming(str(OTHER), {FactKind.AIDANT}, NOW + HOUR) == []


def test_a_block_that_a_representative_lifted_is_in_force_again_after_them(repository: FactRepository) -> None:
    lifted = Fact(kind=FactKind.LEVEE_BLOCAGE, party=DOCTOR, giver=GIVER)
    represents = Fact(kind=FactKind.REPRESENTANT_LEGAL, party=GIVER, until=NOW + HOUR)
    for fact in (NAMED, Fact(kind=FactKind.BLOCAGE, party=DOCTOR), lifted):
        repository.put(PATIENT, fact, now=NOW)
    assert readable(repository, NOW) == []
    repository.put(PATIENT, represents, now=NOW)
    assert readable(repository, NOW) == [PATIENT]
    assert readable(repository, NOW + HOUR) == []


def test_what_the_holder_and_a_representative_gave_is_kept_apart(repository: FactRepository) -> None:
    in_place = msgspec.structs.replace(AUTHORISED, giver=GIVER, until=NOW + 2 * HOUR)
    for fact in (AUTHORISED, in_place):
        repository.put(PATIENT, fact, now=NOW)
    assert set(repository.about([PATIENT], [DOCTOR])) == {AUTHORISED, in_place}
    repository.forget_given_by(PATIENT, GIVER)
    assert repository.about([PATIENT], [DOCTOR]) == [AUTHORISED]


def test_a_representatives_block_stays_when_what_they_gave_is_deleted(repository: FactRepository) -> None:
    block = Fact(kind=FactKind.BLOCAGE, party=DOCTOR, giver=GIVER)
    repository.put(PATIENT, block, now=NOW)
    repository.forget_given_by(PATIENT, GIVER)
    assert repository.about([PATIENT], [DOCTOR]) == [block]
    assert not repository.forget_of_representatives(PATIENT, FactKind.BLOCAGE, DOCTOR)
    assert repository.about([PATIENT], [DOCTOR]) == []
