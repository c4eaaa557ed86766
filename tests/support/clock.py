"""Simulates the passing of time: moves stored dates into the past."""

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


def end_facts(platform: Stack, record: str, kind: str) -> None:
    """End the record's consent facts of that kind now."""
    run_sql(
        platform,
        "consent",
        "UPDATE facts SET until = now() WHERE patient_id = %(record)s AND kind = %(kind)s",
        record=record,
        kind=kind,
    )


def reach_majority(platform: Stack, record: str) -> None:
    """Set the date of majority to today and end the legal representation."""
    run_sql(
        platform,
        "records",
        "UPDATE records SET majority_on = current_date WHERE patient_id = %(record)s",
        record=record,
    )
    end_facts(platform, record, "representant_legal")
