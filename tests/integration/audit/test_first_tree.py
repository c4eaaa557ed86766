"""The migration to one tree makes each old line a leaf, in the same order, with its own time."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from sqlalchemy import text

from client.waiting import wait_for
from contracts.vocabulary import PatientId
from deploy.dev.environment import environment_of_service
from tests.integration.audit.stack import AuditStack
from tests.integration.audit.test_journal import check_journal

LONG_AGO = datetime(2025, 5, 1, 8, 30, 0, 125_000, tzinfo=UTC)

_OLD_LINE = """
INSERT INTO journal (patient_id, number, event_id, at, act, outcome, reason, actor_role, actor, actor_name, mode,
    profession, structure, document_id, hash)
VALUES (:patient_id, :number, :event_id, :at, 'consultation_document', 'allowed', 'autorisation', 'professional',
    '80000000019', 'Dr Rosa Lind', 'normal', '10', NULL, :document_id, '')
"""
_TO_FIRST = """
from alembic import command
from chassis.migrate import configuration
command.upgrade(configuration("services.audit"), "0001")
"""


def test_lines_from_before_the_tree_become_leaves(stack: AuditStack) -> None:
    patient_id, document_id = PatientId(uuid4()), uuid4()
    stack.stop("audit")
    downgrade(stack)
    with stack.database("audit") as connection:
        for number in (1, 2, 3):
            at = LONG_AGO + timedelta(hours=number)
            values = {"patient_id": patient_id, "number": number, "at": at, "event_id": uuid4()}
            connection.execute(text(_OLD_LINE), values | {"document_id": document_id})

    stack.start("audit")
    wait_for(lambda: stack.lines_about(patient_id) == 3)
    lines = stack.read(patient_id)

    assert [line.at for line in lines] == [LONG_AGO + timedelta(hours=number) for number in (3, 2, 1)]
    assert {line.fr for line in lines} == {"Dr Rosa Lind, médecin, a consulté un document (avec votre autorisation)."}
    assert {line.document_id for line in lines} == {document_id}
    wait_for(lambda: stack.lines_about(patient_id) == 4)
    check_journal(stack)
    assert stack.head_over_all().head.size == stack.size()


def downgrade(stack: AuditStack) -> None:
    """Recreate the database as the first migration left it, empty."""
    with stack.database("audit") as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    environment = environment_of_service("audit", stack.addresses)
    subprocess.run([sys.executable, "-c", _TO_FIRST], env=os.environ | environment, check=True, timeout=60)
