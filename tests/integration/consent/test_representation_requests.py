"""The repository of requests about representatives on a real database."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import msgspec
import pytest
from sqlalchemy import Engine, select
from sqlalchemy.exc import IntegrityError

from chassis.db import make_engine
from contracts.consent.representations import EvidenceKind, RepresentationKind
from contracts.vocabulary import PatientId
from services.consent.domain.representations import Evidence, RepresentationTerms
from services.consent.repositories.representations import (
    RepresentationRequestRepository,
    RequestOutcome,
    WaitingRequest,
)
from services.consent.tables import representation_requests as requests

CHILD, PARENT, OTHER = (PatientId(UUID(int=number)) for number in (1, 2, 3))
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
TERMS = RepresentationTerms(
    patient_id=CHILD,
    representative=PARENT,
    ends=False,
    evidence=Evidence(kind=EvidenceKind.JUGEMENT, on=date(2026, 2, 12), reference="RG 26/00123"),
    kind=RepresentationKind.MINEUR,
    until=NOW + 1000 * HOUR,
)


def a_request(terms: RepresentationTerms = TERMS, organisation: str = "cpam") -> WaitingRequest:
    return WaitingRequest(
        request_id=uuid4(),
        terms=terms,
        agent=f"{organisation}:marie",
        organisation=organisation,
        requested_at=NOW,
        takes_effect_at=NOW + HOUR,
    )


@pytest.fixture
def engine(database: Callable[[str], str]) -> Iterator[Engine]:
    engine = make_engine(database("consent"), size=2)
    yield engine
    engine.dispose()


@pytest.fixture
def repository(engine: Engine) -> Iterator[RepresentationRequestRepository]:
    with engine.connect() as connection:
        yield RepresentationRequestRepository(connection)


def test_a_request_is_found_as_it_was_stored_until_it_is_closed(repository: RepresentationRequestRepository) -> None:
    ending = msgspec.structs.replace(TERMS, ends=True, kind=None, until=None)
    naming, end = a_request(), a_request(ending)
    for request in (naming, end):
        repository.put(request)
    assert set(repository.of_patient(CHILD)) == {naming, end}
    assert repository.about(CHILD, PARENT, ends=True) == [end]
    repository.close(end, RequestOutcome.WITHDRAWN, NOW, by="cpam:paul")
    assert repository.of_patient(CHILD) == [naming]
    assert repository.about(CHILD, PARENT, ends=True) == []
    assert repository.due(NOW + HOUR, most=5) == [naming]


def test_only_one_request_of_an_organisation_about_a_person_waits(
    repository: RepresentationRequestRepository,
) -> None:
    first = a_request()
    repository.put(first)
    repository.put(a_request(organisation="clinique"))
    repository.close(first, RequestOutcome.WITHDRAWN, NOW)
    repository.put(a_request())
    with pytest.raises(IntegrityError):
        repository.put(a_request())


def test_a_contested_request_is_never_due_and_leaves_its_mark_when_it_is_withdrawn(
    repository: RepresentationRequestRepository,
) -> None:
    request = a_request()
    repository.put(request)
    assert repository.due(NOW, most=5) == []
    assert not repository.was_contested(CHILD, PARENT, ends=False)
    repository.contest(request, NOW)
    assert repository.due(NOW + 1000 * HOUR, most=5) == []
    repository.close(request, RequestOutcome.WITHDRAWN, NOW)
    assert repository.was_contested(CHILD, PARENT, ends=False)
    assert not repository.was_contested(CHILD, PARENT, ends=True)
    assert not repository.was_contested(CHILD, OTHER, ends=False)


def test_a_closed_request_keeps_its_outcome(engine: Engine) -> None:
    request = a_request()
    with engine.begin() as connection:
        repository = RepresentationRequestRepository(connection)
        repository.put(request)
        repository.close(request, RequestOutcome.IN_EFFECT, NOW, by="cpam:paul")
        repository.close(request, RequestOutcome.WITHDRAWN, NOW + HOUR)
        repository.contest(request, NOW + HOUR)
        kept = connection.execute(select(requests.c.outcome, requests.c.closed_by, requests.c.contested_at)).all()
    assert kept == [(RequestOutcome.IN_EFFECT, "cpam:paul", None)]


def test_the_timer_leaves_requests_that_somebody_holds(
    engine: Engine, repository: RepresentationRequestRepository
) -> None:
    with engine.begin() as connection:
        RepresentationRequestRepository(connection).put(a_request())
    with engine.begin() as connection:
        RepresentationRequestRepository(connection).about(CHILD, PARENT, ends=False)
        assert repository.due(NOW + HOUR, most=5) == []
    assert len(repository.due(NOW + HOUR, most=5)) == 1


def test_the_destruction_of_a_record_deletes_its_requests(repository: RepresentationRequestRepository) -> None:
    closed, waiting = a_request(), a_request(msgspec.structs.replace(TERMS, ends=True))
    for request in (closed, waiting):
        repository.put(request)
        repository.contest(request, NOW)
    repository.close(closed, RequestOutcome.IN_EFFECT, NOW)
    elsewhere = a_request(msgspec.structs.replace(TERMS, patient_id=OTHER))
    repository.put(elsewhere)
    repository.forget_record(CHILD)
    assert repository.of_patient(CHILD) == []
    assert not repository.was_contested(CHILD, PARENT, ends=False)
    assert repository.of_patient(OTHER) == [elsewhere]
