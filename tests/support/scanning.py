"""A real clamd with test signatures, and scanners that answer wrongly or not at all."""

import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from services.documents.clamd import Clamd
from tests.support.waiting import wait_until

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR" + b"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
"""The EICAR test file, in two halves so that scanners do not find it in this source."""
FOUND = "Carnet.Essai-1.UNOFFICIAL"
_CONFIGURATION = """\
LocalSocket {root}/clamd.sock
DatabaseDirectory {root}/signatures
TemporaryDirectory {root}
LogFile {root}/clamd.log
Foreground yes
StreamMaxLength 30M
MaxThreads 2
"""


class RealClamd:
    """Debian's clamd, in the foreground, on a socket under `root`."""

    def __init__(self, root: Path) -> None:
        self.address = f"unix:{root}/clamd.sock"
        self._root = root
        signatures = root / "signatures"
        signatures.mkdir()
        (signatures / "carnet.ndb").write_text(f"Carnet.Essai-1:0:*:{EICAR.hex()}\n")
        (root / "clamd.conf").write_text(_CONFIGURATION.format(root=root))

    def start(self) -> None:
        """Start clamd and wait until it answers."""
        command = ("/usr/sbin/clamd", "-c", str(self._root / "clamd.conf"))
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT)
        wait_until(Clamd(self.address, 1).is_reachable, "clamd", seconds=30)

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(20)


@contextmanager
def answering(answer: bytes | None) -> Iterator[str]:
    """Address of a scanner that reads a stream and sends `answer`, or never answers where it is None."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        connections: list[socket.socket] = []

        def accept_all() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                connections.append(connection)
                threading.Thread(target=_serve, args=(connection, answer), daemon=True).start()

        threading.Thread(target=accept_all, daemon=True).start()
        yield f"127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)
        for connection in connections:
            connection.close()


def _serve(connection: socket.socket, answer: bytes | None) -> None:
    try:
        last = b""
        while piece := connection.recv(65_536):
            last = (last + piece)[-4:]
            if answer is not None and last == bytes(4):
                connection.sendall(answer)
    except OSError:
        return
