"""Who runs the stack of one directory: at most one supervisor, known by a lock that ends with its process."""

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
class Claim:
    """The right to start and stop the processes of one root."""

    layout: Layout
    _file: IO[str] | None = None

    def take(self) -> None:
        """AlreadyRunning when another process has it."""
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
    """The living process that holds the claim, if any."""
    try:
        content = _lock_of(layout).read_text()
    except FileNotFoundError:
        return None
    holder = ProcessIdentity(**json.loads(content)) if content else None
    return holder if holder and holder.is_alive() else None


@contextlib.contextmanager
def signals_interrupt() -> Iterator[None]:
    """Within, the first SIGINT, SIGTERM or SIGHUP raises KeyboardInterrupt and those after it are ignored."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        for each in _SIGNALS:
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt

    with _signals_handled_by(interrupt):
        yield


@contextlib.contextmanager
def signals_ignored() -> Iterator[None]:
    """Within, no signal cuts short what has to be brought to its end."""
    with _signals_handled_by(signal.SIG_IGN):
        yield


@contextlib.contextmanager
def _signals_handled_by(handler: Callable[[int, FrameType | None], None] | signal.Handlers) -> Iterator[None]:
    # Handlers can be set in the main thread only. What was ignored before (nohup) stays ignored.
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
