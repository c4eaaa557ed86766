"""A line to the broker that can be cut and mended."""

import contextlib
import socket
import threading
from urllib.parse import urlsplit

_PIECE = 65536


class CuttableProxy:
    """A TCP port that leads to another; `cut` drops everything, `mend` lets in again."""

    def __init__(self, url: str) -> None:
        self._url = urlsplit(url)
        self._lines: list[socket.socket] = []
        self._door: socket.socket | None = None
        self._port = 0
        self.mend()

    @property
    def url(self) -> str:
        """The broker's address through here."""
        login = f"{self._url.username}:{self._url.password}@" if self._url.username else ""
        return self._url._replace(netloc=f"{login}127.0.0.1:{self._port}").geturl()

    def mend(self) -> None:
        """Listen, on the same port as before."""
        operator_client = socket.create_server(("127.0.0.1", self._port))
        self._port = operator_client.getsockname()[1]
        self._door = operator_client
        threading.Thread(target=self._let_in, args=(operator_client,), daemon=True).start()

    def cut(self) -> None:
        """Stop listening and drop every line."""
        assert self._door
        # Closing alone would leave the waiting accept its socket.
        self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        for line in self._lines:
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
        self._lines.clear()

    def _let_in(self, operator_client: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                near = operator_client.accept()[0]
                far = socket.create_connection((self._url.hostname or "127.0.0.1", self._url.port or 5672))
                self._lines += [near, far]
                for pair in ((near, far), (far, near)):
                    threading.Thread(target=_carry, args=pair, daemon=True).start()


def _carry(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := source.recv(_PIECE):
            target.sendall(piece)
    for line in (source, target):
        with contextlib.suppress(OSError):
            line.shutdown(socket.SHUT_RDWR)
