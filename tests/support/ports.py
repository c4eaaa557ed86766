"""Ports for servers that a test starts."""

import os
import socket

WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
"""Number of this process among those that share the tests; 0 where there is only one."""
_PORTS_OF_A_WORKER = 1_000


def base_port(first: int) -> int:
    """The base of the ports of a stack in this worker; `first`: in worker 0."""
    return first + WORKER * _PORTS_OF_A_WORKER


def free_port() -> int:
    """A port of 127.0.0.1 that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
