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
from services.consent.store import ConsentStore

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
def store(connection: Connection) -> ConsentStore:
    return ConsentStore(connection)


def test_nothing_on_file_is_nothing(store: ConsentStore) -> None:
    assert store.facts([PATIENT], [DOCTOR, ""]) == []


def test_facts_about_the_asked_parties_come_back_as_they_were_filed(store: ConsentStore) -> None:
    for fact in (AUTHORISED, NAMED, SHARED, Fact(kind=FactKind.BLOCAGE, party=COLLEAGUE)):
        store.note(PATIENT, fact, now=NOW)
    store.note(OTHER, Fact(kind=FactKind.BLOCAGE, party=DOCTOR), now=NOW)
    assert set(store.facts([PATIENT], [DOCTOR])) == {AUTHORISED, NAMED}
    assert store.facts([PATIENT], [str(OTHER)]) == [SHARED]


def test_the_law_judges_what_has_ended_and_the_file_keeps_it(store: ConsentStore) -> None:
    ended = Fact(kind=FactKind.AUTORISATION, party=DOCTOR, until=NOW - HOUR)
    store.note(PATIENT, ended, now=NOW - 2 * HOUR)
    assert store.facts([PATIENT], [DOCTOR]) == [ended]


def test_filing_again_gives_new_terms_and_keeps_the_beginning(store: ConsentStore) -> None:
    store.note(PATIENT, AUTHORISED, now=NOW)
    longer = Fact(kind=FactKind.AUTORISATION, party=DOCTOR, until=NOW + 2 * HOUR)
    store.note(PATIENT, longer, now=NOW + HOUR)
    [filed] = store.of_patient(PATIENT)
    assert (filed.fact, filed.since) == (longer, NOW)


def test_use_prolongs_what_renews_and_nothing_else(store: ConsentStore) -> None:
    store.note(PATIENT, AUTHORISED, now=NOW)
    fixed = Fact(kind=FactKind.AUTORISATION, party=COLLEAGUE, until=NOW + HOUR)
    store.note(PATIENT, fixed, now=NOW)
    later = NOW + 9 * HOUR
    for party in (DOCTOR, COLLEAGUE):
        store.prolong(PATIENT, Fact(kind=FactKind.AUTORISATION, party=party, until=later, renews=True))
    ends = {one.fact.party: one.fact.until for one in store.of_patient(PATIENT)}
    assert ends == {DOCTOR: later, COLLEAGUE: NOW + HOUR}


def test_what_was_ended_is_not_brought_back_by_use(store: ConsentStore) -> None:
    store.note(PATIENT, AUTHORISED, now=NOW)
    assert store.forget(PATIENT, FactKind.AUTORISATION, DOCTOR)
    store.prolong(PATIENT, AUTHORISED)
    assert store.facts([PATIENT], [DOCTOR]) == []
    assert not store.forget(PATIENT, FactKind.AUTORISATION, DOCTOR)


def test_written_reasons_of_emergencies_are_all_kept(store: ConsentStore, connection: Connection) -> None:
    for hours in (0, 1):
        since = NOW + hours * HOUR
        store.note_emergency(
            PATIENT, DOCTOR, AccessMode.BRIS_DE_GLACE, f"Motif {hours}", since=since, until=since + HOUR
        )
    kept = connection.execute(sa.text("SELECT reason FROM emergencies ORDER BY since")).scalars().all()
    assert kept == ["Motif 0", "Motif 1"]


def letting(store: ConsentStore, *facts: tuple[Fact, int], patient_id: PatientId = PATIENT) -> None:
    """Put facts on file, each so many hours ago."""
    for fact, hours in facts:
        store.note(patient_id, fact, now=NOW - hours * HOUR)


def test_those_who_let_somebody_read_are_listed_by_what_lets_them(store: ConsentStore) -> None:
    glass = Fact(kind=FactKind.BRIS_DE_GLACE, party=DOCTOR, until=NOW + HOUR)
    letting(store, (AUTHORISED, 5), (glass, 1))
    letting(store, (NAMED, 3), patient_id=OTHER)
    found = store.circle_of([DOCTOR], NOW, after=None, count=10)
    assert [(one.patient_id, one.since, one.medecin_traitant) for one in found] == [
        (OTHER, NOW - 3 * HOUR, True),
        (PATIENT, NOW - 5 * HOUR, False),
    ]
    assert store.circle_of([DOCTOR], NOW, after=(found[0].since, OTHER), count=10) == found[1:]


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
def test_those_who_do_not_let_somebody_read_are_not_listed(store: ConsentStore, facts: tuple[Fact, ...]) -> None:
    letting(store, *((fact, 1) for fact in facts))
    assert store.circle_of([DOCTOR], NOW, after=None, count=10) == []
