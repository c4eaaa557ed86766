"""What was acknowledged stays, once; what was refused never was; whatever is killed or restarted meanwhile."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2
import pytest

from cli.demo.client import ApiClient, ApiError
from cli.demo.people import DemoPeople
from deploy.dev.processes import Processes
from deploy.dev.stack import Stack
from tests.faults.depositing import Depositing
from tests.support.people import Holder, activate, authorised, document_for, new_unique_id, open_record
from tests.support.waiting import wait_until

DEPOSITS = 200
FEW_DEPOSITS = 40


def notices(client: ApiClient, holder: Holder, code: str) -> int:
    return sum(1 for notice in client.notices(holder.record) if notice["code"] == code)


def pid_of(platform: Stack, part: str) -> int:
    return next(record.pid for record in Processes(platform.layout).records() if record.name == part)


@contextmanager
def held(platform: Stack, service: str, table: str) -> Iterator[None]:
    """Nobody writes to a table while the block lasts, so that whoever tries is stopped in the middle."""
    connection = psycopg2.connect(platform.addresses.database_url(service))
    connection.cursor().execute(f"LOCK TABLE {table} IN EXCLUSIVE MODE")
    try:
        yield
    finally:
        connection.rollback()
        connection.close()


def waiting_for_lock(platform: Stack, service: str) -> bool:
    with psycopg2.connect(platform.addresses.database_url(service)) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND wait_event_type = 'Lock'", [service]
        )
        row = cursor.fetchone()
    return row is not None and row[0] > 0


def test_a_consumer_killed_in_the_middle_of_a_message_has_its_effect_once(platform: Stack, demo: DemoPeople) -> None:
    holder = open_record(demo)
    patient = activate(demo, holder)
    with held(platform, "notify", "notices"):
        demo.logged_in("hospital").deposit(holder.record, document_for(demo, holder))
        wait_until(lambda: waiting_for_lock(platform, "notify"), "notify in the middle of the message")
        platform.kill("notify")
    platform.launch("notify")
    wait_until(lambda: notices(patient, holder, "AJOUT_DOCUMENT") == 1, "the notice")
    authorised(demo, holder).list_documents(holder.record)
    wait_until(lambda: notices(patient, holder, "ACCES_DMP_PS") == 1, "a later notice")
    assert notices(patient, holder, "AJOUT_DOCUMENT") == 1


def test_an_event_of_a_transaction_that_rolls_back_is_never_seen(platform: Stack, demo: DemoPeople) -> None:
    holder = open_record(demo)
    patient = activate(demo, holder)
    author, other = demo.logged_in("hospital"), demo.logged_in("specialist")
    unique_id = new_unique_id()
    author.deposit(holder.record, document_for(demo, holder, unique_id=unique_id))
    stranger = document_for(demo, holder, by="specialist", replaces=unique_id)
    with pytest.raises(ApiError, match=r"document\.not_author"):
        other.deposit(holder.record, stranger)
    author.deposit(holder.record, document_for(demo, holder))
    wait_until(lambda: notices(patient, holder, "AJOUT_DOCUMENT") >= 2, "notices of the two that were taken")
    assert notices(patient, holder, "AJOUT_DOCUMENT") == 2
    assert len(patient.list_documents(holder.record)["documents"]) == 2


def test_the_broker_restarts_during_200_deposits_and_none_is_lost_or_doubled(
    platform: Stack, demo: DemoPeople
) -> None:
    depositing = Depositing(demo, DEPOSITS)
    with depositing.under_way():
        platform.halt("rabbit")
        platform.launch("rabbit")
    depositing.check_nothing_lost_or_doubled(platform)


@pytest.mark.parametrize(
    "part", ["gateway", "records", "documents", "consent", "audit", "notify", "object-store", "postgres", "rabbit"]
)
def test_whichever_process_is_killed_during_deposits_none_is_lost_or_doubled(
    platform: Stack, demo: DemoPeople, part: str
) -> None:
    depositing = Depositing(demo, FEW_DEPOSITS)
    with depositing.under_way():
        platform.kill(part)
        platform.launch(part)
    depositing.check_nothing_lost_or_doubled(platform)


def test_a_call_to_a_service_that_does_not_answer_ends_at_its_deadline_and_is_not_done_late(
    platform: Stack, demo: DemoPeople
) -> None:
    holder = open_record(demo)
    patient = activate(demo, holder)
    frozen = pid_of(platform, "consent")
    os.kill(frozen, signal.SIGSTOP)
    try:
        with pytest.raises(ApiError) as refused:
            patient.name_medecin_traitant(holder.record, demo.professional("gp").rpps)
        assert (refused.value.status, refused.value.code) == (503, "service.deadline")
    finally:
        os.kill(frozen, signal.SIGCONT)
    doctor = demo.logged_in("specialist")
    wait_until(lambda: _standing_is_known(doctor, holder), "consent answers again")
    found = demo.logged_in("gp").find_record(holder.patient.ins.matricule, holder.patient.ins.oid)
    assert found["medecin_traitant"] is False


def _standing_is_known(doctor: ApiClient, holder: Holder) -> bool:
    try:
        doctor.find_record(holder.patient.ins.matricule, holder.patient.ins.oid)
    except ApiError:
        return False
    return True
