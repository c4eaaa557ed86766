"""Bytes nobody claimed in time: records is asked, and only what no document holds is destroyed."""

from time import time
from uuid import uuid4

import psycopg2
import requests

from chassis.tokens import Signer
from cli.demo.people import DemoPeople
from contracts.documents import TICKET_HEADER, TICKET_KIND, TICKETS_ARE_FOR, UploadTicket
from contracts.vocabulary import ContentId, PatientId, Rpps
from deploy.dev.stack import Stack
from tests.support.people import document_for, open_record
from tests.support.waiting import wait_until


def run(platform: Stack, statement: str, content_id: str) -> str | None:
    with psycopg2.connect(platform.addresses.database_url("documents")) as connection, connection.cursor() as cursor:
        cursor.execute(statement, {"id": content_id})
        row = cursor.fetchone() if cursor.description else None
    return None if row is None else str(row[0])


def state(platform: Stack, content_id: str) -> str | None:
    return run(platform, "SELECT state FROM contents WHERE content_id = %(id)s", content_id)


def let_time_pass(platform: Stack, content_id: str) -> None:
    run(platform, "UPDATE contents SET staged_at = now() - interval '1 day' WHERE content_id = %(id)s", content_id)
    run(platform, "UPDATE unclaimed_objects SET due_at = now() WHERE content_id = %(id)s", content_id)


def upload(platform: Stack, content: bytes) -> str:
    """What an upload leaves behind when its depositor never comes back with the receipt."""
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


def test_what_no_document_holds_is_destroyed(platform: Stack, demo: DemoPeople) -> None:
    content_id = upload(platform, document_for(demo, open_record(demo)))
    assert state(platform, content_id) == "staged"
    let_time_pass(platform, content_id)
    wait_until(lambda: state(platform, content_id) == "destroyed", "content destroyed", seconds=60)


def test_what_a_document_holds_is_kept_though_its_news_never_came(platform: Stack, demo: DemoPeople) -> None:
    holder, depositor = open_record(demo), demo.logged_in("hospital")
    content = document_for(demo, holder)
    document = str(depositor.deposit(holder.record, content)["document_id"])
    content_id = _content_of(platform, holder.record)
    wait_until(lambda: state(platform, content_id) == "kept", "the news arrived")
    unlearn(platform, content_id)
    wait_until(lambda: state(platform, content_id) == "kept", "kept by records' word", seconds=60)
    assert depositor.download(holder.record, document) == content


def unlearn(platform: Stack, content_id: str) -> None:
    """As if the news had not come, and the time for it were over."""
    run(
        platform,
        """
        INSERT INTO unclaimed_objects (patient_id, content_id, object_key, due_at)
        SELECT patient_id, content_id, object_key, now() FROM contents WHERE content_id = %(id)s
        """,
        content_id,
    )
    run(
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
