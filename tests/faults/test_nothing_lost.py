"""Processes are killed or restarted: acknowledged writes remain, once, and refused ones leave nothing."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2
import pytest

from client.api_client import ApiClient
from client.errors import ApiError
from client.people import DemoPeople
from client.professional import ProfessionalClient
from deploy.dev.processes import Processes
from deploy.dev.stack import Stack
from tests.faults.deposit_load import DepositLoad
from tests.support.people import Holder, activate_account, authorised_doctor, document_for, new_unique_id, open_record
from tests.support.waiting import wait_until

DEPOSITS = 200
FEW_DEPOSITS = 40


def notice_count(client: ApiClient, holder: Holder, code: str) -> int:
    return sum(1 for notice in client.notices(holder.record) if notice.code == code)


def pid_of(platform: Stack, part: str) -> int:
    return next(record.pid for record in Processes(platform.layout).records() if record.name == part)


@contextmanager
def table_locked(platform: Stack, service: str, table: str) -> Iterator[None]:
    """Lock a table against writes during the block, so that a unit of work that writes to it waits half-way."""
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


def test_a_message_whose_consumer_is_killed_takes_effect_once(platform: Stack, demo: DemoPeople) -> None:
    holder = open_record(demo)
    patient = activate_account(demo, holder)
    with table_locked(platform, "notify", "notices"):
        demo.logged_in("hospital").deposit(holder.record, document_for(demo, holder))
        wait_until(lambda: waiting_for_lock(platform, "notify"), "notify waits half-way through the message")
        platform.kill("notify")
    platform.launch("notify")
    wait_until(lambda: notice_count(patient, holder, "AJOUT_DOCUMENT") == 1, "the notice")
    authorised_doctor(demo, holder).list_documents(holder.record)
    wait_until(lambda: notice_count(patient, holder, "ACCES_DMP_PS") == 1, "a later notice")
    assert notice_count(patient, holder, "AJOUT_DOCUMENT") == 1


def test_an_event_of_a_rolled_back_transaction_is_never_delivered(platform: Stack, demo: DemoPeople) -> None:
    holder = open_record(demo)
    patient = activate_account(demo, holder)
    author, other = demo.logged_in("hospital"), demo.logged_in("specialist")
    unique_id = new_unique_id()
    author.deposit(holder.record, document_for(demo, holder, unique_id=unique_id))
    # Who may not read the record would replace what is not there to them, and deposit a first version.
    patient.authorise(holder.record, demo.professional("specialist").rpps)
    stranger = document_for(demo, holder, by="specialist", replaces=unique_id)
    with pytest.raises(ApiError, match=r"document\.not_author"):
        other.deposit(holder.record, stranger)
    author.deposit(holder.record, document_for(demo, holder))
    wait_until(lambda: notice_count(patient, holder, "AJOUT_DOCUMENT") >= 2, "notices of the two accepted deposits")
    assert notice_count(patient, holder, "AJOUT_DOCUMENT") == 2
    assert len(patient.list_documents(holder.record).documents) == 2


def test_a_broker_restart_during_200_deposits_loses_and_duplicates_none(platform: Stack, demo: DemoPeople) -> None:
    load = DepositLoad(demo, DEPOSITS)
    with load.running():
        platform.halt("rabbit")
        platform.launch("rabbit")
    load.check_nothing_lost_or_duplicated(platform)


@pytest.mark.parametrize(
    "part", ["gateway", "records", "documents", "consent", "audit", "notify", "object-store", "postgres", "rabbit"]
)
def test_killing_any_process_during_deposits_loses_and_duplicates_none(
    platform: Stack, demo: DemoPeople, part: str
) -> None:
    load = DepositLoad(demo, FEW_DEPOSITS)
    with load.running():
        platform.kill(part)
        platform.launch(part)
    load.check_nothing_lost_or_duplicated(platform)


def test_a_call_to_a_frozen_service_fails_at_its_deadline_and_is_not_executed_later(
    platform: Stack, demo: DemoPeople
) -> None:
    holder = open_record(demo)
    patient = activate_account(demo, holder)
    frozen = pid_of(platform, "consent")
    os.kill(frozen, signal.SIGSTOP)
    try:
        with pytest.raises(ApiError) as refused:
            patient.name_medecin_traitant(holder.record, demo.professional("gp").rpps)
        assert (refused.value.status, refused.value.code) == (503, "service.deadline")
    finally:
        os.kill(frozen, signal.SIGCONT)
    doctor = demo.logged_in("specialist")
    wait_until(lambda: _status_is_known(doctor, holder), "consent answers again")
    found = demo.logged_in("gp").find_record(holder.patient.ins.matricule, holder.patient.ins.oid)
    assert found.medecin_traitant is False


def _status_is_known(doctor: ProfessionalClient, holder: Holder) -> bool:
    try:
        doctor.find_record(holder.patient.ins.matricule, holder.patient.ins.oid)
    except ApiError:
        return False
    return True
