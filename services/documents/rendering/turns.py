"""Whose document is rendered next: in order of arrival, but no record takes every worker."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import NamedTuple

from contracts.errors.execution import ServiceUnavailable
from contracts.vocabulary import PatientId

HEAVY_BYTES = 500_000
"""Only one document of this size or more is rendered at once: two do not add up in memory, and small ones pass."""
_WAIT_SECONDS = 3.0
_MOST_WAITING = 48
MOST_WAITING_OF_RECORD = 12
"""Three readers of a record's clinical data, each of which reads four documents at once."""


class _Place(NamedTuple):
    patient_id: PatientId
    is_heavy: bool


class Turns:
    """Turns to use one of `workers` workers; `seconds`: the longest wait for one."""

    def __init__(self, workers: int, seconds: float = _WAIT_SECONDS) -> None:
        self._workers = workers
        self._seconds = seconds
        self._share = max(1, workers - 1)
        self._changed = threading.Condition()
        self._waiting: list[_Place] = []
        self._running: list[_Place] = []

    @property
    def waiting(self) -> int:
        """How many wait for a turn."""
        return len(self._waiting)

    @contextmanager
    def turn(self, patient_id: PatientId, size: int) -> Iterator[None]:
        """Wait for a turn, and have it for as long as the context lasts.

        Raises:
            ServiceUnavailable: too many wait already, or there was no turn in time.
        """
        place = _Place(patient_id, size >= HEAVY_BYTES)
        with self._changed:
            self._wait(place)
            self._running.append(place)
        try:
            yield
        finally:
            with self._changed:
                self._running.remove(place)
                self._changed.notify_all()

    def _wait(self, place: _Place) -> None:
        of_record = sum(other.patient_id == place.patient_id for other in self._waiting)
        if len(self._waiting) >= _MOST_WAITING or of_record >= MOST_WAITING_OF_RECORD:
            raise ServiceUnavailable
        end = monotonic() + self._seconds
        self._waiting.append(place)
        try:
            while not self._is_next(place):
                if not self._changed.wait(end - monotonic()):
                    raise ServiceUnavailable
        finally:
            self._waiting.remove(place)
            self._changed.notify_all()

    def _is_next(self, place: _Place) -> bool:
        """Whether it may run now, and no place before it may."""
        if len(self._running) >= self._workers:
            return False
        running = Counter(other.patient_id for other in self._running)
        has_heavy = any(other.is_heavy for other in self._running)
        for other in self._waiting:
            if running[other.patient_id] < self._share and not (other.is_heavy and has_heavy):
                return other == place
        return False
