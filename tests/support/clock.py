"""Simulates the passing of time: moves stored dates into the past."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg2

from deploy.dev.stack import Stack


def run_sql(platform: Stack, service: str, statement: str, **values: str) -> list[tuple[Any, ...]]:
    """Run a statement in a service's database; returns its rows, if any."""
    with psycopg2.connect(platform.addresses.database_url(service)) as connection, connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall()) if cursor.description else []


def make_document_due(platform: Stack, document: str) -> None:
    """Set the date on which the patient sees the document to now."""
    run_sql(
        platform,
        "records",
        "UPDATE documents SET invisible_until = now() WHERE document_id = %(document)s",
        document=document,
    )


@contextmanager
def due_and_locked(platform: Stack, document: str) -> Iterator[bool]:
    """Make the document due, and lock it from the timer, which skips locked rows; False if the timer was faster."""
    make_document_due(platform, document)
    with psycopg2.connect(platform.addresses.database_url("records")) as connection, connection.cursor() as cursor:
        # Not FOR UPDATE, for which readings would wait.
        query = "SELECT invisible_until IS NOT NULL FROM documents WHERE document_id = %s FOR NO KEY UPDATE"
        cursor.execute(query, (document,))
        [(is_locked,)] = cursor.fetchall()
        yield is_locked


def let_ten_years_pass(platform: Stack, record: str) -> None:
    """Move the dates of a closed record back by ten years."""
    run_sql(
        platform,
        "records",
        """
        UPDATE records SET opened_at = opened_at - interval '10 years', closed_at = closed_at - interval '10 years',
            purge_on = (purge_on - interval '10 years')::date
        WHERE patient_id = %(record)s
        """,
        record=record,
    )


def let_step_of_codes_pass(platform: Stack, record: str) -> None:
    """Set the step of time of the code that the holder's authenticator app showed last back by one."""
    run_sql(
        platform,
        "identity",
        "UPDATE authenticators SET last_step = last_step - 1 WHERE patient_id = %(record)s",
        record=record,
    )


def end_facts(platform: Stack, record: str, kind: str) -> None:
    """End the record's consent facts of that kind now."""
    run_sql(
        platform,
        "consent",
        "UPDATE facts SET until = now() WHERE patient_id = %(record)s AND kind = %(kind)s",
        record=record,
        kind=kind,
    )


def let_delay_of_representation_pass(platform: Stack, record: str) -> None:
    """Set the time at which the record's waiting requests about representatives take effect to now."""
    run_sql(
        platform,
        "consent",
        "UPDATE representation_requests SET takes_effect_at = now() "
        "WHERE patient_id = %(record)s AND takes_effect_at IS NOT NULL",
        record=record,
    )


def reach_majority(platform: Stack, record: str) -> None:
    """Set the date of majority to today; end the legal representation, and those that are requested."""
    run_sql(
        platform,
        "records",
        "UPDATE records SET majority_on = current_date WHERE patient_id = %(record)s",
        record=record,
    )
    end_facts(platform, record, "representant_legal")
    run_sql(
        platform,
        "consent",
        "UPDATE representation_requests SET until = now() WHERE patient_id = %(record)s AND until IS NOT NULL",
        record=record,
    )


def let_an_hour_pass(platform: Stack, record: str) -> None:
    """Move what professionals saw of a record, and when its documents came, back by an hour."""
    for statement in (
        "UPDATE visits SET started_at = started_at - interval '1 hour', latest_at = latest_at - interval '1 hour',"
        " before_at = before_at - interval '1 hour' WHERE patient_id = %(record)s",
        "UPDATE documents SET deposited_at = deposited_at - interval '1 hour',"
        " changed_at = changed_at - interval '1 hour' WHERE patient_id = %(record)s",
    ):
        run_sql(platform, "records", statement, record=record)
