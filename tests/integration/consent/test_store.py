"""Facts come back as patients decided them, each pair of patient and professional by itself."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from chassis.db import make_engine
from contracts.consent import Authorisation
from contracts.vocabulary import AccessMode, PatientId, Rpps
from services.consent.domain import Facts
from services.consent.store import ConsentStore

PATIENT, OTHER = PatientId(UUID(int=1)), PatientId(UUID(int=2))
DOCTOR, COLLEAGUE = Rpps("89990000021"), Rpps("89990000039")
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
NORMAL, GLASS, C15 = AccessMode.NORMAL, AccessMode.BRIS_DE_GLACE, AccessMode.CENTRE_15


@pytest.fixture
def store(database: Callable[[str], str]) -> Iterator[ConsentStore]:
    engine = make_engine(database("consent"), size=2)
    with engine.connect() as connection:
        yield ConsentStore(connection)
    engine.dispose()


def facts(store: ConsentStore, mode: AccessMode = NORMAL, now: datetime = NOW) -> Facts:
    for patient_id, rpps in ((OTHER, DOCTOR), (PATIENT, COLLEAGUE)):
        nobody = store.facts(patient_id, rpps, mode, now)
        assert not (nobody.authorised or nobody.medecin_traitant or nobody.blocked or nobody.emergency)
    return store.facts(PATIENT, DOCTOR, mode, now)


def authorise(store: ConsentStore) -> None:
    store.authorise(Authorisation(patient_id=PATIENT, rpps=DOCTOR, since=NOW, until=NOW + HOUR))


def test_nothing_on_file_is_nothing(store: ConsentStore) -> None:
    assert facts(store) == Facts()


def test_an_authorisation_stands_until_its_end_and_then_is_expired(store: ConsentStore) -> None:
    authorise(store)
    assert facts(store) == Facts(authorised=True)
    assert facts(store, now=NOW + HOUR) == Facts(expired=True)
    store.end_authorisation(PATIENT, DOCTOR)
    assert facts(store) == Facts()


def test_declaring_again_moves_the_end(store: ConsentStore) -> None:
    authorise(store)
    store.authorise(Authorisation(patient_id=PATIENT, rpps=DOCTOR, since=NOW, until=NOW + 2 * HOUR))
    assert facts(store, now=NOW + HOUR).authorised
    assert len(store.authorisations(PATIENT)) == 1


def test_medecins_traitants_and_blocks_are_on_file_until_lifted(store: ConsentStore) -> None:
    for _ in range(2):
        store.name_medecin_traitant(PATIENT, DOCTOR, NOW)
        store.block(PATIENT, DOCTOR, NOW)
    assert facts(store) == Facts(medecin_traitant=True, blocked=True)
    assert (store.medecins_traitants(PATIENT), store.blocked(PATIENT)) == ((DOCTOR,), (DOCTOR,))
    store.unblock(PATIENT, DOCTOR)
    assert facts(store) == Facts(medecin_traitant=True)


def test_each_emergency_mode_is_opposed_by_itself(store: ConsentStore) -> None:
    store.set_opposition(PATIENT, GLASS, opposed=True, now=NOW)
    assert (facts(store, GLASS).opposed, facts(store, C15).opposed) == (True, False)
    assert store.oppositions(PATIENT) == (GLASS,)
    store.set_opposition(PATIENT, GLASS, opposed=False, now=NOW)
    assert not facts(store, GLASS).opposed


def test_an_emergency_lasts_for_its_mode_and_its_time(store: ConsentStore) -> None:
    store.open_emergency(PATIENT, DOCTOR, GLASS, "Patient inconscient", since=NOW, until=NOW + HOUR)
    assert facts(store, GLASS).emergency
    assert not facts(store, C15).emergency
    assert not facts(store, GLASS, now=NOW + HOUR).emergency
