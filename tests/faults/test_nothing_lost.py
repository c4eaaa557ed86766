"""What was acknowledged stays, once; what was refused never was; whatever is killed or restarted meanwhile."""

import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2
import pytest
import requests

from cli.demo.cast import Cast
from cli.demo.visitor import Refused, Visitor
from deploy.dev.processes import Processes
from deploy.dev.stack import Stack
from tests.support.people import Holder, activate, authorised, document_for, new_unique_id, open_record
from tests.support.waiting import wait_until

DEPOSITS = 200


def notices(visitor: Visitor, holder: Holder, code: str) -> int:
    return sum(1 for notice in visitor.notices(holder.record) if notice["code"] == code)


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


def test_a_consumer_killed_in_the_middle_of_a_message_has_its_effect_once(platform: Stack, cast: Cast) -> None:
    holder = open_record(cast)
    patient = activate(cast, holder)
    with held(platform, "notify", "notices"):
        cast.logged_in("hospital").deposit(holder.record, document_for(cast, holder))
        wait_until(lambda: waiting_for_lock(platform, "notify"), "notify in the middle of the message")
        platform.kill("notify")
    platform.launch("notify")
    wait_until(lambda: notices(patient, holder, "AJOUT_DOCUMENT") == 1, "the notice")
    authorised(cast, holder).list_documents(holder.record)
    wait_until(lambda: notices(patient, holder, "ACCES_DMP_PS") == 1, "a later notice")
    assert notices(patient, holder, "AJOUT_DOCUMENT") == 1


def test_an_event_of_a_transaction_that_rolls_back_is_never_seen(platform: Stack, cast: Cast) -> None:
    holder = open_record(cast)
    patient = activate(cast, holder)
    author, other = cast.logged_in("hospital"), cast.logged_in("specialist")
    unique_id = new_unique_id()
    author.deposit(holder.record, document_for(cast, holder, unique_id=unique_id))
    stranger = document_for(cast, holder, by="specialist", replaces=unique_id)
    with pytest.raises(Refused, match=r"document\.not_author"):
        other.deposit(holder.record, stranger)
    author.deposit(holder.record, document_for(cast, holder))
    wait_until(lambda: notices(patient, holder, "AJOUT_DOCUMENT") >= 2, "notices of the two that were taken")
    assert notices(patient, holder, "AJOUT_DOCUMENT") == 2
    assert len(patient.list_documents(holder.record)["documents"]) == 2


def test_the_broker_restarts_during_200_deposits_and_none_is_lost_or_doubled(platform: Stack, cast: Cast) -> None:
    holder = open_record(cast)
    patient = activate(cast, holder)
    contents = [document_for(cast, holder) for _ in range(DEPOSITS)]
    acknowledged: list[str] = []
    workers = [
        threading.Thread(target=_deposit_all, args=(cast.logged_in("hospital"), holder, share, acknowledged))
        for share in (contents[::2], contents[1::2])
    ]
    for worker in workers:
        worker.start()
    wait_until(lambda: len(acknowledged) > DEPOSITS // 4, "a quarter of the deposits")
    platform.halt("rabbit")
    platform.launch("rabbit")
    for worker in workers:
        worker.join(timeout=120)
    assert Counter(acknowledged).most_common(1)[0][1] == 1
    assert len(acknowledged) == DEPOSITS
    assert sorted(_all_documents(patient, holder)) == sorted(acknowledged)
    wait_until(lambda: _count_notices(platform, holder) >= DEPOSITS, "every notice", seconds=60)
    assert _count_notices(platform, holder) == DEPOSITS


def _deposit_all(depositor: Visitor, holder: Holder, contents: list[bytes], acknowledged: list[str]) -> None:
    """Each until it is acknowledged, as software does: the same document again is the same deposit."""
    limit = time.monotonic() + 100
    for content in contents:
        while time.monotonic() < limit:
            try:
                acknowledged.append(str(depositor.deposit(holder.record, content)["document_id"]))
                break
            except (Refused, requests.RequestException) as refused:
                if isinstance(refused, Refused) and refused.status != 503:
                    raise


def _all_documents(visitor: Visitor, holder: Holder) -> list[str]:
    found: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = visitor.list_documents(holder.record, count="100", **cursor)
        found += [str(document["document_id"]) for document in page["documents"]]
        if not page.get("next"):
            return found
        cursor = {"cursor": page["next"]}


def _count_notices(platform: Stack, holder: Holder) -> int:
    with psycopg2.connect(platform.addresses.database_url("notify")) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM notices WHERE patient_id = %s AND code = 'AJOUT_DOCUMENT'", [holder.record]
        )
        row = cursor.fetchone()
    return 0 if row is None else int(row[0])


def test_a_call_to_a_service_that_does_not_answer_ends_at_its_deadline_and_is_not_done_late(
    platform: Stack, cast: Cast
) -> None:
    holder = open_record(cast)
    patient = activate(cast, holder)
    frozen = pid_of(platform, "consent")
    os.kill(frozen, signal.SIGSTOP)
    try:
        with pytest.raises(Refused) as refused:
            patient.name_medecin_traitant(holder.record, cast.professional("gp").rpps)
        assert (refused.value.status, refused.value.code) == (503, "service.deadline")
    finally:
        os.kill(frozen, signal.SIGCONT)
    doctor = cast.logged_in("specialist")
    wait_until(lambda: _standing_is_known(doctor, holder), "consent answers again")
    found = cast.logged_in("gp").find_record(holder.patient.ins.matricule, holder.patient.ins.oid)
    assert found["medecin_traitant"] is False


def _standing_is_known(doctor: Visitor, holder: Holder) -> bool:
    try:
        doctor.find_record(holder.patient.ins.matricule, holder.patient.ins.oid)
    except Refused:
        return False
    return True
