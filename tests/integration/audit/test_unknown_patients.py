"""Refused requests that name made-up patients leave no strands; those about patients are in their journals."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from contracts.audit import JournalEntry
from contracts.vocabulary import PLATFORM, Outcome, PatientId
from services.audit.tables import strands
from tests.integration.audit.fake_identity import FakePatients
from tests.integration.audit.stack import AuditStack
from tests.unit.audit.builders import an_entry


@pytest.fixture
def unknown(identity: FakePatients) -> Iterator[list[PatientId]]:
    """Ids that somebody made up."""
    made_up = [PatientId(uuid4()) for _ in range(20)]
    identity.unknown |= set(made_up)
    yield made_up
    identity.unknown.clear()
    identity.is_away = False


def refused(patient_id: PatientId) -> JournalEntry:
    return an_entry(patient_id=patient_id, reason="record.not_found", outcome=Outcome.REFUSED)


def number_of_strands(stack: AuditStack) -> int:
    with stack.database("audit") as connection:
        return int(connection.execute(select(func.count()).select_from(strands)).scalar_one())


def test_made_up_patients_leave_lines_of_the_platform_and_no_strands(
    stack: AuditStack, unknown: list[PatientId]
) -> None:
    stack.append(an_entry(patient_id=PLATFORM))
    before, lines = number_of_strands(stack), stack.lines_about(PLATFORM)
    stack.append(*map(refused, unknown))
    assert (number_of_strands(stack), stack.lines_about(PLATFORM)) == (before, lines + len(unknown))


def test_a_secret_or_withheld_refusal_about_nobody_leaves_no_strand_either(
    stack: AuditStack, unknown: list[PatientId]
) -> None:
    stack.append(an_entry(patient_id=PLATFORM))
    before = number_of_strands(stack)
    entry = an_entry(patient_id=unknown[0], outcome=Outcome.REFUSED, secret=True, document_id=uuid4(), withheld=True)
    stack.append(entry)
    assert number_of_strands(stack) == before


def test_a_patient_sees_what_was_refused_before_there_was_a_record(stack: AuditStack) -> None:
    known = PatientId(uuid4())
    stack.append(refused(known))
    assert [line.reason for line in stack.read(known)] == ["record.not_found"]


def test_a_patient_with_lines_sees_each_refusal_even_if_identity_forgot_them(
    stack: AuditStack, unknown: list[PatientId]
) -> None:
    purged = unknown[0]
    stack.append(an_entry(patient_id=purged))
    stack.append(refused(purged))
    assert stack.lines_about(purged) == 2


def test_while_identity_is_away_a_refusal_stays_with_the_patient_it_names(
    stack: AuditStack, identity: FakePatients, unknown: list[PatientId]
) -> None:
    identity.is_away = True
    stack.append(refused(unknown[0]))
    assert stack.lines_about(unknown[0]) == 1
