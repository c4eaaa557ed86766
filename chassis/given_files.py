"""Files that a process is given: whether it can read them, and whether others can read or change them."""

import os
import stat
from pathlib import Path

_OTHERS_OF_SECRETS = stat.S_IRWXO | stat.S_IWGRP
"""What nobody may do with a secret: a group may read it, as orchestrators mount files for a group."""


def fault_of_secret(path: Path) -> str:
    """What is wrong with a file that others may not read, and what to do; empty if nothing is."""
    return _fault(path, _OTHERS_OF_SECRETS, "chmod 600 it, and make its secret anew if others had access")


def fault_of_public(path: Path) -> str:
    """What is wrong with a file that others may not change, and what to do; empty if nothing is."""
    return _fault(path, stat.S_IWOTH, "chmod 644 it, and compare it with what you meant to give")


def fault_of_directory(path: Path) -> str:
    """What is wrong with a directory, and what to do; empty if nothing is."""
    try:
        is_empty = next(path.iterdir(), None) is None
    except OSError as error:
        return _unreadable(path, error)
    return f"{path} is empty: mount the directory there" if is_empty else ""


def _fault(path: Path, forbidden: int, advice: str) -> str:
    try:
        with path.open("rb") as file:
            mode, is_empty = os.fstat(file.fileno()).st_mode, not file.read(1)
    except OSError as error:
        return _unreadable(path, error)
    if is_empty:
        return f"{path} is empty: write to it what it should hold"
    if mode & forbidden:
        return f"{path} is open to others, with mode {stat.S_IMODE(mode):o}: {advice}"
    return ""


def _unreadable(path: Path, error: OSError) -> str:
    return f"{path} cannot be read by user {os.getuid()} ({error.strerror}): mount it there, or give this user access"
