"""Lines of a journal as the page shows them: by day, by person, in plain words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from contracts.audit import Acting, JournalLine
from contracts.consent.authorisations import EmergencyAccess
from contracts.vocabulary import AccessMode, Act, DocumentId, Outcome, Role
from gateway.portal.journal_words import PersonWords, Words, act_words, day_of, person_words
from gateway.portal.proof_texts import whole_day

_ICONS = {
    Role.PROFESSIONAL: "stethoscope",
    Role.PATIENT: "user-round",
    Role.AGENT: "building-2",
    Role.FEEDER: "receipt",
    Role.APP: "plug",
    Role.OPERATOR: "settings",
    Role.SERVICE: "settings",
}
_SHOWN_AT_ONCE = 4
_NEAR = timedelta(seconds=60)
"""The law decides a moment before consent writes the access: the line and the access have not quite the same time."""
_SEARCHABLE = frozenset({Role.PROFESSIONAL, Role.AGENT, Role.FEEDER, Role.OPERATOR, Role.SERVICE})


@dataclass(frozen=True)
class UnprovenDetails:
    """What the journal does not hold, and no proof covers, but the reader may know.

    Titles of documents, names of structures by FINESS, emergency accesses with their reasons.
    """

    titles: Mapping[DocumentId, str]
    structures: Mapping[str, str]
    emergencies: tuple[EmergencyAccess, ...] = ()

    def reason_of(self, line: JournalLine) -> str:
        """The reason that was written when this emergency access was opened."""
        if not is_opening(line):
            return ""
        near = (
            each
            for each in self.emergencies
            if (each.rpps, each.mode) == (line.actor, line.mode) and abs(each.since - line.at) < _NEAR
        )
        return next((each.reason for each in near), "")


def is_opening(line: JournalLine) -> bool:
    """Whether an emergency access was opened, with a reason."""
    return line.act is Act.OUVERTURE_URGENCE and line.outcome is Outcome.ALLOWED


@dataclass(frozen=True)
class ShownLine:
    """One act: what, and how or why; `title`: of its document, `reason`: as written, where the reader may see it."""

    position: int
    at: datetime
    did: str
    how: str
    document_id: DocumentId | None
    title: str
    reason: str
    is_refused: bool


@dataclass(frozen=True)
class PersonOfDay:
    """Everything that one person did on one day."""

    words: PersonWords
    structure: str
    """Name of the structure, where the directory knows it."""
    icon: str
    actor: str
    """By which their lines are filtered; empty for patients and apps."""
    is_reader: bool
    is_emergency: bool
    lines: list[ShownLine] = field(default_factory=list)

    @property
    def shown(self) -> list[ShownLine]:
        return [] if self.is_reader else self.lines[:_SHOWN_AT_ONCE]

    @property
    def folded(self) -> list[ShownLine]:
        return self.lines[len(self.shown) :]

    @property
    def is_refused(self) -> bool:
        return any(line.is_refused for line in self.lines)


@dataclass(frozen=True)
class DayOfAccesses:
    """One day of Paris, the newest first."""

    day: str
    name: str
    people: list[PersonOfDay]


def days_of(
    lines: Iterable[JournalLine],
    details: UnprovenDetails,
    words: Words,
    *,
    language: str,
    to_holder: bool,
) -> list[DayOfAccesses]:
    """Lines by day and person; who did the newest comes first, the reader last."""
    days: dict[str, dict[object, PersonOfDay]] = {}
    for line in lines:
        people = days.setdefault(day_of(line.at), {})
        by, is_emergency = line.by or Acting(), line.mode is not AccessMode.NORMAL
        key = (by, line.actor_role, line.actor, is_emergency)
        if key not in people:
            people[key] = _person(line, by, details, words, to_holder=to_holder)
        did, how = act_words(line, words, to_holder=to_holder)
        shown = ShownLine(
            position=line.position,
            at=line.at,
            did=did,
            how=how,
            document_id=line.document_id,
            title=details.titles.get(line.document_id, "") if line.document_id else "",
            reason=details.reason_of(line),
            is_refused=line.outcome is Outcome.REFUSED,
        )
        people[key].lines.append(shown)
    return [
        DayOfAccesses(day, whole_day(day, language), sorted(found.values(), key=lambda person: person.is_reader))
        for day, found in sorted(days.items(), reverse=True)
    ]


def _person(line: JournalLine, by: Acting, details: UnprovenDetails, words: Words, *, to_holder: bool) -> PersonOfDay:
    is_emergency = line.mode is not AccessMode.NORMAL
    return PersonOfDay(
        words=person_words(by, line.actor_role, words, to_holder=to_holder),
        structure=details.structures.get(by.structure or "", ""),
        icon="siren" if is_emergency else _ICONS[line.actor_role],
        actor=line.actor if line.actor_role in _SEARCHABLE else "",
        is_reader=by.reader,
        is_emergency=is_emergency,
    )
