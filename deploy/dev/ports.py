"""Ports of all parts, as offsets from one base port."""

import socket
from collections.abc import Mapping

from contracts.wiring import SERVICES
from deploy.dev.errors import PortTaken

DEFAULT_BASE = 28000

OFFSETS: dict[str, int] = {
    "gateway": 0,
    "mailbox": 1,
    "smtp": 2,
    "gateway-metrics": 3,
    "pro-sante-connect": 4,
    "postgres": 10,
    "object-store": 11,
    "rabbit": 12,
    "rabbit-distribution": 13,
    "epmd": 14,
    "rabbit-tls": 15,
    **{service: 20 + index for index, service in enumerate(SERVICES)},
}

HOST = "127.0.0.1"


def ports_from(base: int) -> Mapping[str, int]:
    """Part -> port."""
    return {name: base + offset for name, offset in OFFSETS.items()}


def check_free(ports: Mapping[str, int]) -> None:
    """Raise PortTaken for the first port in use."""
    for name, port in ports.items():
        if not _can_listen(port):
            raise PortTaken(
                f"port {port} ({name}) is taken by another program (ss -tlnp 'sport = :{port}' tells which);"
                " stop it or choose another base with CARNET_DEV_PORT"
            )


def _can_listen(port: int) -> bool:
    with socket.socket() as probe:
        # As servers do: a port with connections only in TIME_WAIT is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
            probe.listen(1)
        except OSError:
            return False
    return True
