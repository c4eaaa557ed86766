"""Client of clamd: sends a file as it streams by (INSTREAM) and reads the verdict."""

import re
import socket
import struct
from dataclasses import dataclass

_UNIX = "unix:"
_CLEAN = "stream: OK"
_FOUND = re.compile(r"stream: ([ -~]{1,200}) FOUND")
_LONGEST_REPLY = 4_096
_PING_SECONDS = 1.0


class ScannerUnavailable(Exception):
    """clamd gives no verdict."""


@dataclass(frozen=True)
class Clamd:
    """`address`: `unix:` and a path, or host:port. `seconds`: timeout of each step."""

    address: str
    seconds: float

    def begin(self) -> "ClamdStream":
        """A new file to scan; raises ScannerUnavailable."""
        try:
            return ClamdStream(self._connect(self.seconds))
        except OSError:
            raise ScannerUnavailable from None

    def is_reachable(self) -> bool:
        """Whether it answers a PING."""
        try:
            with self._connect(_PING_SECONDS) as connection:
                connection.sendall(b"zPING\0")
                return connection.recv(16) == b"PONG\0"
        except OSError:
            return False

    def _connect(self, seconds: float) -> socket.socket:
        if not self.address.startswith(_UNIX):
            host, _, port = self.address.rpartition(":")
            return socket.create_connection((host, int(port)), timeout=seconds)
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.settimeout(seconds)
            connection.connect(self.address.removeprefix(_UNIX))
        except OSError:
            connection.close()
            raise
        return connection


class ClamdStream:
    """One INSTREAM session (clamd(8)): chunks after their length in 4 bytes, a length of 0 at the end."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._send(b"zINSTREAM\0")

    def feed(self, chunk: bytes) -> None:
        """The next bytes; raises ScannerUnavailable."""
        if chunk:
            self._send(struct.pack("!L", len(chunk)) + chunk)

    def verdict(self) -> str | None:
        """The name of the virus that was found, None when none was.

        Raises:
            ScannerUnavailable: no reply in time, or one that is no verdict, such as that the file is too large.
        """
        self._send(struct.pack("!L", 0))
        reply = self._reply()
        if reply == _CLEAN:
            return None
        found = _FOUND.fullmatch(reply)
        if found is None:
            raise ScannerUnavailable
        return found[1]

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _send(self, data: bytes) -> None:
        try:
            self._connection.sendall(data)
        except OSError:
            self.close()
            raise ScannerUnavailable from None

    def _reply(self) -> str:
        reply = b""
        try:
            while not reply.endswith(b"\0") and len(reply) < _LONGEST_REPLY:
                received = self._connection.recv(_LONGEST_REPLY)
                if not received:
                    raise ScannerUnavailable
                reply += received
        except OSError:
            raise ScannerUnavailable from None
        return reply.rstrip(b"\0").decode("ascii", "replace")
