"""Deaths on consent's own database: what identity says last holds, whatever becomes of the record."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from functools import partial
from threading import Event as Signal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from chassis.remote import Remote
from contracts.audit import JournalEntry
from contracts.consent.heirs import HeirPurpose, HeirQuality, OpenToHeir
from contracts.envelope import Actor
from contracts.errors.request import HeirsOpposed
from contracts.identity.api import Identity
from contracts.identity.events import DeathReportUndone, PersonDied
from contracts.records.events import RecordPurged
from contracts.vocabulary import Act, PatientId, Role, Section
from services.consent.domain.facts import Fact, FactKind
from services.consent.handlers.deaths import restore_rights, suspend_rights
from services.consent.handlers.heirs import open_to_heir
from services.consent.handlers.purging import forget_record
from services.consent.repositories.facts import FactRepository
from tests.integration.consent.harness import ConsentHarness
from tests.support.waiting import wait_until

DEAD, CHILD, HEIR = (PatientId(UUID(int=number)) for number in (1, 2, 3))
AGENT = Actor(role=Role.AGENT, subject="cpam:marie")
OPENING = OpenToHeir(
    patient_id=DEAD,
    heir=HEIR,
    quality=HeirQuality.AYANT_DROIT,
    purpose=HeirPurpose.CAUSE_DECES,
    sections=(Section.SYNTHESE,),
    evidence="Acte de notoriété 77/2026",
)
_WAITS = "SELECT count(*) FROM pg_locks WHERE NOT granted"


class CivilRegister(Remote):
    """What identity says of the living and the dead, and records of a record that is gone.

    `asked`: after an answer was made up and before it arrives.
    """

    def __init__(self) -> None:
        self.dead: set[PatientId] = set()
        self.asked: Callable[[bool], None] = lambda _reported: None

    def __call__(self, method: Any, message: Any) -> Any:
        return method.response(status=None)

    def as_service(self, method: Any, message: Any) -> Any:
        if method is Identity.birth_date_of:
            return method.response(birth_date=date(1980, 5, 17))
        reported = message.patient_id in self.dead
        self.asked(reported)
        return method.response(reported=reported)


@pytest.fixture
def register() -> CivilRegister:
    return CivilRegister()


@pytest.fixture
def harness(database: Callable[[str], str], register: CivilRegister) -> Iterator[ConsentHarness]:
    harness = ConsentHarness(database("consent"), register)
    with harness.separate_transaction() as connection:
        parent = Fact(kind=FactKind.REPRESENTANT_LEGAL, party=str(DEAD))
        FactRepository(connection).put(CHILD, parent, now=datetime.now(UTC))
    yield harness
    harness.close()


def die(harness: ConsentHarness, register: CivilRegister) -> None:
    register.dead.add(DEAD)
    harness.receive(suspend_rights, PersonDied(patient_id=DEAD), datetime.now(UTC))


def live(harness: ConsentHarness, register: CivilRegister) -> None:
    register.dead.discard(DEAD)
    harness.receive(restore_rights, DeathReportUndone(patient_id=DEAD), datetime.now(UTC))


def is_deceased(harness: ConsentHarness) -> bool:
    with harness.separate_transaction() as connection:
        return FactRepository(connection).is_deceased(DEAD)


def represents(harness: ConsentHarness) -> bool:
    with harness.separate_transaction() as connection:
        return bool(FactRepository(connection).of_patient(CHILD))


def test_a_record_destroyed_after_the_death_gives_nobody_a_right_and_its_holder_everything_back(
    harness: ConsentHarness, register: CivilRegister
) -> None:
    die(harness, register)
    harness.receive(forget_record, RecordPurged(patient_id=DEAD), datetime.now(UTC))
    assert is_deceased(harness)
    assert not represents(harness)
    live(harness, register)
    assert not is_deceased(harness)
    assert represents(harness)


def handle_together(
    harness: ConsentHarness, register: CivilRegister, earlier: Callable[[], object], later: Callable[[], object]
) -> None:
    """The later one comes while the earlier one waits for identity's answer, and goes as far as it can."""
    was_asked, may_answer = Signal(), Signal()

    def hold(_reported: bool) -> None:
        if not was_asked.is_set():
            was_asked.set()
            assert may_answer.wait(30)

    register.asked = hold
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(earlier)
        assert was_asked.wait(30)
        second = threads.submit(later)
        wait_until(lambda: second.done() or is_somebody_waiting(harness), "the later one waits, or is done")
        may_answer.set()
        for handled in (first, second):
            handled.result()


@pytest.mark.parametrize("reported_first", [True, False])
def test_a_report_and_its_undoing_that_are_handled_at_once_leave_what_identity_says(
    harness: ConsentHarness, register: CivilRegister, reported_first: bool
) -> None:
    if not reported_first:
        die(harness, register)
    first, second = (die, live) if reported_first else (live, die)
    handle_together(harness, register, partial(first, harness, register), partial(second, harness, register))
    assert is_deceased(harness) is not reported_first
    assert represents(harness) is reported_first


def is_somebody_waiting(harness: ConsentHarness) -> bool:
    with harness.separate_transaction() as connection:
        return bool(connection.execute(text(_WAITS)).scalar())


def test_the_line_of_an_heir_whom_the_holder_opposed_is_not_for_representatives(
    harness: ConsentHarness, register: CivilRegister
) -> None:
    with harness.separate_transaction() as connection:
        opposed = Fact(kind=FactKind.OPPOSITION_AYANTS_DROIT, secret=True)
        FactRepository(connection).put(DEAD, opposed, now=datetime.now(UTC))
    die(harness, register)
    with pytest.raises(HeirsOpposed):
        harness.run(open_to_heir, OPENING, AGENT)
    (line,) = (entry for entry in harness.journal() if entry.act is Act.OUVERTURE_AYANT_DROIT)
    assert isinstance(line, JournalEntry)
    assert line.secret


def test_an_heir_who_is_admitted_while_the_report_is_undone_has_nothing_of_the_living(
    harness: ConsentHarness, register: CivilRegister
) -> None:
    die(harness, register)
    admitting, undoing = partial(harness.run, open_to_heir, OPENING, AGENT), partial(live, harness, register)
    handle_together(harness, register, admitting, undoing)
    with harness.separate_transaction() as connection:
        assert FactRepository(connection).of_patient(DEAD) == []
