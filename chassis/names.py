"""Names of hosts, looked up by the system's own resolver on a real thread; imported before anything is patched.

eventlet's own resolver would spare the thread and cost every process ten megabytes, and it does not read what the
host says of names beyond two files. Without either, one slow look-up would stop the whole process.
"""

import os
import socket
from functools import partial

os.environ["EVENTLET_NO_GREENDNS"] = "yes"

from eventlet import tpool
from eventlet.green import socket as green

_LOOK_UPS = ("getaddrinfo", "gethostbyname", "gethostbyname_ex", "getnameinfo")


def look_up_on_threads() -> None:
    """Have every look-up wait on a thread; to be called before eventlet patches the rest."""
    for name in _LOOK_UPS:
        setattr(green, name, partial(tpool.execute, getattr(socket, name)))
