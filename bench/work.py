"""The work: requests as business software makes them, over HTTP, through the whole house."""

from itertools import count
from uuid import UUID

import aiohttp

from bench.load import Request
from bench.prepared import People, Prepared
from chassis.bus import Bus
from cli.demo.client import ApiClient
from contracts.consent import Consent, Decide, Purpose
from contracts.vocabulary import PatientId, RecordStatus

# For the ids of documents: one more for each deposit of this process. An arc of an OID has no leading zero.
_NUMBERS = count(10**17)


class Workload:
    """Every measured request, by name."""

    def __init__(self, prepared: Prepared, people: People, session: aiohttp.ClientSession) -> None:
        self._prepared = prepared
        self._people = people
        self._session = session
        self._documents = f"{prepared.demo.gateway}/dmp/records/{prepared.record}/documents"

    def list_documents(self) -> Request:
        """20 of 400, authorised, journalled."""
        return self._get(f"{self._documents}?count=20", self._people.doctor, 200)

    def refused(self) -> Request:
        """The same without authorisation: refused, journalled."""
        return self._get(f"{self._documents}?count=20", self._people.stranger, 403)

    def deposited(self, content: bytes) -> str:
        """The id of a document that can be read from now on."""
        return str(self._people.depositor.deposit(self._prepared.record, content)["document_id"])

    def read(self, document: str) -> Request:
        """The bytes of one document, authorised, journalled, decrypted."""
        return self._get(f"{self._documents}/{document}/content", self._people.doctor, 200)

    def deposit(self, size: int) -> Request:
        """A document never seen before: checked, encrypted, stored, entered, journalled, told."""
        head, tail = _around_unique_id(self._prepared.sample(size))
        headers = _headers(self._people.depositor) | {"Content-Type": "application/xml"}

        async def request() -> None:
            body = head + str(next(_NUMBERS)).encode() + tail
            async with self._session.post(self._documents, data=body, headers=headers) as response:
                _check(response.status, 201)
                await response.read()

        return request

    def decide(self, bus: Bus) -> Request:
        """One decision of consent, asked over the bus as records asks it."""
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
    """The sample before and after the last part of its own id, which makes it another document."""
    root = b"1.2.250.1.213.1.1.9.98."
    start = sample.index(root) + len(root)
    return sample[:start], sample[sample.index(b'"', start) :]


def _headers(client: ApiClient) -> dict[str, str]:
    return {"Authorization": f"Bearer {client.token}"}


def _check(status: int, expected: int) -> None:
    if status != expected:
        raise RuntimeError(f"HTTP {status} where {expected} was expected: what was measured is not the work")
