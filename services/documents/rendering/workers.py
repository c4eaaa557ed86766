"""Who renders which document: workers forked on demand, killed when over a limit, ended when idle (ADR 0034)."""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic

import structlog
from prometheus_client import Counter

from contracts.errors.execution import NotRenderable, ServiceUnavailable
from contracts.vocabulary import ContentId, PatientId
from services.documents.rendering.files import PageHead
from services.documents.rendering.finished import FinishedPage
from services.documents.rendering.messages import RenderingRequest
from services.documents.rendering.processes import Worker, WorkerEndedError, WorkerTemplate
from services.documents.rendering.turns import HEAVY_BYTES, Turns
from services.documents.settings import RenderingSettings

RENDERINGS = Counter("carnet_renderings_total", "Documents rendered, by what came of it.", ["outcome"])

_SECONDS = 6.0
"""From the turn to the last byte of the answer; with the wait for the turn, less than the gateway waits."""
_REMEMBERED_SECONDS = 600.0
_MOST_REMEMBERED = 1_000


class RenderingWorkers:
    """The workers of a process; none before there is a document."""

    def __init__(self, settings: RenderingSettings) -> None:
        self._settings = settings
        self._turns = Turns(settings.rendering_workers)
        self._template: WorkerTemplate | None = None
        # Others run while a process is started.
        self._starting = threading.Lock()
        self._idle: list[Worker] = []
        self._running = 0
        self._timer: threading.Timer | None = None
        self._exceeding: dict[ContentId, float] = {}

    def render(
        self, request: RenderingRequest, frames: Iterable[bytes], patient_id: PatientId, content_id: ContentId
    ) -> FinishedPage:
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

    def _rendered(self, request: RenderingRequest, frames: Iterable[bytes], outcome: "_Outcome") -> FinishedPage:
        end = monotonic() + _SECONDS
        self._running += 1
        try:
            with self._worker(request.size, end) as worker:
                reply = worker.ask(request, frames, end)
                page = FinishedPage(PageHead(reply.media_type, reply.policy), reply.size, worker.body(reply, end))
                worker.is_usable = not reply.ends
        except TimeoutError:
            outcome.name = "late"
            raise ServiceUnavailable from None
        finally:
            self._running -= 1
        if reply.error:
            outcome.name = "failed"
            structlog.get_logger().error("rendering", error=reply.error, where=reply.where)
        elif reply.refused:
            outcome.name = "refused"
        if reply.error or reply.refused:
            raise NotRenderable
        outcome.name = "done"
        return page

    @contextmanager
    def _worker(self, size: int, end: float) -> Iterator[Worker]:
        """An idle worker, or a new one; a large document, after which its worker may end, leaves one to others."""
        # This one is counted as running.
        may_fork = self._running + len(self._idle) <= self._settings.rendering_workers
        is_left_to_others = size >= HEAVY_BYTES and len(self._idle) == 1 and may_fork
        worker = (None if is_left_to_others else self._idle_worker()) or self._new_worker(end)
        try:
            yield worker
        finally:
            if worker.is_usable:
                self._keep(worker)
            else:
                worker.end()
                self._end_later()

    def _idle_worker(self) -> Worker | None:
        while self._idle:
            worker = self._idle.pop()
            # Of no more use until it has answered.
            worker.is_usable = False
            if worker.is_alive():
                return worker
            worker.end()
        return None

    def _new_worker(self, end: float) -> Worker:
        """A worker forked from the template, which is replaced if it has ended or does not answer.

        Raises:
            TimeoutError: there is none in time.
        """
        with self._starting:
            if self._template is None or not self._template.is_alive():
                self._template = WorkerTemplate(self._settings.rendering_seconds, self._settings.rendering_memory)
            template = self._template
        try:
            return template.fork(end)
        except (TimeoutError, WorkerEndedError):
            # No document was given to it that could be the cause.
            self._end(template)
            raise TimeoutError from None

    def _remember(self, content_id: ContentId) -> None:
        now = monotonic()
        known = {known: until for known, until in self._exceeding.items() if until > now}
        known[content_id] = now + _REMEMBERED_SECONDS
        self._exceeding = dict(list(known.items())[-_MOST_REMEMBERED:])

    def _keep(self, worker: Worker) -> None:
        worker.idle_since = monotonic()
        self._idle.append(worker)
        self._end_later()

    def _end_later(self) -> None:
        if self._timer is None:
            self._timer = threading.Timer(self._settings.rendering_idle_seconds, self._end_idle)
            self._timer.daemon = True
            self._timer.start()

    def _end_idle(self) -> None:
        """End what was idle for long enough; the one used last is taken first, so the oldest are in front."""
        self._timer = None
        now = monotonic()
        while self._idle and now - self._idle[0].idle_since >= self._settings.rendering_idle_seconds:
            self._idle.pop(0).end()
        if self._idle or self._running:
            self._end_later()
        elif self._template is not None:
            self._end(self._template)

    def _end(self, template: WorkerTemplate) -> None:
        if self._template is template:
            # Others run while its end is waited for, and need a new one.
            self._template = None
        template.end()


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
