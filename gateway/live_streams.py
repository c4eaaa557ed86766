"""Pages that are kept up to date by this process: which records they show, and what they have yet to ask about."""

import asyncio
from collections import Counter
from collections.abc import Iterable

from contracts.errors.execution import ServiceUnavailable, TooManyRequests
from contracts.live import RecordChanges
from contracts.vocabulary import PatientId

MOST_OF_SESSION = 6
"""A browser keeps no more connections to one site over HTTP/1.1 anyway; hidden windows have none."""
_MOST = 2_000
_ASKING = 16
"""Questions to services at once, of all streams: after a gap every page asks."""
_RETRY_SECONDS = "60"


class LiveStream:
    """One page.

    `changed`: whether to ask if something is gone or new. `journals`: whether to ask if the journal has new lines.
    `has_journal`: whether its reader may read the journal, as far as is known.
    """

    def __init__(self, session: str, patient_id: PatientId, *, has_journal: bool) -> None:
        self.session = session
        self.ids = frozenset({patient_id})
        # What happened between the reading of the page and now is asked first.
        self.changed, self.journals, self.has_journal = True, has_journal, has_journal
        self._woken = asyncio.Event()
        self._ended = asyncio.Event()

    @property
    def is_ended(self) -> bool:
        """Whether the response is to end."""
        return self._ended.is_set()

    @property
    def has_questions(self) -> bool:
        """Whether there is something to ask."""
        return self.changed or self.journals

    def note(self, *, changed: bool = False, journals: bool = False) -> None:
        """Ask soon."""
        self.changed, self.journals = self.changed or changed, self.journals or (journals and self.has_journal)
        if self.has_questions:
            self._woken.set()

    def end(self) -> None:
        """The process stops; browsers connect to another."""
        self._ended.set()
        self._woken.set()

    async def wait(self, seconds: float) -> None:
        """Return when there is something to ask, the stream ends, or the time is over."""
        if not (self.has_questions or self.is_ended):
            self._woken.clear()
        await _set_within(self._woken, seconds)

    async def pause(self, seconds: float) -> None:
        """Return when the time is over, whatever happens meanwhile, or the stream ends."""
        await _set_within(self._ended, seconds)


async def _set_within(signal: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await signal.wait()
    except TimeoutError:
        return


class LiveStreams:
    """All streams of this process, by session and by record; `asking`: held during a question to a service."""

    def __init__(self) -> None:
        self.asking = asyncio.Semaphore(_ASKING)
        self._streams: set[LiveStream] = set()
        self._sessions: Counter[str] = Counter()
        self._by_record: dict[PatientId, set[LiveStream]] = {}
        self._is_ending = False

    def open(self, session: str, patient_id: PatientId, *, has_journal: bool) -> LiveStream:
        """A stream of a session on a record.

        Raises:
            TooManyRequests: the session has as many as it may. ServiceUnavailable: the process has, or stops.
        """
        if self._is_ending or len(self._streams) >= _MOST:
            raise ServiceUnavailable
        if self._sessions[session] >= MOST_OF_SESSION:
            raise TooManyRequests(seconds=_RETRY_SECONDS)
        stream = LiveStream(session, patient_id, has_journal=has_journal)
        self._streams.add(stream)
        self._sessions[session] += 1
        self._by_record.setdefault(patient_id, set()).add(stream)
        return stream

    def follow(self, stream: LiveStream, ids: Iterable[PatientId]) -> None:
        """The holder of the record has these ids."""
        wanted = stream.ids | frozenset(ids)
        for added in wanted - stream.ids:
            self._by_record.setdefault(added, set()).add(stream)
        stream.ids = wanted

    def close(self, stream: LiveStream) -> None:
        """The page has gone."""
        if stream not in self._streams:
            return
        self._streams.remove(stream)
        self._sessions[stream.session] -= 1
        if not self._sessions[stream.session]:
            del self._sessions[stream.session]
        for patient_id in stream.ids:
            self._by_record[patient_id].discard(stream)
            if not self._by_record[patient_id]:
                del self._by_record[patient_id]

    def announce(self, changes: RecordChanges) -> None:
        """Services say what changed."""
        for patient_id in changes.changed:
            for stream in self._by_record.get(patient_id, ()):
                stream.note(changed=True)
        for patient_id in changes.journals:
            for stream in self._by_record.get(patient_id, ()):
                stream.note(journals=True)

    def announce_all(self) -> None:
        """Something may have been missed."""
        for stream in self._streams:
            stream.note(changed=True, journals=True)

    def end(self) -> None:
        """End all, and open no more."""
        self._is_ending = True
        for stream in self._streams:
            stream.end()
