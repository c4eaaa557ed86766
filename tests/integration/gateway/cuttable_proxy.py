"""A TCP proxy that simulates network failures."""

import contextlib
import socket
import threading
from urllib.parse import urlsplit

_CHUNK_BYTES = 65536


class CuttableProxy:
    """Forwards to the host and port of `url`; `cut` drops all connections, `mend` accepts new ones."""

    def __init__(self, url: str) -> None:
        self._url = urlsplit(url)
        self._sockets: list[socket.socket] = []
        self._listener: socket.socket | None = None
        self._port = 0
        self.mend()

    @property
    def url(self) -> str:
        """The broker's URL through this proxy."""
        login = f"{self._url.username}:{self._url.password}@" if self._url.username else ""
        return self._url._replace(netloc=f"{login}127.0.0.1:{self._port}").geturl()

    def mend(self) -> None:
        """Accept connections, on the same port as before."""
        listener = socket.create_server(("127.0.0.1", self._port))
        self._port = listener.getsockname()[1]
        self._listener = listener
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def cut(self) -> None:
        """Stop listening and drop every connection."""
        assert self._listener
        # close() alone would not wake the thread that is blocked in accept().
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._sockets:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self._sockets.clear()

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                client = listener.accept()[0]
                server = socket.create_connection((self._url.hostname or "127.0.0.1", self._url.port or 5672))
                self._sockets += [client, server]
                for pair in ((client, server), (server, client)):
                    threading.Thread(target=_forward, args=pair, daemon=True).start()


def _forward(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while chunk := source.recv(_CHUNK_BYTES):
            target.sendall(chunk)
    for connection in (source, target):
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)
