"""What is looked at before a process does anything: its settings, and room for its temporary files."""

import tempfile
from collections.abc import Iterable
from inspect import getmembers, isclass
from types import ModuleType

import msgspec

from chassis.settings import SettingsError, check_known, load

_ROOM_BYTES = 1 << 20


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
