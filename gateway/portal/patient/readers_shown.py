"""Who looked at a record, as its holder reads it: one row for each person, day and mode of access."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from contracts.audit import Acting, JournalLine
from contracts.dates import PARIS
from contracts.vocabulary import AccessMode, Act
from gateway.portal.journal_words import Words, person_words, words_of
from translations.catalogue import catalogue

READINGS = (
    Act.CONSULTATION_DOCUMENT,
    Act.CONSULTATION_LISTE,
    Act.LECTURE_DONNEES,
    Act.OUVERTURE_URGENCE,
)
"""What counts as a look."""
_TEXTS = catalogue("portal")


@dataclass(frozen=True)
class ShownReading:
    """What a person did on one day; `detail`: profession and structure; `at`: at last."""

    who: str
    detail: str
    what: str
    at: datetime
    mode: AccessMode

    @property
    def is_urgent(self) -> bool:
        return self.mode is not AccessMode.NORMAL


def readings_in(lines: Iterable[JournalLine], language: str) -> list[ShownReading]:
    """The readings in lines that are newest first, newest first."""
    grouped: dict[tuple[str, date, AccessMode], list[JournalLine]] = {}
    for line in lines:
        grouped.setdefault((line.actor, line.at.astimezone(PARIS).date(), line.mode), []).append(line)
    return [_reading(of_one, words_of(language), language) for of_one in grouped.values()]


def _reading(lines: list[JournalLine], words: Words, language: str) -> ShownReading:
    newest = lines[0]
    person = person_words(newest.by or Acting(), newest.actor_role, words, to_holder=True)
    return ShownReading(
        who=person.name, detail=person.detail, what=_what(lines, language), at=newest.at, mode=newest.mode
    )


def _what(lines: list[JournalLine], language: str) -> str:
    """The most that was read."""
    _ = _TEXTS.in_language(language)
    documents = {line.document_id for line in lines if line.act is Act.CONSULTATION_DOCUMENT}
    if len(documents) > 1:
        return _("looks.read_documents").format(count=len(documents))
    if documents:
        return _("looks.read_one")
    if any(line.act is Act.LECTURE_DONNEES for line in lines):
        return _("looks.read_data")
    if any(line.act is Act.CONSULTATION_LISTE for line in lines):
        return _("looks.read_list")
    return _("looks.opened_emergency")
