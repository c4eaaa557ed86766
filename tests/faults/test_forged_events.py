"""Whoever can write to the broker, but has no service's key, changes and destroys nothing."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from uuid import UUID, uuid4

import msgspec
import pytest
from joserfc.jwk import OKPKey

from chassis.dead_letters import DeadLetters
from chassis.event_signatures import sign_event
from chassis.tokens import Signer
from chassis.topology import event_queue
from client.people import DemoPeople
from contracts.envelope import Envelope
from contracts.records.events import DocumentPurged, RecordPurged
from contracts.vocabulary import ContentId, DocumentId, PatientId
from contracts.wiring import SERVICES, SUBSCRIPTIONS
from deploy.dev.stack import Stack
from tests.support.broker import publish
from tests.support.clock import run_sql
from tests.support.people import Holder, authorised_doctor, deposit_new, open_record
from tests.support.service_stack import envelope
from tests.support.waiting import wait_until

QUEUES = [(service, event) for service in SERVICES for event in sorted(SUBSCRIPTIONS[service], key=lambda e: e.topic)]


class Letters:
    """Dead letters that this test has caused."""

    def __init__(self, platform: Stack) -> None:
        self._url = platform.addresses.amqp_url
        self.ours: set[UUID] = set()

    def reasons(self) -> dict[UUID, str]:
        """Event id -> reason, of our own."""
        with DeadLetters(self._url) as letters:
            found = {event_id: letter.reason for letter in letters.look() for event_id in letter.event_ids}
        return {event_id: reason for event_id, reason in found.items() if event_id in self.ours}

    def send(self, queue: str, forged: Envelope) -> None:
        """Put one event on a queue, as somebody with the broker's password can."""
        self.ours.add(forged.id)
        publish(self._url, queue, msgspec.json.encode([forged]))

    def wait(self, sent: Sequence[Envelope], reason: str) -> None:
        """Until each of these events is a dead letter for this reason."""
        expected = {event.id: reason for event in sent}
        wait_until(lambda: self.reasons().items() >= expected.items(), f"dead letters: {reason}", seconds=60)

    def clear(self) -> None:
        """Drop our own."""
        with DeadLetters(self._url) as letters:
            while found := [letter for letter in letters.look() if self.ours & set(letter.event_ids)]:
                letters.drop(found[0].id)


@pytest.fixture
def letters(platform: Stack) -> Iterator[Letters]:
    letters = Letters(platform)
    yield letters
    letters.clear()


@pytest.fixture
def holder(demo: DemoPeople) -> Holder:
    return open_record(demo)


def key_of(platform: Stack, issuer: str) -> Signer:
    return Signer.from_file(platform.addresses.keys.signing(issuer))


def purge_of(platform: Stack, holder: Holder, document: str) -> DocumentPurged:
    """The event that would destroy this document's content."""
    query = "SELECT content_id::text FROM documents WHERE document_id = %(document)s"
    [(content_id,)] = run_sql(platform, "records", query, document=document)
    return DocumentPurged(
        patient_id=PatientId(UUID(holder.record)),
        document_id=DocumentId(UUID(document)),
        content_id=ContentId(UUID(content_id)),
    )


def test_an_unsigned_event_is_a_dead_letter_on_every_queue(letters: Letters) -> None:
    sent = []
    for service, event in QUEUES:
        unsigned = Envelope(id=uuid4(), topic=event.topic, occurred_at=datetime.now(UTC), payload=msgspec.Raw(b"{}"))
        letters.send(event_queue(service, event), unsigned)
        sent.append(unsigned)
    letters.wait(sent, "event.forged")


def test_a_destruction_that_records_did_not_sign_destroys_nothing(
    platform: Stack, demo: DemoPeople, holder: Holder, letters: Letters
) -> None:
    document = deposit_new(demo, holder)
    doctor = authorised_doctor(demo, holder)
    event = purge_of(platform, holder, document)
    genuine = sign_event(key_of(platform, "records"), envelope(event, uuid4()))
    own_key = Signer(OKPKey.generate_key("Ed25519", {"kid": "records"}), "records")
    other = msgspec.structs.replace(genuine, id=uuid4())
    forged = [
        envelope(event, uuid4()),
        sign_event(key_of(platform, "notify"), envelope(event, uuid4())),
        sign_event(key_of(platform, "gateway"), envelope(event, uuid4())),
        sign_event(own_key, envelope(event, uuid4())),
        other,
        msgspec.structs.replace(sign_event(key_of(platform, "notify"), envelope(event, uuid4())), signer="records"),
        msgspec.structs.replace(genuine, id=uuid4(), signature="~"),
    ]
    for each in forged:
        letters.send(event_queue("documents", DocumentPurged), each)
    letters.wait(forged, "event.forged")
    assert doctor.download(holder.record, document)


def test_a_genuine_event_is_not_taken_from_another_queue(
    platform: Stack, demo: DemoPeople, holder: Holder, letters: Letters
) -> None:
    event = RecordPurged(patient_id=PatientId(UUID(holder.record)))
    moved = sign_event(key_of(platform, "records"), envelope(event, uuid4()))
    letters.send(event_queue("documents", DocumentPurged), moved)
    letters.wait([moved], "event.forged")


def test_what_records_still_holds_is_not_destroyed_by_an_event_that_says_so(
    platform: Stack, demo: DemoPeople, holder: Holder, letters: Letters
) -> None:
    document = deposit_new(demo, holder)
    doctor = authorised_doctor(demo, holder)
    signer = key_of(platform, "records")
    content = sign_event(signer, envelope(purge_of(platform, holder, document), uuid4()))
    record = sign_event(signer, envelope(RecordPurged(patient_id=PatientId(UUID(holder.record))), uuid4()))
    letters.send(event_queue("documents", DocumentPurged), content)
    letters.send(event_queue("consent", RecordPurged), record)
    letters.wait([content], "document.content_held")
    letters.wait([record], "record.not_destroyed")
    assert doctor.download(holder.record, document)
