"""Which units tell the gateways that a record changed: by their entries in the journal, and what they handled."""

from uuid import uuid4

import pytest

from contracts.audit import Audit, JournalEntry
from contracts.consent.api import Consent
from contracts.envelope import PatientEvent
from contracts.identity.events import PersonDied
from contracts.live import CHANGING_ACTS, OTHER_ACTS, RecordChanges, changes_by
from contracts.records.api import Records
from contracts.vocabulary import PLATFORM, Act, Outcome, PatientId, Role
from contracts.wiring import ANNOUNCES_CHANGES, SUBSCRIPTIONS

PATIENT = PatientId(uuid4())


def entry(act: Act, *, patient_id: PatientId = PATIENT, outcome: Outcome = Outcome.ALLOWED) -> JournalEntry:
    return JournalEntry(patient_id=patient_id, act=act, outcome=outcome, reason="", actor_role=Role.PATIENT, actor="")


def test_of_every_act_it_is_said_whether_it_changes_what_somebody_sees() -> None:
    assert set(Act) == CHANGING_ACTS | OTHER_ACTS
    assert not CHANGING_ACTS & OTHER_ACTS


@pytest.mark.parametrize("act", Act)
def test_an_act_that_changes_what_somebody_sees_is_told(act: Act) -> None:
    changes = changes_by([entry(act)], [])
    assert changes == RecordChanges(changed=frozenset({PATIENT} if act in CHANGING_ACTS else ()))


@pytest.mark.parametrize(
    "untold",
    [
        entry(Act.BLOCAGE, outcome=Outcome.REFUSED),
        entry(Act.BLOCAGE, patient_id=PLATFORM),
        PersonDied(patient_id=PATIENT),
    ],
    ids=["refused", "of no record", "an event that is only sent"],
)
def test_nothing_else_is_told(untold: JournalEntry | PatientEvent) -> None:
    assert not changes_by([untold], [])


def test_what_follows_from_an_event_is_told_by_who_acted_upon_it() -> None:
    assert changes_by([], [PersonDied(patient_id=PATIENT)]) == RecordChanges(changed=frozenset({PATIENT}))


def test_new_lines_of_a_journal_are_told_once_they_can_be_read() -> None:
    read = entry(Act.CONSULTATION_DOCUMENT)
    assert changes_by([], [read, read]) == RecordChanges(journals=frozenset({PATIENT}))


def test_services_that_tell_changes_have_what_pages_show() -> None:
    assert JournalEntry in SUBSCRIPTIONS["audit"]
    assert {api.service for api in (Records, Consent, Audit)} == ANNOUNCES_CHANGES
