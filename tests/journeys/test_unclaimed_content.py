"""Uploaded content that no event has claimed: destroyed unless records confirms that a document holds it."""

from time import time
from uuid import uuid4

import psycopg2
import requests

from chassis.tokens import Signer
from client.people import DemoPeople
from contracts.documents import TICKET_HEADER, TICKET_KIND, TICKETS_ARE_FOR, UploadTicket
from contracts.vocabulary import ContentId, PatientId, Rpps
from deploy.dev.stack import Stack
from tests.support.people import document_for, open_record
from tests.support.waiting import wait_until


def run_sql(platform: Stack, statement: str, content_id: str) -> str | None:
    with psycopg2.connect(platform.addresses.database_url("documents")) as connection, connection.cursor() as cursor:
        cursor.execute(statement, {"id": content_id})
        row = cursor.fetchone() if cursor.description else None
    return None if row is None else str(row[0])


def state(platform: Stack, content_id: str) -> str | None:
    return run_sql(platform, "SELECT state FROM contents WHERE content_id = %(id)s", content_id)


def make_due(platform: Stack, content_id: str) -> None:
    run_sql(
        platform, "UPDATE contents SET staged_at = now() - interval '1 day' WHERE content_id = %(id)s", content_id
    )
    run_sql(platform, "UPDATE unclaimed_objects SET due_at = now() WHERE content_id = %(id)s", content_id)


def upload(platform: Stack, content: bytes) -> str:
    """Upload content whose receipt is never used; returns its id."""
    ticket = UploadTicket(
        id=str(uuid4()),
        patient_id=PatientId(uuid4()),
        content_id=ContentId(uuid4()),
        depositor=Rpps("89990000070"),
        limit=len(content),
    )
    signer = Signer.from_file(platform.addresses.keys.signing("records"))
    signed = signer.sign(ticket, kind=TICKET_KIND, to=TICKETS_ARE_FOR, seconds=30, now=time())
    url = f"{platform.addresses.url('documents')}/contents/{ticket.content_id}"
    assert requests.put(url, data=content, headers={TICKET_HEADER: signed}, timeout=10).status_code == 201
    return str(ticket.content_id)


def test_content_that_no_document_holds_is_destroyed(platform: Stack, demo: DemoPeople) -> None:
    content_id = upload(platform, document_for(demo, open_record(demo)))
    assert state(platform, content_id) == "staged"
    make_due(platform, content_id)
    wait_until(lambda: state(platform, content_id) == "destroyed", "content destroyed")


def test_content_that_a_document_holds_is_kept_even_if_its_event_is_lost(platform: Stack, demo: DemoPeople) -> None:
    holder, depositor = open_record(demo), demo.logged_in("hospital")
    content = document_for(demo, holder)
    document = str(depositor.deposit(holder.record, content).document_id)
    content_id = _content_of(platform, holder.record)
    wait_until(lambda: state(platform, content_id) == "kept", "the content claimed by its event")
    forget_document_event(platform, content_id)
    wait_until(lambda: state(platform, content_id) == "kept", "the content claimed by the answer of records")
    assert depositor.download(holder.record, document) == content


def forget_document_event(platform: Stack, content_id: str) -> None:
    """Set the content back to staged and overdue, as if the event had not arrived."""
    run_sql(
        platform,
        """
        INSERT INTO unclaimed_objects (patient_id, content_id, object_key, due_at)
        SELECT patient_id, content_id, object_key, now() FROM contents WHERE content_id = %(id)s
        """,
        content_id,
    )
    run_sql(
        platform,
        "UPDATE contents SET state = 'staged', staged_at = now() - interval '1 day' WHERE content_id = %(id)s",
        content_id,
    )


def _content_of(platform: Stack, record: str) -> str:
    with psycopg2.connect(platform.addresses.database_url("records")) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT content_id FROM documents WHERE patient_id = %s", [record])
        row = cursor.fetchone()
    assert row is not None
    return str(row[0])
