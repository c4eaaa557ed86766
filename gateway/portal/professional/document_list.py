"""The list of documents on the page of a record: what is chosen, links to other choices, documents in groups."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from urllib.parse import urlencode

from contracts.dates import PARIS
from contracts.errors.request import InvalidRequest
from contracts.records.documents import DocumentList
from contracts.vocabulary import Section
from gateway.clients import ApiRequest
from gateway.portal.documents_shown import DocumentRow, row_of
from gateway.portal.pages import section_name
from gateway.portal.professional.record_view import MODE, UNTIL, RecordView
from translations.catalogue import catalogue

_TEXTS = catalogue("portal")
_ALL, _SUBMISSIONS = "tous", "envoi"


@dataclass(frozen=True)
class ListChoice:
    """What the address says of the list; `shows_all`: also what is not new. In the words of a search all is shown."""

    view: RecordView
    section: Section | None = None
    shows_all: bool = False
    by_submission: bool = False
    cursor: str | None = None

    @property
    def new_only(self) -> bool:
        return not (self.shows_all or self.section)

    @property
    def is_first(self) -> bool:
        """Whether it is the page that one comes to: with its essentials, which the others do not read once more."""
        return not (self.section or self.shows_all or self.by_submission or self.cursor)

    @property
    def address(self) -> str:
        """The address of this choice."""
        until = {UNTIL: str(int(self.view.until.timestamp()))} if self.view.until else {}
        sent = {
            **({MODE: self.view.mode.value} | until if self.view.is_emergency else {}),
            **({"rubrique": self.section.value} if self.section else {}),
            **({"vue": _ALL} if self.shows_all else {}),
            **({"par": _SUBMISSIONS} if self.by_submission else {}),
            **({"apres": self.cursor} if self.cursor else {}),
        }
        return f"{self.view.base}?{urlencode(sent)}" if sent else self.view.base


@dataclass(frozen=True)
class Choice:
    """A link to another list; `number`: of its documents."""

    label: str
    address: str
    is_current: bool
    number: int


@dataclass(frozen=True)
class RowGroup:
    """Documents under one heading."""

    heading: str
    rows: tuple[DocumentRow, ...]


def choice_of(request: ApiRequest, view: RecordView) -> ListChoice:
    """What the address says; raises InvalidRequest."""
    sent = request.query_params
    try:
        section = Section(sent["rubrique"]) if sent.get("rubrique") else None
    except ValueError:
        raise InvalidRequest(field="rubrique") from None
    return ListChoice(
        view=view,
        section=section,
        shows_all=sent.get("vue") == _ALL,
        by_submission=sent.get("par") == _SUBMISSIONS,
        cursor=sent.get("apres") or None,
    )


def choices(chosen: ListChoice, found: DocumentList, language: str) -> list[Choice]:
    """What is new, if anything is; all; each section that has documents or is chosen."""
    _ = _TEXTS.in_language(language)
    start = replace(chosen, section=None, shows_all=False, cursor=None)
    new = [Choice(_("record.new"), start.address, found.new_only, found.new)] if found.new else []
    everything = replace(start, shows_all=bool(found.new))
    is_all = not (found.new_only or chosen.section)
    whole = Choice(_("record.all"), everything.address, is_all, sum(found.counts.values()))
    return [*new, whole, *_sections(start, chosen.section, found.counts, language)]


def _sections(
    start: ListChoice, current: Section | None, counts: Mapping[Section, int], language: str
) -> list[Choice]:
    return [
        Choice(
            section_name(section, language),
            replace(start, section=section).address,
            section is current,
            counts.get(section, 0),
        )
        for section in Section
        if section in counts or section is current
    ]


def groups_of(found: DocumentList, language: str, *, by_submission: bool) -> list[RowGroup]:
    """The documents by month, newest first; or by the moment that documents of one submission have in common."""
    rows = [row_of(document, language) for document in found.documents]
    if by_submission:
        rows.sort(key=lambda row: row.document.deposited_at, reverse=True)
        return [
            _of_submission(tuple(together), language)
            for _moment, together in groupby(rows, key=lambda row: row.document.deposited_at)
        ]
    return [RowGroup(name, tuple(group)) for name, group in groupby(rows, key=lambda row: row.month_name)]


def _of_submission(rows: Sequence[DocumentRow], language: str) -> RowGroup:
    _ = _TEXTS.in_language(language)
    at = rows[0].document.deposited_at.astimezone(PARIS)
    text = _("record.submission") if len(rows) > 1 else _("record.deposited")
    return RowGroup(text.format(day=f"{at:%d/%m/%Y}", hour=f"{at:%H:%M}"), tuple(rows))
