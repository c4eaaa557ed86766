"""The last head, kept in a file outside the database: what a restored database does not know."""

import os
from pathlib import Path

from services.audit.domain.notes import Note, NoteInvalid, note_from


class PublishedHead:
    """One file, written before a head is published."""

    def __init__(self, file: Path) -> None:
        self._file = file

    @classmethod
    def from_setting(cls, file: str) -> "PublishedHead | None":
        """None where no file is set."""
        return cls(Path(file)) if file else None

    def read(self) -> Note | None:
        """The last head; None if none was written yet.

        Raises:
            NoteInvalid: the file is damaged. OSError: it cannot be read.
        """
        try:
            return note_from(self._file.read_text())
        except FileNotFoundError:
            return None
        except UnicodeDecodeError:
            raise NoteInvalid("not a note") from None

    def keep(self, note: str) -> None:
        """Replace the head; durable on return.

        Raises:
            OSError: the file cannot be written.
        """
        draft = self._file.with_name(f".{self._file.name}.{os.getpid()}")
        with draft.open("w") as file:
            file.write(note)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._file)
        directory = os.open(self._file.parent, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
