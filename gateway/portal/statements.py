"""The essentials of a record: what its structured documents say in codes, each statement with its document."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from contracts.clinical_data import Allergy, ClinicalData, HealthProblem, Treatment, Vaccination
from contracts.vocabulary import DocumentId
from gateway.api.clinical_data import RecordClinicalData
from gateway.trends import SourcedClinicalData
from translations.catalogue import catalogue

_LISTS = ("allergies", "problems", "treatments", "vaccinations")
_MARKS = ("absent", "uncertain", "inactive", "planned")
_MOST = 30
"""Statements of a list; the page says where there are more."""
_TEXTS = catalogue("portal")
_TITLES = _TEXTS.of_codes("summary.{}", _LISTS)
_MARK_NAMES = _TEXTS.of_codes("summary.mark.{}", _MARKS)

Entry = Allergy | HealthProblem | Treatment | Vaccination


@dataclass(frozen=True)
class Statement:
    """One statement of a document; `marks`: keys of what makes it other than a plain one, all of which are shown."""

    name: str
    detail: str
    marks: tuple[str, ...]
    document_id: DocumentId
    created_at: datetime
    entry: Entry


@dataclass(frozen=True)
class StatementList:
    """The statements of one kind, newest first."""

    kind: str
    statements: tuple[Statement, ...]


def essentials_of(data: RecordClinicalData, language: str) -> dict[str, Any]:
    """What the template of the essentials needs: the lists and their words, from how many documents, whether all."""
    return {
        "list_titles": {kind: _TITLES.text(kind, language) for kind in _LISTS},
        "mark_names": {mark: _MARK_NAMES.text(mark, language) for mark in _MARKS},
        "lists": [StatementList(kind, statements_of(kind, data.sources)) for kind in _LISTS],
        "count": len(data.sources),
        "newest": data.sources[0].created_at if data.sources else None,
        "is_incomplete": is_incomplete(data),
    }


def statements_of(kind: str, sources: Iterable[SourcedClinicalData]) -> tuple[Statement, ...]:
    """What the documents, newest first, say of one kind; the same words again are left out, from the older one."""
    found: dict[Any, Statement] = {}
    for statement in _statements(kind, sources):
        found.setdefault((statement.name.casefold(), statement.detail.casefold(), statement.marks), statement)
    return tuple(found.values())[:_MOST]


def without_hidden(data: RecordClinicalData) -> RecordClinicalData:
    """What may be repeated to everybody who reads the record: no more than documents without any mark say."""
    return msgspec.structs.replace(data, sources=tuple(source for source in data.sources if not source.visibility))


def is_incomplete(data: RecordClinicalData) -> bool:
    """Whether some document says more than is shown."""
    is_cut = any(len(statements_of(kind, data.sources)) == _MOST for kind in _LISTS)
    return bool(data.more or data.unread or is_cut) or any(_says_more(source.facts) for source in data.sources)


def _says_more(facts: ClinicalData) -> bool:
    return facts.incomplete or any(kind in facts.left_out for kind in _LISTS)


def _statements(kind: str, sources: Iterable[SourcedClinicalData]) -> Iterator[Statement]:
    for source in sources:
        for entry in getattr(source.facts, kind):
            yield Statement(
                name=_name_of(entry),
                detail=" · ".join(filter(None, _details_of(entry))),
                marks=tuple(mark for mark in _MARKS if _is_marked(entry, mark)),
                document_id=source.document_id,
                created_at=source.created_at,
                entry=entry,
            )


def _is_marked(entry: Entry, mark: str) -> bool:
    """A name that says itself that there is none needs no mark."""
    is_said = mark == "absent" and getattr(entry, "name_says_absent", False)
    return bool(getattr(entry, mark, False)) and not is_said


def _name_of(entry: Entry) -> str:
    return (entry.agent or entry.name) if isinstance(entry, Allergy) else entry.name


def _details_of(entry: Entry) -> tuple[str, ...]:
    """What is shown beside the name, in the words of the document."""
    match entry:
        case Allergy():
            kind = entry.name if entry.agent else ""
            return kind, *entry.reactions, entry.severity or "", entry.criticality or "", _period(entry)
        case HealthProblem():
            return (_period(entry),)
        case Treatment():
            return tuple(
                text or ""
                for text in (entry.dose, entry.rhythm, entry.route, entry.reason, entry.condition, _period(entry))
            )
        case Vaccination():
            return entry.on or "", entry.rank or ""


def _period(entry: Allergy | HealthProblem | Treatment) -> str:
    """As the document states it: `2016`, `2016 – 2018`, `– 2018`."""
    if not entry.until:
        return entry.since or ""
    return f"{entry.since or ''} – {entry.until}".strip()
