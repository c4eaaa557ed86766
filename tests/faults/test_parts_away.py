"""A part is away: the answer is 503 with the time to come back, within the deadline; its return needs no restart."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import requests

from cli.demo.client import ApiError
from cli.demo.people import DemoPeople
from deploy.dev.stack import Stack
from tests.support.people import authorised, document_for, open_record
from tests.support.waiting import wait_until

LONGEST_SECONDS = 12
"""The deadline of a call and its transfer, and what a slow machine adds."""


@contextmanager
def away(platform: Stack, part: str) -> Iterator[None]:
    """A part is stopped while the block lasts; afterwards everything answers again by itself."""
    platform.halt(part)
    try:
        yield
    finally:
        platform.launch(part)


def is_whole(demo: DemoPeople) -> bool:
    """Whether somebody who comes in now is served by everybody."""
    try:
        holder = open_record(demo)
        depositor = demo.logged_in("hospital")
        document = depositor.deposit(holder.record, document_for(demo, holder))
        authorised(demo, holder).download(holder.record, str(document["document_id"]))
    except ApiError:
        return False
    return True


@pytest.mark.parametrize("part", ["rabbit", "postgres", "consent", "records"])
def test_a_list_is_refused_in_time_and_answered_again_by_itself(platform: Stack, demo: DemoPeople, part: str) -> None:
    holder = open_record(demo)
    doctor = authorised(demo, holder)
    with away(platform, part):
        started = time.monotonic()
        response = requests.get(
            f"{demo.gateway}/dmp/records/{holder.record}/documents",
            headers={"Authorization": f"Bearer {doctor.token}"},
            timeout=60,
        )
        assert time.monotonic() - started < LONGEST_SECONDS
        assert response.status_code == 503, response.text
        assert int(response.headers["Retry-After"]) > 0
        assert response.json()["code"].startswith("service.")
    wait_until(lambda: is_whole(demo), f"everything after {part} is back")
    assert doctor.list_documents(holder.record)["documents"] == []


@pytest.mark.parametrize("part", ["object-store", "documents"])
def test_a_deposit_is_refused_in_time_and_taken_again_by_itself(platform: Stack, demo: DemoPeople, part: str) -> None:
    holder, depositor = open_record(demo), demo.logged_in("hospital")
    content = document_for(demo, holder)
    with away(platform, part):
        started = time.monotonic()
        with pytest.raises(ApiError) as refused:
            depositor.deposit(holder.record, content)
        assert time.monotonic() - started < LONGEST_SECONDS
        assert refused.value.status == 503
    wait_until(lambda: is_whole(demo), f"everything after {part} is back")
    document = depositor.deposit(holder.record, content)
    assert depositor.download(holder.record, str(document["document_id"])) == content
