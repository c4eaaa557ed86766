"""Streams that keep pages up to date: what they say, to whom, how many there may be, and when they end."""

import http.client
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from uuid import uuid4

import msgspec
import pytest

from chassis.topology import LIVE
from contracts.audit import Audit
from contracts.envelope import Actor
from contracts.errors.base import Refusal
from contracts.errors.request import ConsentMissing, InvalidRequest, NotShared, TokenInvalid
from contracts.identity.api import Identity
from contracts.identity.browser_sessions import BrowserAccess
from contracts.identity.logins import EndedSession, EndedSessions
from contracts.live import RecordChanges
from contracts.records.api import Records
from contracts.records.pages import JournalComparison, PageComparison
from contracts.vocabulary import Capacity, PatientId, Role
from gateway.live_streams import MOST_OF_SESSION
from tests.integration.gateway.builders import NAME, PATIENT, TokenHolders
from tests.integration.gateway.cuttable_proxy import CuttableProxy
from tests.integration.gateway.fake_documents import FakeDocuments
from tests.integration.gateway.fake_services import FakeServices
from tests.integration.gateway.process import HOST, Gateway
from tests.support.broker import open_channel
from tests.support.waiting import wait_until

REQUEST_SECONDS = 1
OTHER_ID = PatientId(uuid4())
GONE, NEW, ENDED = "gone", "new", "ended"


@pytest.fixture(scope="module")
def proxy(broker: str) -> Iterator[CuttableProxy]:
    proxy = CuttableProxy(broker)
    yield proxy
    proxy.cut()


@pytest.fixture(scope="module")
def site(
    proxy: CuttableProxy, session_services: FakeServices, session_documents: FakeDocuments, trusted_keys: Path
) -> Iterator[Gateway]:
    """A gateway whose other requests take a second at most."""
    gateway = Gateway(
        amqp_url=proxy.url,
        documents_url=session_documents.url,
        trusted_keys=trusted_keys,
        request_seconds=REQUEST_SECONDS,
    )
    try:
        yield gateway.wait_until()
    finally:
        gateway.end()


class Stream:
    """The open stream of a page."""

    def __init__(self, gateway: Gateway, cookie: str, path: str) -> None:
        self._connection = http.client.HTTPConnection(HOST, gateway.port, timeout=20)
        self._connection.request("GET", path, headers={"cookie": f"carnet-session={cookie}"} if cookie else {})
        self._response = self._connection.getresponse()
        self.status = self._response.status

    def event(self) -> str:
        """The name of the next event; empty once the stream has ended."""
        while line := self._response.readline():
            if line.startswith(b"event: "):
                return line.removeprefix(b"event: ").decode().strip()
        return ""

    def close(self) -> None:
        self._connection.close()


class StreamReader:
    """Somebody who is logged in, before a page of a record; `said`: what the law answers to the next questions."""

    def __init__(self, site: Gateway, services: FakeServices, people: TokenHolders, role: Role) -> None:
        self._site, self._services = site, services
        self.actor = Actor(role=role, subject=str(uuid4()), name=NAME, session=str(uuid4()))
        self._access = BrowserAccess(
            access_token=people.token(self.actor),
            expires_in=600,
            actor=self.actor,
            until=datetime.now(UTC) + timedelta(hours=4),
        )
        self.cookie = str(uuid4())
        services.answer(Identity.renew_browser_session, self._access)
        self.answer(PageComparison())
        self.answer_of_journal(JournalComparison())

    def answer(self, answer: PageComparison | Refusal) -> None:
        self._services.answer(Records.compare_page, answer)

    def answer_of_journal(self, answer: JournalComparison | Refusal) -> None:
        self._services.answer(Audit.compare_page, answer)

    def opens(self, more_cookies: str = "") -> Stream:
        base = "/pro/d" if self.actor.role is Role.PROFESSIONAL else "/espace/d"
        return Stream(self._site, f"{self.cookie}{more_cookies}", f"{base}/{PATIENT}/direct?page=shown")

    def has_asked(self, times: int) -> bool:
        return sum(each.route == Records.compare_page.route for each in self._services.received) >= times


@pytest.fixture
def reader(site: Gateway, services: FakeServices, people: TokenHolders) -> StreamReader:
    return StreamReader(site, services, people, Role.PROFESSIONAL)


@pytest.fixture
def patient(site: Gateway, services: FakeServices, people: TokenHolders) -> StreamReader:
    return StreamReader(site, services, people, Role.PATIENT)


def announce(broker: str, changes: RecordChanges) -> None:
    with open_channel(broker) as channel:
        channel.basic_publish(LIVE, "", msgspec.json.encode(changes))


def change(broker: str, *records: PatientId) -> None:
    announce(broker, RecordChanges(changed=frozenset(records or (PATIENT,))))


def test_a_stream_says_what_the_law_answers_and_only_to_the_pages_of_that_record(
    broker: str, reader: StreamReader
) -> None:
    with closing(reader.opens()) as stream:
        assert stream.status == 200
        wait_until(lambda: reader.has_asked(1), "what happened before the stream is asked first")
        change(broker)
        wait_until(lambda: reader.has_asked(2), "a change that says nothing to this reader")
        reader.answer(PageComparison(new=True))
        change(broker, OTHER_ID)
        change(broker)
        assert stream.event() == NEW
        assert not reader.has_asked(4)
        reader.answer(PageComparison(gone=True, new=True))
        change(broker)
        assert (stream.event(), stream.event()) == (GONE, "")


def test_a_stream_follows_both_identities_of_a_person(broker: str, reader: StreamReader) -> None:
    reader.answer(PageComparison(ids=(PATIENT, OTHER_ID)))
    with closing(reader.opens()) as stream:
        wait_until(lambda: reader.has_asked(1))
        reader.answer(PageComparison(gone=True))
        change(broker, OTHER_ID)
        assert stream.event() == GONE


@pytest.mark.parametrize(
    ("refusal", "expected"), [(ConsentMissing(), ENDED), (InvalidRequest(field="page"), NEW)], ids=["access", "page"]
)
def test_a_refusal_ends_the_page_unless_only_the_page_is_too_old(
    broker: str, reader: StreamReader, refusal: Refusal, expected: str
) -> None:
    with closing(reader.opens()) as stream:
        wait_until(lambda: reader.has_asked(1))
        reader.answer(refusal)
        change(broker)
        assert stream.event() == expected


def test_only_patients_are_told_that_others_did_something(
    broker: str, patient: StreamReader, services: FakeServices
) -> None:
    with closing(patient.opens()) as stream:
        patient.answer_of_journal(JournalComparison(new=True))
        announce(broker, RecordChanges(journals=frozenset({PATIENT})))
        assert stream.event() == NEW
    wait_until(lambda: services.last(Audit.compare_page).message.patient_id == PATIENT)


def test_who_may_not_read_the_journal_keeps_the_page_and_is_refused_once(
    broker: str, patient: StreamReader, services: FakeServices
) -> None:
    """A carer, an heir: each refusal would be one more line of the journal."""
    patient.answer_of_journal(NotShared())
    with closing(patient.opens()) as stream:
        wait_until(lambda: patient.has_asked(1))
        announce(broker, RecordChanges(changed=frozenset({PATIENT}), journals=frozenset({PATIENT})))
        wait_until(lambda: patient.has_asked(2))
        patient.answer(PageComparison(new=True))
        announce(broker, RecordChanges(journals=frozenset({PATIENT})))
        change(broker)
        assert stream.event() == NEW
        patient.answer(ConsentMissing())
        change(broker)
        assert stream.event() == ENDED
    assert sum(each.route == Audit.compare_page.route for each in services.received) == 1


def test_the_journal_is_not_asked_for_whom_the_browser_knows_as_a_carer(
    broker: str, patient: StreamReader, services: FakeServices
) -> None:
    kept = {"subject": patient.actor.subject, "profiles": {str(PATIENT): (Capacity.AIDANT, "")}}
    cookie = urlsafe_b64encode(msgspec.json.encode(kept)).decode().rstrip("=")
    with closing(patient.opens(f"; carnet-profiles={cookie}")) as stream:
        announce(broker, RecordChanges(journals=frozenset({PATIENT})))
        wait_until(lambda: patient.has_asked(1))
        patient.answer(PageComparison(new=True))
        change(broker)
        assert stream.event() == NEW
    assert all(each.route != Audit.compare_page.route for each in services.received)


def test_a_stream_is_no_use_of_the_browser(reader: StreamReader, services: FakeServices) -> None:
    with closing(reader.opens()), closing(reader.opens()):
        wait_until(lambda: reader.has_asked(2))
        renewals = [each for each in services.received if each.route == Identity.renew_browser_session.route]
        assert [each.message.uses for each in renewals] == [False, False]


def test_who_is_not_logged_in_is_told_so(site: Gateway, reader: StreamReader, services: FakeServices) -> None:
    services.reset()
    for cookie in ("", reader.cookie):
        services.answer(Identity.renew_browser_session, TokenInvalid())
        with closing(Stream(site, cookie, f"/pro/d/{PATIENT}/direct?page=shown")) as stream:
            assert (stream.status, stream.event(), stream.event()) == (200, ENDED, "")
    assert {each.route for each in services.received} == {Identity.renew_browser_session.route}


@pytest.mark.parametrize("query", ["", "?page=", f"?page={'x' * 20_000}"], ids=["none", "empty", "long"])
def test_a_stream_without_a_page_is_refused(site: Gateway, reader: StreamReader, query: str) -> None:
    with closing(Stream(site, reader.cookie, f"/pro/d/{PATIENT}/direct{query}")) as stream:
        assert stream.status == 400


def test_a_stream_is_for_the_role_of_its_site(site: Gateway, reader: StreamReader) -> None:
    with closing(Stream(site, reader.cookie, f"/espace/d/{PATIENT}/direct?page=shown")) as stream:
        assert stream.status == 403


def test_a_session_has_few_streams_at_once(reader: StreamReader) -> None:
    streams = [reader.opens() for _ in range(MOST_OF_SESSION)]
    assert {stream.status for stream in streams} == {200}
    with closing(reader.opens()) as refused:
        assert refused.status == 429
    streams.pop().close()

    def opens_again() -> bool:
        stream = reader.opens()
        streams.append(stream)
        return stream.status == 200

    wait_until(opens_again, "a stream in the place of one that was closed")
    for stream in streams:
        stream.close()


def test_a_stream_outlasts_requests_and_asks_after_the_broker_was_away(
    broker: str, proxy: CuttableProxy, reader: StreamReader
) -> None:
    with closing(reader.opens()) as stream:
        wait_until(lambda: reader.has_asked(1))
        opened = monotonic()
        wait_until(lambda: monotonic() - opened > 2 * REQUEST_SECONDS, "the time of other requests")
        proxy.cut()
        reader.answer(PageComparison(gone=True))
        proxy.mend()
        assert stream.event() == GONE


def test_a_stream_ends_with_its_session(reader: StreamReader, services: FakeServices) -> None:
    with closing(reader.opens()) as stream:
        ended = EndedSession(session=reader.actor.session, until=datetime.now(UTC) + timedelta(minutes=10))
        services.answer(Identity.ended_sessions, EndedSessions(sessions=(ended,)))
        assert (stream.event(), stream.event()) == (ENDED, "")


def test_sigterm_ends_streams_and_the_process(site: Gateway, reader: StreamReader) -> None:
    """Last: it stops the gateway of this module."""
    with closing(reader.opens()) as stream:
        wait_until(lambda: reader.has_asked(1))
        assert site.stop() == 0
        assert stream.event() == ""
