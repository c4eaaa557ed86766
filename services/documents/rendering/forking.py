"""A process that has read what rendering needs, and forks workers: `python -m services.documents.rendering.forking`.

Standard input is a socket; each message on it brings the connection of one worker. The workers share the memory of
this process, which never sees a document. It ends when its standard input does, which is when the service ends.
"""

import gc
import os
import signal
import socket
import sys

from services.documents.rendering.pages import load_stylesheet
from services.documents.rendering.worker import work
from translations.catalogue import load_catalogues

_CONTROL = 0


def main(seconds: int, memory: int) -> None:
    """Fork workers until the service ends; arguments as `work`."""
    load_catalogues()
    load_stylesheet()
    # Nobody waits for workers here; the service watches them by itself.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    # A collection in a worker would write to the shared memory, and so copy it.
    gc.collect()
    gc.freeze()
    with socket.socket(fileno=_CONTROL) as control:
        # The service's end of the connection, which does not block, was made like this one.
        control.setblocking(True)
        while connections := socket.recv_fds(control, 1, 1)[1]:
            _fork(control, connections[0], seconds, memory)


def _fork(control: socket.socket, connection: int, seconds: int, memory: int) -> None:
    if os.fork():
        os.close(connection)
        return
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        control.detach()
        os.dup2(connection, sys.stdin.fileno())
        os.dup2(connection, sys.stdout.fileno())
        os.close(connection)
        work(seconds, memory)
    finally:
        # Nothing of the process that forked is run at the exit.
        os._exit(0)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
