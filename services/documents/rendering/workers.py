"""Processes that render documents: started on demand, killed when over a limit, ended when idle (ADR 0034)."""

import socket
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import msgspec
import structlog
from prometheus_client import Counter

from contracts.errors.execution import NotRenderable, ServiceUnavailable
from contracts.vocabulary import ContentId, PatientId
from services.documents.rendering.files import Page
from services.documents.rendering.messages import RenderingReply, RenderingRequest
from services.documents.rendering.turns import HEAVY_BYTES, Turns
from services.documents.settings import RenderingSettings

RENDERINGS = Counter("carnet_renderings_total", "Documents rendered, by what came of it.", ["outcome"])

_ROOT = Path(__file__).parents[3]
_SECONDS = 6.0
"""From the first byte to the last of the answer; with the wait for a turn, less than the gateway waits."""
_REMEMBERED_SECONDS = 600.0
_MOST_REMEMBERED = 1_000
_PIECE_BYTES = 256 * 1024
_ENVIRONMENT = {"MALLOC_TRIM_THRESHOLD_": "131072", "MALLOC_MMAP_THRESHOLD_": "131072"}
"""Nothing of the service's own environment, where its secrets are; freed memory goes back to the system."""
_decode = msgspec.json.Decoder(RenderingReply).decode


class WorkerEndedError(Exception):
    """A worker exceeded its limits, or crashed."""


class RenderingWorkers:
    """The workers of a process; none before there is a document."""

    def __init__(self, settings: RenderingSettings) -> None:
        self._settings = settings
        self._turns = Turns(settings.rendering_workers)
        self._idle: list[_Worker] = []
        self._running = 0
        self._timer: threading.Timer | None = None
        self._exceeding: dict[ContentId, float] = {}

    def render(
        self, request: RenderingRequest, frames: Iterable[bytes], patient_id: PatientId, content_id: ContentId
    ) -> Page:
        """A CDA as a page or as clinical data.

        Args:
            frames: of the plain content, `request.size` bytes in all; read while they are sent.

        Raises:
            NotRenderable: no page can be made from it within the limits; asked again, it is refused at once for ten
                minutes. ServiceUnavailable: no worker was free in time, or the machine was too busy for it.
        """
        if self._exceeding.get(content_id, 0.0) > monotonic():
            RENDERINGS.labels("remembered").inc()
            raise NotRenderable
        with _counted() as outcome:
            outcome.name = "busy"
            with self._turns.turn(patient_id, request.size):
                outcome.name = "cut"
                try:
                    return self._rendered(request, frames, outcome)
                except WorkerEndedError:
                    outcome.name = "killed"
                    self._remember(content_id)
                    raise NotRenderable from None

    def _rendered(self, request: RenderingRequest, frames: Iterable[bytes], outcome: "_Outcome") -> Page:
        worker = self._worker_for(request)
        self._running += 1
        is_usable = False
        try:
            reply, body = worker.render(request, frames)
            is_usable = not reply.ends
        except TimeoutError:
            outcome.name = "late"
            raise ServiceUnavailable from None
        finally:
            self._running -= 1
            if is_usable:
                self._keep(worker)
            else:
                worker.end()
        if reply.error:
            outcome.name = "failed"
            structlog.get_logger().error("rendering", error=reply.error, where=reply.where)
        elif reply.refused:
            outcome.name = "refused"
        if reply.error or reply.refused:
            raise NotRenderable
        outcome.name = "done"
        return Page(reply.media_type, reply.policy, body)

    def _worker_for(self, request: RenderingRequest) -> "_Worker":
        """An idle worker, or a new one; a large document, after which its worker may end, leaves one to others."""
        may_start = self._running + len(self._idle) < self._settings.rendering_workers
        if request.size < HEAVY_BYTES or len(self._idle) > 1 or not may_start:
            while self._idle:
                worker = self._idle.pop()
                if worker.is_alive():
                    return worker
                worker.end()
        return _Worker(self._settings.rendering_seconds, self._settings.rendering_memory)

    def _remember(self, content_id: ContentId) -> None:
        now = monotonic()
        known = {known: until for known, until in self._exceeding.items() if until > now}
        known[content_id] = now + _REMEMBERED_SECONDS
        self._exceeding = dict(list(known.items())[-_MOST_REMEMBERED:])

    def _keep(self, worker: "_Worker") -> None:
        worker.idle_since = monotonic()
        self._idle.append(worker)
        if self._timer is None:
            self._end_later()

    def _end_later(self) -> None:
        self._timer = threading.Timer(self._settings.rendering_idle_seconds, self._end_idle)
        self._timer.daemon = True
        self._timer.start()

    def _end_idle(self) -> None:
        """End what was idle for long enough; the one used last is taken first, so the oldest are in front."""
        self._timer = None
        now = monotonic()
        while self._idle and now - self._idle[0].idle_since >= self._settings.rendering_idle_seconds:
            self._idle.pop(0).end()
        if self._idle:
            self._end_later()


@dataclass
class _Outcome:
    """What came of one rendering; interrupted, unless it is set."""

    name: str = "cut"


@contextmanager
def _counted() -> Iterator[_Outcome]:
    outcome = _Outcome()
    try:
        yield outcome
    finally:
        RENDERINGS.labels(outcome.name).inc()


class _Worker:
    """One process and the connection to it."""

    def __init__(self, seconds: int, memory: int) -> None:
        self.idle_since = 0.0
        self._connection, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603
                [sys.executable, "-E", "-s", "-m", f"{__package__}.worker", str(seconds), str(memory)],
                stdin=theirs.fileno(),
                stdout=theirs.fileno(),
                stderr=subprocess.DEVNULL,
                cwd=_ROOT,
                env=_ENVIRONMENT,
                # Signals that a terminal sends to the service are not for its workers, which end with it.
                start_new_session=True,
            )

    def render(self, request: RenderingRequest, frames: Iterable[bytes]) -> tuple[RenderingReply, bytes]:
        """The worker's answer.

        Raises:
            WorkerEndedError. TimeoutError: the worker is of no more use.
        """
        end = monotonic() + _SECONDS
        received = self._pieces(end)
        self._send(msgspec.json.encode(request) + b"\n", end)
        for frame in frames:
            self._send(frame, end)
        head = b""
        while b"\n" not in head:
            head += next(received)
        line, _, first = head.partition(b"\n")
        reply = _decode(line)
        body = bytearray(first)
        while len(body) < reply.size:
            body += next(received)
        return reply, bytes(body)

    def is_alive(self) -> bool:
        return self._process.poll() is None

    def end(self) -> None:
        """Kill the process and wait for its end."""
        self._connection.close()
        self._process.kill()
        self._process.wait()

    def _send(self, piece: bytes, end: float) -> None:
        self._connection.settimeout(max(end - monotonic(), 0.001))
        try:
            self._connection.sendall(piece)
        except ConnectionError:
            raise WorkerEndedError from None

    def _pieces(self, end: float) -> Iterator[bytes]:
        while True:
            self._connection.settimeout(max(end - monotonic(), 0.001))
            try:
                piece = self._connection.recv(_PIECE_BYTES)
            except ConnectionError:
                raise WorkerEndedError from None
            if not piece:
                raise WorkerEndedError
            yield piece
