"""A part is stopped: requests get 503 with Retry-After within the deadline, and its return needs no other restart."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import requests

from client.errors import ApiError
from client.people import DemoPeople
from deploy.dev.stack import Stack
from tests.support.people import authorised_doctor, document_for, open_record
from tests.support.waiting import wait_until

MAX_SECONDS = 12
"""The deadline of a call and its transfer, with a margin for slow machines."""


@contextmanager
def stopped(platform: Stack, part: str) -> Iterator[None]:
    """A part of the platform is stopped during the block."""
    platform.halt(part)
    try:
        yield
    finally:
        platform.launch(part)


def all_services_respond(demo: DemoPeople) -> bool:
    """Whether opening, depositing, authorising and downloading all work for a new patient."""
    try:
        holder = open_record(demo)
        depositor = demo.logged_in("hospital")
        document = depositor.deposit(holder.record, document_for(demo, holder))
        authorised_doctor(demo, holder).download(holder.record, str(document.document_id))
    except ApiError:
        return False
    return True


@pytest.mark.parametrize("part", ["rabbit", "postgres", "consent", "records"])
def test_a_list_gets_503_while_a_part_is_stopped_and_recovers_without_a_restart(
    platform: Stack, demo: DemoPeople, part: str
) -> None:
    holder = open_record(demo)
    doctor = authorised_doctor(demo, holder)
    with stopped(platform, part):
        started = time.monotonic()
        response = requests.get(
            f"{demo.gateway}/dmp/records/{holder.record}/documents",
            headers={"Authorization": f"Bearer {doctor.token}"},
            timeout=60,
        )
        assert time.monotonic() - started < MAX_SECONDS
        assert response.status_code == 503, response.text
        assert int(response.headers["Retry-After"]) > 0
        assert response.json()["code"].startswith("service.")
    wait_until(lambda: all_services_respond(demo), f"everything after {part} is back")
    assert doctor.list_documents(holder.record).documents == ()


@pytest.mark.parametrize("part", ["object-store", "documents"])
def test_a_deposit_gets_503_while_a_part_is_stopped_and_recovers_without_a_restart(
    platform: Stack, demo: DemoPeople, part: str
) -> None:
    holder, depositor = open_record(demo), demo.logged_in("hospital")
    content = document_for(demo, holder)
    with stopped(platform, part):
        started = time.monotonic()
        with pytest.raises(ApiError) as refused:
            depositor.deposit(holder.record, content)
        assert time.monotonic() - started < MAX_SECONDS
        assert refused.value.status == 503
    wait_until(lambda: all_services_respond(demo), f"everything after {part} is back")
    document = depositor.deposit(holder.record, content)
    assert depositor.download(holder.record, str(document.document_id)) == content
