"""Two records of the same shape: in one of them also what is hidden happens."""

import itertools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID, uuid4

import requests

from client.api_client import ApiClient
from client.errors import ApiError
from client.fhir import FhirClient
from client.people import DemoPeople, as_author, as_subject
from client.professional import ProfessionalClient
from contracts.records.documents import Document
from contracts.vocabulary import Visibility
from deploy.dev.stack import Stack
from samples import cda
from tests.support.clock import run_sql
from tests.support.people import Holder, activate_account, new_minor, open_record
from tests.support.staff import appoint_representative, patient_client
from tests.support.waiting import wait_until

T = TypeVar("T")

PROFESSIONALS = ("hospital", "specialist", "emergency", "gp", "nurse", "pharmacist")
SHARED = ("imagerie", "synthese")
"""The sections that a carer and an app may read."""
KINDS = ("vsm", "imaging", "prescription", "vaccination_note")
"""Kinds of documents, of one section each; only `imaging` replaces."""

FIRST_DAY = datetime(2026, 1, 5, 9, tzinfo=UTC)
"""When the first document of a world was written."""

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Identifiers:
    """The ids of a document of one record; random where that record has no such document."""

    document_id: str = field(default_factory=lambda: str(uuid4()))
    unique_id: str = field(default_factory=lambda: f"1.2.250.1.213.1.1.9.98.{10**11 + next(_numbers)}.10000")
    entry_uuid: str = field(default_factory=lambda: f"urn:uuid:{uuid4()}")
    set_id: str = field(default_factory=lambda: str(uuid4()))


@dataclass(frozen=True)
class ActStep:
    """One act: `number` chooses among its variants, `document` is an earlier one's, `new` that of a new one.

    `shown`: the document that the hidden earlier one replaces, directly or by others.
    """

    number: int
    document: int
    new: int
    at: datetime
    """When a new document was written; the same in both worlds."""
    shown: int = -1


@dataclass(frozen=True)
class People:
    """Whoever is not of one record: they act in every pair of worlds; `relatives`: one of each world."""

    platform: Stack
    demo: DemoPeople
    representatives: tuple[Holder, Holder]
    carers: tuple[Holder, Holder]
    app: str


@dataclass
class World:
    """One record and its people; `has_hidden`: here what is hidden happens too."""

    people: People
    holder: Holder
    representative: Holder
    carer: Holder
    has_hidden: bool
    clients: dict[str, ApiClient]
    serial: int
    first_message: int
    app_by_representative: bool = False
    documents: dict[int, Identifiers] = field(default_factory=dict)
    folders: dict[int, str] = field(default_factory=dict)

    @property
    def record(self) -> str:
        return self.holder.record

    @property
    def holder_id(self) -> UUID:
        return UUID(self.holder.record)

    def ids(self, document: int) -> Identifiers:
        """The ids of a document; of one that is not here, always the same random ones."""
        return self.documents.setdefault(document, Identifiers())

    def fhir(self, who: str) -> FhirClient:
        """FHIR requests of this person."""
        return FhirClient(self.people.demo.gateway, self.clients[who].token)

    def new_unique_id(self, document: int) -> str:
        """A uniqueId of the same length in both worlds."""
        return f"1.2.250.1.213.1.1.9.97.{10**11 + self.serial}.{10_000 + document}"

    def content(self, step: ActStep, kind: str, by: str, *, replaces: str = "") -> bytes:
        """A new document, of the same size in both worlds."""
        header = {
            "patient": as_subject(self.holder.patient),
            "author": as_author(self.people.demo.professional(by)),
            "effective_time": step.at,
            "unique_id": self.new_unique_id(step.new),
        }
        if replaces:
            header["replaces"] = replaces
        return with_result(getattr(cda, kind)(**header), step.new)

    def deposit(
        self, step: ActStep, kind: str, *marks: Visibility, by: str = "hospital", replaces: str = "", **query: str
    ) -> Document:
        """Deposit a new document, and remember its ids."""
        content = self.content(step, kind, by, replaces=replaces)
        return self.keep(step.new, self.clients[by].deposit(self.record, content, marks, **query))

    def keep(self, place: int, document: Document) -> Document:
        """Remember the ids of a new document."""
        document_id = str(document.document_id)
        self.documents[place] = Identifiers(
            document_id, document.unique_id, document.entry_uuid, self._set_of(document_id)
        )
        return document

    def _set_of(self, document_id: str) -> str:
        query = "SELECT lot_id FROM documents WHERE document_id = %(document)s"
        [(set_id,)] = run_sql(self.people.platform, "records", query, document=document_id)
        return str(set_id)


@dataclass(frozen=True)
class Pair:
    """The world with what is hidden, and the one without."""

    first: World
    second: World

    @property
    def worlds(self) -> tuple[World, World]:
        return self.first, self.second


def in_both(pair: Pair, task: Callable[[World], T]) -> list[T]:
    """What the task answers about each world, done in both at the same time."""
    with ThreadPoolExecutor(len(pair.worlds)) as pool:
        return list(pool.map(task, pair.worlds))


def with_result(document: bytes, number: int) -> bytes:
    """The document with a coded laboratory result in its last section."""
    entry = (
        '<entry><observation classCode="OBS" moodCode="EVN"><templateId root="1.3.6.1.4.1.19376.1.5.3.1.4.13"/>'
        '<code code="2276-4" codeSystem="2.16.840.1.113883.6.1" displayName="Ferritine"/>'
        f'<effectiveTime value="{20260101 + number}"/>'
        f'<value xmlns:x="http://www.w3.org/2001/XMLSchema-instance" x:type="PQ" value="{10 + number}" unit="ug/L"/>'
        "</observation></entry>"
    )
    before, end, after = document.rpartition(b"</section>")
    return before + entry.encode() + end + after


def make_people(platform: Stack, demo: DemoPeople, app: str) -> People:
    """Representatives and carers, with accounts."""
    adults = [open_record(demo) for _ in range(4)]
    for adult in adults:
        activate_account(demo, adult)
    records = [adult.record for adult in adults]
    wait_until(lambda: due_messages(platform, *records) == 0, "the notices of new accounts")
    return People(platform, demo, (adults[0], adults[1]), (adults[2], adults[3]), app)


def make_pair(people: People) -> Pair:
    """Two minors with equal traits, each with an account and a representative."""
    family_name = f"JUMEAU-{uuid4().hex[:8].upper()}"
    professionals = {name: people.demo.logged_in(name) for name in PROFESSIONALS}
    first, second = (
        _make_world(people, replace(new_minor(), family_name=family_name), place, professionals) for place in (0, 1)
    )
    return Pair(first, second)


def _make_world(people: People, patient: object, place: int, professionals: dict[str, ProfessionalClient]) -> World:
    holder = open_record(people.demo, patient)  # type: ignore[arg-type]
    representative, carer = people.representatives[place], people.carers[place]
    appoint_representative(people.platform, people.demo, holder, representative.card)
    clients: dict[str, ApiClient] = {
        **professionals,
        "holder": activate_account(people.demo, holder),
        "representative": patient_client(people.platform, representative.record),
        "carer": patient_client(people.platform, carer.record),
    }
    newest = max(people.demo.mailbox.newest(address) for address in addresses_of(representative, carer))
    return World(people, holder, representative, carer, place == 0, clients, next(_numbers), newest + 1)


def addresses_of(*holders: Holder) -> list[str]:
    """Where notices to these people arrive."""
    return [address for holder in holders for address in (holder.patient.email, holder.patient.mobile)]


def due_messages(platform: Stack, *records: str) -> int:
    """Messages about these records that are still to be sent."""
    query = "SELECT count(*) FROM deliveries WHERE patient_id::text = ANY(%(records)s) AND due_at IS NOT NULL"
    found = run_sql(platform, "notify", query, records=list(records))  # type: ignore[arg-type]
    return int(found[0][0])


def outcome_of(attempt: Callable[[], object]) -> str:
    """`done`, or status and code of the refusal."""
    try:
        answer = attempt()
    except ApiError as refusal:
        return f"{refusal.status} {refusal.code}"
    if isinstance(answer, requests.Response) and not answer.ok:
        return f"{answer.status_code} {_code_in(answer.json())}"
    return "done"


def _code_in(refusal: dict[str, Any]) -> str:
    """The error code, also of an OperationOutcome."""
    return str(refusal.get("code") or refusal["issue"][0]["details"]["coding"][0]["code"])
