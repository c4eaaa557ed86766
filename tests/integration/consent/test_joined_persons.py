"""Two identities on consent's own database: what identity says last holds, and each has its own again afterwards."""

import re
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from chassis.db import fetch
from chassis.remote import Remote
from contracts.consent.decisions import Decide, Decision, Purpose
from contracts.consent.events import RepresentationChange, RepresentationChanged
from contracts.consent.representations import (
    AboutRepresentative,
    EvidenceKind,
    NameRepresentative,
    RepresentationKind,
)
from contracts.envelope import Actor
from contracts.identity.api import Identity
from contracts.identity.events import PersonsJoined, PersonsSeparated
from contracts.identity.joins import JoinStatus
from contracts.vocabulary import PLATFORM, Act, Capacity, PatientId, RecordStatus, Role, Rpps, Section
from services.consent.domain.facts import Fact, FactKind, in_force
from services.consent.handlers.deciding import decide
from services.consent.handlers.joins import join_facts, separate_facts
from services.consent.handlers.representatives import end_representation, name_representative
from services.consent.repositories import found_facts
from services.consent.repositories.facts import FactRepository
from tests.integration.consent.harness import ConsentHarness
from tests.support.waiting import wait_until
from tests.unit.records.specimens import INS

KEPT, CLOSED, PARENT = (PatientId(UUID(int=number)) for number in (1, 2, 3))
IDS = (KEPT, CLOSED)
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
DOCTOR, COLLEAGUE = Rpps("89990000021"), Rpps("89990000039")

AUTHORISED = Fact(kind=FactKind.AUTORISATION, party=DOCTOR)
BLOCKED = Fact(kind=FactKind.BLOCAGE, party=COLLEAGUE)
UNMASKS = Fact(kind=FactKind.DEMASQUAGE)
ONLY_ONE = tuple(
    Fact(kind=kind, party=party)
    for kind, party in (
        (FactKind.MEDECIN_TRAITANT, DOCTOR),
        (FactKind.APPLICATION, "carnet-de-vaccins"),
        (FactKind.REPRESENTANT_LEGAL, str(PARENT)),
    )
)
_SCOPES = "patient/DocumentReference.rs patient/Binary.rs"
_WAITS = "SELECT count(*) FROM pg_locks WHERE NOT granted"


class Register(Remote):
    """What identity says of who is one person, and of adults with an address; their records are active."""

    def __init__(self) -> None:
        self.since: datetime | None = None

    def __call__(self, method: Any, message: Any) -> Any:
        if method is Identity.admit_patient:
            return method.response(patient_id=PARENT, ins=INS)
        return method.response(status=RecordStatus.ACTIVE)

    def as_service(self, method: Any, message: Any) -> Any:
        if method is Identity.birth_date_of:
            return method.response(birth_date=date(1950, 5, 17))
        if method is Identity.contact_of:
            return method.response(email="somebody@example.org")
        if self.since is None or message.patient_id not in IDS:
            return JoinStatus(other=None)
        (other,) = {*IDS} - {message.patient_id}
        return JoinStatus(other=other, closed=message.patient_id == CLOSED, since=self.since)


@pytest.fixture
def register() -> Register:
    return Register()


@pytest.fixture
def harness(database: Callable[[str], str], register: Register) -> Iterator[ConsentHarness]:
    harness = ConsentHarness(database("consent"), register)
    yield harness
    harness.close()


def put(harness: ConsentHarness, patient_id: PatientId, *facts: Fact) -> None:
    with harness.separate_transaction() as connection:
        for fact in facts:
            FactRepository(connection).put(patient_id, fact, now=NOW)


def known_of(harness: ConsentHarness, patient_id: PatientId) -> set[tuple[FactKind, str]]:
    """What is in force for whoever names this identity."""
    with harness.separate_transaction() as connection:
        found = FactRepository(connection).of_person(
            [patient_id], [DOCTOR, COLLEAGUE, str(PARENT), "", "carnet-de-vaccins"]
        )
    return {(fact.kind, fact.party) for fact in in_force(found.facts, NOW, found.ids)}


def named(facts: Collection[Fact]) -> set[tuple[FactKind, str]]:
    return {(fact.kind, fact.party) for fact in facts}


def join(harness: ConsentHarness, register: Register, at: datetime = NOW) -> None:
    register.since = at
    deliver(harness, PersonsJoined)


def separate(harness: ConsentHarness, register: Register) -> None:
    register.since = None
    deliver(harness, PersonsSeparated)


def deliver(harness: ConsentHarness, event: type[PersonsJoined | PersonsSeparated]) -> None:
    handle = join_facts if event is PersonsJoined else separate_facts
    for patient_id, other in (IDS, IDS[::-1]):
        harness.receive(handle, event(patient_id=patient_id, other=other), NOW)


def test_what_is_on_file_under_either_is_about_both_and_each_has_its_own_again_afterwards(
    harness: ConsentHarness, register: Register
) -> None:
    put(harness, KEPT, AUTHORISED, UNMASKS)
    put(harness, CLOSED, BLOCKED, *ONLY_ONE)
    join(harness, register)
    both = named([AUTHORISED, BLOCKED])
    assert known_of(harness, KEPT) == known_of(harness, CLOSED) == both

    with harness.separate_transaction() as connection:
        facts = FactRepository(connection)
        assert facts.forget(KEPT, FactKind.BLOCAGE, COLLEAGUE)
        facts.put(CLOSED, UNMASKS, now=NOW)
    assert known_of(harness, KEPT) == known_of(harness, CLOSED) == named([AUTHORISED, UNMASKS])
    separate(harness, register)
    assert known_of(harness, KEPT) == named([AUTHORISED, UNMASKS])
    assert known_of(harness, CLOSED) == named([BLOCKED, UNMASKS, *ONLY_ONE])


def test_who_represented_only_the_closed_identity_is_told_and_both_journals_have_it(
    harness: ConsentHarness, register: Register
) -> None:
    put(harness, CLOSED, *ONLY_ONE)
    join(harness, register)
    separate(harness, register)
    lines = [(line.patient_id, line.act, line.reason) for line in harness.journal()]
    assert lines == [
        (CLOSED, Act.FIN_REPRESENTATION, Act.REUNION_IDENTITES),
        (CLOSED, Act.NOMMER_REPRESENTANT, Act.SEPARATION_IDENTITES),
    ]
    informed = [event for event in harness.events if isinstance(event, RepresentationChanged)]
    assert RepresentationChanged(patient_id=PARENT, change=RepresentationChange.ENDED) in informed
    assert RepresentationChanged(patient_id=PARENT, change=RepresentationChange.NAMED) in informed


def test_a_closed_identity_is_its_own_holder_only_until_its_session_has_ended(
    harness: ConsentHarness, register: Register
) -> None:
    put(harness, PARENT, Fact(kind=FactKind.AIDANT, party=str(KEPT), sections=(Section.ANALYSES,)))
    join(harness, register)

    def decided(holder: PatientId, record: PatientId) -> Decision:
        question = Decide(patient_id=record, purpose=Purpose.READ, record_status=RecordStatus.ACTIVE)
        return harness.run(decide, question, Actor(role=Role.PATIENT, subject=str(holder)))

    assert set(decided(KEPT, CLOSED).ids) == set(decided(KEPT, KEPT).ids) == set(IDS)
    assert decided(CLOSED, CLOSED).ids == ()
    assert decided(CLOSED, KEPT).refusal == decided(CLOSED, PARENT).refusal == "record.not_found"
    assert decided(KEPT, PARENT).reason == Capacity.AIDANT


def test_who_acts_by_a_closed_identity_has_nothing_that_the_kept_one_was_given(
    harness: ConsentHarness, register: Register
) -> None:
    app = "carnet-de-vaccins"
    granted = Fact(kind=FactKind.APPLICATION, party=app, sections=(Section.ANALYSES,))
    put(harness, KEPT, granted)
    put(harness, CLOSED, granted)
    put(harness, PLATFORM, Fact(kind=FactKind.REFERENCEMENT, party=app))
    put(harness, PARENT, Fact(kind=FactKind.REPRESENTANT_LEGAL, party=str(KEPT)))
    join(harness, register)

    def decided(actor: Actor, record: PatientId) -> Decision:
        question = Decide(patient_id=record, purpose=Purpose.READ, record_status=RecordStatus.ACTIVE)
        return harness.run(decide, question, actor)

    def app_of(holder: PatientId) -> Actor:
        return Actor(role=Role.APP, subject=app, patient=str(holder), scopes=_SCOPES)

    for record in IDS:
        assert set(decided(app_of(KEPT), record).ids) == set(IDS)
        assert not decided(app_of(CLOSED), record).allowed, "its token was issued before the join"
    assert decided(Actor(role=Role.PATIENT, subject=str(KEPT)), PARENT).reason == Capacity.REPRESENTANT_LEGAL
    assert not decided(Actor(role=Role.PATIENT, subject=str(CLOSED)), PARENT).allowed


def test_who_may_contest_a_representation_is_informed_where_an_account_opens(
    harness: ConsentHarness, register: Register
) -> None:
    join(harness, register)
    request = NameRepresentative(
        patient_id=CLOSED,
        representative_proof="a card's",
        kind=RepresentationKind.MAJEUR_PROTEGE,
        evidence="RG 26/00123",
        evidence_kind=EvidenceKind.JUGEMENT,
        evidence_on=datetime.now(UTC).date(),
    )
    harness.run(name_representative, request, Actor(role=Role.AGENT, subject="cpam:marie"))
    informed = [event for event in harness.events if isinstance(event, RepresentationChanged)]
    assert informed == [RepresentationChanged(patient_id=KEPT, change=RepresentationChange.NAMING_REQUESTED)]


@pytest.mark.parametrize("named", IDS)
def test_of_a_requested_ending_a_representative_learns_whichever_of_their_ids_is_named(
    harness: ConsentHarness, register: Register, named: PatientId
) -> None:
    put(harness, PARENT, Fact(kind=FactKind.REPRESENTANT_LEGAL, party=str(named)))
    join(harness, register)
    request = AboutRepresentative(
        patient_id=PARENT,
        representative=CLOSED,
        evidence="RG 26/00123",
        evidence_kind=EvidenceKind.JUGEMENT,
        evidence_on=datetime.now(UTC).date(),
    )
    harness.run(end_representation, request, Actor(role=Role.AGENT, subject="cpam:marie"))
    informed = [event.patient_id for event in harness.events if isinstance(event, RepresentationChanged)]
    assert informed == [PARENT, KEPT]


def test_events_that_arrive_late_again_or_in_another_order_leave_what_identity_says(
    harness: ConsentHarness, register: Register
) -> None:
    put(harness, CLOSED, *ONLY_ONE)
    register.since = None
    deliver(harness, PersonsJoined)
    assert known_of(harness, KEPT) == set()
    join(harness, register)
    new = Fact(kind=FactKind.MEDECIN_TRAITANT, party=COLLEAGUE)
    put(harness, CLOSED, new)
    deliver(harness, PersonsSeparated)
    deliver(harness, PersonsJoined)
    assert known_of(harness, KEPT) == named([new]), "what was decided since the join is not ended again"
    join(harness, register, NOW + timedelta(days=1))
    assert known_of(harness, KEPT) == set(), "another join, of which the undoing before was not noticed"


@pytest.mark.parametrize("kind", [FactKind.DEMASQUAGE, FactKind.BLOCAGE])
def test_what_is_decided_while_they_are_separated_outlives_it_under_its_own_identity_only(
    harness: ConsentHarness, register: Register, kind: FactKind
) -> None:
    join(harness, register)
    fact = Fact(kind=kind, party=COLLEAGUE if kind is FactKind.BLOCAGE else "")
    with ThreadPoolExecutor(1) as pool:
        with harness.separate_transaction() as connection:
            FactRepository(connection).put(KEPT, fact, now=NOW)
            separating = pool.submit(separate, harness, register)
            wait_until(lambda: separating.done() or is_somebody_waiting(harness), "it waits, or is done")
        separating.result()
    assert known_of(harness, KEPT) == named([fact])
    assert known_of(harness, CLOSED) == set()


def is_somebody_waiting(harness: ConsentHarness) -> bool:
    with harness.separate_transaction() as connection:
        return bool(connection.execute(text(_WAITS)).scalar())


def test_the_facts_of_a_decision_are_found_along_the_index_of_patients(harness: ConsentHarness) -> None:
    put(harness, KEPT, AUTHORISED)
    with harness.separate_transaction() as connection:
        connection.execute(text(_MANY))
        connection.execute(text("ANALYZE facts"))
        parameters = {"patients": [str(KEPT)], "parties": [DOCTOR, ""]}
        lines = "\n".join(str(line) for (line,) in fetch(connection, f"EXPLAIN {found_facts._FACTS}", parameters))
    assert "Seq Scan on facts" not in lines, lines
    assert re.search(r"Index Cond: \(\(?patient_id = ", lines), lines


_MANY = """
INSERT INTO facts SELECT copy.* FROM facts AS fact, generate_series(1, 5000) AS number,
LATERAL jsonb_populate_record(fact, jsonb_build_object(
    'patient_id', md5((number % 500)::text)::uuid, 'party', number::text
)) AS copy
"""
"""Ten authorisations of each of five hundred patients."""
