"""Turns to have a document rendered: in order, but no record takes every worker, and no two large ones add up."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from threading import Thread
from uuid import uuid4

import pytest

from contracts.errors.execution import ServiceUnavailable
from contracts.vocabulary import PatientId
from services.documents.rendering.turns import MOST_WAITING_OF_RECORD, Turns
from tests.support.waiting import wait_until

SMALL, LARGE = 10_000, 2_000_000


def record() -> PatientId:
    return PatientId(uuid4())


@contextmanager
def waiting(
    turns: Turns, patient_id: PatientId, size: int = SMALL, served: list[PatientId] | None = None
) -> Iterator[None]:
    """Another reader waits for a turn; at the end it has had it, and was added to `served`."""

    def read() -> None:
        with turns.turn(patient_id, size):
            (served if served is not None else []).append(patient_id)

    before = turns.waiting
    reader = Thread(target=read)
    reader.start()
    wait_until(lambda: turns.waiting == before + 1, "the reader does not wait")
    yield
    reader.join()


def test_readers_of_one_record_leave_a_worker_to_others() -> None:
    turns, flooded = Turns(2), record()
    with ExitStack() as readers, turns.turn(flooded, SMALL):
        for _ in range(5):
            readers.enter_context(waiting(turns, flooded))
        with turns.turn(record(), SMALL):
            assert turns.waiting == 5


def test_a_second_large_document_waits_and_a_small_one_passes_it() -> None:
    turns = Turns(2)
    with ExitStack() as readers, turns.turn(record(), LARGE):
        readers.enter_context(waiting(turns, record(), LARGE))
        with turns.turn(record(), SMALL):
            assert turns.waiting == 1


def test_turns_come_in_order_of_arrival() -> None:
    turns, served = Turns(1), list[PatientId]()
    order = [record() for _ in range(4)]
    with ExitStack() as readers, turns.turn(record(), SMALL):
        for patient_id in order:
            readers.enter_context(waiting(turns, patient_id, served=served))
    assert served == order


def test_a_single_worker_is_used_by_every_record() -> None:
    turns, same = Turns(1), record()
    for _ in range(2):
        with turns.turn(same, LARGE):
            pass


def test_a_reader_of_a_record_for_which_many_wait_is_refused_at_once_and_others_are_not() -> None:
    turns, flooded = Turns(2), record()
    with ExitStack() as readers, turns.turn(flooded, SMALL):
        for _ in range(MOST_WAITING_OF_RECORD):
            readers.enter_context(waiting(turns, flooded))
        with pytest.raises(ServiceUnavailable), turns.turn(flooded, SMALL):
            pass
        with turns.turn(record(), SMALL):
            pass


def test_who_has_no_turn_in_time_is_refused_and_waits_no_longer() -> None:
    turns, same = Turns(1, seconds=0.01), record()
    with turns.turn(same, SMALL):
        with pytest.raises(ServiceUnavailable), turns.turn(record(), SMALL):
            pass
        assert turns.waiting == 0
    with turns.turn(same, SMALL):
        pass
