"""Requests of agents about legal representatives, waiting ones and closed ones."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Connection, Row, Select, delete, exists, func, insert, select, update

from contracts.consent.representations import EvidenceKind, RepresentationKind
from contracts.vocabulary import PatientId
from services.consent.domain.representations import Evidence, RepresentationTerms
from services.consent.repositories.persons import of_person
from services.consent.tables import representation_requests as requests


class RequestOutcome(StrEnum):
    """How a request was closed."""

    IN_EFFECT = "in_effect"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


class WaitingRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A request that has no effect yet; `agent`: subject of who requested it.

    `takes_effect_at`: as in Representation; None where `contested_at` is set.
    """

    request_id: UUID
    terms: RepresentationTerms
    agent: str
    organisation: str
    requested_at: datetime
    takes_effect_at: datetime | None
    contested_at: datetime | None = None


class RepresentationRequestRepository:
    """A request waits until it is closed."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def lock_record(self, patient_id: PatientId) -> None:
        """Keep others from adding requests about this record until the end of the transaction."""
        self._connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(str(patient_id), 0))))

    def put(self, request: WaitingRequest) -> None:
        terms = request.terms
        self._connection.execute(
            insert(requests).values(
                patient_id=terms.patient_id,
                request_id=request.request_id,
                representative=terms.representative,
                ends=terms.ends,
                kind=terms.kind.value if terms.kind else None,
                until=terms.until,
                evidence_kind=terms.evidence.kind.value,
                evidence_on=terms.evidence.on,
                evidence=terms.evidence.reference,
                agent=request.agent,
                organisation=request.organisation,
                requested_at=request.requested_at,
                takes_effect_at=request.takes_effect_at,
                contested_at=request.contested_at,
            )
        )

    def of_patient(self, patient_id: PatientId) -> Sequence[WaitingRequest]:
        """The waiting requests about a record, newest first."""
        return self._found(_waiting().where(of_person(requests.c.patient_id, patient_id)))

    def about(self, patient_id: PatientId, representative: PatientId, *, ends: bool) -> Sequence[WaitingRequest]:
        """The waiting requests of all organisations about this person; locks their rows."""
        query = _waiting().where(
            of_person(requests.c.patient_id, patient_id),
            of_person(requests.c.representative, representative),
            requests.c.ends.is_(ends),
        )
        return self._found(query.with_for_update())

    def naming(self, representative: PatientId) -> Sequence[WaitingRequest]:
        """The waiting requests to name this person, about all records; locks their rows."""
        query = _waiting().where(requests.c.representative == representative, ~requests.c.ends)
        return self._found(query.with_for_update())

    def due(self, now: datetime, *, most: int) -> Sequence[WaitingRequest]:
        """Requests whose delay is over; locks their rows, without those that others have locked."""
        query = _waiting().where(requests.c.takes_effect_at <= now).limit(most)
        return self._found(query.with_for_update(skip_locked=True))

    def was_contested(self, patient_id: PatientId, representative: PatientId, *, ends: bool) -> bool:
        """Whether such a request was ever contested, be it closed or not."""
        query = select(
            exists().where(
                of_person(requests.c.patient_id, patient_id),
                of_person(requests.c.representative, representative),
                requests.c.ends.is_(ends),
                requests.c.contested_at.is_not(None),
            )
        )
        return bool(self._connection.execute(query).scalar())

    def contest(self, request: WaitingRequest, now: datetime) -> None:
        """From now on the request does not take effect by itself."""
        self._change(request, contested_at=now, takes_effect_at=None)

    def close(self, request: WaitingRequest, outcome: RequestOutcome, now: datetime, *, by: str = "") -> None:
        """The request does not wait any more; `by`: subject of the agent who closed it, empty for the platform."""
        self._change(request, closed_at=now, outcome=outcome.value, closed_by=by)

    def forget_record(self, patient_id: PatientId) -> None:
        """Delete all requests about a record."""
        self._connection.execute(delete(requests).where(requests.c.patient_id == patient_id))

    def _change(self, request: WaitingRequest, **values: Any) -> None:
        # One that was closed meanwhile keeps its outcome.
        is_waiting = (
            (requests.c.patient_id == request.terms.patient_id)
            & (requests.c.request_id == request.request_id)
            & requests.c.closed_at.is_(None)
        )
        self._connection.execute(update(requests).where(is_waiting).values(**values))

    def _found(self, query: Select[Any]) -> list[WaitingRequest]:
        return [_request(row) for row in self._connection.execute(query)]


def _waiting() -> Select[Any]:
    return (
        select(requests)
        .where(requests.c.closed_at.is_(None))
        .order_by(requests.c.requested_at.desc(), requests.c.request_id)
    )


def _request(row: Row[Any]) -> WaitingRequest:
    terms = RepresentationTerms(
        patient_id=PatientId(row.patient_id),
        representative=PatientId(row.representative),
        ends=row.ends,
        kind=RepresentationKind(row.kind) if row.kind else None,
        until=row.until,
        evidence=Evidence(kind=EvidenceKind(row.evidence_kind), on=row.evidence_on, reference=row.evidence),
    )
    return WaitingRequest(
        request_id=row.request_id,
        terms=terms,
        agent=row.agent,
        organisation=row.organisation,
        requested_at=row.requested_at,
        takes_effect_at=row.takes_effect_at,
        contested_at=row.contested_at,
    )
