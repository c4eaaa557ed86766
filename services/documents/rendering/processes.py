"""The processes of rendering as the service sees them: one template, and workers that are forked from it."""

import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from time import monotonic

import msgspec

from services.documents.rendering.messages import RenderingReply, RenderingRequest

_ROOT = Path(__file__).parents[3]
_PIECE_BYTES = 128 * 1024
_END_SECONDS = 2.0
_ENVIRONMENT = {"MALLOC_TRIM_THRESHOLD_": "131072", "MALLOC_MMAP_THRESHOLD_": "131072"}
"""Nothing of the service's own environment, where its secrets are; freed memory goes back to the system."""
_decode = msgspec.json.Decoder(RenderingReply).decode


class WorkerEndedError(Exception):
    """A worker exceeded its limits, or crashed."""


class WorkerTemplate:
    """The process that forks workers; `seconds` of processor time a document, `memory`: bytes of address space."""

    def __init__(self, seconds: int, memory: int) -> None:
        self._control, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603
                [sys.executable, "-E", "-s", "-m", f"{__package__}.forking", str(seconds), str(memory)],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd=_ROOT,
                env=_ENVIRONMENT,
                # Signals that a terminal sends to the service are not for its workers, which end with it.
                start_new_session=True,
            )

    def fork(self, end: float) -> "Worker":
        """A new worker.

        Raises:
            WorkerEndedError, TimeoutError: the template is of no more use.
        """
        connection, theirs = socket.socketpair()
        with theirs:
            try:
                socket.send_fds(self._control, [b"\0"], [theirs.fileno()])
            except OSError:
                connection.close()
                raise WorkerEndedError from None
        return Worker(connection, end)

    def is_alive(self) -> bool:
        return self._process.poll() is None

    def end(self) -> None:
        """Kill the process and wait for its end; its workers go on."""
        self._control.close()
        self._process.kill()
        self._process.wait()


class Worker:
    """One worker and the connection to it; `is_usable`: it has answered and may be given another document."""

    def __init__(self, connection: socket.socket, end: float) -> None:
        """Wait for the worker to say its process id.

        Raises:
            WorkerEndedError. TimeoutError.
        """
        self.is_usable = False
        self.idle_since = 0.0
        self._connection = connection
        try:
            line, _ = self._line(end)
            # Not the id, which the system gives to another process when this one has ended.
            self._process = os.pidfd_open(int(line))
        except ProcessLookupError:
            connection.close()
            raise WorkerEndedError from None
        except (TimeoutError, WorkerEndedError):
            connection.close()
            raise

    def ask(self, request: RenderingRequest, frames: Iterable[bytes], end: float) -> RenderingReply:
        """The head of the answer; `body` is what follows.

        Raises:
            WorkerEndedError. TimeoutError: the worker is of no more use.
        """
        self._send(msgspec.json.encode(request) + b"\n", end)
        for frame in frames:
            self._send(frame, end)
        line, self._first = self._line(end)
        return _decode(line)

    def body(self, reply: RenderingReply, end: float) -> Iterator[bytes]:
        """The bytes that follow an answer, as they come.

        Raises:
            WorkerEndedError. TimeoutError: the worker is of no more use.
        """
        piece, left = self._first, reply.size
        while left:
            if piece:
                yield piece
            left -= len(piece)
            piece = self._received(end) if left else b""

    def is_alive(self) -> bool:
        # Its end is known before its number is free, for which its parent has to ask.
        return not select.select([self._process], [], [], 0)[0]

    def end(self) -> None:
        """Kill the process and wait for its end."""
        self._connection.close()
        try:
            signal.pidfd_send_signal(self._process, signal.SIGKILL)
            select.select([self._process], [], [], _END_SECONDS)
        except ProcessLookupError:
            pass
        finally:
            os.close(self._process)

    def _send(self, piece: bytes, end: float) -> None:
        self._connection.settimeout(max(end - monotonic(), 0.001))
        try:
            self._connection.sendall(piece)
        except ConnectionError:
            raise WorkerEndedError from None

    def _line(self, end: float) -> tuple[bytes, bytes]:
        """A line, and what was received after it."""
        head = b""
        while b"\n" not in head:
            head += self._received(end)
        line, _, first = head.partition(b"\n")
        return line, first

    def _received(self, end: float) -> bytes:
        self._connection.settimeout(max(end - monotonic(), 0.001))
        try:
            piece = self._connection.recv(_PIECE_BYTES)
        except ConnectionError:
            raise WorkerEndedError from None
        if not piece:
            raise WorkerEndedError
        return piece
