"""What is looked at before a process does anything: its settings, its addresses, and room for its temporary files."""

import errno
import socket
import tempfile
import time
from collections.abc import Iterable, Mapping
from inspect import getmembers, isclass
from types import ModuleType

import msgspec

from chassis.settings import SettingsError, check_known, load

_ROOM_BYTES = 1 << 20
_RELEASE_SECONDS, _PAUSE_SECONDS = 3.0, 0.1
"""How long a process that was killed may still hold its port, since its threads end one after the other."""


def check_settings(groups: Iterable[type[msgspec.Struct]]) -> None:
    """Raises SettingsError: a setting of these groups is missing or wrong, or one is given that is in none."""
    groups = tuple(groups)
    for group in groups:
        load(group)
    check_known(groups)


def settings_in(module: ModuleType) -> list[type[msgspec.Struct]]:
    """The groups of settings that a module defines."""
    return [
        kind
        for name, kind in getmembers(module, isclass)
        if name.endswith("Settings") and issubclass(kind, msgspec.Struct)
    ]


def check_room() -> None:
    """For a process that keeps temporary files: a full disk must not be noticed by a patient first.

    Raises:
        SettingsError: no temporary file of 1 MiB can be written.
    """
    try:
        with tempfile.TemporaryFile() as file:
            file.write(bytes(_ROOM_BYTES))
            file.flush()
    except OSError as error:
        raise SettingsError(
            f"no temporary file can be written ({error.strerror}): free space in /tmp, or name a directory in TMPDIR"
        ) from None


def check_addresses(settings: Mapping[str, str]) -> None:
    """For the addresses that a process listens on; `settings`: variable -> host:port, or empty for none.

    Raises:
        SettingsError: it is no address of this machine, or another program listens there.
    """
    for variable, address in settings.items():
        host, _, port = address.rpartition(":")
        try:
            if address:
                _listen_for_a_moment(host.strip("[]"), int(port))
        except OSError as error:
            raise SettingsError(
                f"{variable}={address} cannot be listened on ({error.strerror}): stop what listens there,"
                " or give another address"
            ) from None


def _listen_for_a_moment(host: str, port: int) -> None:
    until = time.monotonic() + _RELEASE_SECONDS
    while True:
        try:
            with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
                # As servers do: a port with connections only in TIME_WAIT is free.
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((host, port))
                probe.listen(1)
                return
        except OSError as error:
            if error.errno != errno.EADDRINUSE or time.monotonic() > until:
                raise
        time.sleep(_PAUSE_SECONDS)
