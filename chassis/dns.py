"""DNS lookups by the system's resolver on native threads; imported before eventlet patches anything.

A slow lookup would otherwise block the whole process. eventlet's own resolver needs no thread, but costs every
process ten megabytes and ignores the host's resolver configuration except for two files.
"""

import os
import socket
from functools import partial

os.environ["EVENTLET_NO_GREENDNS"] = "yes"

from eventlet import tpool
from eventlet.green import socket as green

_LOOKUPS = ("getaddrinfo", "gethostbyname", "gethostbyname_ex", "getnameinfo")


def look_up_on_threads() -> None:
    """Run every lookup on a thread; call before `eventlet.monkey_patch`."""
    for name in _LOOKUPS:
        setattr(green, name, partial(tpool.execute, getattr(socket, name)))
