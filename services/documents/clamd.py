"""The wire to clamd: a file is sent as it comes (INSTREAM), and its verdict read."""

import re
import socket
import struct
from dataclasses import dataclass

_UNIX = "unix:"
_CLEAN = "stream: OK"
_FOUND = re.compile(r"stream: ([ -~]{1,200}) FOUND")
_LONGEST_ANSWER = 4_096
_GLANCE_SECONDS = 1.0


class ScannerAway(Exception):
    """No verdict is to be had."""


@dataclass(frozen=True)
class Clamd:
    """Where a clamd listens: `unix:` and a path, or host:port; how long it is waited for, in seconds."""

    address: str
    seconds: float

    def begin(self) -> "Stream":
        """A stream of bytes to be judged as one file; raises ScannerAway."""
        try:
            return Stream(self._connect(self.seconds))
        except OSError:
            raise ScannerAway from None

    def is_reachable(self) -> bool:
        """Whether it answers."""
        try:
            with self._connect(_GLANCE_SECONDS) as line:
                line.sendall(b"zPING\0")
                return line.recv(16) == b"PONG\0"
        except OSError:
            return False

    def _connect(self, seconds: float) -> socket.socket:
        if not self.address.startswith(_UNIX):
            host, _, port = self.address.rpartition(":")
            return socket.create_connection((host, int(port)), timeout=seconds)
        line = socket.socket(socket.AF_UNIX)
        try:
            line.settimeout(seconds)
            line.connect(self.address.removeprefix(_UNIX))
        except OSError:
            line.close()
            raise
        return line


class Stream:
    """One file on its way to clamd, as its manual describes INSTREAM: lengths of 4 bytes, and 0 at the end."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self._send(b"zINSTREAM\0")

    def feed(self, chunk: bytes) -> None:
        """The next bytes; raises ScannerAway."""
        if chunk:
            self._send(struct.pack("!L", len(chunk)) + chunk)

    def verdict(self) -> str | None:
        """The name of what was found, None when nothing was.

        Raises:
            ScannerAway: no answer in time, or one that is no verdict, such as that the file is too large.
        """
        self._send(struct.pack("!L", 0))
        answer = self._answer()
        if answer == _CLEAN:
            return None
        found = _FOUND.fullmatch(answer)
        if found is None:
            raise ScannerAway
        return found[1]

    def close(self) -> None:
        """Hang up."""
        self._line.close()

    def _send(self, piece: bytes) -> None:
        try:
            self._line.sendall(piece)
        except OSError:
            self.close()
            raise ScannerAway from None

    def _answer(self) -> str:
        answer = b""
        try:
            while not answer.endswith(b"\0") and len(answer) < _LONGEST_ANSWER:
                piece = self._line.recv(_LONGEST_ANSWER)
                if not piece:
                    raise ScannerAway
                answer += piece
        except OSError:
            raise ScannerAway from None
        return answer.rstrip(b"\0").decode("ascii", "replace")
