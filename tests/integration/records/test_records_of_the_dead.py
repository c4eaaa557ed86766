"""The record of the dead is closed, whatever its status was when the death was reported."""

from typing import Any

import pytest
from sqlalchemy import Engine

from chassis.editions import EditionCache
from chassis.remote import Remote
from contracts.audit import JournalEntry
from contracts.envelope import Actor
from contracts.identity.events import DeathReportUndone, PersonDied
from contracts.records.lifecycle import AboutRecord
from contracts.vocabulary import Act, RecordStatus, Role
from services.records.context import RecordsContext, RecordsTools
from services.records.domain import StoredRecord
from services.records.handlers.closing import close_for_death, reopen_after_error, resume_record, suspend_record
from services.records.repositories.all import Repositories
from services.records.repositories.filing import FILING_PLANS
from services.records.service import SERVICE
from services.records.settings import RecordsSettings
from tests.support.handler_harness import BrokerlessRuntime, HandlerHarness
from tests.unit.records.specimens import NOW, PATIENT, opening

OPERATOR = Actor(role=Role.OPERATOR, subject="exploitation")
ABOUT = AboutRecord(patient_id=PATIENT)


class DeathRegister(Remote):
    """What identity says of the holder."""

    def __init__(self) -> None:
        self.is_dead = False

    def as_service(self, method: Any, message: Any) -> Any:
        return method.response(reported=self.is_dead)


@pytest.fixture
def register() -> DeathRegister:
    return DeathRegister()


@pytest.fixture
def harness(engine: Engine, register: DeathRegister) -> HandlerHarness[RecordsContext]:
    with engine.begin() as connection:
        Repositories(connection).records.open(opening())
    tools = RecordsTools(RecordsSettings(), EditionCache(FILING_PLANS, fresh_seconds=60))
    return HandlerHarness(SERVICE, BrokerlessRuntime(engine, register), tools)


def record(engine: Engine) -> StoredRecord:
    with engine.connect() as connection:
        found = Repositories(connection).records.get(PATIENT)
    assert found is not None
    return found


def die(harness: HandlerHarness[RecordsContext], register: DeathRegister) -> None:
    register.is_dead = True
    harness.receive(close_for_death, PersonDied(patient_id=PATIENT), NOW)


def live(harness: HandlerHarness[RecordsContext], register: DeathRegister) -> None:
    register.is_dead = False
    harness.receive(reopen_after_error, DeathReportUndone(patient_id=PATIENT), NOW)


def test_a_record_that_was_suspended_when_its_holder_died_is_closed_once_it_is_resumed(
    harness: HandlerHarness[RecordsContext], register: DeathRegister, engine: Engine
) -> None:
    harness.run(suspend_record, ABOUT, OPERATOR)
    die(harness, register)
    assert record(engine).status is RecordStatus.SUSPENDED
    assert harness.run(resume_record, ABOUT, OPERATOR).status is RecordStatus.CLOSED
    assert record(engine).purge_on is not None
    lines = [event for event in harness.events if isinstance(event, JournalEntry)]
    assert [(line.act, line.reason) for line in lines] == [
        (Act.SUSPENSION_DOSSIER, "operateur"),
        (Act.REPRISE_DOSSIER, "operateur"),
        (Act.FERMETURE_DOSSIER, "deces"),
    ]
    live(harness, register)
    assert record(engine).status is RecordStatus.ACTIVE


def test_a_record_whose_report_was_undone_while_it_was_suspended_is_active_once_it_is_resumed(
    harness: HandlerHarness[RecordsContext], register: DeathRegister, engine: Engine
) -> None:
    harness.run(suspend_record, ABOUT, OPERATOR)
    die(harness, register)
    live(harness, register)
    assert record(engine).status is RecordStatus.SUSPENDED
    assert harness.run(resume_record, ABOUT, OPERATOR).status is RecordStatus.ACTIVE
