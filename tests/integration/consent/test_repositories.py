"""Facts come back as they were put on file, those about the asked parties and no others."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection

from chassis.db import make_engine
from contracts.vocabulary import AccessMode, PatientId, Rpps, Section
from services.consent.domain.facts import Fact, FactKind
from services.consent.repositories import FactRepository

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


def test_nothing_on_file_is_nothing(repository: FactRepository) -> None:
    assert repository.facts([PATIENT], [DOCTOR, ""]) == []


def test_facts_about_the_asked_parties_come_back_as_they_were_filed(repository: FactRepository) -> None:
    for fact in (AUTHORISED, NAMED, SHARED, Fact(kind=FactKind.BLOCAGE, party=COLLEAGUE)):
        repository.note(PATIENT, fact, now=NOW)
    repository.note(OTHER, Fact(kind=FactKind.BLOCAGE, party=DOCTOR), now=NOW)
    assert set(repository.facts([PATIENT], [DOCTOR])) == {AUTHORISED, NAMED}
    assert repository.facts([PATIENT], [str(OTHER)]) == [SHARED]


def test_the_law_judges_what_has_ended_and_the_file_keeps_it(repository: FactRepository) -> None:
    ended = Fact(kind=FactKind.AUTORISATION, party=DOCTOR, until=NOW - HOUR)
    repository.note(PATIENT, ended, now=NOW - 2 * HOUR)
    assert repository.facts([PATIENT], [DOCTOR]) == [ended]


def test_filing_again_gives_new_terms_and_keeps_the_beginning(repository: FactRepository) -> None:
    repository.note(PATIENT, AUTHORISED, now=NOW)
    longer = Fact(kind=FactKind.AUTORISATION, party=DOCTOR, until=NOW + 2 * HOUR)
    repository.note(PATIENT, longer, now=NOW + HOUR)
    [dated] = repository.of_patient(PATIENT)
    assert (dated.fact, dated.since) == (longer, NOW)


def test_use_prolongs_what_renews_and_nothing_else(repository: FactRepository) -> None:
    repository.note(PATIENT, AUTHORISED, now=NOW)
    fixed = Fact(kind=FactKind.AUTORISATION, party=COLLEAGUE, until=NOW + HOUR)
    repository.note(PATIENT, fixed, now=NOW)
    later = NOW + 9 * HOUR
    for party in (DOCTOR, COLLEAGUE):
        repository.prolong(PATIENT, Fact(kind=FactKind.AUTORISATION, party=party, until=later, renews=True))
    ends = {one.fact.party: one.fact.until for one in repository.of_patient(PATIENT)}
    assert ends == {DOCTOR: later, COLLEAGUE: NOW + HOUR}


def test_what_was_ended_is_not_brought_back_by_use(repository: FactRepository) -> None:
    repository.note(PATIENT, AUTHORISED, now=NOW)
    assert repository.forget(PATIENT, FactKind.AUTORISATION, DOCTOR)
    repository.prolong(PATIENT, AUTHORISED)
    assert repository.facts([PATIENT], [DOCTOR]) == []
    assert not repository.forget(PATIENT, FactKind.AUTORISATION, DOCTOR)


def test_written_reasons_of_emergencies_are_all_kept(repository: FactRepository, connection: Connection) -> None:
    for hours in (0, 1):
        since = NOW + hours * HOUR
        repository.note_emergency(
            PATIENT, DOCTOR, AccessMode.BRIS_DE_GLACE, f"Motif {hours}", since=since, until=since + HOUR
        )
    kept = connection.execute(sa.text("SELECT reason FROM emergencies ORDER BY since")).scalars().all()
    assert kept == ["Motif 0", "Motif 1"]


def letting(repository: FactRepository, *facts: tuple[Fact, int], patient_id: PatientId = PATIENT) -> None:
    """Put facts on file, each so many hours ago."""
    for fact, hours in facts:
        repository.note(patient_id, fact, now=NOW - hours * HOUR)


def test_those_who_let_somebody_read_are_listed_by_what_lets_them(repository: FactRepository) -> None:
    glass = Fact(kind=FactKind.BRIS_DE_GLACE, party=DOCTOR, until=NOW + HOUR)
    letting(repository, (AUTHORISED, 5), (glass, 1))
    letting(repository, (NAMED, 3), patient_id=OTHER)
    found = repository.circle_of([DOCTOR], NOW, after=None, count=10)
    assert [(one.patient_id, one.since, one.medecin_traitant) for one in found] == [
        (OTHER, NOW - 3 * HOUR, True),
        (PATIENT, NOW - 5 * HOUR, False),
    ]
    assert repository.circle_of([DOCTOR], NOW, after=(found[0].since, OTHER), count=10) == found[1:]


@pytest.mark.parametrize(
    "facts",
    [
        (Fact(kind=FactKind.AUTORISATION, party=DOCTOR, until=NOW),),
        (Fact(kind=FactKind.BRIS_DE_GLACE, party=DOCTOR, until=NOW + HOUR),),
        (AUTHORISED, Fact(kind=FactKind.BLOCAGE, party=DOCTOR)),
        (Fact(kind=FactKind.AUTORISATION, party=COLLEAGUE, until=NOW + HOUR),),
    ],
    ids=["ended", "broke the glass", "blocked", "somebody else"],
)
def test_those_who_do_not_let_somebody_read_are_not_listed(
    repository: FactRepository, facts: tuple[Fact, ...]
) -> None:
    letting(repository, *((fact, 1) for fact in facts))
    assert repository.circle_of([DOCTOR], NOW, after=None, count=10) == []
