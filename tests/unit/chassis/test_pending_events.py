"""Events of a unit that commits, and of one that refuses."""

from uuid import UUID

from chassis.pending_events import PendingEvents
from contracts.records.events import ContentAbandoned
from contracts.vocabulary import ContentId, PatientId

PATIENT = PatientId(UUID(int=1))


def abandoned(number: int) -> ContentAbandoned:
    return ContentAbandoned(patient_id=PATIENT, content_id=ContentId(UUID(int=number)))


def test_events_are_published_only_with_a_commit() -> None:
    events = PendingEvents()
    events.publish(abandoned(1))
    assert events.after(refused=False) == [abandoned(1)]
    assert events.after(refused=True) == []


def test_events_on_refusal_are_published_only_with_a_refusal() -> None:
    events = PendingEvents()
    events.on_refusal(abandoned(2))
    assert events.after(refused=False) == []
    assert events.after(refused=True) == [abandoned(2)]
