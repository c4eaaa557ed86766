"""Passwords known from breaches: a binary search in a sorted file of SHA-1 hashes that is never read whole."""

import hashlib
from pathlib import Path
from typing import BinaryIO

from chassis.settings import SettingsError

_HEX = 40
"""Characters of a SHA-1."""
_CHUNK = 128
"""Bytes that hold a whole line wherever reading begins."""


class Breaches:
    """A file as Have I Been Pwned publishes it: lines `SHA1:count`, upper case, sorted; without one none is known.

    Forty gigabytes cost some thirty short reads.
    """

    def __init__(self, file: Path | None) -> None:
        """Raises SettingsError where the file does not look like one."""
        self._file = file
        if file is not None:
            try:
                with file.open("rb") as lines:
                    first = lines.readline(_CHUNK)
            except OSError as error:
                raise SettingsError(f"breached passwords: {error}") from None
            if _hash_in(first) is None:
                raise SettingsError(f"{file} is no list of SHA-1 hashes")

    def has(self, password: str) -> bool:
        """Whether somebody's password was this one."""
        if self._file is None:
            return False
        wanted = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
        with self._file.open("rb") as lines:
            low, high = 0, self._file.stat().st_size
            while low < high:
                middle = (low + high) // 2
                begin = self._line_from(lines, middle)
                lines.seek(begin)
                found = _hash_in(lines.read(_CHUNK))
                if found == wanted:
                    return True
                if found is None or found > wanted:
                    high = middle
                else:
                    low = begin + _HEX
        return False

    def _line_from(self, lines: BinaryIO, position: int) -> int:
        """The offset of the first line that begins at `position` or after it."""
        if position == 0:
            return 0
        lines.seek(position - 1)
        return position + lines.read(_CHUNK).find(b"\n")


def _hash_in(line: bytes) -> bytes | None:
    found = line[:_HEX]
    is_one = len(found) == _HEX and all(digit in b"0123456789ABCDEF" for digit in found)
    return found if is_one else None
