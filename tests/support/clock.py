"""Moving the clock: dates on file are moved back, as if the time until now had passed."""

from typing import Any

import psycopg2

from deploy.dev.stack import Stack


def rows(platform: Stack, service: str, statement: str, **values: str) -> list[tuple[Any, ...]]:
    """Run a statement in a service's own database; what it answers, if it answers."""
    with psycopg2.connect(platform.addresses.database_url(service)) as connection, connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall()) if cursor.description else []


def let_document_fall_due(platform: Stack, document: str) -> None:
    """The day has come on which the patient sees it."""
    rows(
        platform,
        "records",
        "UPDATE documents SET invisible_until = now() WHERE document_id = %(document)s",
        document=document,
    )


def let_ten_years_pass(platform: Stack, record: str) -> None:
    """For a closed record."""
    rows(
        platform,
        "records",
        """
        UPDATE records SET opened_at = opened_at - interval '10 years', closed_at = closed_at - interval '10 years',
            purge_on = (purge_on - interval '10 years')::date
        WHERE patient_id = %(record)s
        """,
        record=record,
    )


def let_end(platform: Stack, record: str, kind: str) -> None:
    """What consent has on file of that kind ended a moment ago."""
    rows(
        platform,
        "consent",
        "UPDATE facts SET until = now() WHERE patient_id = %(record)s AND kind = %(kind)s",
        record=record,
        kind=kind,
    )


def let_majority_come(platform: Stack, record: str) -> None:
    """Today is the holder's birthday; a representation ends on its own date."""
    rows(
        platform,
        "records",
        "UPDATE records SET majority_on = current_date WHERE patient_id = %(record)s",
        record=record,
    )
    let_end(platform, record, "representant_legal")
