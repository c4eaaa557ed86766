"""The documents service as a process on servers of its own, with a client, and access to its data and events."""

import http.client
import json
import os
import signal
import socket
import threading
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from time import time
from typing import Any
from uuid import UUID, uuid4

import msgspec
import psycopg2
import psycopg2.extras
import requests
from minio import Minio
from pika.adapters.blocking_connection import BlockingChannel

from chassis.tokens import Keyring, Signer
from chassis.topology import event_queue
from contracts.audit import JournalEntry
from contracts.documents import (
    FILE_RECEIPT_KIND,
    RECEIPT_KIND,
    TICKET_HEADER,
    TICKET_KIND,
    TICKET_SECONDS,
    TICKETS_ARE_FOR,
    Arrival,
    ClinicalDataTicket,
    ContentForm,
    DownloadTicket,
    FileReceipt,
    Receipt,
    UploadTicket,
)
from contracts.envelope import Envelope, Event, Problem
from contracts.vocabulary import ContentId, PatientId, Rpps
from tests.support.memory import peak_kib, reset_peak
from tests.support.service_stack import READY, ServiceStack

SERVICE = "documents"
DEPOSITOR = Rpps("10003456784")
LIMIT = 25_000_000


class DocumentsStack(ServiceStack):
    """Servers, the documents service on them, and the signing key of records."""

    def __init__(self, root: Path, base_port: int) -> None:
        super().__init__(root, base_port)
        self.url = self.addresses.url(SERVICE)
        self._journalled: list[JournalEntry] = []

    def start_servers(self) -> None:
        super().start_servers()
        self.records = Signer.from_file(self.addresses.keys.signing("records"))
        self.keyring = Keyring.from_file("records", self.addresses.keys.trusted)

    def start(self, service: str = SERVICE, *, answers: str = READY, **settings: str) -> None:
        super().start(service, answers=answers, **settings)

    def environment(self, service: str) -> dict[str, str]:
        """As of any service, with the configuration of a software PKCS#11 token, if a test has one."""
        return super().environment(service) | {
            name: os.environ[name] for name in ("SOFTHSM2_CONF",) if name in os.environ
        }

    def missing(self) -> list[str]:
        """Parts that the service reports as missing."""
        found: list[str] = requests.get(f"{self.url}/health/ready", timeout=10).json()["missing"]
        return found

    def stop(self, service: str = SERVICE) -> None:
        """Stop the service gracefully."""
        super().stop(service)

    def stop_later(self) -> threading.Thread:
        """Begin to stop the service; join the thread to wait for its end."""
        os.kill(self.pid(SERVICE), signal.SIGTERM)
        stopping = threading.Thread(target=self.stop)
        stopping.start()
        return stopping

    def kill(self, service: str = SERVICE) -> None:
        """Kill the service, as a crash would."""
        super().kill(service)

    def signal_store(self, number: signal.Signals) -> None:
        """Send the object store a signal, to suspend or continue it."""
        os.kill(self.pid("object-store"), number)

    def reset_peak_memory(self) -> None:
        """Let `peak_memory` count from now."""
        reset_peak(self.pid(SERVICE))

    def peak_memory(self) -> int:
        """The most resident memory of the service in KiB."""
        return peak_kib(self.pid(SERVICE))

    def log(self) -> list[dict[str, Any]]:
        """Every line the service has logged since its last start."""
        return [json.loads(line) for line in self.log_of(SERVICE).splitlines() if line.startswith("{")]

    # The data plane ------------------------------------------------------------------------------

    def upload_ticket(
        self, *, limit: int = LIMIT, patient_id: PatientId | None = None, **claims: Any
    ) -> "SignedTicket":
        """A ticket for a new content."""
        ticket = UploadTicket(
            id=str(uuid4()),
            patient_id=patient_id or PatientId(uuid4()),
            content_id=ContentId(uuid4()),
            depositor=DEPOSITOR,
            limit=limit,
        )
        return self.signed(ticket, **claims)

    def download_ticket(
        self, receipt: Arrival, form: ContentForm = ContentForm.BYTES, **claims: Any
    ) -> "SignedTicket":
        """A ticket for the content of a receipt."""
        ticket = DownloadTicket(
            id=str(uuid4()), patient_id=receipt.patient_id, content_id=receipt.content_id, form=form
        )
        return self.signed(ticket, **claims)

    def signed(
        self,
        ticket: UploadTicket | DownloadTicket | ClinicalDataTicket,
        *,
        signer: Signer | None = None,
        kind: str = TICKET_KIND,
        to: Iterable[str] = TICKETS_ARE_FOR,
        now: float | None = None,
    ) -> "SignedTicket":
        """A signed ticket."""
        token = (signer or self.records).sign(ticket, kind=kind, to=to, seconds=TICKET_SECONDS, now=now or time())
        # A ticket for many contents is not shown at the address of one.
        content_id = UUID(ticket.id) if isinstance(ticket, ClinicalDataTicket) else ticket.content_id
        return SignedTicket(content_id, token)

    def put(self, document: bytes, ticket: "SignedTicket | None" = None) -> requests.Response:
        """Upload a document, by a new ticket if none is given."""
        ticket = ticket or self.upload_ticket()
        return requests.put(self.url_of(ticket.content_id), data=document, headers=ticket.headers, timeout=60)

    def get(self, ticket: "SignedTicket", **range_request: str) -> requests.Response:
        """Download; `range_request` are headers, with an underscore for a hyphen."""
        headers = {name.replace("_", "-"): value for name, value in range_request.items()}
        return requests.get(self.url_of(ticket.content_id), headers=ticket.headers | headers, timeout=60)

    def deposit(self, document: bytes) -> Receipt:
        """Upload a document; its receipt."""
        response = self.put(document)
        assert response.status_code == 201, response.text
        return self.opened(response.json()["receipt"])

    def etag(self, receipt: Receipt) -> str:
        """The entity tag of a receipt's content."""
        return self.get(self.download_ticket(receipt), range="bytes=0-0").headers["etag"]

    def read(self, receipt: Receipt) -> bytes:
        """Download a receipt's content."""
        response = self.get(self.download_ticket(receipt))
        assert response.status_code == 200, response.text
        return response.content

    def opened(self, receipt: str) -> Receipt:
        """A receipt, its signature verified."""
        return self.keyring.open(receipt, kind=RECEIPT_KIND, issuer=SERVICE, body=Receipt, now=time())

    def opened_file(self, receipt: str) -> FileReceipt:
        """A receipt of a file that is no CDA, its signature verified."""
        return self.keyring.open(receipt, kind=FILE_RECEIPT_KIND, issuer=SERVICE, body=FileReceipt, now=time())

    def url_of(self, content_id: UUID) -> str:
        return f"{self.url}/contents/{content_id}"

    def connect(self) -> http.client.HTTPConnection:
        """A bare HTTP connection, for clients that misbehave."""
        return http.client.HTTPConnection("127.0.0.1", self.addresses.ports[SERVICE], timeout=60)

    # Its object store and database ----------------------------------------------------------------

    @property
    def bucket(self) -> Minio:
        store = self.addresses.object_store
        return Minio(
            store.endpoint,
            access_key=store.access_key,
            secret_key=store.secret_key,
            region=store.region,
            secure=store.secure,
        )

    def objects(self) -> set[str]:
        """Keys of everything in the bucket."""
        found = self.bucket.list_objects(self.addresses.object_store.bucket, recursive=True)
        return {str(each.object_name) for each in found}

    def object(self, key: str) -> bytes:
        """The bytes of one object."""
        with closing(self.bucket.get_object(self.addresses.object_store.bucket, key)) as response:
            return response.read()

    def rows(self, query: str, *values: Any) -> list[dict[str, Any]]:
        """Run a query in the service's database; its rows."""
        with closing(psycopg2.connect(self.addresses.database_url(SERVICE))) as connection, connection:
            cursor = connection.cursor(cursor_factory=psycopg2.extras.RealDictCursor)
            cursor.execute(query, values)
            return [dict(row) for row in cursor] if cursor.description is not None else []

    def content(self, receipt: Receipt) -> dict[str, Any]:
        """The row of a receipt's content."""
        [row] = self.rows("SELECT * FROM contents WHERE content_id = %s", str(receipt.content_id))
        return row

    def state(self, receipt: Receipt) -> str:
        """staged, kept or destroyed."""
        return str(self.content(receipt)["state"])

    # The broker ----------------------------------------------------------------------------------

    def publish(self, event: Event, event_id: UUID | None = None) -> None:
        """Send the service an event, as the outbox of records would."""
        self.deliver(SERVICE, [event], ids=[event_id] if event_id else ())

    def journal(self, patient_id: PatientId) -> list[JournalEntry]:
        """The entries about a patient that were sent to audit so far, in their order."""
        with self.channel() as channel:
            self._receive_journal(channel)
        return [entry for entry in self._journalled if entry.patient_id == patient_id]

    def _receive_journal(self, channel: BlockingChannel) -> None:
        queue = event_queue("audit", JournalEntry)
        while (message := channel.basic_get(queue, auto_ack=True))[0] is not None:
            bundle = msgspec.json.decode(message[2], type=list[Envelope])
            self._journalled += [msgspec.json.decode(envelope.payload, type=JournalEntry) for envelope in bundle]


class SignedTicket(msgspec.Struct, frozen=True):
    """A ticket's token, and the content id of the URL it is used with."""

    content_id: UUID
    token: str

    @property
    def headers(self) -> dict[str, str]:
        return {TICKET_HEADER: self.token}


def problem(response: requests.Response) -> tuple[int, str]:
    """The status of an answer and the code of its refusal."""
    return response.status_code, msgspec.json.decode(response.content, type=Problem).code


def send_half(stack: DocumentsStack, ticket: SignedTicket, document: bytes) -> http.client.HTTPResponse:
    """Announce a whole document, send half of it, and shut the connection down."""
    connection = stack.connect()
    connection.putrequest("PUT", f"/contents/{ticket.content_id}")
    connection.putheader(TICKET_HEADER, ticket.token)
    connection.putheader("Content-Length", str(len(document)))
    connection.endheaders(document[: len(document) // 2])
    assert connection.sock
    connection.sock.shutdown(socket.SHUT_WR)
    return connection.getresponse()
