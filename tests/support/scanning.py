"""A real clamd with signatures of our own, and what it finds; and scanners that fail."""

import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from services.documents.clamd import Clamd
from tests.support.waiting import wait_until

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR" + b"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
"""The test file of the antivirus makers, in two halves, or scanners would find it in this file."""
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
        """Start it, and wait until it answers."""
        command = ("/usr/sbin/clamd", "-c", str(self._root / "clamd.conf"))
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT)
        wait_until(Clamd(self.address, 1).is_reachable, "clamd", seconds=30)

    def stop(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait(20)


@contextmanager
def answering(answer: bytes | None) -> Iterator[str]:
    """The address of something that takes a stream and answers so; None: it takes it and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        lines: list[socket.socket] = []

        def take() -> None:
            while True:
                try:
                    line, _ = server.accept()
                except OSError:
                    return
                lines.append(line)
                threading.Thread(target=_take, args=(line, answer), daemon=True).start()

        threading.Thread(target=take, daemon=True).start()
        yield f"127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)
        for line in lines:
            line.close()


def _take(line: socket.socket, answer: bytes | None) -> None:
    try:
        last = b""
        while piece := line.recv(65_536):
            last = (last + piece)[-4:]
            if answer is not None and last == bytes(4):
                line.sendall(answer)
    except OSError:
        return
