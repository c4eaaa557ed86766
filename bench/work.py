"""Measured requests, as business software makes them over HTTP."""

from itertools import count
from uuid import UUID

import aiohttp

from bench.load import Request
from bench.prepared import BenchUsers, Prepared
from chassis.bus import Bus
from client.api_client import ApiClient
from contracts.consent.api import Consent
from contracts.consent.decisions import Decide, Purpose
from contracts.vocabulary import PatientId, RecordStatus

# Last arcs of documents' OIDs, one for each deposit of this process; an arc has no leading zero.
_NUMBERS = count(10**17)


class Workload:
    """The measured requests."""

    def __init__(self, prepared: Prepared, people: BenchUsers, session: aiohttp.ClientSession) -> None:
        self._prepared = prepared
        self._people = people
        self._session = session
        self._documents = f"{prepared.demo.gateway}/dmp/records/{prepared.record}/documents"

    def list_documents(self) -> Request:
        """First 20 of 400 documents, authorised."""
        return self._get(f"{self._documents}?count=20", self._people.doctor, 200)

    def refused(self) -> Request:
        """The same list without authorisation."""
        return self._get(f"{self._documents}?count=20", self._people.stranger, 403)

    def deposited(self, content: bytes) -> str:
        """Deposit a document for reading; returns its id."""
        return str(self._people.depositor.deposit(self._prepared.record, content).document_id)

    def read(self, document: str) -> Request:
        """Download of one document, authorised."""
        return self._get(f"{self._documents}/{document}/content", self._people.doctor, 200)

    def deposit(self, size: int) -> Request:
        """Deposit of a new document."""
        head, tail = _around_unique_id(self._prepared.sample(size))
        headers = _headers(self._people.depositor) | {"Content-Type": "application/xml"}

        async def request() -> None:
            body = head + str(next(_NUMBERS)).encode() + tail
            async with self._session.post(self._documents, data=body, headers=headers) as response:
                _check(response.status, 201)
                await response.read()

        return request

    def decide(self, bus: Bus) -> Request:
        """One decision of consent, called over the bus as records does."""
        question = Decide(
            patient_id=PatientId(UUID(self._prepared.record)),
            purpose=Purpose.READ,
            record_status=RecordStatus.ACTIVE,
        )

        async def request() -> None:
            decision = await bus.call(Consent.decide, question, token=self._people.doctor.token)
            if not decision.allowed:
                raise RuntimeError(f"refused ({decision.reason}): what was measured is not the work")

        return request

    def _get(self, url: str, client: ApiClient, expected: int) -> Request:
        headers = _headers(client)

        async def request() -> None:
            async with self._session.get(url, headers=headers) as response:
                _check(response.status, expected)
                async for _ in response.content.iter_any():
                    pass

        return request


def _around_unique_id(sample: bytes) -> tuple[bytes, bytes]:
    """The sample before and after the last part of its id, which makes each copy a new document."""
    root = b"1.2.250.1.213.1.1.9.98."
    start = sample.index(root) + len(root)
    return sample[:start], sample[sample.index(b'"', start) :]


def _headers(client: ApiClient) -> dict[str, str]:
    return {"Authorization": f"Bearer {client.token}"}


def _check(status: int, expected: int) -> None:
    if status != expected:
        raise RuntimeError(f"HTTP {status} where {expected} was expected: what was measured is not the work")
