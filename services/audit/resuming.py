"""Signing again after a database was restored, once an operator says the last head that was published."""

from datetime import datetime

import msgspec

from services.audit.continuity import is_continued
from services.audit.domain.breaks import Break
from services.audit.domain.merkle import EMPTY_ROOT
from services.audit.domain.notes import Note, NoteInvalid, Verifier, note_from
from services.audit.repositories.journal import JournalRepository
from services.audit.signing import is_signed_by


class HeadRefused(Exception):
    """Not a head of this journal, or older than the newest in its database: not the last that was published."""


class LinesLost(Exception):
    """The database does not hold the lines of the last published head; only a break can be declared."""

    def __init__(self, kept: int, lost: int) -> None:
        super().__init__(kept, lost)
        self.kept, self.lost = kept, lost


class Resumed(msgspec.Struct, frozen=True, kw_only=True):
    """`size`: lines of the journal; `declared`: the break with which it goes on, if lines were lost."""

    size: int
    declared: Break | None = None


def resume(
    repository: JournalRepository, verifier: Verifier, text: str, *, now: datetime, admits_break: bool = False
) -> Resumed:
    """Let audit sign heads on this database, which continue the head in `text`, or break with it.

    Raises:
        HeadRefused. LinesLost: without `admits_break`.
    """
    note = published_note(repository, verifier, text)
    size = repository.end().size
    if is_continued(repository, verifier, note, size):
        if repository.head_of(note.head.size) is None:
            repository.add_head(note.head, text)
        repository.adopt_instance()
        return Resumed(size=size)
    declared = _break(repository, verifier, note, now)
    if not admits_break:
        raise LinesLost(declared.kept_size, declared.lost_size)
    repository.add_break(declared)
    repository.adopt_instance()
    return Resumed(size=size, declared=declared)


def published_note(repository: JournalRepository, verifier: Verifier, text: str) -> Note:
    """The last published head.

    Raises:
        HeadRefused.
    """
    try:
        note = note_from(text)
    except NoteInvalid:
        raise HeadRefused from None
    newest = repository.newest_head()
    is_older = newest is not None and note.head.size < newest.size
    if is_older or note.head.origin != verifier.name or not is_signed_by(note, verifier):
        raise HeadRefused
    return note


def _break(repository: JournalRepository, verifier: Verifier, note: Note, now: datetime) -> Break:
    newest = repository.newest_head()
    kept = None if newest is None else note_from(newest.note).head
    return Break(
        origin=verifier.name,
        lost_size=note.head.size,
        lost_root=note.head.root,
        kept_size=0 if kept is None else kept.size,
        kept_root=EMPTY_ROOT if kept is None else kept.root,
        # The clock of the lost server may have been ahead.
        at=max(now.replace(microsecond=0), note.head.at),
    )
