"""The supervisor of a stack's directory: at most one, identified by a file lock that its process holds."""

import contextlib
import fcntl
import json
import os
import signal
import threading
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from types import FrameType
from typing import IO

from deploy.dev.errors import AlreadyRunning
from deploy.dev.paths import Layout
from deploy.dev.pids import ProcessIdentity, identify

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass
class SupervisorLock:
    """The right to start and stop the processes of one root."""

    layout: Layout
    _file: IO[str] | None = None

    def acquire(self) -> None:
        """Raises AlreadyRunning if another process holds it."""
        self.layout.prepare()
        file = _lock_of(self.layout).open("a+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            raise AlreadyRunning(f"the stack of {self.layout.root} is up already") from None
        file.truncate(0)
        file.write(json.dumps(asdict(identify(os.getpid()))))
        file.flush()
        self._file = file

    @property
    def is_held(self) -> bool:
        return self._file is not None

    def release(self) -> None:
        if self._file is not None:
            self._file.truncate(0)
            self._file.close()
            self._file = None


def find_supervisor(layout: Layout) -> ProcessIdentity | None:
    """The living process that holds the lock, if any."""
    try:
        content = _lock_of(layout).read_text()
    except FileNotFoundError:
        return None
    holder = ProcessIdentity(**json.loads(content)) if content else None
    return holder if holder and holder.is_alive() else None


@contextlib.contextmanager
def signals_interrupt() -> Iterator[None]:
    """Within, the first SIGINT, SIGTERM or SIGHUP raises KeyboardInterrupt; later ones are ignored."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        for each in _SIGNALS:
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt

    with _signals_handled_by(interrupt):
        yield


@contextlib.contextmanager
def signals_ignored() -> Iterator[None]:
    """Within, SIGINT, SIGTERM and SIGHUP are ignored, so that clean-up completes."""
    with _signals_handled_by(signal.SIG_IGN):
        yield


@contextlib.contextmanager
def _signals_handled_by(handler: Callable[[int, FrameType | None], None] | signal.Handlers) -> Iterator[None]:
    # Handlers can only be set in the main thread. Signals that were ignored (nohup) stay ignored.
    in_main_thread = threading.current_thread() is threading.main_thread()
    ours = [each for each in _SIGNALS if in_main_thread and signal.getsignal(each) != signal.SIG_IGN]
    before = {each: signal.signal(each, handler) for each in ours}
    try:
        yield
    finally:
        for each, previous in before.items():
            signal.signal(each, previous)


def _lock_of(layout: Layout) -> Path:
    return layout.run / "supervisor"
